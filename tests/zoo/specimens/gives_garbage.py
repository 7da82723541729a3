"""Gives something else than a list of classes."""

from inkstand_sdk import hookimpl


@hookimpl
def inkstand_tools() -> int:
    """Give a number."""
    return 42
