"""Names by which people are only ever called: "Frederick" for Winterbourne, "Weights" for Una;
and roles that turn out to be somebody known.

A name that the narration never uses, but that others call someone by, belongs to the one who
speaks before and after it is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from inkstand_prose.book import Book, SceneParts
from inkstand_prose.cast import display_name
from inkstand_prose.lexicon.titles import KIN_TITLES
from inkstand_prose.mentions import Mention
from inkstand_prose.names import Key, NameUse
from inkstand_prose.speakers import Decision
from inkstand_sdk.reader import COMMITTED

_YOU_ARE = re.compile(r"\b[Yy]ou(?:['’]re|\s+are)\s+")
_REACH = 12
_LEAST_CALLED = 2
_LEAD = 2
_PLAYED = 0.5
"""Of the lines that tags give to a role, those that one person must have to be meant by it."""
_CALLED_SHARE = 0.4
_LEAST_NICKNAME = 3
_FEWER = 3
"""How much seldomer such a name must be than the names of its bearer."""


def called_people(book: Book, decisions: Sequence[Sequence[Decision]]) -> dict[int, int]:
    """For people who are somebody else in the cast under a name only others use, that other."""
    narrated = frozenset[int]().union(*(scene.narrated for scene in book.scenes))
    votes: dict[int, Counter[int]] = {}
    calls: Counter[int] = Counter()
    for scene, said in zip(book.scenes, decisions, strict=True):
        for number, turn in enumerate(scene.turns):
            for person in sorted(turn.vocatives):
                calls[person] += 1
                if person not in narrated and not book.cast[person].role:
                    votes.setdefault(person, Counter()).update(_partners(said, scene, number))
    found = {}
    for person, partners in votes.items():
        likely = [(p, n) for p, n in partners.most_common() if _may_be(book, person, p)]
        if calls[person] < _CALLED_SHARE * book.cast[person].uses:
            continue
        if not likely or partners.most_common(1)[0][1] > likely[0][1]:
            continue
        other, count = likely[0]
        second = likely[1][1] if len(likely) > 1 else 0
        if count >= max(_least(book, person, other), _LEAD * second):
            found[person] = other
    return {person: other for person, other in found.items() if other not in found}


def you_are(text: str) -> list[int]:
    """Where in a text somebody's name would stand who is told that they are it."""
    return [match.end() for match in _YOU_ARE.finditer(text)]


def _partners(said: Sequence[Decision], scene: SceneParts, number: int) -> set[int]:
    """Those who surely speak right before or after a line."""
    turn = scene.turns[number]
    found = set()
    for at in (number - 1, number + 1):
        if not 0 <= at < len(said) or said[at].confidence < COMMITTED:
            continue
        if abs(scene.turns[at].paragraph - turn.paragraph) <= _REACH:
            found.add(said[at].person)
    return found - {said[number].person}


def _may_be(book: Book, person: int, other: int) -> bool:
    one, known = book.cast[person], book.cast[other]
    if (
        person == other
        or known.role
        or known.narrator
        or {one.gender, known.gender} == {"female", "male"}
    ):
        return False
    if one.uses * _FEWER > known.uses or one.titles - KIN_TITLES:
        return False
    if one.surname and one.surname == known.surname:
        return True
    return not (one.given and known.given)


def _least(book: Book, person: int, other: int) -> int:
    surname = book.cast[person].surname
    return 1 if surname and surname == book.cast[other].surname else _LEAST_CALLED


def unite_called(book: Book, decisions: Sequence[Sequence[Decision]]) -> None:
    """Give names by which people are only called to their bearers, in the book and decisions."""
    same = called_people(book, decisions)
    roles = played_roles(book, decisions)
    same |= {role: same.get(person, person) for role, person in roles.items()}
    if same:
        number = book.unite(same)
        for decision in (d for said in decisions for d in said):
            decision.person = number[decision.person]
            others = (number[person] for person in decision.addressees)
            decision.addressees = tuple(dict.fromkeys(p for p in others if p != decision.person))
    _add_nicknames(book, decisions)


def played_roles(book: Book, decisions: Sequence[Sequence[Decision]]) -> dict[int, int]:
    """For roles whose lines nearly all turned out to be one other person's, that person."""
    votes: dict[int, Counter[int]] = {}
    for scene, said in zip(book.scenes, decisions, strict=True):
        for turn, decision in zip(scene.turns, said, strict=True):
            role = turn.tag.mention.role if turn.tag is not None else ""
            if (person := book.role_person.get(role, -1)) >= 0 and book.cast[person].role:
                votes.setdefault(person, Counter())[decision.person] += 1
    found = {}
    for bearer, people in votes.items():
        other, count = people.most_common(1)[0]
        lines = people.total()
        if other not in {bearer, -1} and count >= max(2, _PLAYED * lines) and other not in votes:
            found[bearer] = other
    return found


def _add_nicknames(book: Book, decisions: Sequence[Sequence[Decision]]) -> None:
    """Names that somebody is told to be, and that nobody else has: "You're Weights"."""
    told: dict[Key, Counter[int]] = {}
    for scene, said in zip(book.scenes, decisions, strict=True):
        places = set(scene.you_are)
        for turn, use in _spoken(scene) if places else ():
            decision = said[turn]
            if use.start not in places or use.key[0] or decision.confidence < COMMITTED:
                continue
            if len(decision.addressees) == 1:
                told.setdefault(use.key, Counter()).update(decision.addressees)
    known = book.known_names()
    for key, hearers in told.items():
        name = display_name(key)
        if len(hearers) == 1 and name.lower() not in known and _is_called(book, key):
            _add_nickname(book, key, next(iter(hearers)))


def _is_called(book: Book, key: Key) -> bool:
    """Whether people say the name often enough."""
    scenes = (scene for scene in book.scenes if key in scene.keys)
    uses = sum(use.key == key for scene in scenes for _, use in _spoken(scene))
    return uses >= _LEAST_NICKNAME


def _spoken(scene: SceneParts) -> Iterator[tuple[int, NameUse]]:
    """Names that stand in turns at speech, each with the turn's number."""
    turn = 0
    for use in scene.uses:
        while turn < len(scene.turns) and scene.turns[turn].end <= use.start:
            turn += 1
        if turn < len(scene.turns) and use.start >= scene.turns[turn].start:
            yield turn, use


def _add_nickname(book: Book, key: Key, person: int) -> None:
    book.cast[person].aliases += (display_name(key),)
    book.person_of[key] = person
    for scene in book.scenes:
        more = [
            Mention(use.start, use.end, "name", person, book.cast[person].gender)
            for use in scene.uses
            if use.key == key
        ]
        if more:
            scene.mentions = scene.mentions.with_more(more)
