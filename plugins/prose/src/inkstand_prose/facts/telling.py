"""From the facts of scenes, people as numbers, to those of a `Reading`, people by name."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inkstand_prose.book import Book
from inkstand_prose.facts.scene import SceneFacts
from inkstand_prose.speakers import Decision
from inkstand_sdk.facts import Attribute, Coreference, PlaceMark, Relation, TimeMark
from inkstand_sdk.reader import SceneReading
from inkstand_sdk.span import Span


class Statements(msgspec.Struct, frozen=True, array_like=True):
    """What a scene states, in the order of the text."""

    attributes: tuple[Attribute, ...]
    relations: tuple[Relation, ...]
    coreferences: tuple[Coreference, ...]


def tell(book: Book, number: int, stated: SceneFacts, said: Sequence[Decision]) -> Statements:
    """The facts of a scene with names: of whom, and in speech by whom."""
    names = [character.name for character in book.cast]
    speakers = _speakers(book, number, said)
    attributes = tuple(
        Attribute(
            person=names[one.person],
            kind=one.kind,
            value=one.value,
            span=Span(number, one.start, one.end),
            speaker=speakers.get(one.quote),
            confidence=one.confidence,
        )
        for one in stated.statements
    )
    relations = tuple(
        Relation(
            person=names[tie.person],
            other=names[tie.other],
            kind=tie.kind,
            span=Span(number, tie.start, tie.end),
            speaker=speakers.get(tie.quote),
            confidence=tie.confidence,
            years=tie.years,
        )
        for tie in stated.ties
    )
    coreferences = tuple(
        Coreference(Span(number, one.start, one.end), names[one.person], one.confidence)
        for one in stated.pronouns
    )
    return Statements(attributes, relations, coreferences)


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
