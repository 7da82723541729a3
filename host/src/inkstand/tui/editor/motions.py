"""Moves through a text: places, counted in code points, to places. Nothing here knows a screen."""

from __future__ import annotations

from collections.abc import Callable

import regex

from inkstand.tui.editor.buffer import Buffer, bare
from inkstand.tui.editor.clusters import next_cluster, previous_cluster

Spans = Callable[[str], list[tuple[int, int]]]
"""The sentences of a text: where each begins and ends."""

_WORD = regex.compile(r"\w+(?:['’]\w+)*")
_WORD_BEFORE = regex.compile(r"(?r)\w+(?:['’]\w+)*")
_LONG = 200
"""A line longer than that is a paragraph by itself: it was not broken by hand."""


def right(buffer: Buffer, at: int) -> int:
    """One character on; a line end is one."""
    line, column = buffer.where(at)
    text = bare(buffer.lines[line])
    if column < len(text):
        return buffer.at(line, next_cluster(text, column))
    return buffer.start_of(line + 1) if line + 1 < len(buffer.lines) else at


def left(buffer: Buffer, at: int) -> int:
    """One character back."""
    line, column = buffer.where(at)
    if column:
        return buffer.at(line, previous_cluster(bare(buffer.lines[line]), column))
    return line_end(buffer, line - 1) if line else 0


def line_end(buffer: Buffer, line: int) -> int:
    """The end of a line, before what ends it."""
    return buffer.at(line, len(bare(buffer.lines[line])))


def below_headings(buffer: Buffer, at: int) -> int:
    """Where the text begins that the headings at a place are of."""
    line = buffer.where(at)[0]
    last = len(buffer.lines) - 1
    while line < last and (not buffer.lines[line].strip() or buffer.lines[line].startswith("#")):
        line += 1
    if buffer.lines[line].startswith("#"):
        return line_end(buffer, line)
    return max(at, buffer.start_of(line))


def word_right(buffer: Buffer, at: int) -> int:
    """The end of this or the next word; the end of the text after the last one."""
    line, column = buffer.where(at)
    for number in range(line, len(buffer.lines)):
        match = _WORD.search(buffer.lines[number], column)
        if match is not None:
            return buffer.at(number, match.end())
        column = 0
    return len(buffer)


def word_left(buffer: Buffer, at: int) -> int:
    """The beginning of this or the last word; 0 before the first one."""
    line, column = buffer.where(at)
    for number in range(line, -1, -1):
        text = buffer.lines[number]
        stop = column if number == line else len(text)
        match = _WORD_BEFORE.search(text, 0, stop)
        if match is not None:
            return buffer.at(number, match.start())
    return 0


def word_around(buffer: Buffer, at: int) -> tuple[int, int]:
    """The word at a place; the one character if there is none."""
    line, column = buffer.where(at)
    text = bare(buffer.lines[line])
    base = buffer.start_of(line)
    for match in _WORD.finditer(text, max(0, column - 200)):
        if match.start() <= column <= match.end():
            return base + match.start(), base + match.end()
        if match.start() > column:
            break
    return at, min(right(buffer, at), line_end(buffer, line))


def paragraph(buffer: Buffer, line: int) -> tuple[int, int]:
    """The first and the last line of the paragraph that a line is of; an empty one is one."""
    if _stands_alone(buffer.lines[line]):
        return line, line
    first = last = line
    while first and not _stands_alone(buffer.lines[first - 1]):
        first -= 1
    while last + 1 < len(buffer.lines) and not _stands_alone(buffer.lines[last + 1]):
        last += 1
    return first, last


def _stands_alone(line: str) -> bool:
    return len(line) > _LONG or not line.strip() or line.startswith("#")


def paragraph_right(buffer: Buffer, at: int) -> int:
    """The beginning of the next paragraph; the end of the text after the last."""
    line, _ = buffer.where(at)
    after = paragraph(buffer, line)[1] + 1
    while after < len(buffer.lines) and not buffer.lines[after].strip():
        after += 1
    return buffer.start_of(after) if after < len(buffer.lines) else len(buffer)


def paragraph_left(buffer: Buffer, at: int) -> int:
    """The beginning of this paragraph, or of the one before if the place is there already."""
    line, column = buffer.where(at)
    first = paragraph(buffer, line)[0]
    if (line, column) == (first, 0) or not buffer.lines[line].strip():
        before = first - 1
        while before > 0 and not buffer.lines[before].strip():
            before -= 1
        first = paragraph(buffer, max(0, before))[0]
    return buffer.start_of(first)


def paragraph_span(buffer: Buffer, at: int) -> tuple[int, int]:
    """Where the paragraph at a place begins and ends, without its line end."""
    first, last = paragraph(buffer, buffer.where(at)[0])
    return buffer.start_of(first), line_end(buffer, last)


def sentence_right(buffer: Buffer, at: int, spans: Spans) -> int:
    """The beginning of the next sentence, also of the next paragraph's first."""
    start, end = paragraph_span(buffer, at)
    for begin, _ in spans(buffer.slice(start, end)):
        if start + begin > at:
            return start + begin
    return end if at < end else paragraph_right(buffer, at)


def sentence_left(buffer: Buffer, at: int, spans: Spans) -> int:
    """The beginning of this sentence, or of the one before if the place is there already."""
    start, end = paragraph_span(buffer, at)
    begins = [start + begin for begin, _ in spans(buffer.slice(start, end)) if start + begin < at]
    if begins:
        return begins[-1]
    if start == 0:
        return 0
    before = paragraph_left(buffer, start)
    start, end = paragraph_span(buffer, before)
    begins = [start + begin for begin, _ in spans(buffer.slice(start, end)) if start + begin < at]
    return begins[-1] if begins else before


def sentence_around(buffer: Buffer, at: int, spans: Spans) -> tuple[int, int]:
    """The sentence at a place, with the space after it."""
    start, end = paragraph_span(buffer, at)
    found = spans(buffer.slice(start, end))
    for number, (begin, stop) in enumerate(found):
        after = found[number + 1][0] if number + 1 < len(found) else stop
        if start + begin <= at < start + after or number + 1 == len(found):
            return start + begin, start + after
    return start, end
