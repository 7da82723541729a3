"""Who says each line: tags that name somebody are certain, the rest is weighed together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from inkstand_prose.book import Book, SceneBook, SceneParts
from inkstand_prose.candidates import CueKind, SceneCandidates
from inkstand_prose.turn_taking import likeliest
from inkstand_prose.turns import Turn
from inkstand_sdk.reader import COMMITTED

_NAMED = 0.97
"""How often a tag with a name is right, on the development novels."""
_COMMITTED_FROM = 0.7
"""The probability from which a speaker counts as committed."""
_ROLE_TRUST = 0.8
_TICK_EVERY = 200
_TALKING_DISTANCE = 2
"""Paragraphs of narration that may stand between a line and its answer."""
_KINDS = {"name": "explicit", "pronoun": "pronoun", "role": "pronoun", "someone's": "pronoun"}


class Decision(msgspec.Struct, array_like=True, gc=False):
    """The speaker of one turn: a number in the cast, -1 where there is nobody."""

    person: int
    confidence: float
    kind: str
    addressees: tuple[int, ...] = ()


def decide_scene(
    book: Book | SceneBook,
    scene: SceneParts,
    weights: Mapping[str, float],
    tick: Callable[[], None] = lambda: None,
) -> list[Decision]:
    """The speaker of every turn of the scene, in order; `tick` is called now and then."""
    walk = SceneCandidates(book, scene)
    candidates = []
    for number, group in enumerate(walk.all()):
        candidates.append(group)
        if number % _TICK_EVERY == 0:
            tick()
    kinds = [kind for kind, _ in walk.cues]
    found = likeliest(scene.turns, kinds, candidates, weights)
    decisions = []
    for kind, people in zip(kinds, found, strict=True):
        person = _best(people)
        confidence = _stated(kind, people.get(person, 0.0))
        decisions.append(Decision(person, confidence, _KINDS.get(kind, "implicit")))
    for number, turn in enumerate(scene.turns):
        decisions[number].addressees = _addressees(scene.turns, decisions, number, turn)
    return decisions


def _best(people: Mapping[int, float]) -> int:
    return max(people, key=lambda person: (people[person], -person), default=-1)


def _stated(kind: CueKind, probability: float) -> float:
    """The confidence to state: 0.5 and more only where about nine in ten lines are right.

    Below and above that point it grows evenly with the probability, which the development
    novels bear out for all cues but roles ("said the stranger"), where it claims too much.
    """
    if kind == "name":
        return _NAMED
    if kind == "role":
        probability *= _ROLE_TRUST
    if probability < _COMMITTED_FROM:
        return COMMITTED * probability / _COMMITTED_FROM
    return 1.0 - (1.0 - COMMITTED) * (1.0 - probability) / (1.0 - _COMMITTED_FROM)


def _addressees(
    turns: list[Turn], decisions: list[Decision], number: int, turn: Turn
) -> tuple[int, ...]:
    """Those whom the line calls by name, or else the one who is spoken with."""
    speaker = decisions[number].person
    called = sorted(turn.vocatives - {speaker})
    if called:
        return tuple(called)
    found: dict[int, None] = {}
    for other in (number - 1, number + 1, number - 2, number + 2):
        if not 0 <= other < len(turns) or decisions[other].person in {speaker, -1}:
            continue
        if found and decisions[other].confidence < COMMITTED:
            continue
        first, second = sorted((turn, turns[other]), key=lambda t: t.start)
        if second.paragraph - first.last_paragraph - 1 <= _TALKING_DISTANCE * abs(other - number):
            found.setdefault(decisions[other].person)
    return tuple(found)
