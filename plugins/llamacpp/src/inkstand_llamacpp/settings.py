"""What a writer may set for this backend."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from inkstand_sdk.engine_settings import ContextLength, GpuLayers, Threads


class LlamaCppSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the llama.cpp backend; the defaults suit a laptop."""

    context_length: ContextLength = 0
    threads: Threads = 0
    gpu_layers: GpuLayers = -1
    slots: Annotated[
        int,
        Meta(ge=1, le=32, description="Requests that run at once, each with the whole context."),
    ] = 4
    batch: Annotated[
        int,
        Meta(
            ge=32,
            le=4096,
            description="Prompt tokens evaluated in one go; a cancel waits for one of these.",
        ),
    ] = 128


class LlamaCppEmbedderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the llama.cpp embedder."""

    model: Annotated[
        str, Meta(description="A GGUF model, best one made for embeddings: its name or path.")
    ] = ""
    context_length: Annotated[
        int,
        Meta(ge=0, le=1_000_000, description="The longest text in tokens; 0 takes up to 2,048."),
    ] = 0
    threads: Threads = 0
    gpu_layers: GpuLayers = -1
