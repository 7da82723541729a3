"""GGUF models for Inkstand, on llama.cpp through llama-cpp-python."""

from __future__ import annotations

from inkstand_llama_cpp_python.backend import LlamaCppPython
from inkstand_sdk import hookimpl


@hookimpl
def inkstand_backends() -> list[type[LlamaCppPython]]:
    """The one backend of this plugin."""
    return [LlamaCppPython]
