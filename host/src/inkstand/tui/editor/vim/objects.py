"""Vim's text objects: the word, sentence, paragraph, quotation or parenthesis at a place.

After Vim's own manual, `:help text-objects`. Words are counted by stretches: characters of one
kind in one line, of which an empty line is one, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import msgspec

from inkstand.tui.editor import motions
from inkstand.tui.editor.buffer import Buffer
from inkstand.tui.editor.vim.motions import BIG, WORDS, last_line, line_of

_PAIRS = {"(": "()", ")": "()", "b": "()", "[": "[]", "]": "[]", "{": "{}", "}": "{}", "<": "<>"}
_QUOTES = {'"': '""', "'": "''", "`": "``", "“": "“”", "”": "“”", "*": "**", "_": "__"}


class Taken(msgspec.Struct, frozen=True):
    """Where an object begins and ends, and whether it is whole lines, or marks were searched for.

    `exclusive` is told of an end that stands at the beginning of the line after the object.
    """

    start: int
    end: int
    lines: bool = False
    exclusive: bool = False


class _Stretch(msgspec.Struct, frozen=True):
    line: int
    start: int
    end: int
    is_blank: bool


def text_object(
    buffer: Buffer, at: int, name: str, sentences: motions.Spans, *, around: bool, count: int = 1
) -> Taken | None:
    """The object of that letter at a place, what surrounds it included if `around`."""
    if name in "wW":
        return _words(buffer, at, count, big=name == "W", around=around)
    if name == "s":
        start, end = motions.sentence_around(buffer, at, sentences)
        text = buffer.slice(start, end)
        return Taken(start, end if around else start + len(text.rstrip()))
    if name == "p":
        return _paragraphs(buffer, at, count, around=around)
    if name in _QUOTES:
        return _quoted(buffer, at, _QUOTES[name], count, around=around)
    if name in _PAIRS:
        return _enclosed(buffer, at, _PAIRS[name], count, around=around)
    return None


# -- words --------------------------------------------------------------------------------------


def _stretches(buffer: Buffer, number: int, *, big: bool) -> Iterator[_Stretch]:
    """The stretches of a line and of all lines after it."""
    for each in range(number, last_line(buffer) + 1):
        line = line_of(buffer, each)
        if not line:
            yield _Stretch(each, 0, 0, is_blank=True)
        end = 0
        for match in (BIG if big else WORDS).finditer(line):
            if end < match.start():
                yield _Stretch(each, end, match.start(), is_blank=True)
            end = match.end()
            yield _Stretch(each, match.start(), end, is_blank=False)
        if end < len(line):
            yield _Stretch(each, end, len(line), is_blank=True)


def _words(buffer: Buffer, at: int, count: int, *, big: bool, around: bool) -> Taken | None:
    number, column = buffer.where(at)
    rest = list(
        islice(
            (
                each
                for each in _stretches(buffer, number, big=big)
                if each.line > number or column < each.end or each.end == 0
            ),
            None if around else count,
        )
    )
    if not rest:
        return None
    first = rest[0]
    start = buffer.at(first.line, first.start)
    if not around:
        if len(rest) < count:
            return None
        last = rest[-1]
        if last.end == 0 and count > 1 and last.line < last_line(buffer):
            return Taken(start, buffer.start_of(last.line + 1), exclusive=True)
        return Taken(start, buffer.at(last.line, last.end))
    taken = 0
    for _ in range(count):
        more = _around(rest[taken:])
        if more == 0:
            return None
        taken += more
    last = rest[taken - 1]
    if not first.is_blank and not last.is_blank:
        before = [
            each
            for each in islice(_stretches(buffer, number, big=big), 3 + column)
            if each.line == number and each.end == first.start and each.is_blank
        ]
        # The indent of a line stays.
        start -= sum(each.end - each.start for each in before if each.start > 0)
    return Taken(start, buffer.at(last.line, last.end))


def _around(rest: list[_Stretch]) -> int:
    """How many stretches are a word and the space behind it, or a space and the word behind it."""
    if not rest:
        return 0
    if not rest[0].is_blank:
        behind = rest[1:2]
        return 2 if behind and behind[0].is_blank and behind[0].line == rest[0].line else 1
    for number, each in enumerate(rest[1:], 2):
        if not each.is_blank or each.end == 0:
            return number
    return 0


# -- paragraphs ---------------------------------------------------------------------------------


def _paragraphs(buffer: Buffer, at: int, count: int, *, around: bool) -> Taken | None:
    last = last_line(buffer)
    number = min(buffer.where(at)[0], last)

    def is_blank(each: int) -> bool:
        return not line_of(buffer, each).strip()

    def end_of(each: int, *, blank: bool) -> int:
        while each < last and is_blank(each + 1) == blank:
            each += 1
        return each

    began_blank = is_blank(number)
    first = number
    while first > 0 and is_blank(first - 1) == began_blank:
        first -= 1
    end = end_of(first, blank=True) if began_blank else first - 1
    left = count - 1 if began_blank and not around else count
    for step in range(left):
        if end == last:
            return None
        if around:
            end = end_of(end + 1, blank=False)
            if not (began_blank and step == left - 1):
                end = end_of(end, blank=True)
        else:
            end = end_of(end + 1, blank=is_blank(end + 1))
    if around and not began_blank and not is_blank(end):
        while first > 0 and is_blank(first - 1):
            first -= 1
    return Taken(buffer.start_of(first), motions.line_end(buffer, end), lines=True)


# -- marks --------------------------------------------------------------------------------------


def _quoted(buffer: Buffer, at: int, marks: str, count: int, *, around: bool) -> Taken | None:
    number, column = buffer.where(at)
    line = line_of(buffer, number)
    found = _curled(line, column, marks) if marks[0] != marks[1] else _straight(line, column, marks)
    if found is None:
        return None
    start, stop = found[0], found[1] + 1
    if around:
        behind = len(line[stop:]) - len(line[stop:].lstrip(" \t"))
        start -= 0 if behind else len(line[:start]) - len(line[:start].rstrip(" \t"))
        stop += behind
    elif count == 1:
        start, stop = start + 1, stop - 1
    return Taken(buffer.at(number, start), buffer.at(number, stop))


def _straight(line: str, column: int, marks: str) -> tuple[int, int] | None:
    """The marks around a column; which mark opens is known only where the cursor is on one."""
    mark = marks[0]
    begin = -1
    if line[column : column + 1] == mark:
        while True:
            begin = line.find(mark, begin + 1)
            end = line.find(mark, begin + 1)
            if end < 0 or begin > column:
                return None
            if end >= column:
                return begin, end
            begin = end
    begin = line.rfind(mark, 0, column)
    if begin < 0:
        begin = line.find(mark, column)
    end = line.find(mark, begin + 1)
    return (begin, end) if 0 <= begin < end else None


def _curled(line: str, column: int, marks: str) -> tuple[int, int] | None:
    begin = line.find(marks[0])
    while begin >= 0:
        end = line.find(marks[1], begin + 1)
        if end < 0:
            return None
        if column <= end:
            return begin, end
        begin = line.find(marks[0], end + 1)
    return None


def _enclosed(buffer: Buffer, at: int, marks: str, count: int, *, around: bool) -> Taken | None:
    text = buffer.text
    inside = at + 1 if text[at : at + 1] == marks[0] else at
    start = _unmatched(text, inside, marks, back=True)
    forward = start is None
    for step in range(count):
        if forward:
            place = at if step == 0 else (start or 0) + 1
            start = _opening(text, place, marks)
        elif step:
            start = _unmatched(text, start or 0, marks, back=True)
        if start is None:
            return None
    assert start is not None
    end = _unmatched(text, start + 1, marks, back=False)
    if end is None:
        return None
    if around:
        return Taken(start, end + 1)
    return _inner(buffer, start + 1, end)


def _inner(buffer: Buffer, start: int, end: int) -> Taken:
    """What is between two marks: where they stand in lines of their own, the lines between."""
    number, column = buffer.where(start)
    if column == len(line_of(buffer, number)) and start < end:
        start = buffer.start_of(number + 1)
    number, column = buffer.where(end)
    if start < end and not line_of(buffer, number)[:column].strip() and start <= end - column:
        return Taken(start, buffer.start_of(number), exclusive=True)
    return Taken(start, end)


def _opening(text: str, at: int, marks: str) -> int | None:
    """The next mark that opens what does not begin and end before it."""
    depth = 0
    for place in range(at, len(text)):
        if text[place] == marks[1]:
            depth += 1
        elif text[place] == marks[0]:
            if depth == 0:
                return place
            depth -= 1
    return None


def _unmatched(text: str, at: int, marks: str, *, back: bool) -> int | None:
    """The next mark in a direction that opens or closes what the place lies in."""
    wanted, other = (marks[0], marks[1]) if back else (marks[1], marks[0])
    depth = 0
    places = range(at - 1, -1, -1) if back else range(at, len(text))
    for place in places:
        if text[place] == wanted:
            if depth == 0:
                return place
            depth -= 1
        elif text[place] == other:
            depth += 1
    return None
