"""What is kept of one scene from one reading to the next, each step with what it depends on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from inkstand_prose.evidence import Evidence
from inkstand_prose.facts import SceneFacts, Statements
from inkstand_prose.languages import Language
from inkstand_prose.mentions import Mention
from inkstand_prose.names import Key, NameUse
from inkstand_prose.nearby import Pair
from inkstand_prose.quotations import Quote
from inkstand_prose.speakers import Decision
from inkstand_prose.style.scene import SceneStyle
from inkstand_prose.turns import Turn
from inkstand_sdk.reader import Quotation, SceneReading
from inkstand_sdk.span import Span

T = TypeVar("T")
Numbers = Mapping[int, int]
"""A new number for each person's old one; -1 stays -1."""


class Names(msgspec.Struct, frozen=True, array_like=True):
    """The names that a scene uses: each place, each name once, what is said around it,
    and which stand near each other.

    `asked` are words, and whether the book had them without a capital when they were asked for:
    the result holds as long as the answers do.
    """

    asked: dict[str, bool]
    uses: list[NameUse]
    keys: list[Key]
    evidence: list[Evidence]
    pairs: list[Pair]


class Turns(msgspec.Struct, frozen=True, array_like=True):
    """Turns at speech, and what there is about them: see the fields of `SceneParts`."""

    turns: list[Turn]
    present: dict[int, Sequence[int]]
    narrated: frozenset[int]
    roles: dict[str, int]
    pronouns: tuple[int, int]
    told_roles: list[tuple[str, int]]


class Named(msgspec.Struct, frozen=True, array_like=True):
    """Where each person and each role is named, and where the narration does so first."""

    spans: dict[int, list[tuple[int, int]]]
    role_spans: dict[str, list[tuple[int, int]]]
    first: dict[int, int]
    role_first: dict[str, int]


class Told(msgspec.Struct, frozen=True, array_like=True):
    """A scene's part of a `Reading`, and what it is made of."""

    key: Any
    named: Named
    facts: SceneFacts
    scene: SceneReading
    quotations: tuple[Quotation, ...]
    said: list[str]
    """Who says each of the scene's quotations; "" where that is not certain."""
    statements: Statements
    spans: dict[int, list[Span]]
    """Where each person is named."""


class Kept(msgspec.Struct, Generic[T], frozen=True, array_like=True):
    """The result of a step that knows people: `key` is what it depends on, where they are told
    apart by their order alone; in `value` they have the numbers `people`, ascending.
    """

    key: bytes
    people: tuple[int, ...]
    value: T

    def numbers(self, people: tuple[int, ...]) -> Numbers:
        """From the old numbers to those that the same people have now."""
        return {-1: -1, **dict(zip(self.people, people, strict=True))}


class SceneMemo(msgspec.Struct, array_like=True):
    """All that is kept for one text. What the text alone decides is always there."""

    paragraphs: tuple[tuple[int, int], ...]
    quotes: list[Quote]
    sentences: tuple[tuple[int, int], ...]
    lowercase: dict[str, int]
    weddings: list[tuple[int, int]]
    you_are: list[int]
    words: int
    spoken_words: int
    language: Language
    headings: list[tuple[int, int]]
    """In a play, where the name stands that each of `quotes` is under."""
    names: Names | None = None
    mentions: Kept[list[Mention]] | None = None
    turns: Kept[Turns] | None = None
    decisions: Kept[list[Decision]] | None = None
    named: Kept[Named] | None = None
    facts: Kept[SceneFacts] | None = None
    style: SceneStyle | None = None
    told: Told | None = None
    """Not left to other processes: it is soon made of the rest."""
    latest: dict[str, tuple[Any, Any]] = msgspec.field(default_factory=dict)
    """By step, what its latest result depended on, as it is, and the result. A digest of it
    takes longer than to see that it is the same. Not left to other processes either.
    """

    def settled(self, step: str, depends: object, find: Callable[[], T]) -> T:
        """The latest result of a step, if that is what it depends on, or else what is found."""
        known = self.latest.get(step)
        if known is not None and known[0] == depends:
            result: T = known[1]
            return result
        found = find()
        self.latest[step] = depends, found
        return found

    def to_leave(self) -> SceneMemo:
        """What is left to other processes."""
        return msgspec.structs.replace(self, told=None, latest={})


def key_of(*parts: Any) -> bytes:
    """A short digest of plain values."""
    return hashlib.blake2b(msgspec.msgpack.encode(parts), digest_size=16).digest()
