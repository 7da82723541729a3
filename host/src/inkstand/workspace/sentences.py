"""A text cut into sentences, whatever its language, without losing a character.

It knows no language: a sentence ends where its punctuation says so and what follows does not go
on in small letters. Paragraphs end sentences; lines do not, as editors wrap them as they please.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# A mark that ends a sentence, with the quotation marks, brackets and emphasis that close after it.
_CLOSERS = "\"'\u2019\u201d\u00bb\u203a)\\]}*_\u300d\u300f\uff09\u201c"
_POINTS = r".!?\u2026\u203d\u061f\u06d4\u0964\u0965"
_END = re.compile(
    rf"(?:(?<![{_POINTS}])[{_POINTS}]++[{_CLOSERS}]*+(?=\s)"
    rf"|[\u3002\uff01\uff1f\uff0e]++[{_CLOSERS}]*+)"
)
_PARAGRAPH = re.compile(r"(?:\r\n|\r|\n)(?:[^\S\r\n]*+(?:\r\n|\r|\n))+")
_SPACE = re.compile(r"\s*")
_OPENERS = "\"'\u2018\u201c\u00ab\u2039\u201e\u201a([{*_\u2014\u2013- "
# An initial, or a title that stands before a name.
_SHORTENED = re.compile(
    r"(?:^|[\s.(\u201c\"])(?:[^\W\d_]|Mrs?|Ms|Mx|Drs?|St|Prof|Rev|Capt|Col|Gen|Lt|Sgt|Hon|Jr|Sr|vs|No"
    r"|Mme|Mlle|Hr|Fr|Sra?|etc|cf|[eE]\.g|[iI]\.e|z\.B|d\.h)\.$"
)


def cut(text: str) -> list[str]:
    """The sentences of a text, each with the white space after it; joined they are the text."""
    pieces: list[str] = []
    at = 0
    for end in _ends(text):
        pieces.append(text[at:end])
        at = end
    if at < len(text):
        pieces.append(text[at:])
    return pieces


def spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence starts and ends, white space around it left out; none is empty."""
    found: list[tuple[int, int]] = []
    at = 0
    for piece in cut(text):
        bare = piece.strip()
        if bare:
            start = at + len(piece) - len(piece.lstrip())
            found.append((start, start + len(bare)))
        at += len(piece)
    return found


def _ends(text: str) -> Iterator[int]:
    at = 0
    for gap in [*_PARAGRAPH.finditer(text), None]:
        stop, following = (len(text), len(text)) if gap is None else gap.span()
        yield from _ends_within(text, at, stop)
        if following > at and following < len(text):
            yield following
        at = following


def _ends_within(text: str, start: int, stop: int) -> Iterator[int]:
    since = start
    for found in _END.finditer(text, start, stop):
        space = _SPACE.match(text, found.end(), stop)
        end = found.end() if space is None else space.end()
        if end < stop and _is_end(text, since, found, end, stop):
            yield end
            since = end


def _is_end(text: str, since: int, found: re.Match[str], following: int, stop: int) -> bool:
    if following == found.end():
        return True  # a script that puts no spaces between sentences
    begins = text[following : min(stop, following + 8)].lstrip(_OPENERS)
    if begins and begins[0].islower():
        return False
    mark = found.group()
    if mark == ".":
        before = text[max(since, found.start() - 8) : found.end()]
        return not _SHORTENED.search(before)
    return True
