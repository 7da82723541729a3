"""The dialogue tool: how people talk, and a dialogue between two of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from inkstand_sdk import Tool, ToolContext
from inkstand_sdk.errors import UsageError
from inkstand_writing import lexicon
from inkstand_writing.book import Book
from inkstand_writing.evidence import Evidence
from inkstand_writing.names import find_person
from inkstand_writing.progress import report_analysis
from inkstand_writing.text import plain, words
from inkstand_writing.voices import (
    CERTAIN,
    LIKELY,
    Line,
    by_speaker,
    exchanges,
    follows,
    measure,
    openings_of,
    spoken_lines,
    typical_lines,
    words_of,
)

CHARACTERISTIC = 8
OPENINGS = 3
PAIRS = 10
LIVELY = 20
"""Lines of more words than this on average make a conversation heavy."""


class DialogueInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who talks, and about what."""

    people: Annotated[
        tuple[str, ...],
        Meta(max_length=2, description="One or two names; none takes those who talk most."),
    ] = ()
    situation: Annotated[
        str,
        Meta(
            max_length=2000,
            description="Where they are and what is at stake, for a model to write from.",
            extra={"multiline": True},
        ),
    ] = ""
    lines: Annotated[
        int, Meta(ge=2, le=200, description="At most this many lines of dialogue.")
    ] = 12
    speakers: Annotated[
        int, Meta(ge=1, le=50, description="How many speakers to describe, if nobody is named.")
    ] = 5
    samples: Annotated[
        int, Meta(ge=0, le=20, description="Typical lines to quote for each speaker.")
    ] = 3
    max_tokens: Annotated[
        int, Meta(ge=16, le=8192, description="At most this many tokens from the model.")
    ] = 400


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a dialogue."""

    speaker: Annotated[str, Meta(description="Who says it.")]
    text: Annotated[str, Meta(description="What they say.")]


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """How one person talks. Shares are 0 to 1."""

    name: Annotated[str, Meta(description="Who.")]
    lines: Annotated[int, Meta(description="Lines that are theirs for certain.", ge=0)]
    words: Annotated[int, Meta(description="Words in those lines.", ge=0)]
    words_per_line: Annotated[float, Meta(description="How long a line is, in words.")]
    questions: Annotated[float, Meta(description="Share of lines that ask.")]
    exclamations: Annotated[float, Meta(description="Share of lines that exclaim.")]
    broken_off: Annotated[float, Meta(description="Share of lines that trail or break off.")]
    contractions: Annotated[float, Meta(description="Share of words that are contracted.")]
    richness: Annotated[
        float, Meta(description="Different words per word, in stretches of a hundred.")
    ]
    characteristic: Annotated[
        tuple[str, ...], Meta(description="Words that are theirs more than anyone else's.")
    ]
    openings: Annotated[tuple[str, ...], Meta(description="How their lines like to begin.")]
    samples: Annotated[tuple[Evidence, ...], Meta(description="Lines typical of them.")]


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """How often two people answer each other."""

    one: Annotated[str, Meta(description="Who talks.")]
    other: Annotated[str, Meta(description="With whom.")]
    count: Annotated[int, Meta(description="How often one answers the other.", ge=1)]


class Dialogue(msgspec.Struct, frozen=True, kw_only=True):
    """A dialogue between two people, and how they and others talk."""

    dialogue: Annotated[
        str,
        Meta(
            description="What the model wrote, as it wrote it; empty if only the manuscript speaks."
        ),
    ]
    lines: Annotated[
        tuple[Turn, ...],
        Meta(
            description="A dialogue of two, line by line: the model's, or the liveliest that the"
            " text has."
        ),
    ]
    source: Annotated[
        Evidence | None, Meta(description="Where the text has it, if it is the text's own.")
    ]
    speakers: Annotated[
        tuple[Voice, ...], Meta(description="How they talk; who says most comes first.")
    ]
    exchanges: Annotated[
        tuple[Exchange, ...], Meta(description="Who talks with whom, most often first.")
    ]
    notes: Annotated[tuple[str, ...], Meta(description="What to know about this.")] = ()


class DialogueTool(Tool):
    """How the people of a text talk; with a model, a new dialogue between two of them."""

    name: ClassVar[str] = "dialogue"
    title: ClassVar[str] = "Study voices and write dialogue"
    Input: ClassVar[type[msgspec.Struct]] = DialogueInput
    Output: ClassVar[type[msgspec.Struct]] = Dialogue

    def run(self, input: Any, ctx: ToolContext) -> Dialogue:
        """The voices of `ctx.manuscript` and a dialogue."""
        book = Book.of(ctx)
        named = tuple(dict.fromkeys(find_person(book.reading, name).name for name in input.people))
        if len(named) < len(input.people):
            raise UsageError(
                f"{input.people[0]!r} and {input.people[1]!r} are the same person.",
                f"The text calls both {named[0]}.",
                "Name two people.",
            )
        report_analysis(ctx, 0.5, "Listening")
        talk = Talk(book)
        pair = talk.pair(named)
        if ctx.engine == "model":
            if pair is None:
                raise UsageError(
                    "A dialogue takes two people.",
                    "The text gives lines to fewer than two whose names are known.",
                    "Name two people of the text: --people A --people B.",
                )
            from inkstand_writing.playwright import write_dialogue

            return write_dialogue(talk, pair, input, ctx)
        return talk.overview(named, pair, input)


class Talk:
    """All that is said in a book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.lines = spoken_lines(book.reading)
        self.spoken = by_speaker(self.lines)
        self.exchanges = exchanges(self.lines)
        self._words = words_of(self.spoken)
        self._openings = openings_of(self.spoken)
        plain_words = lexicon.words("stopwords") - lexicon.words("talk")
        self._dull = plain_words | frozenset(
            word
            for person in book.reading.cast
            for name in (person.name, *person.aliases)
            for word in words(name)
        )

    def pair(self, named: tuple[str, ...]) -> tuple[str, str] | None:
        """The two people of the dialogue: those named, completed by whom they talk with most."""
        if len(named) == 2:
            return named[0], named[1]
        for one, other in self._pairs():
            if not named:
                return one, other
            if named[0] in (one, other):
                return named[0], other if named[0] == one else one
        rest = [name for name in (*self.spoken, *self.book.cast) if name not in named]
        together = [*named, *rest]
        return (together[0], together[1]) if len(together) > 1 and self.spoken else None

    def voice(self, name: str, samples: int) -> Voice:
        """How `name` talks; a voice without lines for somebody who says nothing."""
        lines = self.spoken.get(name, [])
        if not lines:
            return Voice(
                name=name,
                lines=0,
                words=0,
                words_per_line=0.0,
                questions=0.0,
                exclamations=0.0,
                broken_off=0.0,
                contractions=0.0,
                richness=0.0,
                characteristic=(),
                openings=(),
                samples=(),
            )
        counted = measure(lines)
        return Voice(
            name=name,
            lines=counted.lines,
            words=counted.words,
            words_per_line=counted.words_per_line,
            questions=counted.questions,
            exclamations=counted.exclamations,
            broken_off=counted.broken_off,
            contractions=counted.contractions,
            richness=counted.richness,
            characteristic=self._words.best(name, CHARACTERISTIC, CERTAIN, self._dull),
            openings=self._openings.best(name, OPENINGS, LIKELY),
            samples=tuple(line.evidence(self.book) for line in self.typical(name, samples)),
        )

    def typical(self, name: str, limit: int) -> list[Line]:
        """Lines in which somebody sounds like themselves."""
        return typical_lines(self.spoken.get(name, []), self._words, limit)

    def overview(
        self, named: tuple[str, ...], pair: tuple[str, str] | None, wanted: DialogueInput
    ) -> Dialogue:
        """The voices of those named, or of all, and the text's own dialogue of `pair`."""
        scene = self.conversation(pair, wanted.lines) if pair else []
        turns = tuple(Turn(speaker=line.speaker, text=plain(line.text)) for line in scene)
        speakers = named or tuple(self.spoken)[: wanted.speakers]
        return Dialogue(
            dialogue="",
            lines=turns,
            source=scene[0].evidence(self.book) if scene else None,
            speakers=tuple(self.voice(name, wanted.samples) for name in speakers),
            exchanges=self.most_exchanges(named),
            notes=self._notes(named, wanted),
        )

    def most_exchanges(self, named: tuple[str, ...]) -> tuple[Exchange, ...]:
        """The pairs that talk most, of those named if any are."""
        return tuple(
            Exchange(one=one, other=other, count=self.exchanges[one, other])
            for one, other in [
                pair for pair in self._pairs() if not named or set(named) & set(pair)
            ][:PAIRS]
        )

    def conversation(self, pair: tuple[str, str], limit: int) -> list[Line]:
        """The liveliest talk of the two in the text: at most `limit` lines that go back and forth
        between them, the shorter and the more turns the better.
        """
        best: list[Line] = []
        run: list[Line] = []
        for line in self.lines:
            if line.speaker not in pair or (run and not follows(run[-1], line)):
                run = []
            if line.speaker in pair:
                run = [*run, line][-limit:]
                if _liveliness(run) > _liveliness(best):
                    best = run
        return best

    def _pairs(self) -> list[tuple[str, str]]:
        return sorted(self.exchanges, key=lambda pair: (-self.exchanges[pair], pair))

    def _notes(self, named: tuple[str, ...], wanted: DialogueInput) -> tuple[str, ...]:
        book = self.book
        if not book.reading.quotations:
            return (*book.notes, "Nobody speaks: the text has no quotations.")
        notes = list(book.notes)
        share = sum(len(line.quotations) for line in self.lines) / len(book.reading.quotations)
        if share < 0.995:
            notes.append(
                f"{1 - share:.0%} of the quotations were left out: who speaks is not certain."
            )
        if not named and len(self.spoken) > wanted.speakers:
            notes.append(
                f"{len(self.spoken) - wanted.speakers} more people speak; raise the number of"
                " speakers to see them."
            )
        return tuple(notes)


def _liveliness(run: list[Line]) -> float:
    """The turns that a run of lines takes, each for less where lines are speeches."""
    turns = sum(one.speaker != other.speaker for one, other in pairwise(run))
    if not turns:
        return 0.0
    words_per_line = sum(len(line.words) for line in run) / len(run)
    return turns * min(1.0, LIVELY / words_per_line)
