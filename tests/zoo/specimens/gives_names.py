"""Gives names instead of classes."""

from inkstand_sdk import hookimpl


@hookimpl
def inkstand_backends() -> list[str]:
    """Give the name of a backend."""
    return ["llama"]
