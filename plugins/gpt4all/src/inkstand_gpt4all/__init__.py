"""GGUF models for Inkstand, through GPT4All."""

from __future__ import annotations

from inkstand_gpt4all.backend import Gpt4All
from inkstand_sdk import hookimpl


@hookimpl
def inkstand_backends() -> list[type[Gpt4All]]:
    """The one backend of this plugin."""
    return [Gpt4All]
