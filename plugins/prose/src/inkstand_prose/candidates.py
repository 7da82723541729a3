"""Who may have said each line of a scene, and what speaks for each of them.

Features are names of facts that hold for a candidate. What each weighs is learnt from annotated
novels (`training/`), apart for every kind of cue: a pronoun, a role, an action beside the
quotation, or nothing at all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Literal

import msgspec

from inkstand_prose.book import Book, SceneBook, SceneParts, mention_person
from inkstand_prose.lexicon.titles import title_key
from inkstand_prose.mentions import Mention
from inkstand_prose.roles import ANYBODY, role_noun
from inkstand_prose.tellers import teller_at
from inkstand_prose.turns import Turn

CueKind = Literal["name", "pronoun", "role", "someone's", "lead", "beat", "none"]

_GAPS = ((0, "0"), (1, "1"), (2, "2"), (4, "3-4"), (7, "5-7"), (12, "8-12"), (25, "13-25"))
_RECENT = 8
_REMEMBERED = 40
_HORIZON = 12
"""Paragraphs within which somebody yet to be named may already speak."""
_ENOUGH_PRESENT = 2
_CONVERSATION = 8
"""Turns on either side that count as the same conversation."""
_FEWEST = 2
_MOST_COMPANY = 4
_NEVER = 999


class Candidate(msgspec.Struct, gc=False):
    """Somebody who may have spoken (a number in the cast), and the features that hold."""

    person: int
    features: list[str]


def gap_name(gap: int) -> str:
    """A bucket for a distance in paragraphs."""
    for limit, name in _GAPS:
        if gap <= limit:
            return name
    return "far"


def cue_of(book: Book | SceneBook, scene: SceneParts, turn: Turn) -> tuple[CueKind, int]:
    """What sort of cue the turn has, and the person where it tells one; else -1."""
    if turn.tag is None:
        if any(beat.leads for beat in turn.beats):
            return "lead", -1
        return ("beat" if turn.beats else "none"), -1
    mention = turn.tag.mention
    if mention.person >= 0:
        return "name", mention.person
    if mention.kind == "pronoun":
        word = scene.text[mention.start : mention.end]
        narrator = teller_at(scene.tellers, turn.start, book.narrator)
        if word == "I" and narrator >= 0:
            return "name", narrator
        return ("pronoun", -1) if mention.gender != "unknown" else ("none", -1)
    return ("role" if mention.role else "someone's"), mention_person(book, mention)


class SceneCandidates:
    """Reads a scene from start to end and says at each turn who may be speaking."""

    def __init__(self, book: Book | SceneBook, scene: SceneParts) -> None:
        self.book, self.scene = book, scene
        self.cues = [cue_of(book, scene, turn) for turn in scene.turns]
        self._last_seen: dict[int, int] = {}
        self._last_acting: dict[int, int] = {}
        self._order: dict[int, None] = {}
        """People by when they were last pointed at, the latest last."""
        self._acting = -1
        self._mention_at = 0
        self._paragraph_at = 0
        self._company = self._most_present()
        if scene.pov >= 0:
            self._see(scene.pov, 0)
            self._acting = scene.pov

    def all(self) -> Iterator[list[Candidate]]:
        """The candidates of every turn, in order."""
        for number, turn in enumerate(self.scene.turns):
            self._read_up_to(turn.start)
            kind, person = self.cues[number]
            if kind == "name":
                yield [Candidate(person, [])]
            else:
                yield self._candidates(number)
            if person >= 0:
                self._see(person, turn.paragraph)

    def _candidates(self, number: int) -> list[Candidate]:
        turn = self.scene.turns[number]
        kind, role = self.cues[number]
        talking, narrator = self._talking(number), self._narrator(turn)
        people: dict[int, None] = {}
        for person in (
            role,
            narrator,
            self.scene.pov,
            *talking,
            *self._nearby(number),
            *self._recent(),
        ):
            if person >= 0:
                people.setdefault(person)
        gender = turn.tag.mention.gender if turn.tag is not None else "unknown"
        fitting = [p for p in people if self._gender_fits(p, gender)]
        if len(fitting) < _FEWEST:
            fitting += [p for p in self._company if self._gender_fits(p, gender)]
        fitting = list(dict.fromkeys(fitting)) or list(people)
        if kind == "pronoun" and narrator in fitting and len(fitting) > 1:
            fitting.remove(narrator)
        ranks = self._ranks(fitting)
        return [
            Candidate(p, [f"{kind}/{f}" for f in self._features(number, p, ranks[p], talking[p])])
            for p in fitting
        ]

    # Reading

    def _narrator(self, turn: Turn) -> int:
        return teller_at(self.scene.tellers, turn.start, self.book.narrator)

    def _read_up_to(self, place: int) -> None:
        mentions = self.scene.mentions.mentions
        spans = self.scene.paragraphs
        while self._mention_at < len(mentions) and mentions[self._mention_at].start < place:
            mention = mentions[self._mention_at]
            while spans[self._paragraph_at][1] <= mention.start:
                self._paragraph_at += 1
            if mention.quote < 0:
                self._point(mention, self._paragraph_at)
            self._mention_at += 1

    def _point(self, mention: Mention, paragraph: int) -> None:
        person = mention_person(self.book, mention)
        if mention.kind == "pronoun":
            person = self._antecedent(mention.gender)
        if person < 0:
            return
        self._see(person, paragraph)
        if not mention.possessive:
            self._last_acting[person] = paragraph
            self._acting = person

    def _antecedent(self, gender: str) -> int:
        if gender == "unknown":
            return -1
        for person in reversed(self._order):
            if self.book.cast[person].gender == gender:
                return person
        return -1

    def _see(self, person: int, paragraph: int) -> None:
        self._last_seen[person] = paragraph
        self._order.pop(person, None)
        self._order[person] = None
        if len(self._order) > _REMEMBERED:
            del self._order[next(iter(self._order))]

    # Who may speak

    def _gender_fits(self, person: int, gender: str) -> bool:
        return gender == "unknown" or self.book.cast[person].gender in {gender, "unknown"}

    def _recent(self) -> list[int]:
        return list(reversed(self._order))[:_RECENT]

    def _talking(self, number: int) -> Counter[int]:
        """How many lines around are surely each one's."""
        around = self.cues[max(0, number - _CONVERSATION) : number + _CONVERSATION + 1]
        return Counter(person for kind, person in around if kind == "name")

    def _most_present(self) -> list[int]:
        """The people who are most about in the scene: named, called, or sure to speak."""
        counts = Counter({person: len(named) for person, named in self.scene.present.items()})
        counts.update(person for kind, person in self.cues if kind == "name")
        counts.update(person for turn in self.scene.turns for person in turn.vocatives)
        return sorted(counts, key=lambda p: (-counts[p], p))[:_MOST_COMPANY]

    def _nearby(self, number: int) -> Iterator[int]:
        turns = self.scene.turns
        for beat in turns[number].beats:
            yield mention_person(self.book, beat.mention)
        for other in turns[max(0, number - _CONVERSATION) : number + _CONVERSATION + 1]:
            yield from sorted(other.vocatives)
        if len(self._order) < _ENOUGH_PRESENT:
            yield from self._coming(turns[number].paragraph)

    def _coming(self, paragraph: int) -> list[int]:
        """People whom the narration names next, the nearest first."""
        nearest = sorted(
            (gap, person)
            for person in self.scene.present
            if (gap := self._next_named(person, paragraph)) <= _HORIZON
        )
        return [person for _, person in nearest[:_ENOUGH_PRESENT]]

    def _next_named(self, person: int, paragraph: int) -> int:
        """In how many paragraphs the narration next names the person."""
        named = self.scene.present.get(person, ())
        at = bisect_left(named, paragraph)
        return named[at] - paragraph if at < len(named) else _NEVER

    def _ranks(self, people: list[int]) -> dict[int, int]:
        recency = {person: n for n, person in enumerate(reversed(self._order))}
        ordered = sorted(people, key=lambda p: (recency.get(p, _NEVER), p))
        return {person: min(n, 4) for n, person in enumerate(ordered)}

    # What speaks for them

    def _features(self, number: int, person: int, rank: int, lines: int) -> Iterator[str]:
        turn = self.scene.turns[number]
        character = self.book.cast[person]
        yield f"rank{rank}"
        yield "seen:" + self._since(self._last_seen, person, turn)
        yield "acted:" + self._since(self._last_acting, person, turn)
        yield "coming:" + gap_name(self._next_named(person, turn.paragraph))
        yield f"lines{min(4, lines)}"
        yield f"share{character.share}"
        if person == self._acting:
            yield "acting"
        if character.gender == "unknown":
            yield "nogender"
        if character.role:
            yield f"isrole{min(3, character.role_tags.bit_length())}"
        if person == self._narrator(turn):
            yield "narrator"
        yield from self._role_features(number, person)
        yield from self._called_features(number, person)
        yield from self._beat_features(turn, person)

    def _since(self, last: dict[int, int], person: int, turn: Turn) -> str:
        return gap_name(turn.paragraph - last[person]) if person in last else "never"

    def _role_features(self, number: int, person: int) -> Iterator[str]:
        tag = self.scene.turns[number].tag
        if tag is None or not tag.mention.role:
            return
        character = self.book.cast[person]
        noun = role_noun(tag.mention.role)
        if person == self.cues[number][1]:
            yield "role"
            yield f"role-tags{min(4, character.role_tags.bit_length())}"
        if title_key(noun) and title_key(noun) in character.titles:
            yield "title"
        if noun in ANYBODY:
            yield "anybody:role" if character.role else "anybody:named"

    def _called_features(self, number: int, person: int) -> Iterator[str]:
        turns = self.scene.turns
        if person in turns[number].vocatives:
            yield "called"
        if person in turns[number].named:
            yield "named"
        gender = self.book.cast[person].gender
        for other, word in ((number - 1, "before"), (number + 1, "after")):
            if 0 <= other < len(turns) and turns[other].says_to != "unknown":
                yield f"said-to-{word}-{'fits' if gender == turns[other].says_to else 'differs'}"
        if number and person in turns[number - 1].vocatives:
            yield "called-before"
        if number and person in turns[number - 1].named:
            yield "named-before"
        if number + 1 < len(turns):
            if person in turns[number + 1].vocatives:
                yield "called-after"
            if person in turns[number + 1].named:
                yield "named-after"

    def _beat_features(self, turn: Turn, person: int) -> Iterator[str]:
        for beat in turn.beats:
            target = mention_person(self.book, beat.mention)
            where = "after" if beat.after else "before-leading" if beat.leads else "before"
            if target == person:
                yield f"beat-{where}"
            elif target >= 0:
                yield f"other-beat-{where}"
            elif beat.mention.gender != "unknown":
                fits = self.book.cast[person].gender == beat.mention.gender
                yield f"beat-{where}-gender-{'fits' if fits else 'differs'}"
