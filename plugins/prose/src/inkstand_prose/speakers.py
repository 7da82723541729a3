"""Who says each line: tags that name somebody first, then the best candidate for the rest."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import msgspec

from inkstand_prose.book import Book, SceneParts, mention_person
from inkstand_prose.features import gap_name
from inkstand_prose.mentions import Mention
from inkstand_prose.turns import Turn

Weights = Mapping[str, float]
_HISTORY = 8
_RECENT = 10
_HORIZON = 40
"""Paragraphs after which somebody who is not named is no longer thought of."""


class Decision(msgspec.Struct):
    """The speaker of one turn: a number in the cast, -1 where there is nobody."""

    person: int
    confidence: float
    kind: str
    addressees: tuple[int, ...] = ()


class Candidate(msgspec.Struct):
    """Somebody who may have spoken, and the features that hold for them."""

    person: int
    features: list[str]


def cue_kind(book: Book, scene: SceneParts, turn: Turn) -> tuple[str, int]:
    """What sort of cue the turn has, and the person where it names one."""
    if turn.tag is None:
        return ("beat" if turn.beats else "none"), -1
    mention = turn.tag.mention
    if mention.person >= 0:
        return "name", mention.person
    if mention.kind == "pronoun":
        word = scene.text[mention.start : mention.end]
        if word == "I" and book.narrator >= 0:
            return "name", book.narrator
        return ("pronoun", -1) if mention.gender != "unknown" else ("none", -1)
    return "role", mention_person(book, mention)


class SceneSpeakers:
    """Walks through the turns of one scene with a memory of who is present and who spoke."""

    def __init__(self, book: Book, scene: SceneParts) -> None:
        self.book, self.scene = book, scene
        self.cues = [cue_kind(book, scene, turn) for turn in scene.turns]
        self.spoken: list[int] = []
        self.last_seen: dict[int, int] = {}
        self.last_acting: dict[int, int] = {}
        self.order: dict[int, None] = {}
        """People by when they were last pointed at, the latest last."""
        self.acting = -1
        self.mention_at = 0
        self.paragraph_at = 0
        self.largest = max((c.uses for c in book.cast), default=1)

    def candidates(self, number: int) -> list[Candidate]:
        """All who may have said turn `number`; turns before it must have been decided."""
        turn = self.scene.turns[number]
        self._read_up_to(turn.start)
        kind, role = self.cues[number]
        people: dict[int, None] = {}
        for person in [role, self.book.narrator, *self._nearby(number), *self._recent()]:
            if person >= 0:
                people.setdefault(person)
        gender = turn.tag.mention.gender if turn.tag is not None else "unknown"
        fitting = [p for p in people if self._gender_fits(p, gender)] or list(people)
        if kind == "pronoun" and self.book.narrator in fitting and len(fitting) > 1:
            fitting.remove(self.book.narrator)
        ranks = self._ranks(fitting)
        return [Candidate(p, self._features(number, p, ranks[p])) for p in fitting]

    def decide(self, number: int, person: int) -> None:
        """Remember who said turn `number`."""
        turn = self.scene.turns[number]
        self.spoken.append(person)
        if person >= 0:
            self._see(person, turn.paragraph)

    def _gender_fits(self, person: int, gender: str) -> bool:
        return gender == "unknown" or self.book.cast[person].gender in {gender, "unknown"}

    def _read_up_to(self, place: int) -> None:
        mentions = self.scene.mentions.mentions
        spans = self.scene.paragraphs
        while self.mention_at < len(mentions) and mentions[self.mention_at].start < place:
            mention = mentions[self.mention_at]
            while spans[self.paragraph_at][1] <= mention.start:
                self.paragraph_at += 1
            if mention.quote < 0:
                self._point(mention, self.paragraph_at)
            self.mention_at += 1

    def _point(self, mention: Mention, paragraph: int) -> None:
        person = mention_person(self.book, mention)
        if mention.kind == "pronoun":
            person = self._antecedent(mention.gender)
        if person < 0:
            return
        self._see(person, paragraph)
        if not mention.possessive:
            self.last_acting[person] = paragraph
            self.acting = person

    def _antecedent(self, gender: str) -> int:
        if gender == "unknown":
            return -1
        for person in reversed(self.order):
            if self.book.cast[person].gender == gender:
                return person
        return -1

    def _see(self, person: int, paragraph: int) -> None:
        self.last_seen[person] = paragraph
        self.order.pop(person, None)
        self.order[person] = None
        if len(self.order) > 4 * _RECENT:
            del self.order[next(iter(self.order))]

    def _recent(self) -> list[int]:
        return list(reversed(self.order))[:_RECENT]

    def _nearby(self, number: int) -> Iterator[int]:
        turns = self.scene.turns
        yield from reversed(self.spoken[-_HISTORY:])
        for beat in turns[number].beats:
            yield mention_person(self.book, beat.mention)
        for other in turns[max(0, number - 2) : number + 3]:
            yield from sorted(other.vocatives)
        for _, person in self.cues[number + 1 : number + 4]:
            yield person

    def _ranks(self, people: list[int]) -> dict[int, int]:
        recency = {person: n for n, person in enumerate(reversed(self.order))}
        ordered = sorted(people, key=lambda p: (recency.get(p, 99), p))
        return {person: min(n, 4) for n, person in enumerate(ordered)}

    def _features(self, number: int, person: int, rank: int) -> list[str]:
        turn = self.scene.turns[number]
        kind, role = self.cues[number]
        found = [f"rank{rank}"]
        seen = self.last_seen.get(person)
        found.append("seen:" + ("never" if seen is None else gap_name(turn.paragraph - seen)))
        acted = self.last_acting.get(person)
        found.append("acted:" + ("never" if acted is None else gap_name(turn.paragraph - acted)))
        if person == self.acting:
            found.append("acting")
        if person == role:
            found.append("role")
        found += self._turn_features(number, person)
        found += self._beat_features(turn, person)
        character = self.book.cast[person]
        share = character.uses / self.largest
        found.append(f"share{min(5, int(-math.log2(max(share, 0.01))))}")
        if character.gender == "unknown":
            found.append("nogender")
        if character.role:
            found.append("isrole")
        if person == self.book.narrator:
            found.append("narrator")
        return [f"{kind}/{feature}" for feature in found]

    def _turn_features(self, number: int, person: int) -> Iterator[str]:
        turns = self.scene.turns
        turn = turns[number]
        for back in range(1, 5):
            if number - back < 0:
                break
            before = turns[number - back]
            distance = gap_name(min(3, _paragraph_gap(before, turns[number - back + 1])))
            if self.spoken[number - back] == person:
                yield f"spoke{back}:{distance}"
                if back == 1 and before.asks:
                    yield "asked"
                break
        for ahead in range(1, 4):
            if number + ahead >= len(turns):
                break
            if self.cues[number + ahead][1] == person:
                gap = _paragraph_gap(turns[number + ahead - 1], turns[number + ahead])
                yield f"next{ahead}:{gap_name(min(3, gap))}"
                break
        if person in turn.vocatives:
            yield "called"
        if person in turn.named:
            yield "named"
        if number and person in turns[number - 1].vocatives:
            yield "called-before"
        if number and person in turns[number - 1].named:
            yield "named-before"
        if number + 1 < len(turns) and person in turns[number + 1].vocatives:
            yield "called-after"

    def _beat_features(self, turn: Turn, person: int) -> Iterator[str]:
        for beat in turn.beats:
            target = mention_person(self.book, beat.mention)
            where = "after" if beat.after else "before"
            if target == person:
                yield f"beat-{where}"
            elif target >= 0:
                yield f"other-beat-{where}"
            elif beat.mention.gender != "unknown":
                fits = self.book.cast[person].gender == beat.mention.gender
                yield f"beat-{where}-gender-{'fits' if fits else 'differs'}"


def _paragraph_gap(before: Turn, after: Turn) -> int:
    return max(0, after.paragraph - before.last_paragraph - 1)


def decide_scene(book: Book, scene: SceneParts, weights: Weights) -> list[Decision]:
    """The speaker of every turn of the scene."""
    walk = SceneSpeakers(book, scene)
    decisions = []
    for number in range(len(scene.turns)):
        kind, person = walk.cues[number]
        candidates = walk.candidates(number)
        if kind == "name":
            decision = Decision(person, 0.97, "explicit")
        else:
            decision = _choose(candidates, weights)
            decision.kind = {"pronoun": "pronoun", "role": "pronoun"}.get(kind, "implicit")
        walk.decide(number, decision.person)
        decisions.append(decision)
    return decisions


def _choose(candidates: list[Candidate], weights: Weights) -> Decision:
    if not candidates:
        return Decision(-1, 0.0, "implicit")
    scores = [sum(weights.get(f, 0.0) for f in c.features) for c in candidates]
    best = max(range(len(scores)), key=lambda n: (scores[n], -n))
    total = sum(math.exp(score - scores[best]) for score in scores)
    return Decision(candidates[best].person, 1.0 / total, "implicit")
