"""A manuscript taken apart: paragraphs, quotations, the cast, mentions and turns of every scene."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from inkstand_prose.mentions import Mention, MentionIndex
from inkstand_prose.names import NameUse
from inkstand_prose.quotations import Quote
from inkstand_prose.roles import Presence
from inkstand_prose.turns import Turn


class Character(msgspec.Struct):
    """A person of the book while it is read. Its place in `Book.cast` is its number."""

    name: str
    aliases: tuple[str, ...]
    gender: str
    uses: int
    titles: frozenset[str] = frozenset()
    given: str = ""
    surname: str = ""
    narrator: bool = False
    role: str = ""
    role_tags: int = 0
    """Lines that tags give to this one as a role."""

    def take_names(self, other: Character) -> None:
        """Add the names of another, who is the same person."""
        self.aliases = tuple(dict.fromkeys((*self.aliases, other.name, *other.aliases)))
        self.uses += other.uses
        self.titles |= other.titles
        if self.gender == "unknown":
            self.gender = other.gender


class SceneParts(msgspec.Struct):
    """What one scene consists of; all spans count code points of its text."""

    text: str
    paragraphs: list[tuple[int, int]]
    quotes: list[Quote]
    uses: list[NameUse] = msgspec.field(default_factory=list)
    mentions: MentionIndex = msgspec.field(default_factory=lambda: MentionIndex([]))
    turns: list[Turn] = msgspec.field(default_factory=list)
    present: Presence = msgspec.field(default_factory=dict)
    pov: int = -1
    """Whose eyes it is seen with, where the writer says so: a number in the cast."""


class Book(msgspec.Struct):
    """All scenes and the people in them; `narrator` is a number in the cast, -1 for none."""

    scenes: list[SceneParts]
    cast: list[Character]
    narrator: int = -1
    role_person: dict[str, int] = msgspec.field(default_factory=dict)

    def known_names(self) -> dict[str, int]:
        """Whose each name is, lowercased: a number in the cast."""
        names: dict[str, int] = {}
        for number, character in enumerate(self.cast):
            for alias in (character.name, *character.aliases):
                names.setdefault(alias.lower(), number)
        return names

    def unite(self, same: Mapping[int, int]) -> dict[int, int]:
        """Make one person of each pair, the second one, and give everybody's new number.

        Turns, and where people are present, keep the old numbers.
        """
        for person, other in same.items():
            self.cast[other].take_names(self.cast[person])
        left = [person for person in range(len(self.cast)) if person not in same]
        number = {person: at for at, person in enumerate(left)}
        number |= {person: number[other] for person, other in same.items()} | {-1: -1}
        self.cast = [self.cast[person] for person in left]
        self.narrator = number[self.narrator]
        self.role_person = {role: number[person] for role, person in self.role_person.items()}
        for scene in self.scenes:
            scene.pov = number[scene.pov]
            scene.mentions = scene.mentions.renumbered(number)
        return number


def mention_person(book: Book, mention: Mention) -> int:
    """Who a mention points at by itself; -1 where only the surroundings tell."""
    if mention.person >= 0:
        return mention.person
    return book.role_person.get(mention.role, -1) if mention.role else -1
