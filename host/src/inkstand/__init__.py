"""Inkstand: a plugin-based host for local AI writing."""

__version__ = "0.1.0"
