"""What a writer may set for this backend."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from inkstand_sdk.engine_settings import ContextLength, Device, Quantization


class MlxSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the MLX backend; the defaults suit a laptop."""

    context_length: ContextLength = 0
    device: Device = "auto"
    quantization: Quantization = "none"
    batch: Annotated[
        int,
        Meta(
            ge=16,
            le=8192,
            description="Prompt tokens evaluated in one go; a cancel waits for one of these.",
        ),
    ] = 256
    prompt_cache: Annotated[
        bool, Meta(description="Keep the last prompt, and evaluate only what is new in the next.")
    ] = True
