"""From a book taken apart and its speakers to the contract's `Reading`."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from typing import cast

from inkstand_prose.book import Book, SceneParts, mention_person
from inkstand_prose.called import unite_called
from inkstand_prose.sentences import sentences
from inkstand_prose.speakers import Decision, decide_scene
from inkstand_prose.taking_apart import Progress, take_apart
from inkstand_prose.weights import load_weights
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.reader import (
    Gender,
    Person,
    Quotation,
    Reading,
    SceneReading,
    Span,
    SpeakerKind,
)

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# How old Macintosh editors ended a line. Its place is kept, so that spans hold for the scene.
_LONE_RETURN = re.compile(r"\r(?!\n)")


def read_manuscript(
    manuscript: Manuscript, reader: str, version: str, progress: Progress
) -> Reading:
    """The whole reading; `progress` is called for every scene of every stage."""
    texts = [_LONE_RETURN.sub("\n", scene.text) for scene in manuscript.scenes]
    book = take_apart(texts, [scene.pov for scene in manuscript.scenes], progress)
    decisions: list[list[Decision]] = []
    for number, scene in enumerate(book.scenes):
        tick = partial(progress, 0.7 + 0.2 * number / len(texts), "Finding speakers")
        decisions.append(decide_scene(book, scene, load_weights(), tick))
    unite_called(book, decisions)
    scenes = []
    for number, scene in enumerate(book.scenes):
        progress(0.9 + 0.1 * number / len(texts), "Finding sentences")
        scenes.append(_scene_reading(book, scene, decisions[number]))
    progress(1.0, "Read")
    quotations = tuple(
        quotation
        for number in range(len(book.scenes))
        for quotation in _quotations(
            book, number, manuscript.scenes[number].text, decisions[number]
        )
    )
    return Reading(
        language="en",
        reader=reader,
        version=version,
        scenes=tuple(scenes),
        cast=_cast(book, quotations),
        quotations=quotations,
        notes=_notes(book),
    )


def _scene_reading(book: Book, scene: SceneParts, decisions: list[Decision]) -> SceneReading:
    first_seen: dict[int, int] = {}
    for mention in scene.mentions.mentions:
        if mention.quote < 0 and (person := mention_person(book, mention)) >= 0:
            first_seen.setdefault(person, mention.start)
    for turn, decision in zip(scene.turns, decisions, strict=True):
        if decision.person >= 0:
            at = min(first_seen.get(decision.person, turn.start), turn.start)
            first_seen[decision.person] = at
    spoken = set()
    speakers = {d.person for d in decisions}
    for person in first_seen:
        if not book.cast[person].role or person in speakers:
            spoken.add(person)
    order = sorted(spoken, key=lambda person: (first_seen[person], person))
    return SceneReading(
        sentences=tuple(
            s for start, end in scene.paragraphs for s in sentences(scene.text, start, end)
        ),
        paragraphs=tuple(scene.paragraphs),
        people=tuple(book.cast[person].name for person in order),
        words=_count_words(scene.text, 0, len(scene.text)),
        spoken_words=sum(_count_words(scene.text, q.start, q.end) for q in scene.quotes),
    )


def _count_words(text: str, start: int, end: int) -> int:
    return sum(1 for _ in _WORD.finditer(text, start, end))


def _quotations(book: Book, number: int, text: str, decisions: list[Decision]) -> list[Quotation]:
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


def _cast(book: Book, quotations: tuple[Quotation, ...]) -> tuple[Person, ...]:
    spans: list[list[Span]] = [[] for _ in book.cast]
    for number, scene in enumerate(book.scenes):
        for mention in scene.mentions.mentions:
            person = mention_person(book, mention)
            if person >= 0:
                spans[person].append(Span(number, mention.start, mention.end))
    lines = Counter(quotation.speaker for quotation in quotations)
    most = max((len(found) for found in spans), default=0) or 1
    people = []
    for character, found in zip(book.cast, spans, strict=True):
        if character.role and not lines[character.name]:
            continue
        people.append(
            Person(
                name=character.name,
                aliases=character.aliases,
                gender=cast("Gender", character.gender),
                mentions=len(found),
                quotations=lines[character.name],
                spans=tuple(found),
                scenes=tuple(sorted({span.scene for span in found})),
                importance=round(len(found) / most, 4),
                narrator=character.narrator,
            )
        )
    return tuple(sorted(people, key=lambda p: (-p.importance, -p.quotations, p.name)))


def _notes(book: Book) -> tuple[str, ...]:
    if any(scene.quotes for scene in book.scenes) or not book.scenes:
        return ()
    return ("No quotation marks were found, so nobody is given any lines.",)
