"""Which part of a book does not sound like the rest, and whether a text sounds like the book.

Burrows's Delta (2002): the mean distance of the rates of function words, each measured in the
spread that it has through the book. A short part strays by chance, so that what chance does to
its length is added to the spread.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from inkstand_writing.book import Book, Sentence

FEWEST_WORDS = 400
"""A part with fewer words of narration is not weighed."""
FEWEST_PARTS = 5
_MOST_WORDS = 80
"""The commonest so many of the function words that the Reader counts."""
_MOSTLY_SPOKEN = 0.5
_STRIKING = 3.0
"""How far from the median a part has to be, in spreads, to be told of (Iglewicz and Hoaglin, 1993,
take 3.5 of the same measure)."""


class Part(msgspec.Struct, frozen=True):
    """A scene, or a piece of a long one: its title, the index of its scene, where it starts and
    ends there, and its words of narration.
    """

    title: str
    scene: int
    start: int
    end: int
    words: tuple[str, ...]


class Distance(msgspec.Struct, frozen=True):
    """How far a part is from the book, how striking that is among all parts, and which words
    make the difference: with their z-scores.
    """

    delta: float
    striking: float
    words: tuple[tuple[str, float], ...]


def parts_of(book: Book) -> list[Part]:
    """The scenes of a book, or where it has few of them, its pieces."""
    scenes = [
        _part(book.manuscript.scenes[index].label(), sentences)
        for index in range(len(book.manuscript.scenes))
        if (sentences := book.of_scene(index))
    ]
    parts = [part for part in scenes if len(part.words) >= FEWEST_WORDS]
    if len(parts) >= FEWEST_PARTS:
        return parts
    pieces = [piece for chapter in book.chapters for piece in book.split(chapter)]
    parts = [_part(piece.title, book.within(piece)) for piece in pieces]
    return [part for part in parts if len(part.words) >= FEWEST_WORDS]


def _part(title: str, sentences: Sequence[Sentence]) -> Part:
    first = sentences[0]
    here = [sentence for sentence in sentences if sentence.scene == first.scene]
    told = (sentence for sentence in sentences if sentence.spoken < _MOSTLY_SPOKEN)
    words = tuple(word for sentence in told for word in sentence.words)
    return Part(title, first.scene, first.start, here[-1].end, words)


class Yardstick:
    """What is usual in a book: the mean rate and spread of each function word."""

    def __init__(self, parts: Sequence[Part], function_words: Mapping[str, float]) -> None:
        commonest = sorted(function_words, key=lambda word: -function_words[word])
        self._words = commonest[:_MOST_WORDS]
        self._usual: dict[str, tuple[float, float]] = {}
        counted = [_rates(part.words, self._words) for part in parts]
        for word in self._words:
            column = [rates[word] for rates in counted]
            self._usual[word] = (statistics.fmean(column), statistics.pstdev(column))
        self.deltas = [self._delta(part.words) for part in parts]
        self._median = statistics.median(self.deltas)
        spread = statistics.median(abs(delta - self._median) for delta in self.deltas)
        self._spread = max(1.4826 * spread, 0.02)

    def measure(self, words: Sequence[str]) -> Distance:
        """How far a text is from the book."""
        scores = self._scores(words)
        delta = self._delta(words)
        order = sorted(scores, key=lambda word: -abs(scores[word]))
        return Distance(
            round(delta, 3),
            round((delta - self._median) / self._spread, 2),
            tuple((word, round(scores[word], 1)) for word in order[:6]),
        )

    def _delta(self, words: Sequence[str]) -> float:
        scores = self._scores(words)
        return sum(map(abs, scores.values())) / max(1, len(scores))

    def _scores(self, words: Sequence[str]) -> dict[str, float]:
        rates = _rates(words, self._words)
        scores = {}
        for word, (mean, spread) in self._usual.items():
            chance = math.sqrt(mean * 1000 / max(1, len(words)))
            whole = math.hypot(spread, chance)
            if whole > 0:
                scores[word] = (rates[word] - mean) / whole
        return scores


def _rates(words: Sequence[str], wanted: Sequence[str]) -> dict[str, float]:
    counts = Counter(words)
    return {word: 1000 * counts[word] / max(1, len(words)) for word in wanted}


def is_striking(distance: Distance) -> bool:
    """Whether a part is so far off that it is worth a writer's time."""
    return distance.striking >= _STRIKING


def told_apart(distance: Distance) -> str:
    """The difference in words: what there is more of, and what less."""
    more = [f"“{word}”" for word, score in distance.words if score > 0]
    less = [f"“{word}”" for word, score in distance.words if score < 0]
    told = []
    if more:
        told.append(f"more {', '.join(more)}")
    if less:
        told.append(f"less {', '.join(less)}")
    return "; ".join(told)
