"""Somebody who is said to have been in two places at one time."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from inkstand_sdk import Span
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion
from inkstand_writing.continuity.whereabouts import When, Where, place, times

NEAR = 10_000
"""Within so many characters "that Sunday" and "that week" are the same ones."""
_LONGEST = 400
"""A sentence of more characters tells of too much."""
_SURE = 0.6
"""A pronoun that is less sure means nobody here."""
_NOT_THERE = re.compile(
    r"\b(?:would|should|if|might|(?-i:may)|could(?! not| no longer| hardly)|will|shall|going to"
    r"|intend\w*|hoped?|expect\w*|dream\w*|"
    r"imagin\w*|pretend\w*|suppos\w*|granted|believ\w*|thought|thinking of|born|(?-i:Every)|always"
    r"|times|twice|[’']ll|used to|next|set out|start\w*"
    r"|leave for|bound|left for|before|after|by the|since|some|any|wonder\w*|ought|must|why"
    r"|whether|as if"
    r"|as though"
    r"|often|sometimes|usually|promised?|invit\w*)\b",
    re.IGNORECASE,
)
_AFTER_NO_SUBJECT = re.compile(
    r"\b(?:with|of|to|for|by|from|at|in|on|like|than|about|beside|near|behind|and told|saw|met)\s\Z"
)
_OWNS = re.compile(r"['’]s\b")
_FIRST = re.compile(r"\bI\b")
_FIXED = frozenset(["sea", "jail", "sick", "abroad", "camp"])
"""Places that nobody leaves for an hour."""
_NOT_AT_EVENTS = frozenset(["sea", "jail", "sick", "abroad", "away"])
_MOVING = frozenset(["airport", "stable", "tower"])


class _Stay(msgspec.Struct, frozen=True):
    """That somebody was somewhere at some time."""

    span: Span
    where: Where
    times: tuple[When, ...]


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """People who were in two places on the same night, day or hour."""
    stays: dict[str, list[_Stay]] = defaultdict(list)
    pronouns = _pronouns(facts)
    for scene in facts.scenes:
        facts.tick()
        for start, end in facts.scene(scene.index).sentences:
            span = Span(scene.index, start, end)
            stay = _stay(facts, span)
            for who in _people(facts, span, pronouns[scene.index]) if stay else ():
                if stay is not None and not _is_person(facts, stay.where):
                    stays[who].append(stay)
    for who, row in stays.items():
        yield from _conflicts(facts, who, row)


def _stay(facts: BookFacts, sentence: Span) -> _Stay | None:
    text = re.sub(
        r"[\n\r\t]", " ", facts.scenes[sentence.scene].text[sentence.start : sentence.end]
    )
    if len(text) > _LONGEST:
        return None
    found = list(times(text))
    if not found:
        return None
    where = place(text, [(start, end) for start, end, _ in found])
    if where is None or _NOT_THERE.search(text) or "?" in text:
        return None
    return _Stay(sentence, where, tuple(when for _, _, when in found))


def _is_person(facts: BookFacts, where: Where) -> bool:
    return not where.kind and any(where.words in name or name in where.words for name in facts.cast)


_Pronouns = list[tuple[int, int, str]]


def _pronouns(facts: BookFacts) -> dict[int, _Pronouns]:
    """For each scene its sure pronouns: where, and whom they mean."""
    found: dict[int, _Pronouns] = defaultdict(list)
    for one in facts.reading.coreferences:
        if one.confidence >= _SURE:
            found[one.span.scene].append((one.span.start, one.span.end, one.person))
    for row in found.values():
        row.sort()
    return found


def _people(facts: BookFacts, sentence: Span, pronouns: _Pronouns) -> Iterator[str]:
    """Who is somewhere, as a sentence has it: its subject, and who is joined to it by "and"."""
    text = facts.scenes[sentence.scene].text
    spoken = facts.speech(sentence.scene, (sentence.start + sentence.end) // 2)
    if spoken is not None and _FIRST.search(text, sentence.start, sentence.end):
        if spoken.speaker is not None and spoken.confidence >= _SURE:
            yield spoken.speaker
        return
    first = bisect_left(pronouns, (sentence.start,))
    last = bisect_left(pronouns, (sentence.end,))
    subjects = [
        one for one in pronouns[first:last] if text[one[0] : one[1]].lower() in {"he", "she"}
    ]
    named = [
        one
        for one in facts.people_in(sentence)
        if not _AFTER_NO_SUBJECT.search(text, max(sentence.start, one[0] - 12), one[0])
        and not _OWNS.match(text, one[1], one[1] + 2)
    ]
    found = sorted([*named, *subjects])
    if not found and facts.narrator and _FIRST.search(text, sentence.start, sentence.end):
        yield facts.narrator
    last_end = -1
    for start, end, name in found:
        if last_end >= 0 and text[last_end:start].split() != ["and"]:
            return
        yield name
        last_end = end


def _conflicts(facts: BookFacts, who: str, row: list[_Stay]) -> Iterator[Suspicion]:
    for number, second in enumerate(row):
        for first in reversed(row[:number]):
            when = _same_time(first, second)
            if when is not None and _is_elsewhere(facts, first.where, second.where, when):
                yield _suspicion(who, when, first, second)
                break


def _same_time(first: _Stay, second: _Stay) -> When | None:
    """The time that both name, where nothing says that it is not the same one."""
    if first.span == second.span:
        return None
    near = first.span.scene == second.span.scene and second.span.start - first.span.end <= NEAR
    if near and any(one.key == "now" for one in second.times):
        return When("now", "hour")
    shared = [
        when
        for when in second.times
        if (not when.near or near) and any(one.key == when.key for one in first.times)
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


def _suspicion(who: str, when: When, first: _Stay, second: _Stay) -> Suspicion:
    places = f"{first.where.words}, {second.where.words}"
    return Suspicion(
        kind="two_places",
        summary=f"{who} is in two places ({places}) at one time.",
        evidence=(first.span, second.span),
        people=(who,),
        confidence=0.75 if not when.near else 0.7,
    )
