"""An Inkstand plugin."""
