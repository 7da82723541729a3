"""Words of a scene that tell when and where: dates, days, times of day, spans of time, places."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from typing import Literal

import msgspec

from inkstand_prose.facts.numbers import NUMBER, number_of
from inkstand_prose.lexicon import words
from inkstand_prose.lexicon.capitals import CALENDAR, NEVER_NAMES
from inkstand_prose.lexicon.titles import title_key

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAY_PARTS = {
    "dawn": "dawn",
    "daybreak": "dawn",
    "sunrise": "dawn",
    "morning": "morning",
    "forenoon": "morning",
    "noon": "noon",
    "midday": "noon",
    "afternoon": "afternoon",
    "dusk": "evening",
    "twilight": "evening",
    "sunset": "evening",
    "nightfall": "evening",
    "evening": "evening",
    "midnight": "midnight",
    "night": "night",
}
TRIGGERS = frozenset(
    [*WEEKDAYS, *MONTHS, *_DAY_PARTS, "spring", "summer", "autumn", "winter", "morrow", "later"]
    + ["afterwards", "passed", "elapsed", "following", "next"]
    + [str(year) for year in range(1400, 2100)]
)
"""Words near which a time is told."""
_AROUND = 36
TimeKind = Literal["date", "weekday", "daytime", "season", "year", "elapsed"]
_Told = tuple[TimeKind, str]
_UNITS = {"hour": "h", "day": "d", "week": "w", "fortnight": "w", "month": "m", "year": "y"}
_MONTH = "|".join(month.capitalize() for month in MONTHS)
_WEEKDAY = re.compile(r"\b(?:" + "|".join(day.capitalize() for day in WEEKDAYS) + r")\b")
_DATE = re.compile(
    rf"\b(?:(?:the )?(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})"
    rf"|(?P<month2>{_MONTH}) (?:the )?(?P<day2>\d\d?)(?:st|nd|rd|th)?)\b"
    r"(?:,? (?P<year>1\d\d\d|20\d\d))?"
)
_YEAR = re.compile(
    r"\b(?:in|since|of|by|until|till|before|after|from|during|year|summer|winter|spring|autumn|fall"
    rf"|{_MONTH}),? (?P<year>1[4-9]\d\d|20\d\d)\b(?![-–,.]?\d| [a-z]+s\b)"
)
_PART = re.compile(
    r"\b(?:(?:the|that|this|one|next|following|same|very|early|late|all|in the|every)\s)?"
    r"(?:at|by|before|after|until|towards?|that|this|the|next|following|in the|early|late|one)\s"
    r"(?P<part>" + "|".join(_DAY_PARTS) + r")\b"
)
_SEASON = re.compile(
    r"\b(?:in|that|this|the|last|next|all|by|early|late|following)\s(?P<season>spring|summer|autumn"
    r"|winter)\b(?! of (?:life|love|water))"
)
_LATER = re.compile(
    rf"\b(?P<number>{NUMBER}|a|an|some|several|a few|a couple of|half an?)\s"
    r"(?P<unit>hour|day|week|fortnight|month|year)s?\s(?P<rest>later|after(?:wards?)?|passed|"
    r"went by|had passed|had gone by)\b",
    re.IGNORECASE,
)
_PASSED = re.compile(
    rf"\b(?P<number>{NUMBER}|some|several|many|a few|the)\s(?P<unit>day|week|month|year)s\s"
    r"(?:had\s)?(?:passed|elapsed)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\b(?:the\s)?(?:next|following)\s(?P<unit>day|morning|afternoon|evening|night|week|month|year)\b"
    r"|\bon the morrow\b|\bthe day after\b",
    re.IGNORECASE,
)
_PLACE_NOUNS = words("place_nouns")
_PLACE = re.compile(
    r"\b(?:[Ii]n|[Aa]t|[Ii]nto|[Tt]o|[Ff]rom|[Nn]ear|[Tt]hrough|[Oo]utside|[Ii]nside|[Rr]eached|"
    r"[Ll]eft|[Ee]ntered|[Oo]n|[Aa]cross|[Tt]owards?)\s+"
    r"(?:(?P<the>(?:the|his|her|their|my|our|a|an)\s+(?:[a-z-]+\s+){0,2}?(?P<noun>[a-z]+))\b"
    r"|(?P<name>(?:the\s+)?[A-Z][\w’'-]+(?:\s+(?:of\s+)?[A-Z][\w’'-]+){0,3}))"
)


class Time(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What `TimeMark` tells, of an unnumbered scene."""

    start: int
    end: int
    kind: TimeKind
    value: str


class Place(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What `PlaceMark` tells, of an unnumbered scene."""

    start: int
    end: int
    place: str


def times(text: str, near: Iterable[int]) -> list[Time]:
    """Time marks of a scene's text, in order; `near` are the places of its `TRIGGERS`."""
    found: dict[tuple[int, int, str], Time] = {}
    for place in near:
        start, end = max(0, place - _AROUND), place + _AROUND
        for pattern, tell in _TELLERS:
            for match in pattern.finditer(text, start, end):
                kind, value = tell(match)
                key = (match.start(), match.end(), kind)
                if key not in found:
                    found[key] = Time(*match.span(), kind, value)
    return [found[key] for key in sorted(found)]


def _date(match: re.Match[str]) -> _Told:
    month = MONTHS.index((match["month"] or match["month2"]).lower()) + 1
    day = int(match["day"] or match["day2"])
    year = match["year"]
    return "date", f"{year}-{month:02}-{day:02}" if year else f"{month:02}-{day:02}"


def _later(match: re.Match[str]) -> _Told:
    number = match["number"].lower()
    count = "1" if number in {"a", "an"} else str(number_of(number) or "?")
    unit = match["unit"].lower()
    if unit == "fortnight" and count == "1":
        count = "2"
    return "elapsed", f"+{count}{_UNITS[unit]}"


def _next(match: re.Match[str]) -> _Told:
    unit = (match["unit"] or "day").lower()
    return "elapsed", f"+1{_UNITS.get(unit, 'd')}"


_TELLERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Told]], ...] = (
    (_WEEKDAY, lambda match: ("weekday", match.group().lower())),
    (_DATE, _date),
    (_YEAR, lambda match: ("year", match["year"])),
    (_PART, lambda match: ("daytime", _DAY_PARTS[match["part"]])),
    (_SEASON, lambda match: ("season", match["season"])),
    (_LATER, _later),
    (_PASSED, _later),
    (_NEXT, _next),
)


def places(text: str, people: Container[int]) -> Iterator[Place]:
    """Places that a scene's text names, in order; `people` are where names of people begin."""
    for match in _PLACE.finditer(text):
        noun, name = match["noun"], match["name"]
        if noun is not None:
            if noun in _PLACE_NOUNS:
                yield Place(*match.span("the"), f"the {noun}")
            continue
        plain = " ".join(name.removeprefix("the ").split()).removesuffix("’s").removesuffix("'s")
        first = plain.split()[0]
        if first.lower() in CALENDAR or first.lower() in NEVER_NAMES or title_key(first):
            continue
        if match.start("name") not in people:
            yield Place(*match.span("name"), plain)
