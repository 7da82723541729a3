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
from inkstand_prose.given_forms import same_given
from inkstand_prose.lexicon.titles import KIN_TITLES
from inkstand_prose.mentions import Mention
from inkstand_prose.names import Key, NameUse
from inkstand_prose.speakers import Decision
from inkstand_sdk.reader import COMMITTED

_YOU_ARE = re.compile(r"\b[Yy]ou(?:['’]re|\s+are)\s+")
_REACH = 12
_LEAST_CALLED = 2
_SOME_CALLED, _MANY_CALLED, _NEVER = 5, 7, 1_000_000
_LEAD, _MORE_LEAD, _FAR_LEAD = 2, 3, 5
_TITLED = 2
_TOLD_SHARE = 0.34
"""Of a name that others call somebody by, the uses that may be the narration's."""
_HARDLY_TOLD = 0.1
_PLAIN = frozenset(["mr", "mrs", "miss", "master"])
_PLAYED = 0.5
"""Of the lines that tags give to a role, those that one person must have to be meant by it."""
_CALLED_SHARE = 0.4
_LEAST_NICKNAME = 3
_FEWER = 3
_AT_LEAST = 0.5
"""How much seldomer such a name must be than its bearer speaks and is named, where the narration
uses it, and where it hardly does.
"""


def called_people(book: Book, decisions: Sequence[Sequence[Decision]]) -> dict[int, int]:
    """For people who are somebody else in the cast under a name only others use, that other."""
    narrated: Counter[int] = Counter()
    for scene in book.scenes:
        narrated.update({person: len(places) for person, places in scene.present.items()})
    lines = Counter(decision.person for said in decisions for decision in said)
    votes: dict[int, Counter[int]] = {}
    calls: Counter[int] = Counter()
    for scene, said in zip(book.scenes, decisions, strict=True):
        for number, turn in enumerate(scene.turns):
            for person in sorted(turn.vocatives):
                calls[person] += 1
                if narrated[person] <= _TOLD_SHARE * book.cast[person].uses:
                    votes.setdefault(person, Counter()).update(_partners(said, scene, number))
    found = {}
    for person, partners in votes.items():
        if book.cast[person].role or calls[person] < _CALLED_SHARE * book.cast[person].uses:
            continue
        if partners[person] and narrated[person]:
            continue  # who answers when called is somebody
        likely = _likely(book, person, partners, lines, narrated[person])
        if not likely or partners.most_common(1)[0][1] > likely[0][1]:
            continue
        other, count = likely[0]
        others = partners.items() if narrated[person] else likely
        second = max((n for p, n in others if p not in {other, book.narrator}), default=0)
        least, lead = _needed(book, person, other, narrated[person])
        if count >= max(least, lead * second):
            found[person] = other
    return {person: other for person, other in found.items() if other not in found}


def _likely(
    book: Book, person: int, partners: Counter[int], lines: Counter[int], narrated: int
) -> list[tuple[int, int]]:
    """Who may be called by a name, each with how often they speak next, the likeliest first."""
    uses = book.cast[person].uses
    weight = uses * (_FEWER if narrated > _HARDLY_TOLD * uses else _AT_LEAST)
    return [
        (other, count)
        for other, count in partners.most_common()
        if _may_be(book, person, other) and weight <= book.cast[other].uses + lines[other]
    ]


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
    if person == other or known.role or {one.gender, known.gender} == {"female", "male"}:
        return False
    if any(one.titled.get(t, 0) >= _TITLED for t in one.titles - KIN_TITLES - _PLAIN):
        return False
    if one.titles & _PLAIN and known.surname:
        return False
    return not one.titles & _PLAIN or bool(known.given)


def _needed(book: Book, person: int, other: int, narrated: int) -> tuple[int, int]:
    """How many calls it takes, and how far they must be ahead of those of the next."""
    one, known = book.cast[person], book.cast[other]
    if one.surname and one.surname == known.surname:
        return 1, _LEAD
    if known.narrator or (one.given and known.given and not same_given(one.given, known.given)):
        seldom = narrated <= _HARDLY_TOLD * one.uses
        return (_MANY_CALLED if seldom else _NEVER), _FAR_LEAD
    return (_SOME_CALLED, _MORE_LEAD) if narrated else (_LEAST_CALLED, _LEAD)


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
