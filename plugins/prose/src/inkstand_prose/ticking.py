"""Long loops that can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
_OFTEN = 1_000


def ticking(items: Iterable[T], tick: Callable[[], None]) -> Iterator[T]:
    """The items; `tick` is called now and then, and raises to stop."""
    for number, item in enumerate(items):
        if not number % _OFTEN:
            tick()
        yield item
