"""The models of a local Ollama for Inkstand, over its own HTTP interface."""

from __future__ import annotations

from inkstand_ollama.backend import Ollama
from inkstand_ollama.embedder import OllamaEmbedder
from inkstand_ollama.source import OllamaSource
from inkstand_sdk import hookimpl


@hookimpl
def inkstand_backends() -> list[type[Ollama]]:
    """The one backend of this plugin."""
    return [Ollama]


@hookimpl
def inkstand_sources() -> list[type[OllamaSource]]:
    """What has been pulled into Ollama."""
    return [OllamaSource]


@hookimpl
def inkstand_embedders() -> list[type[OllamaEmbedder]]:
    """Ollama's embedding models."""
    return [OllamaEmbedder]
