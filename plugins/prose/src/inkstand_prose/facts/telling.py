"""From the facts of all scenes, people as numbers, to those of a `Reading`, people by name."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inkstand_prose.book import Book
from inkstand_prose.facts.scene import SceneFacts
from inkstand_prose.speakers import Decision
from inkstand_sdk.facts import Attribute, Coreference, PlaceMark, Relation, TimeMark
from inkstand_sdk.reader import SceneReading
from inkstand_sdk.span import Span


class BookStatements(msgspec.Struct, frozen=True):
    """What all scenes state, in the order of the text."""

    attributes: tuple[Attribute, ...]
    relations: tuple[Relation, ...]
    coreferences: tuple[Coreference, ...]


def of_book(
    book: Book, facts: Sequence[SceneFacts], decisions: Sequence[Sequence[Decision]]
) -> BookStatements:
    """The facts with names: of whom, and in speech by whom."""
    attributes: list[Attribute] = []
    relations: list[Relation] = []
    coreferences: list[Coreference] = []
    names = [character.name for character in book.cast]
    for number, (stated, said) in enumerate(zip(facts, decisions, strict=True)):
        speakers = _speakers(book, number, said)
        attributes += [
            Attribute(
                person=names[one.person],
                kind=one.kind,
                value=one.value,
                span=Span(number, one.start, one.end),
                speaker=speakers.get(one.quote),
                confidence=one.confidence,
            )
            for one in stated.statements
        ]
        relations += [
            Relation(
                person=names[tie.person],
                other=names[tie.other],
                kind=tie.kind,
                span=Span(number, tie.start, tie.end),
                speaker=speakers.get(tie.quote),
                confidence=tie.confidence,
            )
            for tie in stated.ties
        ]
        coreferences += [
            Coreference(Span(number, one.start, one.end), names[one.person], one.confidence)
            for one in stated.pronouns
        ]
    return BookStatements(tuple(attributes), tuple(relations), tuple(coreferences))


def with_facts(book: Book, number: int, reading: SceneReading, facts: SceneFacts) -> SceneReading:
    """A scene's reading with its time, place, eyes, person and tense."""
    view = facts.viewpoint
    return msgspec.structs.replace(
        reading,
        times=tuple(
            TimeMark(span=Span(number, one.start, one.end), kind=one.kind, value=one.value)
            for one in facts.times
        ),
        places=tuple(
            PlaceMark(span=Span(number, one.start, one.end), place=one.place)
            for one in facts.places
        ),
        pov=book.cast[view.pov].name if view.pov >= 0 else None,
        narration=view.narration,
        tense=view.tense,
    )


def _speakers(book: Book, number: int, said: Sequence[Decision]) -> dict[int, str]:
    """Who says each quotation, by its number."""
    return {
        quote: book.cast[decision.person].name
        for turn, decision in zip(book.scenes[number].turns, said, strict=True)
        if decision.person >= 0
        for quote in range(turn.first, turn.last + 1)
    }
