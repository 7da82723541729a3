"""What is known of the day that a story is at, and how it goes on to what is said next."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from inkstand_sdk import Span
from inkstand_writing.continuity.calendar import YEAR
from inkstand_writing.continuity.time_words import Day

_MOST_DAYS = 400
_MONTHS_LENGTHS = frozenset([28, 29, 30, 31])
_WEEK, _LOOSE, _MARCH = 7, 2, 59


class Known(msgspec.Struct, frozen=True):
    """A day that was named at `span`; the story is `low` to `high` days after it."""

    day: Day
    span: Span
    low: int = 0
    high: int = 0
    steps: tuple[Span, ...] = ()
    """The words that have led on from there, as far as they are needed to understand it."""


class DayClock:
    """Days that were named, and how far the story has gone on since."""

    def __init__(self) -> None:
        self.known: list[Known] = []

    def name(self, day: Day, span: Span, still: bool = False) -> None:
        """The story is now at a day; `still` where it has not been led to another by that."""
        kept = [one for one in self.known if still and _tells_other(one.day, day)]
        self.known = [*kept, Known(day, span)]

    def also(self, day: Day, span: Span, low: int, high: int) -> None:
        """The day that is `low` to `high` days from now is named as well."""
        self.known.append(Known(day, span, -high, -low))

    def step(self, low: int, high: int, span: Span) -> None:
        """The story goes on by so many days."""
        self.known = [
            Known(one.day, one.span, one.low + low, one.high + high, (*one.steps, span))
            for one in self.known
            if one.high + high <= _MOST_DAYS
        ]

    def forget(self) -> None:
        """Nothing is known any more."""
        self.known = []

    def keep(self, is_near: Callable[[Span], bool]) -> None:
        """Forget what was named too far back."""
        self.known = [one for one in self.known if is_near(one.span)]

    def against(self, day: Day, low: int = 0, high: int = 0) -> Known | None:
        """What is known that cannot be, if the day from `low` to `high` days from now is `day`."""
        for one in reversed(self.known):
            if not can_be(one.day, day, one.low + low, one.high + high):
                return one
        return None


def can_be(one: Day, other: Day, low: int, high: int) -> bool:
    """Whether `other` can be a day from `low` to `high` days after `one`."""
    if one.weekday >= 0 and other.weekday >= 0:
        return any((one.weekday + n - other.weekday) % 7 == 0 for n in range(low, high + 1))
    if one.span is not None and other.span is not None:
        return any(_meet(one.span, other.span, low, high, turn) for turn in (-YEAR, 0, YEAR))
    if one.date and other.date:
        apart = [one.date + n - other.date for n in range(low, high + 1)]
        return any(days in {0, *_MONTHS_LENGTHS} or -days in _MONTHS_LENGTHS for days in apart)
    return True


def _meet(one: tuple[int, int], other: tuple[int, int], low: int, high: int, turn: int) -> bool:
    """Whether a day of `other`, so many days before or after `turn`, is one that may come after
    one of `one`. Weeks are counted loosely, and there may be a 29th of February between them.
    """
    slack = _LOOSE if max(abs(low), abs(high)) >= _WEEK else 0
    leap = 1 if one[0] < _MARCH <= other[1] + turn or other[0] < _MARCH <= one[1] + high else 0
    return one[0] + low - slack - leap <= other[1] + turn and (
        other[0] + turn <= one[1] + high + slack + leap
    )


def _tells_other(one: Day, other: Day) -> bool:
    """Whether one tells the weekday and the other the date."""
    return (one.weekday < 0) != (other.weekday < 0) and (one.span is None) != (other.span is None)
