"""Running tools and readers in their workers, and serving what a tool asks of the host."""
