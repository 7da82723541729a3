"""The models that are on this machine."""
