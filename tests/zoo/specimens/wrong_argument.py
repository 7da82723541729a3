"""Implements a hook with an argument that it does not offer."""

from inkstand_sdk import hookimpl


@hookimpl
def inkstand_before_generate(prompt: str) -> None:
    """Ask for `prompt` where `request` is offered."""
