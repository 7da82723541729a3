"""Any OpenAI-compatible endpoint for Inkstand."""

from __future__ import annotations

from inkstand_openai.backend import OpenAIBackend
from inkstand_sdk import hookimpl


@hookimpl
def inkstand_backends() -> list[type[OpenAIBackend]]:
    """The one backend of this plugin."""
    return [OpenAIBackend]
