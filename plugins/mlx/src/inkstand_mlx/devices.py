"""Whether MLX is installed, and what it runs on."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from importlib.util import find_spec
from typing import Any, Literal

from inkstand_sdk.capabilities import Device, Probe
from inkstand_sdk.errors import LoadFailed

_FIX = "pip install mlx mlx-lm" if sys.platform == "darwin" else "pip install 'mlx[cpu]' mlx-lm"
Kind = Literal["cpu", "cuda", "metal"]


def probe_library() -> Probe:
    """Look for the libraries without importing them, which takes most of a second."""
    for package, module in (("mlx", "mlx"), ("mlx-lm", "mlx_lm")):
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        if not version or find_spec(module) is None:
            return Probe(ok=False, missing=f"The package {package} is not installed.", fix=_FIX)
    device = (
        Device(name="Apple Silicon", kind="metal")
        if sys.platform == "darwin" and platform.machine() == "arm64"
        else Device(name="CPU", kind="cpu")
    )
    notes = () if device.kind == "metal" else ("MLX is made for Apple Silicon and slow elsewhere.",)
    return Probe(version=version, devices=(device,), notes=notes)


def choose_device(wanted: str) -> tuple[Any, Kind]:
    """MLX's device for the setting, and its kind; raises `LoadFailed` if it is not there."""
    import mlx.core as mx

    card: Kind | None = None
    if mx.metal.is_available():
        card = "metal"
    elif hasattr(mx, "cuda") and mx.cuda.is_available():
        card = "cuda"
    fits = {"auto": True, "gpu": card, "mps": card == "metal"}.get(wanted, card == "cuda")
    if wanted == "cpu" or (wanted == "auto" and card is None):
        return mx.Device(mx.cpu), "cpu"
    if card is None or not fits:
        raise LoadFailed(
            f"MLX has no device {wanted!r} on this machine.",
            f"It has: {card or 'cpu'}.",
            "Set `device` to auto or cpu: `inkstand config set backends.mlx.device auto`",
        )
    return mx.Device(mx.gpu), card
