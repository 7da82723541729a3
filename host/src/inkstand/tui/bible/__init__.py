"""The bible beside what the text says: pages, who speaks to whom, and when things happen."""
