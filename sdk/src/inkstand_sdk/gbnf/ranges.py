"""Numbers between bounds, as GBNF."""

from __future__ import annotations

import math
from collections.abc import Iterator

LARGEST = 10**15  # beyond it, a float that reads the number loses digits
_FRACTION = '("." [0-9]{1,15})?'


def integers(low: float | None, high: float | None) -> str:
    """The whole numbers from `low` to `high`, both included; "" if there are none."""
    least = -LARGEST if low is None else math.ceil(low)
    most = max(LARGEST, least + LARGEST) if high is None else math.floor(high)
    least = min(least, most - LARGEST) if low is None else least
    parts = []
    if least < 0:
        below = _natural(max(1, -most), -least)
        parts += [f'"-" ({below})'] if below else []
    if most >= 0:
        parts.append(_natural(max(0, least), most))
    return " | ".join(part for part in parts if part)


def numbers(
    low: float | None, high: float | None, *, open_low: bool = False, open_high: bool = False
) -> str:
    """Decimal numbers from `low` to `high`; an open end is not included.

    Only such numbers are written whose whole part decides whether they lie inside; "" where that
    leaves none.
    """
    parts = []
    if high is None or high > 0 or (high == 0 and not open_high):
        start = max(low or 0.0, 0.0) if low is not None else 0.0
        parts.append(
            _decimals(start, high, open_low=open_low and low == start, open_high=open_high)
        )
    if low is None or low < 0:
        start = max(-(high or 0.0), 0.0) if high is not None else 0.0
        end = None if low is None else -low
        least_open = open_high and high is not None and -high == start
        below = _decimals(start, end, open_low=least_open, open_high=open_low)
        parts += [f'"-" ({below})'] if below else []
    return " | ".join(part for part in parts if part)


def _decimals(low: float, high: float | None, *, open_low: bool, open_high: bool) -> str:
    """The same for numbers from 0 upwards."""
    first = math.floor(low) + 1 if open_low else math.ceil(low)
    if high is None:
        whole = _natural(first, max(LARGEST, first))
        return f"({whole}) {_FRACTION}"
    parts = []
    if last := _natural(first, math.ceil(high) - 1):
        parts.append(f"({last}) {_FRACTION}")
    if high == math.floor(high) >= first and not open_high:
        parts.append(f'"{math.floor(high)}"')
    elif math.floor(high) == math.ceil(high) - 1 and parts:
        # Fractions behind the last whole number may lie above `high`.
        parts = []
        if below := _natural(first, math.floor(high) - 1):
            parts.append(f"({below}) {_FRACTION}")
        if math.floor(high) >= first:
            parts.append(f'"{math.floor(high)}"')
    return " | ".join(parts)


def _natural(low: int, high: int) -> str:
    parts: list[str] = []
    while low <= high:
        end = min(high, 10 ** len(str(low)) - 1)
        parts += _same_length(str(low), str(end))
        low = end + 1
    return " | ".join(parts)


def _same_length(low: str, high: str) -> Iterator[str]:
    """Alternatives for the numbers between two with equally many digits."""
    if not low:
        yield ""
        return
    first, last = int(low[0]), int(high[0])
    if first == last:
        for rest in _same_length(low[1:], high[1:]):
            yield f'"{first}" {rest}'.rstrip()
        return
    length = len(low) - 1
    if low[1:].strip("0"):
        for rest in _same_length(low[1:], "9" * length):
            yield f'"{first}" {rest}'
        first += 1
    if high[1:].strip("9"):
        for rest in _same_length("0" * length, high[1:]):
            yield f'"{last}" {rest}'
        last -= 1
    if first <= last:
        digits = f"[{first}-{last}]" if first < last else f'"{first}"'
        yield f"{digits} [0-9]{{{length}}}" if length else digits
