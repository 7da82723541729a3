"""The steps that work on one scene at a time: each result is kept, and taken again while what it
depends on is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from inkstand_prose.book import Book, Character, SceneBook, SceneParts
from inkstand_prose.facts import SceneFacts, of_scene, renumbered
from inkstand_prose.memo import Recalled
from inkstand_prose.mentions import Mention, MentionIndex, find_mentions
from inkstand_prose.narrator import count_pronouns
from inkstand_prose.roles import presence, told_roles
from inkstand_prose.scene_memo import Kept, Named, Numbers, T, Turns, key_of
from inkstand_prose.scene_text import names_key, spans_of
from inkstand_prose.speakers import Decision, decide_scene
from inkstand_prose.turns import Turn, find_turns, renumbered_turn
from inkstand_prose.weights import load_weights

_FOREIGN_TRUST = 0.45
"""What a speaker's confidence is worth whose tags are in another language: never committed."""
_MOST_ROLE_TAGS = 4
"""In bits: how many lines a role is given is told apart no further."""


class Scenes:
    """The steps for all scenes of one book, in the order in which they are to be taken: the book
    does not change while one step is taken for all.
    """

    def __init__(self, book: Book, kept: Recalled) -> None:
        self.book = book
        self.kept = kept
        self._keys: list[bytes] = []
        """What mentions, turns and names of each scene depend on. Decisions come and go with what
        the whole book tells of people, and mostly stay the same: what needs them looks at them.
        """
        self._states: dict[str, object] = {}

    def find_mentions(self, scene: SceneParts, number: int) -> None:
        """Everything in the scene that points at somebody."""
        memo, book = self.kept.scenes[number], self.book
        state = self._state("mentions", lambda: (dict(book.person_of), _genders(book)))

        def find() -> tuple[Kept[list[Mention]], MentionIndex]:
            genders = _genders(book)
            people, ranks = _named(book, scene)
            memo.mentions = kept = _kept(
                memo.mentions,
                key_of(names_key(memo, scene.keys), ranks, [genders[p] for p in people]),
                people,
                lambda: find_mentions(
                    scene.text, scene.uses, book.person_of, genders, spans_of(scene.quotes)
                ),
                _renumbered_mentions,
            )
            return kept, MentionIndex(kept.value)

        kept, scene.mentions = memo.settled("mentions", (state, memo.names, scene.keys), find)
        self._keys.append(kept.key)

    def find_turns(self, scene: SceneParts, number: int, tick: Callable[[], None]) -> None:
        """Turns at speech, and who is about."""
        memo = self.kept.scenes[number]
        state = self._state("turns", lambda: dict(self.book.person_of))

        def find() -> Turns:
            text, index = scene.text, scene.mentions
            turns = find_turns(text, scene.paragraphs, scene.quotes, index, memo.headings, tick)
            tick()
            narrated = frozenset(m.person for m in index.mentions if m.quote < 0) - {-1}
            return Turns(
                turns,
                dict(presence(index, scene.paragraphs)),
                narrated,
                _roles(index, turns),
                count_pronouns(text, index),
                told_roles(text, index),
            )

        def keep() -> Kept[Turns]:
            people, ranks = _named(self.book, scene)
            key = key_of(self._keys[number], ranks)
            memo.turns = kept = _kept(memo.turns, key, people, find, _renumbered_turns)
            return kept

        kept = memo.settled("turns", (state, self._keys[number], scene.keys), keep)
        found = kept.value
        scene.turns, scene.roles, scene.present = found.turns, found.roles, found.present
        scene.narrated, scene.pronouns = found.narrated, found.pronouns
        scene.told_roles = found.told_roles
        self._keys[number] = kept.key

    def decide(self, number: int, tick: Callable[[], None]) -> list[Decision]:
        """The speakers of a scene's turns."""
        memo, scene, book = self.kept.scenes[number], self.book.scenes[number], self.book
        state = self._state(
            "decisions", lambda: (*_whose(book), [_described(_coarse(c)) for c in book.cast])
        )

        def keep() -> Kept[list[Decision]]:
            known = self.known(number)
            people = tuple(sorted(known.cast))
            rank = {person: at for at, person in enumerate(people)} | {-1: -1}
            key = key_of(
                self._keys[number],
                [rank[book.person_of.get(key, -1)] for key in scene.keys],
                [rank[book.role_person.get(role, -1)] for role in scene.roles],
                rank[known.narrator],
                rank[scene.pov],
                [(start, rank[person]) for start, person in scene.tellers],
                [_described(known.cast[person]) for person in people],
            )
            memo.decisions = kept = _kept(
                memo.decisions,
                key,
                people,
                lambda: decide_scene(known, scene, load_weights(), tick),
                _renumbered_decisions,
            )
            return kept

        depends = state, self._keys[number], scene.keys, scene.roles, scene.pov, scene.tellers
        kept = memo.settled("decisions", depends, keep)
        trust = 1.0 if memo.language == "en" else _FOREIGN_TRUST
        # Copies, because names that others use may change them yet.
        return [Decision(d.person, d.confidence * trust, d.kind, d.addressees) for d in kept.value]

    def known(self, number: int) -> SceneBook:
        """The scene and its people, as far as a step on this scene alone may look."""
        book, scene = self.book, self.book.scenes[number]
        roles = {role: p for role in scene.roles if (p := book.role_person.get(role, -1)) >= 0}
        people = book.named_in(scene) | set(roles.values()) | {book.narrator, scene.pov}
        people |= {person for _, person in scene.tellers}
        cast = {person: _coarse(book.cast[person]) for person in people if person >= 0}
        return SceneBook({number: scene}, cast, book.narrator, roles)

    def find_named(self, number: int) -> Named:
        """Where everybody is named, once all names are known."""
        memo, scene = self.kept.scenes[number], self.book.scenes[number]
        state = self._state("named", lambda: dict(self.book.person_of))

        def keep() -> Kept[Named]:
            people, ranks = _named(self.book, scene)
            key = key_of(self._keys[number], ranks)
            memo.named = kept = _kept(
                memo.named, key, people, lambda: _places(scene), _renumbered_named
            )
            return kept

        kept = memo.settled("named", (state, self._keys[number], scene.keys), keep)
        self._keys[number] = kept.key
        return kept.value

    def find_facts(
        self, number: int, decisions: Sequence[Decision], tick: Callable[[], None]
    ) -> Kept[SceneFacts]:
        """What the scene states, once it is known who says what."""
        memo, scene, book = self.kept.scenes[number], self.book.scenes[number], self.book
        state = self._state("facts", lambda: (*_whose(book), _genders(book)))

        def keep() -> Kept[SceneFacts]:
            known = set(self.known(number).cast).union(*(d.addressees for d in decisions))
            people = tuple(sorted(known | {d.person for d in decisions if d.person >= 0}))
            rank = {person: at for at, person in enumerate(people)} | {-1: -1}
            key = key_of(
                self._keys[number],
                [rank[book.person_of.get(key, -1)] for key in scene.keys],
                [rank[book.role_person.get(role, -1)] for role in scene.roles],
                rank[book.narrator],
                rank[scene.pov],
                [book.cast[person].gender for person in people],
                [
                    (rank[d.person], d.confidence, d.kind, [rank[p] for p in d.addressees])
                    for d in decisions
                ],
            )
            memo.facts = kept = _kept(
                memo.facts,
                key,
                people,
                lambda: of_scene(book, number, decisions, memo.sentences, tick),
                renumbered,
            )
            return kept

        depends = state, self._keys[number], scene.keys, scene.roles, scene.pov, decisions
        return memo.settled("facts", depends, keep)

    def _state(self, step: str, state: Callable[[], object]) -> object:
        """Something that is the same object while all that the step may know of the book is."""
        if step not in self._states:
            self._states[step] = self.kept.memo.state(step, state())
        return self._states[step]


def _genders(book: Book) -> list[str]:
    return [person.gender for person in book.cast]


def _whose(book: Book) -> tuple[object, ...]:
    """Whose the names and roles are, and who tells the story."""
    return dict(book.person_of), dict(book.role_person), book.narrator


def _named(book: Book, scene: SceneParts) -> tuple[tuple[int, ...], list[int]]:
    """Who is named in a scene, ascending, and the place there of each name's bearer."""
    people = tuple(sorted(book.named_in(scene)))
    rank = {person: at for at, person in enumerate(people)} | {-1: -1}
    return people, [rank[book.person_of.get(key, -1)] for key in scene.keys]


def _kept(
    kept: Kept[T] | None,
    key: bytes,
    people: tuple[int, ...],
    find: Callable[[], T],
    renumber: Callable[[T, Numbers], T],
) -> Kept[T]:
    """What was kept, if that is what it depends on, or else what is found."""
    if kept is None or kept.key != key:
        return Kept(key, people, find())
    if kept.people == people:
        return kept
    return Kept(key, people, renumber(kept.value, kept.numbers(people)))


def _coarse(person: Character) -> Character:
    """What a step on one scene may know of somebody."""
    bits = min(person.role_tags.bit_length(), _MOST_ROLE_TAGS)
    return Character(
        "",
        (),
        person.gender,
        0,
        titles=person.titles,
        given=person.given,
        surname=person.surname,
        narrator=person.narrator,
        role=person.role,
        role_tags=2**bits - 1,
        share=person.share,
    )


def _described(person: Character) -> tuple[object, ...]:
    """All that `_coarse` leaves of somebody, for a key."""
    values = msgspec.structs.asdict(person)
    return tuple(sorted(v) if isinstance(v, frozenset) else v for v in values.values())


def _roles(index: MentionIndex, turns: Sequence[Turn]) -> dict[str, int]:
    cues = (cue for turn in turns for cue in (turn.tag, *turn.beats) if cue is not None)
    counts = Counter(m.role for m in index.mentions if m.role)
    in_cues = {cue.mention.role: 0 for cue in cues if cue.mention.role}
    return in_cues | counts


def _places(scene: SceneParts) -> Named:
    named = Named({}, {}, {}, {})
    for mention in scene.mentions.mentions:
        start, end = mention.start, mention.end
        if mention.person >= 0:
            named.spans.setdefault(mention.person, []).append((start, end))
            if mention.quote < 0:
                named.first.setdefault(mention.person, start)
        elif mention.role:
            named.role_spans.setdefault(mention.role, []).append((start, end))
            if mention.quote < 0:
                named.role_first.setdefault(mention.role, start)
    return named


def _renumbered_mentions(mentions: list[Mention], number: Numbers) -> list[Mention]:
    return MentionIndex(mentions).renumbered(number).mentions


def _renumbered_turns(found: Turns, number: Numbers) -> Turns:
    present = {number[person]: places for person, places in found.present.items()}
    return msgspec.structs.replace(
        found,
        turns=[renumbered_turn(turn, number) for turn in found.turns],
        present=present,
        narrated=frozenset(number[person] for person in found.narrated),
        told_roles=[(role, number[person]) for role, person in found.told_roles],
    )


def _renumbered_decisions(decisions: list[Decision], number: Numbers) -> list[Decision]:
    return [
        Decision(
            number[d.person], d.confidence, d.kind, tuple(number[person] for person in d.addressees)
        )
        for d in decisions
    ]


def _renumbered_named(named: Named, number: Numbers) -> Named:
    return Named(
        {number[person]: spans for person, spans in named.spans.items()},
        named.role_spans,
        {number[person]: start for person, start in named.first.items()},
        named.role_first,
    )
