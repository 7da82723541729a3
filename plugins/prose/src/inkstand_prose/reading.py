"""From a book taken apart and its speakers to the contract's `Reading`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import cast

from inkstand_prose.book import Book
from inkstand_prose.called import unite_called
from inkstand_prose.facts import SceneFacts, of_book, with_facts
from inkstand_prose.languages import NAMES, Language
from inkstand_prose.memo import Memo
from inkstand_prose.pack import Pack
from inkstand_prose.scene_memo import Named, SceneMemo
from inkstand_prose.scene_steps import Scenes
from inkstand_prose.speakers import Decision
from inkstand_prose.style.into_reading import keep_style, with_style
from inkstand_prose.taking_apart import Progress, take_apart
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

# How old Macintosh editors ended a line. Its place is kept, so that spans hold for the scene.
_LONE_RETURN = re.compile(r"\r(?!\n)")


def read_manuscript(
    manuscript: Manuscript,
    reader: str,
    version: str,
    progress: Progress,
    memo: Memo,
    pack: Pack | None = None,
) -> Reading:
    """The whole reading; `progress` is called for every scene of every stage.

    Args:
        manuscript: What is read.
        reader: The name of who reads.
        version: Its version.
        progress: Raises `Cancelled` to stop.
        memo: What earlier readings left in this process; more is added.
        pack: What earlier processes left; may be replaced.

    """
    texts = [_LONE_RETURN.sub("\n", scene.text) for scene in manuscript.scenes]
    scenes = take_apart(texts, [scene.pov for scene in manuscript.scenes], progress, memo, pack)
    book = scenes.book
    decisions: list[list[Decision]] = []
    for number in range(len(texts)):
        tick = partial(progress, 0.7 + 0.2 * number / len(texts), "Finding speakers")
        tick()
        decisions.append(scenes.decide(number, tick))
    unite_called(book, decisions)
    named: list[Named] = []
    read: list[SceneReading] = []
    stated: list[SceneFacts] = []
    for number, said in enumerate(decisions):
        progress(0.9 + 0.1 * number / len(texts), "Putting together")
        named.append(scenes.find_named(number))
        keep_style(book.scenes[number], scenes.kept.scenes[number])
        stated.append(scenes.find_facts(number, said))
        scene = _scene_reading(scenes, number, named[-1], said)
        read.append(with_facts(book, number, scene, stated[-1]))
    told = of_book(book, stated, decisions)
    quotations = tuple(
        quotation
        for number, said in enumerate(decisions)
        for quotation in _quotations(book, number, manuscript.scenes[number].text, said)
    )
    reading = Reading(
        language="en",
        reader=reader,
        version=version,
        scenes=tuple(read),
        cast=_cast(book, named, quotations),
        quotations=quotations,
        notes=_notes(book, scenes.kept.scenes),
        attributes=told.attributes,
        relations=told.relations,
        coreferences=told.coreferences,
    )
    tick = partial(progress, 0.99, "Looking at the style")
    reading = with_style(reading, book.scenes, scenes.kept.scenes, tick)
    scenes.kept.leave()
    progress(1.0, "Read")
    return reading


def _scene_reading(
    scenes: Scenes, number: int, named: Named, decisions: list[Decision]
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


def _cast(
    book: Book, named: Sequence[Named], quotations: tuple[Quotation, ...]
) -> tuple[Person, ...]:
    spans: list[list[Span]] = [[] for _ in book.cast]
    for number, places in enumerate(named):
        for person, here in _by_person(book, places).items():
            spans[person] += [Span(number, start, end) for start, end in here]
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


def _by_person(book: Book, named: Named) -> dict[int, list[tuple[int, int]]]:
    """Where each is named in a scene, by name or role."""
    found = dict(named.spans)
    for role, spans in named.role_spans.items():
        if (person := book.role_person.get(role, -1)) >= 0:
            found[person] = sorted([*found.get(person, ()), *spans])
    return found


def _notes(book: Book, memos: Sequence[SceneMemo]) -> tuple[str, ...]:
    notes = []
    words: Counter[Language] = Counter()
    for memo in memos:
        words[memo.language] += memo.words
    usual: Language = max(words, key=lambda language: words[language], default="en")
    if usual != "en":
        notes.append(
            f"This reads like {NAMES[usual]}, and the English reader knows English: what people"
            " say is found, and who says it is a guess."
        )
    if book.scenes and not any(scene.quotes for scene in book.scenes):
        notes.append("No quotation marks were found, so nobody is given any lines.")
    return tuple(notes)
