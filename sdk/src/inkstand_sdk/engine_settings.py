"""Settings that many engines share, by one name each.

A backend declares those that it honors with these types, so that a name means the same under
every engine. A shared setting that a backend does not declare is left out and reported; it is no
mistake to set it.
"""

from __future__ import annotations

import os
from typing import Annotated, Literal

from msgspec import Meta

ContextLength = Annotated[
    int,
    Meta(
        ge=0,
        le=1 << 28,
        description="Tokens that a prompt and its answer may fill together; 0 takes the model's"
        " own, up to what is sensible here.",
    ),
]
Threads = Annotated[
    int, Meta(ge=0, le=512, description="Processor threads; 0 leaves one core free.")
]
GpuLayers = Annotated[
    int,
    Meta(ge=-1, le=1024, description="Layers put on the graphics card; -1 as many as fit."),
]
Device = Annotated[
    str,
    Meta(
        pattern=r"^(auto|cpu|gpu|mps|cuda(:\d+)?)$",
        description="Where the model runs: auto, cpu, gpu, cuda, cuda:N or mps.",
    ),
]
DeviceMap = Annotated[
    Literal["none", "auto", "balanced", "sequential"],
    Meta(description="How a model is spread over several devices."),
]
HalfPrecision = Annotated[
    Literal["auto", "on", "off"],
    Meta(description="16-bit weights: auto uses them where they are faster."),
]
Quantization = Annotated[
    Literal["none", "int8", "int4"],
    Meta(description="Weights are rounded to so many bits while the model is loaded."),
]
KeepAlive = Annotated[
    float,
    Meta(ge=0, le=86_400, description="Seconds that the model stays loaded when idle."),
]

SHARED: tuple[str, ...] = (
    "context_length",
    "threads",
    "gpu_layers",
    "device",
    "device_map",
    "half_precision",
    "quantization",
    "keep_alive",
)
"""The names above, as settings are called."""


def thread_count(wanted: int) -> int:
    """The threads to use: one core is left to everything else.

    Engines' threads wait for each other many times a token. If one of them has to share its core
    even for a moment all wait, and a hundredth of the speed is left.
    """
    return wanted or max(1, core_count() - 1)


def core_count() -> int:
    """The cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
