"""A scene's part of a `Reading`: people have their names, and places the scene's number.

It is kept in memory while nothing that it is made of changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import cast

from inkstand_prose.book import Book
from inkstand_prose.facts import tell, with_facts
from inkstand_prose.quotations import Quote
from inkstand_prose.scene_memo import Named, Told
from inkstand_prose.scene_steps import Scenes
from inkstand_prose.speakers import Decision
from inkstand_sdk.reader import COMMITTED, Quotation, SceneReading, Span, SpeakerKind


def told_of(
    scenes: Scenes,
    number: int,
    text: str,
    decisions: Sequence[Decision],
    tick: Callable[[], None],
) -> Told:
    """What there is to tell of scene `number`; `text` is the scene's as the writer has it."""
    book, scene, memo = scenes.book, scenes.book.scenes[number], scenes.kept.scenes[number]
    named, kept = scenes.find_named(number), scenes.find_facts(number, decisions, tick)
    facts = kept.value
    known = [(p, book.cast[p].name, bool(book.cast[p].role)) for p in kept.people]
    roles = [book.role_person.get(role, -1) for role in scene.roles]
    key = (number, text, known, roles, decisions)
    told = memo.told
    if told is not None and told.named is named and told.facts is facts and told.key == key:
        return told
    reading = _scene_reading(scenes, number, named, decisions)
    spans = {
        person: [Span(number, start, end) for start, end in places]
        for person, places in _by_person(book, named).items()
    }
    quotations = tuple(_quotations(book, number, text, decisions))
    memo.told = Told(
        key,
        named,
        facts,
        with_facts(book, number, reading, facts),
        quotations,
        _surely_said(scene.quotes, quotations),
        tell(book, number, facts, decisions),
        spans,
    )
    return memo.told


def _scene_reading(
    scenes: Scenes, number: int, named: Named, decisions: Sequence[Decision]
) -> SceneReading:
    book, scene, memo = scenes.book, scenes.book.scenes[number], scenes.kept.scenes[number]
    first_seen = dict(named.first)
    for role, start in named.role_first.items():
        if (person := book.role_person.get(role, -1)) >= 0:
            first_seen[person] = min(start, first_seen.get(person, start))
    for turn, decision in zip(scene.turns, decisions, strict=True):
        if decision.person >= 0:
            at = min(first_seen.get(decision.person, turn.start), turn.start)
            first_seen[decision.person] = at
    speakers = {d.person for d in decisions}
    spoken = {p for p in first_seen if not book.cast[p].role or p in speakers}
    order = sorted(spoken, key=lambda person: (first_seen[person], person))
    return SceneReading(
        sentences=memo.sentences,
        paragraphs=memo.paragraphs,
        people=tuple(book.cast[person].name for person in order),
        words=memo.words,
        spoken_words=memo.spoken_words,
    )


def _quotations(
    book: Book, number: int, text: str, decisions: Sequence[Decision]
) -> list[Quotation]:
    scene = book.scenes[number]
    found = []
    for turn, decision in zip(scene.turns, decisions, strict=True):
        tag = turn.tag
        for at in range(turn.first, turn.last + 1):
            quote = scene.quotes[at]
            found.append(
                Quotation(
                    span=Span(number, quote.start, quote.end),
                    text=text[quote.start : quote.end],
                    speaker=book.cast[decision.person].name if decision.person >= 0 else None,
                    confidence=round(decision.confidence, 4),
                    kind=cast("SpeakerKind", decision.kind),
                    addressees=tuple(book.cast[p].name for p in decision.addressees),
                    continues=at > turn.first,
                    cue=Span(number, tag.start, tag.end) if tag is not None else None,
                )
            )
    return found


def _surely_said(quotes: Sequence[Quote], quotations: Iterable[Quotation]) -> list[str]:
    speaker = {q.span.start: q.speaker or "" for q in quotations if q.confidence >= COMMITTED}
    return [speaker.get(quote.start, "") for quote in quotes]


def _by_person(book: Book, named: Named) -> dict[int, list[tuple[int, int]]]:
    """Where each is named in a scene, by name or role."""
    found = dict(named.spans)
    for role, spans in named.role_spans.items():
        if (person := book.role_person.get(role, -1)) >= 0:
            found[person] = sorted([*found.get(person, ()), *spans])
    return found
