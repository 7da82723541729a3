"""What a writer may set for this backend."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from inkstand_sdk.engine_settings import ContextLength, GpuLayers, Threads


class LlamaCppPythonSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the llama-cpp-python backend; the defaults suit a laptop."""

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
            description="Tokens evaluated in one go; a cancel waits for one of these.",
        ),
    ] = 128
    adapter: Annotated[
        str,
        Meta(description="A LoRA adapter (GGUF) for requests that name none; empty for none."),
    ] = ""
    adapter_scale: Annotated[
        float, Meta(ge=-10, le=10, description="The weight that this adapter is applied with.")
    ] = 1.0
