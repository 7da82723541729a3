"""Models in safetensors for Inkstand, on MLX."""

from __future__ import annotations

from inkstand_mlx.backend import Mlx
from inkstand_sdk import hookimpl


@hookimpl
def inkstand_backends() -> list[type[Mlx]]:
    """The one backend of this plugin."""
    return [Mlx]
