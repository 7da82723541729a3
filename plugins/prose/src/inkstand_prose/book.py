"""A manuscript taken apart: paragraphs, quotations, the cast, mentions and turns of every scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import msgspec

from inkstand_prose.mentions import Mention, MentionIndex
from inkstand_prose.names import Key, NameUse
from inkstand_prose.quotations import Quote
from inkstand_prose.roles import Presence
from inkstand_prose.turns import Turn

SELDOM = 5
"""The `Character.share` of all who are named less than a thirty-second as often as the first."""


class Character(msgspec.Struct):
    """A person of the book while it is read. Its place in `Book.cast` is its number."""

    name: str
    aliases: tuple[str, ...]
    gender: str
    uses: int
    titles: frozenset[str] = frozenset()
    titled: dict[str, int] = msgspec.field(default_factory=dict)
    """How often the narration gives each of the titles."""
    given: str = ""
    surname: str = ""
    narrator: bool = False
    role: str = ""
    role_tags: int = 0
    """Lines that tags give to this one as a role."""
    share: int = SELDOM
    """How often the uses of the most named person can be halved until they are these: 0 to 5."""

    def take_names(self, other: Character) -> None:
        """Add the names of another, who is the same person."""
        self.aliases = tuple(dict.fromkeys((*self.aliases, other.name, *other.aliases)))
        self.uses += other.uses
        self.titles |= other.titles
        for title, uses in other.titled.items():
            self.titled[title] = self.titled.get(title, 0) + uses
        if self.gender == "unknown":
            self.gender = other.gender


class SceneParts(msgspec.Struct):
    """What one scene consists of; all spans count code points of its text."""

    text: str
    paragraphs: Sequence[tuple[int, int]]
    quotes: list[Quote]
    uses: list[NameUse] = msgspec.field(default_factory=list)
    keys: list[Key] = msgspec.field(default_factory=list)
    """Every name of `uses` once."""
    weddings: list[tuple[int, int]] = msgspec.field(default_factory=list)
    """Words that tell of marriage."""
    you_are: list[int] = msgspec.field(default_factory=list)
    """Where a name would stand after "you are"."""
    mentions: MentionIndex = msgspec.field(default_factory=lambda: MentionIndex([]))
    roles: Mapping[str, int] = msgspec.field(default_factory=dict)
    """How many of `mentions` are of each role, with 0 for those that only cues of `turns` have."""
    narrated: frozenset[int] = frozenset()
    """People whom the narration names."""
    pronouns: tuple[int, int] = (0, 0)
    """How often the narration says "I", and how often "he" or "she"."""
    turns: list[Turn] = msgspec.field(default_factory=list)
    present: Presence = msgspec.field(default_factory=dict)
    told_roles: list[tuple[str, int]] = msgspec.field(default_factory=list)
    """Roles that the narration says people have."""
    tellers: list[tuple[int, int]] = msgspec.field(default_factory=list)
    """Where parts begin that different people tell, and who tells each: a number in the cast."""
    pov: int = -1
    """Whose eyes it is seen with, where the writer says so: a number in the cast."""


class Book(msgspec.Struct):
    """All scenes and the people in them; `narrator` is a number in the cast, -1 for none.

    `person_of` and `role_person` say whose a name or a role is.
    """

    scenes: list[SceneParts]
    cast: list[Character]
    narrator: int = -1
    person_of: dict[Key, int] = msgspec.field(default_factory=dict)
    role_person: dict[str, int] = msgspec.field(default_factory=dict)

    def known_names(self) -> dict[str, int]:
        """Whose each name is, lowercased: a number in the cast."""
        names: dict[str, int] = {}
        for number, character in enumerate(self.cast):
            for alias in (character.name, *character.aliases):
                names.setdefault(alias.lower(), number)
        return names

    def named_in(self, scene: SceneParts) -> set[int]:
        """The people who are named in a scene."""
        found = set(map(self.person_of.get, scene.keys))
        found.discard(None)
        return cast("set[int]", found)

    def unite(self, same: Mapping[int, int]) -> dict[int, int]:
        """Make one person of each pair, the second one, and give everybody's new number.

        What `Scenes.find_turns` finds keeps the old numbers.
        """
        for person, other in same.items():
            self.cast[other].take_names(self.cast[person])
        left = [person for person in range(len(self.cast)) if person not in same]
        number = {person: at for at, person in enumerate(left)}
        number |= {person: number[other] for person, other in same.items()} | {-1: -1}
        moved = {key for key, person in self.person_of.items() if number[person] != person}
        for scene in self.scenes:
            scene.pov = number[scene.pov]
            scene.tellers = [(start, number[person]) for start, person in scene.tellers]
            if not moved.isdisjoint(scene.keys):
                scene.mentions = scene.mentions.renumbered(number)
        self.cast = [self.cast[person] for person in left]
        self.narrator = number[self.narrator]
        self.person_of = {key: number[person] for key, person in self.person_of.items()}
        self.role_person = {role: number[person] for role, person in self.role_person.items()}
        return number


class SceneBook(msgspec.Struct, frozen=True):
    """What a step that works on one scene may know of the book, in place of a `Book`.

    `cast` holds the people of that scene only, under their numbers, and of them only what seldom
    changes when another scene is edited: no names, `uses` is 0, and `role_tags` is rounded. So
    the step's result holds as long as these do.
    """

    scenes: Mapping[int, SceneParts]
    cast: Mapping[int, Character]
    narrator: int
    role_person: Mapping[str, int]


def mention_person(book: Book | SceneBook, mention: Mention) -> int:
    """Who a mention points at by itself; -1 where only the surroundings tell."""
    if mention.person >= 0:
        return mention.person
    return book.role_person.get(mention.role, -1) if mention.role else -1
