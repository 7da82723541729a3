"""One scene's style: a pure function of the scene, so that it can be kept while others change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import msgspec

from inkstand_prose.quotations import Quote
from inkstand_prose.style import habits, tables
from inkstand_prose.style.marking import Candidate, EchoCandidate, Segment
from inkstand_prose.style.rhythm import Beat, beat
from inkstand_prose.style.richness import Sums, sums
from inkstand_prose.style.sketch import BREAK, Sketch, count_marks
from inkstand_prose.style.tokens import BRIGHT, DARK, TENSE, Traits
from inkstand_prose.ticking import ticking

_NEGATIONS = tables.word_set("negations")
_FELT = TENSE | BRIGHT | DARK
MOST_LINES = 50_000
"""Of one scene: what is said in more tells nothing of voices. Ten novels in one have as many."""
_STRETCH_WORDS, _LONGEST_STRETCH = 400, 900
"""A stretch ends with the paragraph in which it reaches the first, at the latest with the
sentence in which it reaches the second."""


class RawStretch(msgspec.Struct, array_like=True):
    """What is counted of some 500 words, `[start, end)`, to find how the story goes there."""

    start: int
    end: int
    words: int = 0
    sentences: int = 0
    paragraphs: int = 0
    spoken: int = 0
    exclamations: int = 0
    tense: int = 0
    bright: int = 0
    dark: int = 0


class SceneStyle(msgspec.Struct, array_like=True):
    """What is kept of a scene: its narration, its lines, one for each quotation, what was
    counted of its stretches, and the remarks that it would give by itself.
    """

    narration: Sketch
    sums: Sums
    lines: list[Sketch]
    stretches: list[RawStretch]
    candidates: list[Candidate]
    echoes: list[EchoCandidate]
    capitals: dict[str, int]
    """Words with a capital that no sentence gave them: names, mostly."""
    sentences: Beat
    paragraphs: Beat
    passives: int = 0
    filters: int = 0


def of_scene(
    text: str,
    paragraphs: Sequence[tuple[int, int]],
    sentences: Sequence[tuple[int, int]],
    quotes: Sequence[Quote],
    tick: Callable[[], None] = lambda: None,
) -> SceneStyle:
    """The style of a scene; spans are those of its paragraphs and sentences, in order. `tick`
    is called now and then, and raises to stop.
    """
    return _SceneReader(text, paragraphs, quotes).read(sentences, tick)


class _SceneReader:
    """Goes through a scene once, sentence by sentence."""

    def __init__(
        self, text: str, paragraphs: Sequence[tuple[int, int]], quotes: Sequence[Quote]
    ) -> None:
        self._text = text
        self._quotes = quotes
        self._next_quote = 0
        self._ends = [end for _, end in paragraphs]
        self._traits = traits()
        self._narration = Sketch(sentences=[[]])
        self._lines = [Sketch(sentences=[[]]) for _ in quotes[:MOST_LINES]]
        self._stream: list[str] = []
        self._streams: list[list[str]] = [[] for _ in self._lines]
        self._habits = habits.Habits(text)
        self._stretches: list[RawStretch] = []
        self._capitals: dict[str, int] = {}
        self._paragraph_words: list[int] = []

    def read(self, sentences: Sequence[tuple[int, int]], tick: Callable[[], None]) -> SceneStyle:
        """The scene's style."""
        paragraph = -1
        current = RawStretch(0, 0)
        for start, end in ticking(sentences, tick):
            here = bisect_right(self._ends, start)
            new = here != paragraph
            if new or current.words >= _LONGEST_STRETCH:
                if current.words >= _STRETCH_WORDS:
                    self._stretches.append(current)
                    current = RawStretch(start, end)
                current.paragraphs += new
            if new:
                self._paragraph_words.append(0)
            paragraph = here
            self._sentence(start, end, current)
            current.end = end
        if current.words:
            self._stretches.append(current)
        self._finish()
        return SceneStyle(
            self._narration,
            sums([word for word in self._stream if word != BREAK]),
            self._lines + [Sketch()] * (len(self._quotes) - len(self._lines)),
            self._stretches,
            self._habits.candidates(),
            self._habits.echoes,
            self._capitals,
            beat(self._narration.sentences),
            beat(self._narration.paragraphs),
            self._habits.passives,
            self._habits.filters,
        )

    def _sentence(self, start: int, end: int, stretch: RawStretch) -> None:
        segments = list(self._segments(start, end))
        pure = all(segment.quote < 0 for segment in segments)
        count = 0
        for segment in segments:
            words = segment.words
            count += len(words)
            if segment.quote >= 0:
                self._spoken(segment, stretch)
            elif words:
                self._told(segment, first=segment is segments[0])
        if pure and count:
            self._narrated(segments[0], end)
        else:
            self._interrupt()
        stretch.words += count
        stretch.sentences += 1
        stretch.exclamations += self._text.count("!", start, end)
        self._paragraph_words[-1] += count
        for segment in segments:
            for place, flags in enumerate(segment.flags):
                if flags & _FELT:
                    stretch.tense += flags & TENSE == TENSE
                    if flags & (BRIGHT | DARK):
                        self._feel(segment.words, place, stretch)

    def _feel(self, words: Sequence[str], place: int, stretch: RawStretch) -> None:
        weight = tables.valences()[words[place]]
        if not _NEGATIONS.isdisjoint(words[max(0, place - 3) : place]):
            weight = -weight
        if weight > 0:
            stretch.bright += weight
        else:
            stretch.dark -= weight

    def _told(self, segment: Segment, *, first: bool) -> None:
        self._stream += segment.words
        self._stream.append(BREAK)
        for place, found in enumerate(segment.written):
            if found[0].isupper() and (place or not first):
                word = segment.words[place]
                self._capitals[word] = self._capitals.get(word, 0) + 1
        self._habits.look(segment)

    def _narrated(self, segment: Segment, end: int) -> None:
        words = segment.words
        self._narration.sentences[-1].append(len(words))
        self._narration.openings.append(words[0])
        self._narration.leading += _leads(words)
        self._habits.sentence(segment, end)

    def _interrupt(self) -> None:
        if self._narration.sentences[-1]:
            self._narration.sentences.append([])
        self._habits.interrupt()

    def _spoken(self, segment: Segment, stretch: RawStretch) -> None:
        words = segment.words
        stretch.spoken += len(words)
        self._habits.skip(len(words))
        if not words or segment.quote >= len(self._lines):
            return
        line = self._lines[segment.quote]
        self._streams[segment.quote] += [*words, BREAK]
        line.sentences[0].append(len(words))
        line.openings.append(words[0])
        line.leading += _leads(words)

    def _segments(self, start: int, end: int) -> Iterator[Segment]:
        """The parts of a sentence: told, or spoken in one quotation."""
        quotes = self._quotes
        while self._next_quote < len(quotes) and quotes[self._next_quote].end <= start:
            self._next_quote += 1
        at = self._next_quote
        begin = start
        while begin < end:
            if at >= len(quotes) or quotes[at].start >= end:
                yield self._segment(begin, end, -1)
                return
            quote = quotes[at]
            if begin < quote.start:
                yield self._segment(begin, quote.start, -1)
                begin = quote.start
            stop = min(end, quote.end)
            if begin < stop:
                yield self._segment(begin, stop, at)
            begin = max(begin, stop)
            if quote.end >= end:
                return
            at += 1

    def _segment(self, start: int, end: int, quote: int) -> Segment:
        return Segment.of(self._text, start, end, quote, self._traits)

    def _finish(self) -> None:
        text = self._text
        told = []
        begin = 0
        for quote in self._quotes:
            told.append(text[begin : quote.start])
            begin = max(begin, quote.end)
        for quote, line, stream in zip(self._quotes, self._lines, self._streams, strict=False):
            line.stream = " ".join(stream)
            line.marks = count_marks(text[quote.start : quote.end])
        told.append(text[begin:])
        self._narration.marks = count_marks("\n".join(told))
        self._narration.stream = " ".join(self._stream)
        self._narration.paragraphs = [[count for count in self._paragraph_words if count]]


def _leads(words: Sequence[str]) -> bool:
    """Whether a sentence begins with a transition."""
    known = _transitions()
    return any(" ".join(words[:size]) in known for size in range(1, min(4, len(words)) + 1))


@cache
def _transitions() -> frozenset[str]:
    return frozenset(tables.lines("transitions"))


@cache
def traits() -> Traits:
    """What is known of words."""
    return Traits(habits.signs().anchors)
