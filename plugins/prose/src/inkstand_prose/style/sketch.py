"""Sketches: what is kept of each scene, and of each quotation, to make fingerprints from.

All of it is plain data; two sketches merge into that of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

MARKS = (
    "comma",
    "period",
    "semicolon",
    "colon",
    "dash",
    "ellipsis",
    "question",
    "exclamation",
    "parenthesis",
    "emphasis",
)
BREAK = "|"
"""Stands in a stream of words where a phrase cannot go on: at the end of a sentence, and where
speech begins or narration resumes."""
_DASH = re.compile(r"[—―]|--+|(?<=\s)[–-](?=\s)|–(?=\D)")
_ELLIPSIS = re.compile(r"…|\.\s?\.\s?\.")
_EMPHASIS = re.compile(
    r"(?<![\w*_])([*_]{1,3})(?=[^\s*_])[^*_\n]{1,200}(?<=\S)\1(?![\w*_])|\b[A-Z]{4,}\b"
)


class Sketch(msgspec.Struct, array_like=True):
    """The words of a stretch of prose in order, parted by blanks, with `BREAK`s among them; the
    lengths of its sentences, and of its paragraphs, in words, as rows of neighbors; its marks
    in the order of `MARKS`.
    """

    stream: str = ""
    sentences: list[list[int]] = msgspec.field(default_factory=list)
    paragraphs: list[list[int]] = msgspec.field(default_factory=list)
    openings: list[str] = msgspec.field(default_factory=list)
    leading: int = 0
    """Sentences that begin with a transition."""
    marks: list[int] = msgspec.field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """The words alone."""
        return [word for word in self.stream.split() if word != BREAK]


def merged(sketches: Iterable[Sketch]) -> Sketch:
    """The sketch of all stretches, in order."""
    streams: list[str] = []
    whole = Sketch(marks=[0] * len(MARKS))
    for each in sketches:
        streams.append(each.stream)
        whole.sentences += each.sentences
        whole.paragraphs += each.paragraphs
        whole.openings += each.openings
        whole.leading += each.leading
        if each.marks:
            whole.marks = [one + other for one, other in zip(whole.marks, each.marks, strict=True)]
    whole.stream = " ".join(stream for stream in streams if stream)
    return whole


def count_marks(text: str) -> list[int]:
    """How often each of `MARKS` stands in `text`."""
    count = text.count
    periods = count(".")
    ellipses = 0
    if "…" in text or (periods and ".." in text.replace(" ", "")):
        ellipses = len(_ELLIPSIS.findall(text))
        periods -= sum(found.count(".") for found in _ELLIPSIS.findall(text))
    return [
        count(","),
        periods,
        count(";"),
        count(":"),
        len(_DASH.findall(text)),
        ellipses,
        count("?"),
        count("!"),
        count("("),
        sum(1 for _ in _EMPHASIS.finditer(text)),
    ]
