"""What is known of a person: facts that the text states, kin, and the page in the bible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from inkstand_sdk import Person, Span
from inkstand_sdk.bible import is_fact
from inkstand_sdk.facts import AttributeKind, Relation
from inkstand_sdk.tool import BibleEntry
from inkstand_writing.book import Book
from inkstand_writing.continuity.paged import plain_words
from inkstand_writing.evidence import Evidence
from inkstand_writing.text import plain

LEAST = 0.65
"""What is stated less surely than this is left out."""
_NO_NOTES = frozenset(["name", "aliases", "relationships"])
_SIBLING = ("brother", "sister", "sibling")
_PARENT = ("father", "mother", "parent")
_CHILD = ("son", "daughter", "child")
_SPOUSE = ("husband", "wife", "spouse")
_BACK: Mapping[str, tuple[str, str, str]] = {
    **dict.fromkeys(_SIBLING, _SIBLING),
    **dict.fromkeys(_PARENT, _CHILD),
    **dict.fromkeys(_CHILD, _PARENT),
    **dict.fromkeys(_SPOUSE, _SPOUSE),
    **dict.fromkeys(["uncle", "aunt"], ("nephew", "niece", "nephew or niece")),
    **dict.fromkeys(["nephew", "niece"], ("uncle", "aunt", "uncle or aunt")),
    **dict.fromkeys(["grandfather", "grandmother"], ("grandson", "granddaughter", "grandchild")),
    **dict.fromkeys(
        ["grandson", "granddaughter", "grandchild"], ("grandfather", "grandmother", "grandparent")
    ),
    **{kind: (kind, kind, kind) for kind in ("cousin", "twin", "friend", "betrothed")},
    "elder": ("younger", "younger", "younger"),
    "younger": ("elder", "elder", "elder"),
}
"""What a man, a woman, and somebody else is to whoever is the `kind` of them."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the text states of a person, and where."""

    kind: Annotated[AttributeKind, Meta(description="What it is: age, eyes, home, and so on.")]
    value: Annotated[str, Meta(description="What is stated, in a plain form: grey, 51, teacher.")]
    said_by: Annotated[str, Meta(description="Who says so; empty where the narration does.")]
    evidence: Annotated[Evidence, Meta(description="The sentence.")]


class Tie(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom the text states to be something to a person, and where."""

    name: Annotated[str, Meta(description="Who.")]
    kind: Annotated[str, Meta(description="What they are to this person: brother, wife, friend.")]
    said_by: Annotated[str, Meta(description="Who says so; empty where the narration does.")]
    evidence: Annotated[Evidence, Meta(description="The sentence.")]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the writer's bible about a person."""

    name: Annotated[str, Meta(description="The page's name.")]
    file: Annotated[str, Meta(description="Its file.")]
    notes: Annotated[
        tuple[str, ...], Meta(description="What its front matter says at all times of the story.")
    ]


def facts_of(book: Book, person: Person) -> tuple[Fact, ...]:
    """What the text states of somebody, in its order, each value once."""
    found: dict[tuple[str, str], Fact] = {}
    stated = [
        one
        for one in book.reading.attributes
        if one.person == person.name and one.confidence >= LEAST
    ]
    for one in sorted(stated, key=lambda each: (each.span.scene, each.span.start)):
        evidence = _sentence(book, one.span)
        if evidence is not None and (one.kind, one.value) not in found:
            found[one.kind, one.value] = Fact(
                kind=one.kind, value=one.value, said_by=one.speaker or "", evidence=evidence
            )
    return tuple(found.values())


def ties_of(book: Book, person: Person) -> tuple[Tie, ...]:
    """Who is stated to be what to somebody, in the order of the text, each once."""
    found: dict[tuple[str, str], Tie] = {}
    stated = sorted(book.reading.relations, key=lambda each: (each.span.scene, each.span.start))
    for one in stated:
        if person.name not in {one.person, one.other} or one.confidence < LEAST:
            continue
        name, kind = _seen_from(book, person, one)
        evidence = _sentence(book, one.span)
        if evidence is not None and kind and (name, kind) not in found:
            found[name, kind] = Tie(
                name=name, kind=kind, said_by=one.speaker or "", evidence=evidence
            )
    return tuple(found.values())


def _seen_from(book: Book, person: Person, relation: Relation) -> tuple[str, str]:
    """The other of two people, and what they are to `person`; "" where there is no word for it."""
    if relation.person == person.name:
        return relation.other, relation.kind
    back = _BACK.get(relation.kind)
    other = book.cast.get(relation.person)
    if back is None or other is None:
        return relation.person, ""
    return other.name, back[{"male": 0, "female": 1}.get(other.gender, 2)]


def _sentence(book: Book, span: Span) -> Evidence | None:
    sentence = book.sentence_at(span.scene, span.start)
    return None if sentence is None else book.evidence(sentence)


def pages_of(bible: tuple[BibleEntry, ...], person: Person) -> tuple[Page, ...]:
    """The pages of the bible that are about somebody."""
    names = {known.casefold() for known in (person.name, *person.aliases)}
    found = []
    for entry in bible:
        aliases = entry.fields.get("aliases")
        called = [
            str(entry.fields.get("name") or entry.name),
            *(map(str, aliases) if isinstance(aliases, list | tuple) else ()),
        ]
        if entry.kind in {"character", "characters"} and names & {n.casefold() for n in called}:
            found.append(Page(name=entry.name, file=entry.file, notes=tuple(_notes(entry.fields))))
    return tuple(found)


def _notes(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        if name not in _NO_NOTES:
            yield from (f"{name}: {plain(words)}" for words in plain_words(value))
    relationships = fields.get("relationships")
    if isinstance(relationships, dict):
        for other, value in relationships.items():
            if not is_fact(value):
                yield from (f"{other}: {plain(words)}" for words in plain_words(value))
