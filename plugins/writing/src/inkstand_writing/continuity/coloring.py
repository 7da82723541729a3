"""Colors that a person is said to have in one place and not in another: of eyes, of hair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
    """Where a person's color is another than the one mostly told."""
    people = {person for person, kind in facts.attributes if kind == palette.attribute}
    for person in sorted(people | set(facts.pages)):
        told = _told(facts, palette, person)
        if len({one.value for one in told}) > 1:
            yield from _against_most(palette, person, told)


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


def _against_most(palette: Palette, person: str, told: Sequence[_Told]) -> Iterator[Suspicion]:
    support: dict[str, float] = defaultdict(float)
    for one in told:
        for other in told:
            if not palette.doubt(one.value, other.value):
                support[one.value] += other.confidence
    usual = max(told, key=lambda one: (round(support[one.value], 3), one.confidence, _early(one)))
    agreeing = [one for one in told if not palette.doubt(usual.value, one.value)]
    given = 0
    for other in told:
        firsts = [(_doubt(palette, one, other), one) for one in agreeing]
        doubt, first = max(firsts, key=lambda pair: (pair[0] * pair[1].confidence, _early(pair[1])))
        if not doubt or given == _MOST:
            continue
        given += 1
        before, after = sorted((first, other), key=lambda one: one.at)
        yield Suspicion(
            kind=palette.kind,
            summary=f"{person} has {_plain(before.value)} {palette.attribute} in one place and"
            f" {_plain(after.value)} {palette.attribute} in another.",
            evidence=(before.place, after.place),
            people=(person,),
            confidence=round(doubt * (before.confidence * after.confidence) ** 0.5, 3),
        )


def _doubt(palette: Palette, one: _Told, other: _Told) -> float:
    before, after = sorted((one, other), key=lambda each: each.at)
    return palette.doubt(before.value, after.value)


def _early(one: _Told) -> tuple[int, int]:
    return -one.at[0], -one.at[1]


def _plain(value: str) -> str:
    return value.replace(" or ", " and ")
