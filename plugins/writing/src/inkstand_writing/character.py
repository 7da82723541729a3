"""The character tool: who is in a text, and what the text says of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from inkstand_sdk import Person, Tool, ToolContext
from inkstand_sdk.errors import UsageError
from inkstand_sdk.reader import Gender
from inkstand_sdk.tool import BibleEntry
from inkstand_writing.book import Book
from inkstand_writing.evidence import Evidence
from inkstand_writing.known import Fact, Page, Tie, facts_of, pages_of, ties_of
from inkstand_writing.names import find_person
from inkstand_writing.progress import report_analysis
from inkstand_writing.remarks import Remark, remarks
from inkstand_writing.traits import ASPECTS, Aspect, Statement, statements
from inkstand_writing.voices import (
    by_speaker,
    exchanges,
    spoken_lines,
    typical_lines,
    words_of,
)

COMPANIONS = 6


class CharacterInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to describe, and how fully."""

    name: Annotated[
        str, Meta(max_length=100, description="One person, by any of their names; empty for all.")
    ] = ""
    limit: Annotated[
        int, Meta(ge=1, le=100, description="How many people, the most important first.")
    ] = 6
    quotes: Annotated[
        int, Meta(ge=0, le=20, description="Quotations of each kind for each person.")
    ] = 2


class Trait(msgspec.Struct, frozen=True, kw_only=True):
    """One aspect of a person, with the sentences that state it."""

    aspect: Annotated[Aspect, Meta(description="What it is about.")]
    text: Annotated[
        str, Meta(description="In a model's words; empty if only the manuscript speaks.")
    ]
    evidence: Annotated[tuple[Evidence, ...], Meta(description="Where the text says so.")]


class Companion(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom a person has to do with."""

    name: Annotated[str, Meta(description="Who.")]
    together: Annotated[
        int,
        Meta(description="Scenes, or passages of one long scene, that name both.", ge=0),
    ]
    exchanges: Annotated[int, Meta(description="How often one answers the other.", ge=0)]


class Character(msgspec.Struct, frozen=True, kw_only=True):
    """A person of the text: what is told of them, and what they say."""

    name: Annotated[str, Meta(description="The name they go by most.")]
    aliases: Annotated[tuple[str, ...], Meta(description="What else they are called.")]
    gender: Annotated[Gender, Meta(description="As far as the text's words for them tell.")]
    mentions: Annotated[int, Meta(description="How often they are named.", ge=0)]
    scenes: Annotated[int, Meta(description="In how many scenes they are named.", ge=0)]
    lines: Annotated[int, Meta(description="How many lines are theirs for certain.", ge=0)]
    narrator: Annotated[bool, Meta(description="Whether they tell the story.")]
    first_seen: Annotated[Evidence | None, Meta(description="The sentence that names them first.")]
    traits: Annotated[
        tuple[Trait, ...], Meta(description="What the narration states of them, by aspect.")
    ]
    says: Annotated[
        tuple[Evidence, ...], Meta(description="Lines in which they sound like themselves.")
    ]
    said_of: Annotated[tuple[Remark, ...], Meta(description="What others say of them.")]
    companions: Annotated[
        tuple[Companion, ...], Meta(description="Whom they meet and talk with most.")
    ]
    facts: Annotated[
        tuple[Fact, ...],
        Meta(description="Age, eyes, hair, home and the like, as the text states them."),
    ] = ()
    kin: Annotated[
        tuple[Tie, ...], Meta(description="Who the text states to be what to them.")
    ] = ()
    bible: Annotated[tuple[Page, ...], Meta(description="What the bible has on them.")] = ()


class Characters(msgspec.Struct, frozen=True, kw_only=True):
    """The people of a text."""

    people: Annotated[
        tuple[Character, ...], Meta(description="The people, the most important first.")
    ]
    found: Annotated[int, Meta(description="How many people the text has in all.", ge=0)]
    notes: Annotated[tuple[str, ...], Meta(description="What to know about this list.")] = ()


class CharacterTool(Tool):
    """Who is in a text: names, lines, what is said of them, each with quotations."""

    name: ClassVar[str] = "character"
    title: ClassVar[str] = "Tell who is in a text"
    Input: ClassVar[type[msgspec.Struct]] = CharacterInput
    Output: ClassVar[type[msgspec.Struct]] = Characters

    def run(self, input: Any, ctx: ToolContext) -> Characters:
        """The people of `ctx.manuscript`."""
        book = Book.of(ctx)
        if input.name:
            chosen: tuple[Person, ...] = (find_person(book.reading, input.name),)
        else:
            chosen = book.reading.cast[: input.limit]
        study = Study(book, ctx.bible)
        people: list[Character] = []
        for number, person in enumerate(chosen):
            report_analysis(ctx, number / len(chosen), f"Looking at {person.name}")
            people.append(study.character(person, input.quotes))
        found = Characters(
            people=tuple(people), found=len(book.reading.cast), notes=_notes(book, input)
        )
        if ctx.engine == "analysis":
            return found
        if not people:
            raise UsageError(
                "There is nobody to describe.",
                "No people were found in the text.",
                "Check that the text is the one you meant, and that its language has a reader.",
            )
        from inkstand_writing.sheets import with_sheets

        return with_sheets(found, ctx)


def _notes(book: Book, wanted: CharacterInput) -> tuple[str, ...]:
    cast = len(book.reading.cast)
    if not cast:
        return (*book.notes, "No people were found: nobody is named in the text.")
    if not wanted.name and cast > wanted.limit:
        return (*book.notes, f"{cast - wanted.limit} more were found; raise the limit to see them.")
    return book.notes


class Study:
    """What is worked out once for the whole cast."""

    def __init__(self, book: Book, bible: tuple[BibleEntry, ...] = ()) -> None:
        self._book = book
        self._bible = bible
        lines = spoken_lines(book.reading)
        self._lines = by_speaker(lines)
        self._exchanges = exchanges(lines)
        self._words = words_of(self._lines)
        self._remarks = remarks(book, lines)
        self._presence = self._find_presence()

    def character(self, person: Person, quotes: int) -> Character:
        """One person's page, with `quotes` quotations of each kind."""
        lines = self._lines.get(person.name, [])
        return Character(
            name=person.name,
            aliases=tuple(alias for alias in person.aliases if alias != person.name),
            gender=person.gender,
            mentions=person.mentions,
            scenes=len(person.scenes),
            lines=len(lines),
            narrator=person.narrator,
            first_seen=self._first_seen(person),
            traits=self._traits(person, quotes),
            says=tuple(
                line.evidence(self._book) for line in typical_lines(lines, self._words, quotes)
            ),
            said_of=tuple(self._remarks.get(person.name, [])[:quotes]),
            companions=self._companions(person),
            facts=facts_of(self._book, person) if quotes else (),
            kin=ties_of(self._book, person) if quotes else (),
            bible=pages_of(self._bible, person),
        )

    def _first_seen(self, person: Person) -> Evidence | None:
        for span in person.spans:
            sentence = self._book.sentence_at(span.scene, span.start)
            if sentence is not None:
                return self._book.evidence(sentence)
        return None

    def _traits(self, person: Person, quotes: int) -> tuple[Trait, ...]:
        if quotes == 0:
            return ()
        by_aspect: dict[Aspect, list[Statement]] = defaultdict(list)
        for statement in statements(self._book, person):
            by_aspect[statement.aspect].append(statement)
        used: set[tuple[int, int]] = set()
        traits: list[Trait] = []
        for aspect in ASPECTS:
            chosen: list[Statement] = []
            for statement in by_aspect[aspect]:
                if (statement.scene, statement.end) not in used and len(chosen) < quotes:
                    chosen.append(statement)
                    used.add((statement.scene, statement.end))
            if chosen:
                chosen.sort(key=lambda item: (item.scene, item.start))
                traits.append(
                    Trait(
                        aspect=aspect,
                        text="",
                        evidence=tuple(statement.evidence(self._book) for statement in chosen),
                    )
                )
        return tuple(traits)

    def _companions(self, person: Person) -> tuple[Companion, ...]:
        here = self._presence.get(person.name, set())
        talks = Counter(
            {
                (other if one == person.name else one): count
                for (one, other), count in self._exchanges.items()
                if person.name in (one, other)
            }
        )
        met = [
            Companion(
                name=other.name,
                together=len(here & self._presence.get(other.name, set())),
                exchanges=talks[other.name],
            )
            for other in self._book.reading.cast
            if other.name != person.name
        ]
        met.sort(key=lambda companion: (-companion.exchanges, -companion.together))
        return tuple(other for other in met if other.exchanges or other.together)[:COMPANIONS]

    def _find_presence(self) -> dict[str, set[int]]:
        """For each person the scenes in which they are named; in a text that is one long scene,
        its passages.
        """
        book = self._book
        presence: dict[str, set[int]] = {}
        one_scene = len(book.manuscript.scenes) == 1
        for number, passage in enumerate(book.chapters):
            for sentence in book.within(passage):
                place = number if one_scene else sentence.scene
                for name in sentence.people:
                    presence.setdefault(name, set()).add(place)
                if book.narrator and not sentence.spoken and "i" in sentence.words:
                    presence.setdefault(book.narrator, set()).add(place)
        return presence
