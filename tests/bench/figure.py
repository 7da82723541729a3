"""What a benchmark gives: figures, each beside the target that it is held to."""

from __future__ import annotations

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """One line of the table: what was measured, what it should be, what it was."""

    what: str
    target: str
    measured: str
    met: bool


def at_most(what: str, value: float, limit: float, unit: str, beside: str = "") -> Figure:
    """A figure that should not exceed `limit`; `beside` is told with it."""
    return _figure(what, value, limit, unit, beside, "at most", met=value <= limit)


def at_least(what: str, value: float, limit: float, unit: str, beside: str = "") -> Figure:
    """A figure that should reach `limit`; `beside` is told with it."""
    return _figure(what, value, limit, unit, beside, "at least", met=value >= limit)


def _figure(
    what: str, value: float, limit: float, unit: str, beside: str, bound: str, *, met: bool
) -> Figure:
    told = f"{_number(value)}{unit}" + (f" ({beside})" if beside else "")
    return Figure(what, f"{bound} {limit:g}{unit}", told, met)


def _number(value: float) -> str:
    """Three significant digits, and no exponent."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
