"""Colors that a person is said to have in one place and not in another: of eyes, of hair."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal

import msgspec

from inkstand_sdk.facts import Attribute
from inkstand_sdk.span import Span
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.paged import stated_in_bible
from inkstand_writing.continuity.suspicion import Page, Suspicion

LEAST = 0.55
"""Statements that are less sure than this are left out."""
_SPOKEN = 0.92
"""What a statement in speech counts for: people may be wrong, or lie."""
_MOST = 3
"""Findings of one kind about one person."""
_ONE_SENTENCE = 120
_RIVALED = 0.7
"""What a pronoun counts for where somebody else there is known to have that color."""
_FIRST = re.compile(r"\b(?:I|my|me|mine|myself)\b", re.IGNORECASE)
_BEARD = re.compile(
    r"\b(?:beards?|goatee|mo?ustaches?|sideburns|stubble|whiskers)\b", re.IGNORECASE
)

Shades = Mapping[str, frozenset[str]]
"""The plain colors that each color may be seen as."""


class Palette(msgspec.Struct, frozen=True):
    """Which colors agree. `near` are pairs that writers use of one and the same thing, and
    that contradict less; `passing` colors come with age and contradict nothing before them.
    """

    kind: Literal["eye_color", "hair_color"]
    attribute: Literal["eyes", "hair"]
    shades: Shades
    near: Mapping[frozenset[str], float]
    passing: frozenset[str] = frozenset()

    def seen(self, value: str) -> frozenset[str]:
        """All that a value, which may name several colors, may be seen as."""
        parts = value.split(" or ")
        return frozenset().union(*(self.shades.get(part, frozenset([part])) for part in parts))

    def is_one(self, one: str, other: str) -> bool:
        """Whether two values may well be of one thing."""
        return bool(self.seen(one) & self.seen(other))

    def doubt(self, one: str, other: str) -> float:
        """How surely two values contradict each other, in this order: 0 to 1."""
        if self.is_one(one, other):
            return 0.0
        if self.passing & set(other.split(" or ")):
            return 0.0
        pairs = [
            self.near.get(frozenset([a, b]), 1.0)
            for a in one.split(" or ")
            for b in other.split(" or ")
        ]
        return min(pairs)


class _Told(msgspec.Struct, frozen=True):
    value: str
    place: Span | Page
    confidence: float
    at: tuple[int, int]
    beard: bool = False


def contradictions(facts: BookFacts, palette: Palette) -> Iterator[Suspicion]:
    """Where a person's color is one and then another, the surest pairs first."""
    people = {person for person, kind in facts.attributes if kind == palette.attribute}
    for person in sorted(people | set(facts.pages)):
        told = _told(facts, palette, person)
        if len({one.value for one in told}) > 1:
            yield from _between(facts, palette, person, told)


def _told(facts: BookFacts, palette: Palette, person: str) -> list[_Told]:
    found = []
    for one in facts.attributes.get((person, palette.attribute), ()):
        trust = _trust(facts, palette, one)
        if trust >= LEAST:
            beard = palette.attribute == "hair" and bool(_BEARD.search(facts.text(one.span)))
            at = one.span.scene, one.span.start
            found.append(_Told(one.value, one.span, trust, at, beard))
    found += [
        _Told(value, page, 0.95, (-1, 0))
        for value, page in stated_in_bible(facts, person, palette.attribute)
    ]
    return sorted(found, key=lambda one: one.at)


def _trust(facts: BookFacts, palette: Palette, one: Attribute) -> float:
    """How sure it is that the person, and nobody else, has that color."""
    if one.speaker:
        return one.confidence * _SPOKEN
    if any(span.start < one.span.end for span in _naming(facts, one)):
        return one.confidence
    if one.person == facts.narrator and not _FIRST.search(facts.text(facts.sentence(one.span))):
        return 0.0  # who tells the story is no "her" in it
    return one.confidence * (_RIVALED if _has_rival(facts, palette, one) else 1.0)


def _naming(facts: BookFacts, one: Attribute) -> Iterator[Span]:
    """Where the sentence names the person."""
    sentence = facts.sentence(one.span)
    for start, end, name in facts.people_in(sentence):
        if name == one.person:
            yield Span(sentence.scene, start, end)


def _has_rival(facts: BookFacts, palette: Palette, one: Attribute) -> bool:
    """Whether a pronoun may mean another in the scene who is known to have that color."""
    person = facts.cast.get(one.person)
    if person is None or one.span.scene >= len(facts.reading.scenes):
        return False
    for name in facts.reading.scenes[one.span.scene].people:
        other = facts.cast.get(name)
        if other is None or name == one.person or other.gender != person.gender:
            continue
        for told in facts.attributes.get((name, palette.attribute), ()):
            if told.confidence >= LEAST and palette.is_one(told.value, one.value):
                return True
    return False


def _between(
    facts: BookFacts, palette: Palette, person: str, told: Sequence[_Told]
) -> Iterator[Suspicion]:
    support: dict[str, float] = defaultdict(float)
    for one in told:
        for other in told:
            if not palette.doubt(one.value, other.value):
                support[one.value] += other.confidence
    pairs = sorted(
        (
            (palette.doubt(one.value, other.value) * _same_part(one, other), one, other)
            for one, other in combinations(told, 2)
            if one.value != other.value
        ),
        key=lambda pair: (
            -round(_score(*pair), 3),
            -max(support[pair[1].value], support[pair[2].value]),
            pair[1].at,
            pair[2].at,
        ),
    )
    given: set[frozenset[str]] = set()
    quoted: set[tuple[int, int]] = set()
    for doubt, before, after in pairs:
        values = frozenset([before.value, after.value])
        if not doubt or len(given) == _MOST:
            break
        if values in given or {before.at, after.at} <= quoted:
            continue
        given.add(values)
        quoted |= {before.at, after.at}
        yield Suspicion(
            kind=palette.kind,
            summary=f"{person} has {_spelled(facts, before)} {palette.attribute} in one place and"
            f" {_spelled(facts, after)} {palette.attribute} in another.",
            evidence=(before.place, after.place),
            people=(person,),
            confidence=round(_score(doubt, before, after), 3),
        )


def _same_part(one: _Told, other: _Told) -> float:
    """A beard may well have another color than the hair above it, and one sentence tell both."""
    if one.at[0] == other.at[0] and abs(one.at[1] - other.at[1]) < _ONE_SENTENCE:
        return 0.0
    return 1.0 if one.beard == other.beard else 0.5


def _score(doubt: float, before: _Told, after: _Told) -> float:
    return doubt * math.sqrt(before.confidence * after.confidence)


def _spelled(facts: BookFacts, told: _Told) -> str:
    """The colors, and gray as its writer spells it."""
    value = told.value.replace(" or ", " and ")
    if isinstance(told.place, Page):
        return value
    is_gray = "gray" in facts.text(facts.sentence(told.place)).lower()
    return value.replace("grey", "gray") if is_gray else value
