"""How Markdown looks while it is written: what is said stands out, and what marks it steps back.

No mark is hidden, as a cursor has to go through every character. Each line is looked at by itself,
and in a time that grows with its length, whatever it holds.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from inkstand.tui.editor.buffer import bare

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_RULE = re.compile(r"[ \t]*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|⁂[ \t]*)$")
_QUOTE = re.compile(r" {0,3}>[ \t]?")
_ITEM = re.compile(r" {0,7}(?:[-*+]|\d{1,9}[.)])[ \t]+")
_DELIMITER = re.compile(r"\\.|\*{1,3}|_{1,3}|`+|~~|<!--.*?-->")
_FENCE = re.compile(r"[ \t]*(?:---|\.\.\.)[ \t]*$")
_MOST_FRONT = 400
"""Lines that front matter may have at most."""


class Span(msgspec.Struct, frozen=True):
    """A part of a line, and how it looks: "strong", "emphasis", "mark" ..."""

    start: int
    end: int
    look: str


@lru_cache(maxsize=2048)
def spans_of(line: str) -> tuple[Span, ...]:
    """The looks of a line of Markdown without its line end; where spans overlap, all hold."""
    if _RULE.match(line):
        return (Span(0, len(line), "rule"),)
    heading = _HEADING.match(line)
    if heading is not None:
        return (
            Span(0, len(line), "heading"),
            Span(heading.start(1), heading.end(1), "mark"),
            *_inline(line, heading.end()),
        )
    start = 0
    found: list[Span] = []
    for pattern, look in ((_QUOTE, "quote"), (_ITEM, "")):
        match = pattern.match(line, start)
        if match is not None and match.end() > start:
            found.append(Span(start, match.end(), "mark"))
            start = match.end()
            if look:
                found.append(Span(start, len(line), look))
    return (*found, *_inline(line, start))


def _inline(line: str, start: int) -> list[Span]:
    if not any(mark in line for mark in "*_`~<"):
        return []
    found: list[Span] = []
    waiting: dict[str, int] = {}
    code = 0
    for match in _DELIMITER.finditer(line, start):
        mark, at, end = match.group(), match.start(), match.end()
        if mark[0] == "\\" or at < code:
            continue
        if mark[0] == "<":
            found.append(Span(at, end, "comment"))
        elif mark[0] == "`":
            close = line.find(mark, end)
            if close >= 0:
                code = close + len(mark)
                found.append(Span(at, code, "code"))
        else:
            _closed_or_opened(line, mark, at, end, waiting, found)
    return found


def _closed_or_opened(
    line: str, mark: str, at: int, end: int, waiting: dict[str, int], found: list[Span]
) -> None:
    before = line[at - 1] if at else " "
    after = line[end] if end < len(line) else " "
    # A mark within a word is none where it is an underscore.
    within = mark[0] == "_" and before.isalnum() and after.isalnum()
    if mark in waiting and not before.isspace() and not within:
        opened = waiting.pop(mark)
        looks = {1: ("emphasis",), 2: ("strong",), 3: ("strong", "emphasis")}[len(mark)]
        if mark == "~~":
            looks = ("struck",)
        found.extend(Span(opened, end, look) for look in looks)
        found.append(Span(opened, opened + len(mark), "mark"))
        found.append(Span(at, end, "mark"))
    elif not after.isspace() and not within and not (mark[0] == "_" and before.isalnum()):
        waiting[mark] = at


def front_lines(lines: list[str]) -> int:
    """How many lines at the top of a text are front matter, its rules included."""
    if bare(lines[0]).rstrip() != "---":
        return 0
    for number in range(1, min(len(lines), _MOST_FRONT)):
        if _FENCE.match(bare(lines[number])):
            return number + 1
    return 0
