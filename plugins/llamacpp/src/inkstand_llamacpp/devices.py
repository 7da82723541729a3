"""What the engine can run on."""

from __future__ import annotations

from typing import Literal

from inkstand_llamacpp.threads import wait_asleep
from inkstand_sdk.capabilities import Device

Kind = Literal["cpu", "cuda", "rocm", "metal", "vulkan", "other", "remote"]
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("CPU", "cpu"),
    ("CUDA", "cuda"),
    ("ROCm", "rocm"),
    ("HIP", "rocm"),
    ("Metal", "metal"),
    ("MTL", "metal"),
    ("Vulkan", "vulkan"),
)


def engine_version() -> str:
    """Xllamacpp's version; raises `ImportError`."""
    wait_asleep()
    import xllamacpp

    return str(xllamacpp.__version__)


def devices() -> tuple[Device, ...]:
    """The processors and cards that the engine sees; raises `ImportError`."""
    wait_asleep()
    import xllamacpp

    return tuple(
        Device(
            name=device["description"] or device["name"],
            kind=_kind(device["name"]),
            memory=device["memory_total"],
        )
        for device in xllamacpp.get_device_info()
    )


def device_name(gpu_layers: int) -> str:
    """The kind of device that a model with that many layers on a card runs on."""
    cards = [device.kind for device in devices() if device.kind != "cpu"]
    return cards[0] if cards and gpu_layers != 0 else "cpu"


def _kind(name: str) -> Kind:
    for beginning, kind in _KINDS:
        if name.startswith(beginning):
            return kind
    return "other"
