"""Where a model runs, and in which number format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inkstand_sdk.errors import LoadFailed
from inkstand_transformers.settings import TransformersSettings

if TYPE_CHECKING:
    import torch

_HALVES = ("bfloat16", "float16")


def choose_device(wanted: str) -> str:
    """The torch name of the device that was asked for; raises `LoadFailed` if it is not here."""
    import torch

    if wanted == "cpu":
        return "cpu"
    best = _accelerator()
    if wanted == "auto":
        return best or "cpu"
    if wanted == "gpu" and best:
        return best
    if wanted.startswith("cuda") and torch.cuda.is_available():
        number = int(wanted.partition(":")[2] or 0)
        if number < torch.cuda.device_count():
            return wanted
    if wanted == "mps" and best == "mps":
        return "mps"
    raise LoadFailed(
        f"There is no device {wanted!r} here that PyTorch can use.",
        f"This PyTorch ({torch.__version__}) finds {best or 'the processor only'}.",
        "Let it choose: `inkstand config set backends.transformers.device auto`; or install a"
        " PyTorch for your graphics card.",
    )


def _accelerator() -> str:
    import torch

    if torch.cuda.is_available():  # also AMD's cards, through ROCm
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else ""


def choose_dtype(
    settings: TransformersSettings, config: dict[str, Any], device: str
) -> torch.dtype:
    """16 bits where they pay (graphics cards) or were asked for, else 32."""
    import torch

    wanted = settings.half_precision
    if wanted == "off" or (wanted == "auto" and device == "cpu"):
        return torch.float32
    stored = config.get("dtype") or config.get("torch_dtype")
    if stored in _HALVES:
        half: torch.dtype = getattr(torch, stored)
    else:
        half = torch.bfloat16 if device == "cpu" else torch.float16
    if device.startswith("cuda") and not torch.cuda.is_bf16_supported():
        half = torch.float16
    return torch.bfloat16 if device == "cpu" else half


def device_title(device: str) -> str:
    """The kind of device, as `Loaded.device` says it."""
    import torch

    if device.startswith("cuda"):
        return "rocm" if getattr(torch.version, "hip", None) else "cuda"
    return "metal" if device == "mps" else device
