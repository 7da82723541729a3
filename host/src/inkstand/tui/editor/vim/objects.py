"""Vim's text objects: the word, sentence, paragraph, quotation or parenthesis at a place."""

from __future__ import annotations

from inkstand.tui.editor import motions
from inkstand.tui.editor.buffer import Buffer
from inkstand.tui.editor.vim.motions import BIG, WORDS, last_line, line_of

Span = tuple[int, int, bool]
"""Where it begins and ends, and whether it is whole lines."""

_PAIRS = {"(": "()", ")": "()", "b": "()", "[": "[]", "]": "[]", "{": "{}", "}": "{}", "<": "<>"}
_QUOTES = {'"': '""', "'": "''", "`": "``", "“": "“”", "”": "“”", "*": "**", "_": "__"}


def text_object(
    buffer: Buffer, at: int, name: str, sentences: motions.Spans, *, around: bool
) -> Span | None:
    """The object of that letter at a place, what surrounds it included if `around`."""
    if name in "wW":
        return _word(buffer, at, big=name == "W", around=around)
    if name == "s":
        start, end = motions.sentence_around(buffer, at, sentences)
        text = buffer.slice(start, end)
        return start, end if around else start + len(text.rstrip()), False
    if name == "p":
        return _paragraph(buffer, at, around=around)
    if name in _QUOTES:
        return _quoted(buffer, at, _QUOTES[name], around=around)
    if name in _PAIRS:
        return _enclosed(buffer, at, _PAIRS[name], around=around)
    return None


def _word(buffer: Buffer, at: int, *, big: bool, around: bool) -> Span | None:
    number, column = buffer.where(at)
    line = line_of(buffer, number)
    pieces = [match.span() for match in (BIG if big else WORDS).finditer(line)]
    gaps = [
        (a[1], b[0])
        for a, b in zip([(0, 0), *pieces], [*pieces, (len(line), len(line))], strict=True)
        if a[1] < b[0]
    ]
    here = next((each for each in pieces + gaps if each[0] <= column < each[1]), None)
    if here is None:
        return None
    start, end = here
    if around:
        after = next((b for a, b in gaps if a == end), 0) if here in pieces else 0
        if here not in pieces:
            after = next((b for a, b in pieces if a == end), 0)
        if after:
            end = after
        elif here in pieces:
            start = next((a for a, b in gaps if b == start), start)
    return buffer.at(number, start), buffer.at(number, end), False


def _paragraph(buffer: Buffer, at: int, *, around: bool) -> Span:
    number = min(buffer.where(at)[0], last_line(buffer))
    last = last_line(buffer)

    def stretch(first: int) -> tuple[int, int]:
        is_blank = not line_of(buffer, first)
        top = end = first
        while top > 0 and (not line_of(buffer, top - 1)) == is_blank:
            top -= 1
        while end < last and (not line_of(buffer, end + 1)) == is_blank:
            end += 1
        return top, end

    first, end = stretch(number)
    if around and end < last:
        end = stretch(end + 1)[1]
    elif around and first > 0 and line_of(buffer, number):
        first = stretch(first - 1)[0]
    return buffer.start_of(first), motions.line_end(buffer, end), True


def _quoted(buffer: Buffer, at: int, marks: str, *, around: bool) -> Span | None:
    number, column = buffer.where(at)
    line = line_of(buffer, number)
    places: list[tuple[int, int]] = []
    begin = line.find(marks[0])
    while begin >= 0:
        end = line.find(marks[1], begin + 1)
        if end < 0:
            break
        places.append((begin, end))
        begin = line.find(marks[0], end + 1)
    for begin, end in places:
        if column <= end:
            start, stop = (begin, end + 1) if around else (begin + 1, end)
            if around:
                stop += len(line[stop:]) - len(line[stop:].lstrip(" \t"))
            return buffer.at(number, start), buffer.at(number, stop), False
    return None


def _enclosed(buffer: Buffer, at: int, marks: str, *, around: bool) -> Span | None:
    text = buffer.text
    start = _unmatched(text, at if text[at : at + 1] != marks[0] else at + 1, marks, -1)
    if start is None:
        return None
    end = _unmatched(text, start + 1, marks, 1)
    if end is None:
        return None
    return (start, end + 1, False) if around else (start + 1, end, False)


def _unmatched(text: str, at: int, marks: str, step: int) -> int | None:
    """The next mark in a direction that opens or closes what the place lies in."""
    wanted, other = (marks[1], marks[0]) if step > 0 else (marks[0], marks[1])
    depth = 0
    place = at if step > 0 else at - 1
    while 0 <= place < len(text):
        if text[place] == wanted:
            if depth == 0:
                return place
            depth -= 1
        elif text[place] == other:
            depth += 1
        place += step
    return None
