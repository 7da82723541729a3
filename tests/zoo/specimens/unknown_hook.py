"""Implements a hook that there is not."""

from inkstand_sdk import GenerateRequest, hookimpl


@hookimpl
def inkstand_before_generation(request: GenerateRequest) -> None:
    """Miss the hook's name by a little."""
