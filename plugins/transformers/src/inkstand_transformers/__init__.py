"""Safetensors models for Inkstand, on Hugging Face transformers and PyTorch."""

from __future__ import annotations

from inkstand_sdk import hookimpl
from inkstand_transformers.backend import Transformers


@hookimpl
def inkstand_backends() -> list[type[Transformers]]:
    """The one backend of this plugin."""
    return [Transformers]
