"""The plot tool: what happens in each chapter, where the story turns, how it is built."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from inkstand_sdk import Tool, ToolContext
from inkstand_sdk.capabilities import ToolCapabilities
from inkstand_sdk.errors import UsageError
from inkstand_writing.book import Book, Passage, Sentence
from inkstand_writing.evidence import Evidence
from inkstand_writing.progress import report_analysis
from inkstand_writing.ranking import rank_passage, telling
from inkstand_writing.structures import STRUCTURES, Beat, StructureName
from inkstand_writing.tension import Turn, tension_curve, turning_points

PEOPLE = 5
REACH = 0.04
"""How far from its place a beat is looked for, as a share of the whole; a turn, which a text
marks by itself, half as far again."""


class PlotInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which structure, and how fully."""

    structure: Annotated[
        StructureName, Meta(description="The structure to lay the story along.")
    ] = "three-act"
    beats: Annotated[
        int, Meta(ge=0, le=10, description="Sentences for each chapter; 0 leaves chapters out.")
    ] = 2
    turning_points: Annotated[
        int, Meta(ge=0, le=50, description="How many turning points to show.")
    ] = 6
    premise: Annotated[
        str,
        Meta(
            max_length=4000,
            description="What the story is to be about, for a model that outlines a new one.",
            extra={"multiline": True},
        ),
    ] = ""


class OutlineBeat(msgspec.Struct, frozen=True, kw_only=True):
    """One beat of the structure, and what the story has there."""

    name: Annotated[str, Meta(description="The structure's name for the beat.")]
    purpose: Annotated[str, Meta(description="What the beat does for a story.")]
    percent: Annotated[
        int, Meta(description="Where it stands, in percent of the whole.", ge=0, le=100)
    ]
    text: Annotated[str, Meta(description="What happens: the text's or a model's words.")]
    evidence: Annotated[
        Evidence | None, Meta(description="The sentence of the manuscript, if it has one.")
    ]


class TurningPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A place where the story turns."""

    percent: Annotated[
        int, Meta(description="Where it stands, in percent of the whole.", ge=0, le=100)
    ]
    why: Annotated[str, Meta(description="What gives it away.")]
    evidence: Annotated[Evidence, Meta(description="The sentence at which it turns.")]


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """What happens in a chapter, or in a part of a text without chapters."""

    title: Annotated[str, Meta(description="The chapter's heading.")]
    people: Annotated[tuple[str, ...], Meta(description="Who is in it most.")]
    place: Annotated[str, Meta(description="Where, if the manuscript's front matter says so.")]
    when: Annotated[str, Meta(description="When, if the manuscript's front matter says so.")]
    tension: Annotated[int, Meta(description="0 to 100; 50 is the text's mean.", ge=0, le=100)]
    beats: Annotated[
        tuple[Evidence, ...], Meta(description="The sentences that tell most of it, in order.")
    ]


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """How a story is built."""

    structure: Annotated[StructureName, Meta(description="The structure it is laid along.")]
    outline: Annotated[tuple[OutlineBeat, ...], Meta(description="The structure's beats.")]
    turning_points: Annotated[
        tuple[TurningPoint, ...], Meta(description="Where the text turns most, in order.")
    ]
    tension: Annotated[
        tuple[int, ...],
        Meta(description="The curve of tension, 0 to 100, from the first passage to the last."),
    ]
    chapters: Annotated[tuple[Chapter, ...], Meta(description="Chapter by chapter.")]
    notes: Annotated[tuple[str, ...], Meta(description="What to know about this.")] = ()


class PlotTool(Tool):
    """Chapter beats, turning points and structure; with a model, an outline."""

    name: ClassVar[str] = "plot"
    title: ClassVar[str] = "Lay a plot along a structure"
    Input: ClassVar[type[msgspec.Struct]] = PlotInput
    Output: ClassVar[type[msgspec.Struct]] = Plot
    # A model can outline a story that is not written yet, from its premise.
    capabilities: ClassVar[ToolCapabilities] = ToolCapabilities(needs_manuscript=False)

    def run(self, input: Any, ctx: ToolContext) -> Plot:
        """The plot of `ctx.manuscript`, or with a model an outline of the premise."""
        found = self._found(input, ctx)
        if ctx.engine == "analysis":
            return found
        from inkstand_writing.outline import outlined

        return outlined(found, input, ctx)

    def _found(self, wanted: PlotInput, ctx: ToolContext) -> Plot:
        """What the manuscript has; an empty plot where there is only a premise."""
        try:
            _ = ctx.manuscript
        except UsageError as error:
            if not wanted.premise.strip():
                raise
            if ctx.engine == "analysis":
                raise UsageError(
                    "A premise alone has no plot to find.",
                    "Without a model the plot is what a manuscript has.",
                    "Name a file or folder with the text, or add --engine model.",
                ) from error
            return Plot(
                structure=wanted.structure,
                outline=(),
                turning_points=(),
                tension=(),
                chapters=(),
            )
        return plot_of(Book.of(ctx), wanted, ctx)


def plot_of(book: Book, wanted: PlotInput, ctx: ToolContext) -> Plot:
    """The plot that a book has, told in its own sentences."""
    passages = [piece for chapter in book.chapters for piece in book.split(chapter)]
    curve = tension_curve(book, passages)
    report_analysis(ctx, 0.1, "Looking for turning points")
    turns = turning_points(book, passages, curve, limit=len(passages))
    # Where every passage turned, none would.
    count = min(wanted.turning_points, -(-len(passages) // 2))
    shown = sorted(turns, key=lambda turn: -turn.strength)[:count]
    report_analysis(ctx, 0.2, "Laying out the structure")
    outline = _outline(book, STRUCTURES[wanted.structure], turns)
    levels = {piece.first: level for piece, level in zip(passages, curve, strict=True)}
    chapters = []
    for number, chapter in enumerate(book.chapters if wanted.beats else ()):
        report_analysis(ctx, 0.3 + 0.7 * number / len(book.chapters), f"Reading {chapter.title}")
        chapters.append(_chapter(book, chapter, levels, wanted.beats))
    return Plot(
        structure=wanted.structure,
        outline=outline,
        turning_points=tuple(
            TurningPoint(
                percent=round(100 * book.place(turn.sentence)),
                why="; ".join(turn.reasons),
                evidence=book.evidence(turn.sentence),
            )
            for turn in sorted(shown, key=lambda turn: turn.sentence.index)
        ),
        tension=curve,
        chapters=tuple(chapters),
        notes=book.notes,
    )


def _outline(book: Book, beats: Sequence[Beat], turns: Sequence[Turn]) -> tuple[OutlineBeat, ...]:
    """For each beat the sentence near its place, and after the last beat's, that fits it best;
    none where a text has fewer sentences than beats.
    """
    strength = {turn.sentence.index: turn.strength for turn in turns}
    reached = -1
    outline: list[OutlineBeat] = []
    for beat in beats:
        chosen = max(
            (sentence for sentence in _near(book, beat) if sentence.index > reached),
            key=lambda sentence: _fit(book, sentence, beat, strength),
            default=None,
        )
        if chosen is not None:
            reached = chosen.index
        outline.append(
            OutlineBeat(
                name=beat.name,
                purpose=beat.purpose,
                percent=round(100 * (book.place(chosen) if chosen else beat.at)),
                text=book.text(chosen) if chosen else "",
                evidence=book.evidence(chosen) if chosen else None,
            )
        )
    return tuple(outline)


def _near(book: Book, beat: Beat) -> Sequence[Sentence]:
    """The sentences around a beat's place; in a short text from farther off, so that there are
    some.
    """
    reach = REACH * 1.5 if beat.turns else REACH
    while reach < 1:
        low, high = (
            bisect_left(book.sentences, book.words * edge, key=lambda sentence: sentence.at)
            for edge in (beat.at - reach, beat.at + reach)
        )
        if high - low >= min(5, len(book.sentences)):
            return book.sentences[low:high]
        reach *= 2
    return book.sentences


def _fit(book: Book, sentence: Sentence, beat: Beat, strength: dict[int, float]) -> float:
    fit = telling(book, sentence) * (1 - abs(book.place(sentence) - beat.at) * 5)
    return fit + (4 * strength.get(sentence.index, 0.0) if beat.turns else 0.0)


def _chapter(book: Book, chapter: Passage, levels: dict[int, int], beats: int) -> Chapter:
    sentences = book.within(chapter)
    pieces = book.split(chapter)
    named = Counter(name for sentence in sentences for name in sentence.people)
    scenes = [book.manuscript.scenes[row] for row in sorted({s.scene for s in sentences})]
    chosen = rank_passage(book, chapter, max(3, beats)).choose(
        beats, spread=chapter.words / (1.5 * beats)
    )
    return Chapter(
        title=chapter.title,
        people=tuple(name for name, _ in named.most_common(PEOPLE)),
        place="; ".join(dict.fromkeys(scene.place for scene in scenes if scene.place)),
        when="; ".join(dict.fromkeys(scene.when for scene in scenes if scene.when)),
        tension=round(
            sum(levels[piece.first] * piece.words for piece in pieces)
            / max(1, sum(piece.words for piece in pieces))
        ),
        beats=tuple(book.evidence(sentence) for sentence in chosen),
    )
