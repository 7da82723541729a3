"""How often a comparison is repeated."""

from __future__ import annotations

import time
from collections.abc import Iterator

_FEWEST = 5


def rounds(most: int, seconds: float) -> Iterator[int]:
    """Numbers of rounds: `most`, or as many as begin within `seconds` on a busy machine."""
    started = time.perf_counter()
    for number in range(most):
        if number >= _FEWEST and time.perf_counter() - started > seconds:
            return
        yield number
