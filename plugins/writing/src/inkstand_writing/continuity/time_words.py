"""Words that tell when: days that are named, steps from one day to another, times that pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

import msgspec

from inkstand_writing import lexicon
from inkstand_writing.continuity.calendar import (
    DAY,
    HOLIDAY,
    MONTH,
    NUMBER,
    ORDINAL,
    PART,
    count_of,
    day_of_year,
    holiday_of,
    month_of,
    month_span,
    ordinal_of,
    season_span,
    weekday_of,
)

_Match = re.Match[str]
_ROUGH = {30: 14}
"""By how many days a month, as people count, may be longer or shorter."""


class Day(msgspec.Struct, frozen=True):
    """What words say of a day: its weekday (0 to 6), its date in the month, the first and the
    last day of the year that it may be, and the year; -1, 0 and None where they do not say it.
    """

    weekday: int = -1
    date: int = 0
    span: tuple[int, int] | None = None
    year: int = 0


class Mention(msgspec.Struct, frozen=True):
    """Words at `[start, end)` of a text that tell when.

    A "day" is named; a "step" leads `low` to `high` days on (or back) to another; a "gap" is time
    that passes, nobody knows exactly how much. What is `now` is counted from the moment in which
    it is said ("tomorrow"), and does not move the story; `back` and plans do not either.
    """

    start: int
    end: int
    kind: Literal["day", "step", "gap"]
    low: int = 0
    high: int = 0
    moves: bool = True
    now: bool = False
    day: Day = Day()
    about: str = ""
    """The happening that it is counted from: "the day after the ball"."""


_PART_NAME = re.compile(r"%([A-Z]+)%")
_CALENDAR = {
    "DAY": DAY,
    "PART": PART,
    "MONTH": MONTH,
    "NUMBER": NUMBER,
    "ORDINAL": ORDINAL,
    "HOLIDAY": HOLIDAY,
}
_UNITS = {"w": 7, "f": 14}


class _Step(msgspec.Struct, frozen=True):
    """A pattern of `lexicon/day_steps.txt`, and how many days it counts; "n" stands for what its
    words say.
    """

    pattern: re.Pattern[str]
    low: str
    high: str
    now: bool
    kind: Literal["step", "gap"]

    def mention(self, match: _Match) -> Mention:
        """What a match of the pattern tells."""
        count, slack = _counted(match.groupdict())
        low, high = _days_of(self.low, count) - slack, _days_of(self.high, count) + slack
        moves = low >= 0 and not self.now
        about = match.groupdict().get("about") or ""
        return Mention(
            match.start(), match.end(), self.kind, low, high, moves, self.now, about=about
        )


def _counted(groups: dict[str, str | None]) -> tuple[int, int]:
    """How many days the words of a step count, and by how many that may be wrong."""
    if groups.get("nth"):
        return ordinal_of(str(groups["nth"])), 0
    if not groups.get("count"):
        return 0, 0
    unit = str(groups["unit"]).lower()
    days = 30 if unit.startswith("month") else _UNITS.get(unit[0], 1)
    return count_of(str(groups["count"])) * days, _ROUGH.get(days, 0)


def _days_of(told: str, count: int) -> int:
    if "n" not in told:
        return int(told)
    sign = -1 if told.startswith("-") else 1
    return sign * count + int(told.lstrip("-").removeprefix("n") or 0)


@cache
def _step_patterns() -> tuple[_Step, ...]:
    parts = {**_CALENDAR}
    found = []
    for head, text in lexicon.rows("day_steps"):
        written = _PART_NAME.sub(lambda match: parts[match[1]], text)
        if head.startswith("%"):
            parts[head.strip("%")] = written
            continue
        told = head.split()
        is_gap = told == ["gap"]
        low, high = ("0", "0") if is_gap else told[:2]
        pattern = re.compile(rf"\b(?:{written})(?!\w)", re.IGNORECASE)
        found.append(_Step(pattern, low, high, "now" in told, "gap" if is_gap else "step"))
    return tuple(found)


@cache
def _day_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(_PART_NAME.sub(lambda match: _CALENDAR[match[1]], text))
        for _, text in lexicon.rows("day_names")
    )


_REACH = 50
_TIME = re.compile(
    r"(?:[Dd]ay|[Nn]ight|[Mm]or[nr]|[Ee]vening|noon|week|month|[Yy]ear|hour|minute|dawn|sunr"
    r"|the sun|bed"
    r"|asleep|woke|got up|[Bb]reakfast|turned in|[Ss]ince|degrees|of late|meantime|spring|summer"
    r"|autumn"
    r"|winter|next t|following t|dusk|sunset|twilight)"
)
_SAME_DAY = re.compile(
    r",? (?:on )?(?:(?:which |that )?(?:was|is|being|had been|(?:fell|falls) (?:up)?on|was on) )?"
    r"(?:an? |the )?"
)
_YEAR = re.compile(r"(?:,| of| in)* (1\d\d\d|20\d\d)\b")
_NO_MONTH = re.compile(
    r"(?:\A|[.!?“\"‘(]\s?|\b(?:(?:you|he|she|I|we|they|it|and|but|as|Miss|Mrs|dear|little|said"
    r"|that|with|to|for|from|,)\.? ))\Z"
)
"""Before "May", "March" or "June" where these may be a verb or a name."""


def mentions(text: str) -> list[Mention]:
    """All that tells when, in order; what is within something longer is left out.

    `text` has spaces for line breaks.
    """
    found = sorted(
        [*_days(text), *_steps(text)],
        key=lambda one: (one.start, -one.end),
    )
    kept: list[Mention] = []
    for one in found:
        if kept and one.start < kept[-1].end:
            if one.end <= kept[-1].end or kept[-1].kind != "gap":
                continue
            kept.pop()
        joined = _joined(kept[-1], one, text) if kept else None
        kept[-1 if joined else len(kept) :] = [joined or one]
    return kept


def _joined(one: Mention, other: Mention, text: str) -> Mention | None:
    """A weekday and a date that are said of one day: "Christmas Day fell on a Tuesday"."""
    a, b = one.day, other.day
    if {one.kind, other.kind} != {"day"} or not _SAME_DAY.fullmatch(text[one.end : other.start]):
        return None
    if (a.weekday < 0) == (b.weekday < 0) or (a.span is None) == (b.span is None):
        return None
    day = Day(max(a.weekday, b.weekday), a.date or b.date, a.span or b.span, a.year or b.year)
    return Mention(one.start, other.end, "day", day=day)


def _steps(text: str) -> Iterator[Mention]:
    for start, end in _near_times(text):
        for step in _step_patterns():
            for match in step.pattern.finditer(text, start, end):
                yield step.mention(match)


def _near_times(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text that have words of time: elsewhere nothing needs to be looked for."""
    start = end = -1
    for match in _TIME.finditer(text):
        if match.start() - _REACH > end:
            if end > 0:
                yield start, end
            start = max(0, match.start() - _REACH)
        end = match.end() + _REACH
    if end > 0:
        yield start, end


def _days(text: str) -> Iterator[Mention]:
    for pattern in _day_patterns():
        for match in pattern.finditer(text):
            day = _day(match, text)
            if day is None:
                continue
            year = _YEAR.match(text, match.end()) if day.span is not None else None
            if year is not None:
                day = msgspec.structs.replace(day, year=int(year[1]))
            yield Mention(match.start(), (year or match).end(), "day", day=day)


def _day(match: _Match, text: str) -> Day | None:
    groups = match.groupdict()
    weekday = weekday_of(groups["w"]) if groups.get("w") else -1
    if groups.get("s"):
        return Day(span=season_span(groups["s"].lower()))
    if groups.get("c"):
        return Day(span=(day_of_year(12, 24), day_of_year(12, 26)))
    if groups.get("h"):
        holiday = holiday_of(groups["h"])
        at = day_of_year(*holiday)
        return Day(span=(at, at), date=holiday[1])
    month = month_of(groups["m"]) if groups.get("m") else 0
    if groups.get("d"):
        date = ordinal_of(groups["d"])
        if not 1 <= date <= 31:
            return None
        at = day_of_year(month, date) if month else 0
        return Day(weekday, date, (at, at) if month else None)
    if not month:
        return Day(weekday)
    if groups.get("e"):
        last = month_span(month)[1]
        return Day(date=last - month_span(month)[0] + 1, span=(last, last))
    if not groups.get("p") and _NO_MONTH.search(text[max(0, match.start() - 12) : match.start()]):
        return None
    return Day(span=_part_of_month(month, (groups.get("p") or "").lower()))


def _part_of_month(month: int, part: str) -> tuple[int, int]:
    start, end = month_span(month)
    if part.startswith(("early", "begin", "first")):
        return start, start + 11
    if part.startswith(("late", "end", "last")):
        return end - 12, end
    return (start + 7, end - 7) if part.startswith("mid") else (start, end)
