"""What a writer may set for this backend."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from inkstand_sdk.engine_settings import ContextLength, GpuLayers, Threads


class Gpt4AllSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the GPT4All backend; the defaults suit a laptop."""

    context_length: ContextLength = 0
    threads: Threads = 0
    gpu_layers: GpuLayers = 0
    batch: Annotated[
        int,
        Meta(
            ge=8,
            le=128,
            description="Prompt tokens evaluated in one go; a cancel waits for one of these.",
        ),
    ] = 64
