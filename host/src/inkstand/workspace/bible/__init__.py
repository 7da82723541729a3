"""The bible of a workspace: pages about its people, places, things and threads."""
