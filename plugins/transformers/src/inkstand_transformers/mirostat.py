"""Mirostat (Basu et al., 2021): keeps the surprise of the drawn tokens near a target.

Both versions as in llama.cpp: they take the place of the filters, after the temperature.
"""

# torch is imported where it is used: importing it takes seconds.
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from inkstand_sdk.messages import Mirostat

if TYPE_CHECKING:
    import torch

_FITTED = 100  # of the likeliest tokens, to which version 1 fits Zipf's law


class MirostatState:
    """The surprise, in bits, that is let through at present."""

    def __init__(self, settings: Mirostat) -> None:
        self._settings = settings
        self._limit = 2 * settings.tau

    def kept(self, chances: torch.Tensor) -> int:
        """How many of the likeliest tokens may be drawn; `chances` are sorted downwards."""
        if self._settings.version == 2:
            surprises = -chances.log2()
            return max(1, int((surprises <= self._limit).sum()))
        size = len(chances)
        slope = _zipf_slope(chances[:_FITTED])
        beyond = slope - 1
        if size == 1 or abs(beyond) < 1e-6 or slope < 1e-6:  # the formula has no value there
            return size
        # (beyond * 2 ** limit / (1 - size ** -beyond)) ** (1 / slope), in logarithms, as it may
        # be beyond all bounds.
        scale = math.log(beyond / (1 - size**-beyond))
        return _bounded((scale + self._limit * math.log(2)) / slope, size)

    def took(self, chance: float) -> None:
        """Learn from the token that was drawn, which had `chance` among those kept."""
        surprise = -math.log2(max(chance, 1e-30))
        self._limit -= self._settings.eta * (surprise - self._settings.tau)


def _zipf_slope(chances: torch.Tensor) -> float:
    """The exponent of the power law that the chances follow by rank."""
    import torch

    chances = chances[chances > 0]
    if len(chances) < 2:
        return 0.0
    ranks = torch.arange(1, len(chances) + 1, dtype=torch.float32).log()
    steps = ranks.diff()
    falls = -chances.log().diff()
    return float((steps * falls).sum() / (steps * steps).sum())


def _bounded(log_of_count: float, size: int) -> int:
    return size if log_of_count > math.log(size) else max(1, round(math.exp(log_of_count)))
