"""Which part of a book does not sound like the rest, and whether a text sounds like the book.

Burrows's Delta (2002): the mean distance of the rates of function words, each measured in the
spread that it has through the book; to it come marks and the length of sentences, which tell as
much and which he left to others. Middle and spread are those that a few odd parts do not move.
A short part strays by chance, so that what chance does to its length is added to the spread.
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
_MARKS = {
    ",": "commas",
    ";": "semicolons",
    "!": "exclamation marks",
    "—": "dashes",
    "?": "questions",
}
_LENGTH = "words in a sentence"
_FORM_SHARE = 0.35
"""What marks and the length of sentences count for, of all."""
_FARTHEST = 4.0
_STRIKING = 3.0
"""How far from the median a part has to be, in spreads, to be told of (Iglewicz and Hoaglin, 1993,
take 3.5 of the same measure)."""


class Prose(msgspec.Struct, frozen=True):
    """What is weighed of a text: its words, its marks by name, and how many sentences it has."""

    words: tuple[str, ...]
    marks: dict[str, int]
    sentences: int


class Part(msgspec.Struct, frozen=True):
    """A scene, or a piece of a long one: its title, the index of its scene, and its narration."""

    title: str
    scene: int
    prose: Prose


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
        _part(book, scene.label(), sentences)
        for scene in book.manuscript.scenes
        if (sentences := book.of_scene(scene.index))
    ]
    parts = [part for part in scenes if len(part.prose.words) >= FEWEST_WORDS]
    if len(parts) >= FEWEST_PARTS:
        return parts
    pieces = [piece for chapter in book.chapters for piece in book.split(chapter)]
    parts = [_part(book, piece.title, book.within(piece)) for piece in pieces]
    return [part for part in parts if len(part.prose.words) >= FEWEST_WORDS]


def _part(book: Book, title: str, sentences: Sequence[Sentence]) -> Part:
    told = [sentence for sentence in sentences if sentence.spoken < _MOSTLY_SPOKEN]
    texts = [
        book.manuscript.scenes[sentence.scene].text[sentence.start : sentence.end]
        for sentence in told
    ]
    words = tuple(word for sentence in told for word in sentence.words)
    return Part(title, sentences[0].scene, prose(words, " ".join(texts), len(told)))


def prose(words: tuple[str, ...], text: str, sentences: int) -> Prose:
    """What is weighed of a text with those words."""
    plain = text.replace("--", "—").replace("–", "—")
    marks = {name: plain.count(mark) for mark, name in _MARKS.items()}
    return Prose(words, marks, max(1, sentences))


class Yardstick:
    """What is usual in a book: the middle and spread of each function word, mark and length."""

    def __init__(self, parts: Sequence[Part], function_words: Mapping[str, float]) -> None:
        commonest = sorted(function_words, key=lambda word: -function_words[word])
        self._words = commonest[:_MOST_WORDS]
        measured = [self._measured(part.prose) for part in parts]
        self._usual: dict[str, tuple[float, float]] = {}
        for name in (*self._words, *_MARKS.values(), _LENGTH):
            column = [each[name] for each in measured]
            middle = statistics.median(column)
            spread = 1.4826 * statistics.median(abs(value - middle) for value in column)
            self._usual[name] = (middle, spread)
        self.deltas = [self._delta(self._scores(part.prose)) for part in parts]
        self._median = statistics.median(self.deltas)
        spread = statistics.median(abs(delta - self._median) for delta in self.deltas)
        self._spread = max(1.4826 * spread, 0.02)

    def measure(self, text: Prose) -> Distance:
        """How far a text is from the book."""
        scores = self._scores(text)
        delta = self._delta(scores)
        order = sorted(scores, key=lambda name: -abs(scores[name]))
        return Distance(
            round(delta, 3),
            round((delta - self._median) / self._spread, 2),
            tuple((name, round(scores[name], 1)) for name in order[:6]),
        )

    def _measured(self, text: Prose) -> dict[str, float]:
        counts = Counter(text.words)
        scale = 1000 / max(1, len(text.words))
        rates = {word: scale * counts[word] for word in self._words}
        rates |= {name: scale * count for name, count in text.marks.items()}
        rates[_LENGTH] = len(text.words) / text.sentences
        return rates

    def _delta(self, scores: Mapping[str, float]) -> float:
        words = [abs(scores[word]) for word in self._words if word in scores]
        forms = [abs(scores[name]) for name in scores if name not in self._words]
        total = (1 - _FORM_SHARE) * statistics.fmean(words) if words else 0.0
        return total + (_FORM_SHARE * statistics.fmean(forms) if forms else 0.0)

    def _scores(self, text: Prose) -> dict[str, float]:
        measured = self._measured(text)
        scores = {}
        for name, (middle, spread) in self._usual.items():
            if name == _LENGTH:
                chance = middle / math.sqrt(text.sentences)
            else:
                # One more than is usual, so that what the book never has counts as well.
                scale = 1000 / max(1, len(text.words))
                chance = scale * math.sqrt(middle / scale + 1)
            whole = math.hypot(spread, chance)
            if whole > 0:
                score = (measured[name] - middle) / whole
                scores[name] = max(-_FARTHEST, min(_FARTHEST, score))
        return scores


def is_striking(distance: Distance) -> bool:
    """Whether a part is so far off that it is worth a writer's time."""
    return distance.striking >= _STRIKING


def told_apart(distance: Distance) -> str:
    """The difference in words: what there is more of, and what less."""
    forms = {*_MARKS.values(), _LENGTH}
    shown = {word: word if word in forms else f"“{word}”" for word, _ in distance.words}
    more = [shown[word] for word, score in distance.words if score > 0]
    less = [shown[word] for word, score in distance.words if score < 0]
    told = []
    if more:
        told.append(f"more {', '.join(more)}")
    if less:
        told.append(f"less {', '.join(less)}")
    return "; ".join(told)
