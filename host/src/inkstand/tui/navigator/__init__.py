"""The pane on the left: the manuscript's parts, chapters and scenes, and the bible."""
