"""Forgets to mark its function as a hook."""

from inkstand_sdk import Tool


def inkstand_tools() -> list[type[Tool]]:
    """Give no tool."""
    return []
