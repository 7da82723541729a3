"""What a writer may set for this backend."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class LlamaCppSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the llama.cpp backend; the defaults suit a laptop."""

    context_length: Annotated[
        int,
        Meta(
            ge=0,
            le=1 << 28,
            description="Tokens that a prompt and its answer may fill together; 0 takes the"
            " model's own, up to 8192.",
        ),
    ] = 0
    threads: Annotated[
        int,
        Meta(ge=0, le=512, description="Processor threads; 0 leaves one core free."),
    ] = 0
    gpu_layers: Annotated[
        int,
        Meta(ge=-1, le=1024, description="Layers put on the graphics card; -1 as many as fit."),
    ] = -1
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
