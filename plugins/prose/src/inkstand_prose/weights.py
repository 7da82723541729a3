"""The learnt weights of `features`, kept beside this file as JSON."""

from __future__ import annotations

import functools
from importlib.resources import files

import msgspec


@functools.cache
def load_weights() -> dict[str, float]:
    """Weight by feature name, as `training/` wrote them."""
    raw = files(__package__).joinpath("weights.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, float])
