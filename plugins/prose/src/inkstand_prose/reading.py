"""From a book taken apart and its speakers to the contract's `Reading`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import cast

from inkstand_prose.book import Book
from inkstand_prose.called import unite_called
from inkstand_prose.languages import NAMES, Language
from inkstand_prose.memo import Memo
from inkstand_prose.pack import Pack
from inkstand_prose.scene_memo import SceneMemo, Told
from inkstand_prose.speakers import Decision
from inkstand_prose.style.into_reading import keep_style, with_style
from inkstand_prose.taking_apart import Progress, take_apart
from inkstand_prose.told import told_of
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.reader import (
    Gender,
    Person,
    Quotation,
    Reading,
    Span,
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
    texts = [
        _LONE_RETURN.sub("\n", scene.text) if "\r" in scene.text else scene.text
        for scene in manuscript.scenes
    ]
    scenes = take_apart(texts, [scene.pov for scene in manuscript.scenes], progress, memo, pack)
    book = scenes.book
    decisions: list[list[Decision]] = []
    for number in range(len(texts)):
        tick = partial(progress, 0.7 + 0.2 * number / len(texts), "Finding speakers")
        tick()
        decisions.append(scenes.decide(number, tick))
    unite_called(book, decisions)
    told: list[Told] = []
    for number, said in enumerate(decisions):
        tick = partial(progress, 0.9 + 0.09 * number / len(texts), "Putting together")
        tick()
        keep_style(book.scenes[number], scenes.kept.scenes[number], tick)
        told.append(told_of(scenes, number, manuscript.scenes[number].text, said, tick))
    quotations = tuple(quotation for each in told for quotation in each.quotations)
    reading = Reading(
        language="en",
        reader=reader,
        version=version,
        scenes=tuple(each.scene for each in told),
        cast=_cast(book, told, quotations),
        quotations=quotations,
        notes=_notes(book, scenes.kept.scenes),
        attributes=tuple(found for each in told for found in each.statements.attributes),
        relations=tuple(found for each in told for found in each.statements.relations),
        coreferences=tuple(found for each in told for found in each.statements.coreferences),
    )
    tick = partial(progress, 0.99, "Looking at the style")
    speakers = [each.said for each in told]
    reading = with_style(reading, book.scenes, scenes.kept.scenes, speakers, memo.tallies, tick)
    scenes.kept.leave()
    progress(1.0, "Read")
    return reading


def _cast(
    book: Book, told: Sequence[Told], quotations: tuple[Quotation, ...]
) -> tuple[Person, ...]:
    spans: list[list[Span]] = [[] for _ in book.cast]
    for each in told:
        for person, here in each.spans.items():
            spans[person] += here
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
