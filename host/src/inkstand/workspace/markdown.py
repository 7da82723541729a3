"""Which lines of Markdown are headings: `#` lines and underlined ones, but not those in code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from inkstand.workspace.headings import plain_mark

Mark = Literal["part", "chapter", "title", "break"]

_ATX = re.compile(r"(#{1,6})[ \t]+(\S.*?)(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})$")
_HAS_UNDERLINE = re.compile(r"[\r\n] {0,3}(?:={3,}|-{3,})[ \t]*(?:[\r\n]|\Z)")
_FENCE = re.compile(r"(?:(?<=[\r\n])|\A) {0,3}(`{3,}|~{3,})[ \t]*([^\r\n]*)")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_LONGEST_MARK = 200
_LONGEST_UNDERLINED = 100
# A paragraph of one line above a rule that has no blank line before it is still a paragraph.
_SENTENCE_ENDS = tuple(".!?,;:…\"”’'»—-")


PROSE = "\0"
"""Stands for a line that is too long to be a mark."""
Line = tuple[int, int, str]
"""Start, end with its line end, and the text without blanks around it, or `PROSE`."""


class Heading(msgspec.Struct, frozen=True):
    """A heading: its level from 1, its words, and where the line after it starts."""

    level: int
    words: str
    end: int


def lines(text: str, start: int) -> list[Line]:
    """The lines from `start` on."""
    if "\r" not in text:
        return _lines(text, start)
    found = []
    for match in _LINE.finditer(text, start):
        begin, end = match.span()
        if begin < end:
            found.append((begin, end, _possible_mark(match.group(), end - begin)))
    return found


def _lines(text: str, start: int) -> list[Line]:
    """The lines of a text whose only line end is LF, which takes a third of the time."""
    begin = start
    found = []
    for line in text[start:].split("\n"):
        end = begin + len(line) + 1
        found.append((begin, end, line.strip() if end - begin <= _LONGEST_MARK else PROSE))
        begin = end
    # After the last line there is no line end, nor a line after the last line end.
    begin, end, line = found.pop()
    if begin < end - 1:
        found.append((begin, end - 1, _possible_mark(text[begin:], end - 1 - begin)))
    return found


def _possible_mark(line: str, length: int) -> str:
    return line.strip() if length <= _LONGEST_MARK else PROSE


def headings(text: str, start: int, every: Sequence[Line] | None = None) -> dict[int, Heading]:
    """The headings of a Markdown text, by where their lines start.

    Lines in fenced or indented code and in comments are none. A line over `---` is one only if it
    stands alone and does not end as sentences do: under a paragraph that is a scene break.

    Args:
        text: The whole text.
        start: Where its prose starts.
        every: The lines from there on, where they are known.

    """
    underlines = _has_underlines(text, start)
    if not underlines and "#" not in text:
        return {}
    found: dict[int, Heading] = {}
    code = Passages(code_in(text, start))
    before: tuple[int, str] | None = None
    blank = True
    every = lines(text, start) if every is None else every
    looked_at = every if underlines else [line for line in every if line[2][:1] == "#"]
    for begin, end, line in looked_at:
        was_blank, blank = blank, not line
        alone, before = before, None
        if not line or begin in code:
            continue
        if line.startswith("#") and (match := _ATX.match(line)) and not _indented(text, begin):
            found[begin] = Heading(len(match[1]), match[2].strip(), end)
            blank = True
        elif alone and _UNDERLINE.match(line) and _can_be_underlined(alone[1], line):
            found[alone[0]] = Heading(1 if line[0] == "=" else 2, alone[1], end)
            blank = True
        elif underlines and was_blank and line != "\0" and not _indented(text, begin):
            before = (begin, line)
    return found


def marks_of(found: Mapping[int, Heading]) -> dict[int, Mark]:
    """What each level of heading marks, by its words where they say so ("Chapter 2").

    Else the deepest of three levels is a scene's title, and those above it chapter and part; of
    two levels the upper is the part, and one alone is the chapter.
    """
    levels = sorted({heading.level for heading in found.values()})
    said: dict[str, int] = {}
    for level in levels:
        words = [plain_mark(each.words) for each in found.values() if each.level == level]
        for mark in ("part", "chapter"):
            if mark not in said and 2 * words.count(mark) > len(words):
                said[mark] = level
    if "chapter" in said:
        return {level: _beside(level, said["chapter"], said.get("part")) for level in levels}
    if len(levels) == 1:
        return {levels[0]: "part" if "part" in said else "chapter"}
    in_order: list[Mark] = ["part", "chapter", "title"]
    return {level: in_order[min(place, 2)] for place, level in enumerate(levels)}


def code_in(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Where fenced code and comments of several lines begin and end, in order.

    A fence that is never closed is none. A bare `~~~` is a scene break.
    """
    spans = [*_fences(text, start), *_comments(text, start)]
    at = start
    for begin, end in sorted(spans):
        if begin >= at:
            yield begin, end
            at = end


class Passages:
    """Tells whether a place lies in one of some passages, for places that only go up."""

    def __init__(self, spans: Iterator[tuple[int, int]]) -> None:
        self._spans = spans
        self._span = next(spans, None)

    def __contains__(self, place: object) -> bool:
        assert isinstance(place, int)
        while self._span is not None and self._span[1] <= place:
            self._span = next(self._spans, None)
        return self._span is not None and self._span[0] <= place


def _beside(level: int, chapter: int, part: int | None) -> Mark:
    if level == chapter:
        return "chapter"
    if level > chapter:
        return "title"
    # Above a named part stands the title of the book, which marks nothing.
    return "part" if part is None or level == part else "break"


def _can_be_underlined(line: str, underline: str) -> bool:
    if underline[0] == "=":
        return True
    return len(line) <= _LONGEST_UNDERLINED and not line.endswith(_SENTENCE_ENDS)


def _indented(text: str, begin: int) -> bool:
    """Whether a line is indented like code."""
    return text.startswith("    ", begin) or text[begin : begin + 4].lstrip(" ")[:1] == "\t"


def _has_underlines(text: str, start: int) -> bool:
    # One letter is found far sooner than several, and the regex takes longest.
    if not any(mark[0] in text and mark in text for mark in ("===", "---")):
        return False
    return _HAS_UNDERLINE.search(text, start) is not None


def _fences(text: str, start: int) -> Iterator[tuple[int, int]]:
    if not any(mark[0] in text and mark in text for mark in ("```", "~~~")):
        return
    opened: re.Match[str] | None = None
    for match in _FENCE.finditer(text, start):
        fence, info = match[1], match[2].strip()
        if opened is None:
            if (fence[0] == "`" and "`" not in info) or (fence[0] == "~" and info):
                opened = match
        elif fence[0] == opened[1][0] and len(fence) >= len(opened[1]) and not info:
            yield opened.start(), match.end()
            opened = None


def _comments(text: str, start: int) -> Iterator[tuple[int, int]]:
    begin = text.find("<!--", start) if "<" in text else -1
    while begin >= 0:
        end = text.find("-->", begin)
        if end < 0:
            return
        yield begin, end + 3
        begin = text.find("<!--", end)
