"""A novel in plain text as paragraphs, with its conventions for speech."""

from __future__ import annotations

import re
from collections import Counter

import msgspec

_PARAGRAPH = re.compile(r"[^\n](?:.|\n(?!\s*\n))*")
_WORD = re.compile(r"[A-Za-z]+")
_SENTENCE = re.compile(r"[A-Z][^.!?]*(?:(?<=Mr)\.|(?<=Mrs)\.|(?<=Dr)\.|[^.!?])*[.!?](?=\s|$)")
_LEAST_WORDS = 30
_PAST, _PRESENT = {"was", "were", "had", "said"}, {"is", "are", "has", "says"}


class Book(msgspec.Struct, frozen=True):
    """A text, the spans of its paragraphs and which of them only narrate, and how it is told.

    `marks` are the signs that the book opens and closes speech with, ("", "") where it has none.
    """

    text: str
    paragraphs: tuple[tuple[int, int], ...]
    narration: tuple[int, ...]
    marks: tuple[str, str]
    apostrophe: str
    words: int
    lexicon: dict[str, int]
    in_third_person: bool
    in_past: bool

    def sentences(self, paragraph: int) -> list[tuple[int, int]]:
        """The spans of a paragraph's sentences."""
        start, end = self.paragraphs[paragraph]
        return [m.span() for m in _SENTENCE.finditer(self.text, start, end)]


def open_book(text: str) -> Book:
    """Take a text apart."""
    marks = _marks(text)
    paragraphs = tuple(
        (m.start(), m.start() + len(m[0].rstrip())) for m in _PARAGRAPH.finditer(text)
    )
    narration = tuple(
        number
        for number, (start, end) in enumerate(paragraphs)
        if 0.02 * len(text) < start < 0.98 * len(text) and _narrates(text[start:end], marks)
    )
    told = Counter(
        word for number in narration for word in _WORD.findall(text[slice(*paragraphs[number])])
    )
    past, present = (sum(told[w] for w in words) for words in (_PAST, _PRESENT))
    return Book(
        text,
        paragraphs,
        narration,
        marks,
        "’" if text.count("’") > text.count("'") else "'",
        len(text.split()),
        dict(Counter(_WORD.findall(text))),
        told["I"] * 700 < told.total(),
        past > 4 * present,
    )


def _marks(text: str) -> tuple[str, str]:
    pairs = (("“", "”"), ('"', '"'), ("‘", "’"))
    counts = [text.count("“"), text.count('"') // 2, text.count("‘")]
    most = max(counts)
    return pairs[counts.index(most)] if most * 3000 > len(text) else ("", "")


def _narrates(paragraph: str, marks: tuple[str, str]) -> bool:
    return (
        len(paragraph.split()) >= _LEAST_WORDS
        and not any(mark in paragraph for mark in ("“", '"', "‘", "--_", "[", marks[0] or "“"))
        and not paragraph.startswith(("--", "—", " ", "_"))
        and paragraph.rstrip("_")[-1:] in {".", "!", "?"}
        and paragraph[0].isupper()
        and paragraph[:40] != paragraph[:40].upper()
    )
