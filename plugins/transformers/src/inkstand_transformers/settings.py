"""What a writer may set for this backend."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from inkstand_sdk.engine_settings import (
    ContextLength,
    Device,
    DeviceMap,
    HalfPrecision,
    Quantization,
    Threads,
)


class TransformersSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the transformers backend; the defaults suit a laptop."""

    context_length: ContextLength = 0
    threads: Threads = 0
    device: Device = "auto"
    device_map: DeviceMap = "none"
    half_precision: HalfPrecision = "auto"
    quantization: Quantization = "none"
    batch: Annotated[
        int, Meta(ge=1, le=64, description="Requests that are generated together.")
    ] = 4
    adapters: Annotated[
        tuple[str, ...],
        Meta(description="Folders of PEFT adapters (LoRA or prefix tuning) put on the model."),
    ] = ()
    assistant: Annotated[
        str,
        Meta(
            description="Folder of a small model with the same tokenizer that drafts tokens for"
            " this one to check: faster when one request runs alone."
        ),
    ] = ""
