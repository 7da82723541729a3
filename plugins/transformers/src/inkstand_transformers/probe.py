"""Whether the engine is here, found without importing it: that would take seconds."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from inkstand_sdk.capabilities import Device, Probe

_NEEDED = ("torch", "transformers", "llguidance", "peft", "accelerate", "gguf")
_OPTIONAL = {
    "onnxruntime": ("onnx", "ONNX models"),
    "torchao": ("quantization", "the settings quantization = int8 and int4"),
}


def probe() -> Probe:
    """The versions, what is missing, and the devices that are likely here."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        return Probe(
            ok=False,
            missing=f"These libraries are not installed: {', '.join(missing)}.",
            fix="pip install --upgrade inkstand-transformers",
        )
    torch_version = metadata.version("torch")
    notes = [f"It runs on PyTorch {torch_version}."]
    notes += [
        f"For {what}: pip install 'inkstand-transformers[{extra}]'"
        for name, (extra, what) in _OPTIONAL.items()
        if find_spec(name) is None
    ]
    return Probe(
        version=metadata.version("transformers"),
        devices=_devices(torch_version),
        notes=tuple(notes),
    )


def has_onnx() -> bool:
    """Whether ONNX Runtime is installed."""
    return find_spec("onnxruntime") is not None


def _devices(torch_version: str) -> tuple[Device, ...]:
    """What this PyTorch can use of what the machine shows; `load` looks more closely."""
    found = [Device(name=platform.processor() or platform.machine() or "cpu")]
    build = torch_version.partition("+")[2]
    if sys.platform == "darwin" and platform.machine() == "arm64":
        found.append(Device(name="Apple graphics", kind="metal"))
    elif build.startswith("rocm") and Path("/dev/kfd").exists():
        found.append(Device(name="AMD graphics", kind="rocm"))
    elif build != "cpu" and not build.startswith("rocm"):
        found += [
            Device(name=f"NVIDIA graphics {card.name}", kind="cuda")
            for card in sorted(Path("/proc/driver/nvidia/gpus").glob("*"))
        ]
    return tuple(found)
