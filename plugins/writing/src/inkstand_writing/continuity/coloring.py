"""Colors that a person is said to have in one place and not in another: of eyes, of hair."""

from __future__ import annotations

import math
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

    def doubt(self, one: str, other: str) -> float:
        """How surely two values contradict each other, in this order: 0 to 1."""
        if self.seen(one) & self.seen(other):
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


def contradictions(facts: BookFacts, palette: Palette) -> Iterator[Suspicion]:
    """Where a person's color is one and then another, the surest pairs first."""
    people = {person for person, kind in facts.attributes if kind == palette.attribute}
    for person in sorted(people | set(facts.pages)):
        told = _told(facts, palette, person)
        if len({one.value for one in told}) > 1:
            yield from _between(palette, person, told)


def _told(facts: BookFacts, palette: Palette, person: str) -> list[_Told]:
    found = [
        _Told(one.value, one.span, _trust(one), (one.span.scene, one.span.start))
        for one in facts.attributes.get((person, palette.attribute), ())
        if _trust(one) >= LEAST
    ]
    found += [
        _Told(value, page, 0.95, (-1, 0))
        for value, page in stated_in_bible(facts, person, palette.attribute)
    ]
    return sorted(found, key=lambda one: one.at)


def _trust(one: Attribute) -> float:
    return one.confidence * (_SPOKEN if one.speaker else 1.0)


def _between(palette: Palette, person: str, told: Sequence[_Told]) -> Iterator[Suspicion]:
    support: dict[str, float] = defaultdict(float)
    for one in told:
        for other in told:
            if not palette.doubt(one.value, other.value):
                support[one.value] += other.confidence
    pairs = sorted(
        (
            (palette.doubt(one.value, other.value), one, other)
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
            summary=f"{person} has {_plain(before.value)} {palette.attribute} in one place and"
            f" {_plain(after.value)} {palette.attribute} in another.",
            evidence=(before.place, after.place),
            people=(person,),
            confidence=round(_score(doubt, before, after), 3),
        )


def _score(doubt: float, before: _Told, after: _Told) -> float:
    return doubt * math.sqrt(before.confidence * after.confidence)


def _plain(value: str) -> str:
    return value.replace(" or ", " and ")
