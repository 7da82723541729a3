"""Dates whose day of the week is told twice, and not the same; and events told of two days."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from inkstand_sdk import Span
from inkstand_writing.continuity.calendar import YEAR
from inkstand_writing.continuity.day_clock import can_be
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion
from inkstand_writing.continuity.time_words import Day, Mention

_ONCE = {
    "wedding": r"wedding|marriage|married|wed",
    "funeral": r"funeral|burial|buried|laid to rest|interred",
    "death": r"died|death|killed|drowned|hanged|executed|shot dead|murdered",
    "birth": r"born|birth",
    "christening": r"christen\w*|bapti[sz]\w*",
}
_EVENTS = {name: re.compile(rf"\b(?:{words})\b") for name, words in _ONCE.items()}
_WRONG_WEEKDAYS = "Two dates, counted from one to the other, do not fall on their days of the week."
_SCENES = 2
"""So many scenes may lie between what happened and a day that is counted from it."""
_EVERY = re.compile(r"\b(?:every|each|always|usually|next|last|after|before)\b|\?")
_NOT_SAID = re.compile(
    r"\b(?:if|would|should|shall|will|might|may|could|to be|going to|till|until|before|after|since"
    r"|every|next|last|another|n[’']t|not|never|day|ago|expect\w*|plan\w*|postpon\w*|put off|fixed"
    r"|suppos\w*|dream\w*|thought)\b|\?"
)


class Dated(msgspec.Struct, frozen=True):
    """A day that is named, and the sentence that names it."""

    day: Day
    span: Span
    sentence: Span


class Counted(msgspec.Struct, frozen=True):
    """A day that is named, and the step that leads to it from something that happened."""

    dated: Dated
    step: Mention


def contradictions(
    facts: BookFacts, found: list[Dated], counted: list[Counted]
) -> Iterator[Suspicion]:
    """Days that contradict each other wherever in the book they stand."""
    yield from _by_occasion(facts, found, counted)
    yield from _by_date(found)
    yield from _by_month(found)
    yield from _by_event(facts, found)


def _by_date(found: list[Dated]) -> Iterator[Suspicion]:
    """One date with two days of the week; in one year, any two dates that do not go together."""
    known: dict[tuple[int, int], Dated] = {}
    for one in found:
        day = one.day
        if day.weekday < 0 or day.span is None or day.span[0] != day.span[1]:
            continue
        key = (day.year, -1 if day.year else day.span[0])
        other = known.setdefault(key, one)
        if other.day.span is None or _is_leap_doubt(other.day, day):
            continue
        apart = day.span[0] - other.day.span[0]
        if (other.day.weekday + apart - day.weekday) % 7:
            yield _suspicion(other, one, _WRONG_WEEKDAYS)


def _by_month(found: list[Dated]) -> Iterator[Suspicion]:
    """Days of one month, near each other, whose dates are not so many days apart."""
    last: Dated | None = None
    for one in found:
        day = one.day
        if day.weekday < 0 or not day.date:
            continue
        is_near = last is not None and last.span.scene == one.span.scene
        if (
            last is not None
            and is_near
            and _is_one_month(last.day, day)
            and (day.date - last.day.date - day.weekday + last.day.weekday) % 7
        ):
            yield _suspicion(last, one, _WRONG_WEEKDAYS)
        last = one


def _is_one_month(one: Day, other: Day) -> bool:
    if one.year != other.year or (one.span is None) != (other.span is None):
        return False
    if one.span is None or other.span is None:
        return True
    return one.span[0] - one.date == other.span[0] - other.date


def _is_leap_doubt(one: Day, other: Day) -> bool:
    """Whether a 29th of February may lie between the two."""
    if one.span is None or other.span is None:
        return True
    first, last = sorted((one.span[0], other.span[0]))
    return first < 59 <= last and one.year % 4 == 0 and last - first < YEAR


def _by_event(facts: BookFacts, found: list[Dated]) -> Iterator[Suspicion]:
    """What happens to somebody once, told of two days of the week."""
    known: dict[tuple[str, str], list[Dated]] = defaultdict(list)
    for one in found:
        text = facts.text(one.sentence)
        events = [name for name, pattern in _EVENTS.items() if pattern.search(text)]
        people = {name for _, _, name in facts.people_in(one.sentence)}
        if len(events) == 1 and len(people) == 1 and not _NOT_SAID.search(text):
            known[events[0], people.pop()].append(one)
    for (event, name), row in known.items():
        for one in row[1:]:
            first = row[0]
            is_other_day = one.day.weekday != first.day.weekday and one.day.weekday >= 0
            if is_other_day and first.day.weekday >= 0:
                yield _suspicion(first, one, f"The {event} of {name} is told of two days.")
                break


def _by_occasion(
    facts: BookFacts, found: list[Dated], counted: list[Counted]
) -> Iterator[Suspicion]:
    """The day after something that happened, and the day of that: "the day after the ball"."""
    for one in counted:
        about = re.compile(rf"\b{re.escape(one.step.about)}\b")
        where = one.dated.span
        near = [
            other
            for other in found
            if other.sentence != one.dated.sentence
            and abs(other.span.scene - where.scene) <= _SCENES
            and about.search(text := facts.text(other.sentence))
            and not _EVERY.search(text)
        ]
        if len({other.day for other in near}) != 1:
            continue
        if not can_be(near[0].day, one.dated.day, one.step.low, one.step.high):
            summary = f"The day of the {one.step.about} does not agree with one counted from it."
            yield _suspicion(near[0], one.dated, summary)


def _suspicion(first: Dated, second: Dated, summary: str) -> Suspicion:
    return Suspicion(
        kind="days", summary=summary, evidence=(first.span, second.span), confidence=0.75
    )
