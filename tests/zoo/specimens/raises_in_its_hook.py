"""Raises when it is asked for its classes."""

from inkstand_sdk import Tool, hookimpl


@hookimpl
def inkstand_tools() -> list[type[Tool]]:
    """Fail."""
    raise KeyError("INKSTAND_HOME_OF_TOOLS")
