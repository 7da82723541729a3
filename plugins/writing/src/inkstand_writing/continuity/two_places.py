"""Somebody who is said to have been in two places at one time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from inkstand_writing.continuity.calendar import WEEKDAYS
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.stays import Stay, stays
from inkstand_writing.continuity.suspicion import Suspicion
from inkstand_writing.continuity.whereabouts import When, Where

NEAR = 10_000
"""Within so many characters "that Sunday" and "that week" are the same ones."""
_FIXED = frozenset(["sea", "jail", "sick", "abroad", "camp"])
"""Places that nobody leaves for an hour."""
_NOT_AT_EVENTS = frozenset(["sea", "jail", "sick", "abroad", "away"])
_MINUTES = 10
"""Nobody gets from one town to another in so many minutes."""
_MINUTES_BEFORE, _DAYS = 180, 3
"""How long before the end of a stay somebody is surely there, in minutes and in days."""
_HALF_DAY = 720
_MOVING = frozenset(["airport", "stable", "tower"])


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """People who were in two places on the same night, day or hour."""
    rows: dict[str, list[Stay]] = defaultdict(list)
    for who, stay in stays(facts):
        rows[who].append(stay)
    for who, row in rows.items():
        yield from _conflicts(facts, who, row)


def _conflicts(facts: BookFacts, who: str, row: list[Stay]) -> Iterator[Suspicion]:
    for number, second in enumerate(row):
        for first in reversed(row[:number]):
            when = _same_time(first, second)
            if when is not None and _is_elsewhere(facts, first.where, second.where, when):
                yield _suspicion(who, when, first, second)
                break


def _same_time(first: Stay, second: Stay) -> When | None:
    """The time that both name, where nothing says that it is not the same one."""
    if first.span == second.span:
        return None
    near = first.span.scene == second.span.scene and second.span.start - first.span.end <= NEAR
    if near and any(one.key == "now" for one in second.times):
        return When("now", "hour")
    if near and (until := _until(first, second)) is not None:
        return until
    shared = [
        when
        for when in second.times
        if not when.key.startswith("<")
        and (not when.near or near)
        and any(one.key == when.key for one in first.times)
    ]
    if not shared:
        return None
    hours = [{w.key for w in stay.times if w.size == "hour"} for stay in (first, second)]
    parts = [{w.part for w in stay.times if w.part} for stay in (first, second)]
    if all(hours) and hours[0].isdisjoint(hours[1]):
        return None
    is_whole = first.where.whole or second.where.whole
    if all(parts) and parts[0].isdisjoint(parts[1]) and not is_whole:
        return None
    days = [{w.key for w in stay.times if w.near and w.size == "day"} for stay in (first, second)]
    if all(days) and days[0].isdisjoint(days[1]):
        return None
    if all(hours) and all(one.size == "hour" for one in shared):
        return shared[0] if near else None
    order = ("hour", "part", "day", "span")
    return min(shared, key=lambda when: order.index(when.size))


def _until(first: Stay, second: Stay) -> When | None:
    """A time shortly before the one until which the first stay lasts, or minutes after it."""
    are_towns = not first.where.kind and not second.where.kind
    for one in first.times:
        for other in second.times:
            if one.key.startswith("<"):
                is_then = _is_before_end(one, other)
            else:
                minutes = _minute(one), _minute(other)
                is_then = are_towns and min(minutes) >= 0
                is_then = is_then and 0 < abs(minutes[0] - minutes[1]) <= _MINUTES
            if is_then:
                return other
    return None


def _is_before_end(end: When, when: When) -> bool:
    """Whether a time lies shortly before the end of a stay."""
    if end.size == "hour" and _minute(when) >= 0:
        return 0 < (_minute(end) - _minute(when)) % _HALF_DAY <= _MINUTES_BEFORE
    if end.size == "day" and when.key in WEEKDAYS:
        return 0 < (WEEKDAYS.index(end.key[1:]) - WEEKDAYS.index(when.key)) % 7 <= _DAYS
    return False


def _minute(when: When) -> int:
    """The minute of a time of the clock; -1 for any other time."""
    _, is_hour, minute = when.key.partition("h:")
    return int(minute) if is_hour and minute.isdigit() else -1


def _is_elsewhere(facts: BookFacts, one: Where, other: Where, when: When) -> bool:
    """Whether nobody can be at both places at that time."""
    a, b = one.words.lower(), other.words.lower()
    same = a in b or b in a or (one.kind == other.kind and bool(one.kind))
    if one.absent or other.absent:
        return one.absent != other.absent and (a in b or b in a)
    if "event" in {one.kind, other.kind}:
        away = other if one.kind == "event" else one
        return away.kind in _NOT_AT_EVENTS or away.words in {"in bed", "bed"}
    if same:
        return False
    is_whole = one.whole or other.whole
    if not one.kind and not other.kind:
        return (when.size != "span" or one.whole or other.whole) and not _is_within(
            facts, one.words, other.words
        )
    kinds = {one.kind, other.kind}
    if "" in kinds:
        kind = one.kind or other.kind
        generic = one if one.kind else other
        return kind in {"sea", "abroad", "away"} or (kind == "home" and generic.whole)
    if kinds & _MOVING and not is_whole:
        return when.size == "hour"
    if kinds == {"away", "home"} and when.size != "span":
        return True
    if when.size == "hour" or kinds & _FIXED:
        return True
    return is_whole and when.size in {"part", "day"}


def _is_within(facts: BookFacts, one: str, other: str) -> bool:
    """Whether the book says that one place is in the other."""
    a, b = re.escape(one), re.escape(other)
    pattern = re.compile(rf"\b(?:{a}(?:,| in| at| near| of) {b}|{b}(?:,| in| at| near| of) {a})\b")
    return any(pattern.search(scene.text) for scene in facts.scenes)


def _suspicion(who: str, when: When, first: Stay, second: Stay) -> Suspicion:
    places = f"{first.where.words}, {second.where.words}"
    return Suspicion(
        kind="two_places",
        summary=f"{who} is in two places ({places}) at one time.",
        evidence=(first.span, second.span),
        people=(who,),
        confidence=0.75 if not when.near else 0.7,
    )
