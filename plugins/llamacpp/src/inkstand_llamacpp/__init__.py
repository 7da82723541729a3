"""GGUF models for Inkstand, on llama.cpp through xllamacpp."""

from __future__ import annotations

from inkstand_llamacpp.backend import LlamaCpp
from inkstand_llamacpp.embedder import LlamaCppEmbedder
from inkstand_sdk import hookimpl


@hookimpl
def inkstand_backends() -> list[type[LlamaCpp]]:
    """The one backend of this plugin."""
    return [LlamaCpp]


@hookimpl
def inkstand_embedders() -> list[type[LlamaCppEmbedder]]:
    """Vectors from any GGUF model."""
    return [LlamaCppEmbedder]
