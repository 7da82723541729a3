"""Vim's motions: from a place and a count to a place, and what an operator takes on the way.

After Vim's own manual, `:help motion.txt`. Lines are those of the file, as Vim counts them.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import regex

from inkstand.tui.editor import motions
from inkstand.tui.editor.buffer import Buffer, bare
from inkstand.tui.editor.clusters import next_cluster, previous_cluster

WORDS = regex.compile(r"\w+|[^\w\s]+")
BIG = regex.compile(r"\S+")


class Reach(msgspec.Struct, frozen=True):
    """Where a motion leads, and whether it takes the character there ("inclusive") or lines.

    Of a "failed" one, as far as it got: an operator does nothing with it.
    """

    at: int
    kind: str = "exclusive"


Motion = Callable[[Buffer, int, int], Reach | None]


def line_of(buffer: Buffer, number: int) -> str:
    """A line without its end."""
    return bare(buffer.lines[number])


def last_line(buffer: Buffer) -> int:
    """The last line, as Vim counts: what follows the last line end is none, if it is empty."""
    last = len(buffer.lines) - 1
    return last - 1 if last and not buffer.lines[last] else last


def first_word(buffer: Buffer, number: int) -> int:
    """The first place of a line that is no white space, or its last one."""
    line = line_of(buffer, number)
    blank = len(line) - len(line.lstrip(" \t"))
    if blank == len(line) and line:
        blank = previous_cluster(line, blank)
    return buffer.at(number, blank)


def on_character(buffer: Buffer, at: int) -> int:
    """A place moved back onto a character: in normal mode the cursor is never behind one."""
    number, column = buffer.where(at)
    number = min(number, last_line(buffer))
    line = line_of(buffer, number)
    column = min(column, len(line)) if buffer.where(at)[0] == number else len(line)
    if column == len(line) and line:
        column = previous_cluster(line, column)
    return buffer.at(number, column)


def _left(buffer: Buffer, at: int, count: int) -> Reach | None:
    number, column = buffer.where(at)
    line = line_of(buffer, number)
    for _ in range(count):
        column = previous_cluster(line, column)
    return Reach(buffer.at(number, column))


def _right(buffer: Buffer, at: int, count: int) -> Reach | None:
    number, column = buffer.where(at)
    line = line_of(buffer, number)
    for _ in range(count):
        column = next_cluster(line, column) if column < len(line) else column
    return Reach(buffer.at(number, column))


def _word(pattern: regex.Pattern[str]) -> Motion:
    def forward(buffer: Buffer, at: int, count: int) -> Reach | None:
        number, column = buffer.where(at)
        last = last_line(buffer)
        for _ in range(count):
            if number == last and column >= max(0, len(line_of(buffer, number)) - 1):
                column = len(line_of(buffer, number))
                break
            number, column = _next_word(buffer, pattern, number, column, last)
        return Reach(buffer.at(number, column))

    return forward


def _next_word(
    buffer: Buffer, pattern: regex.Pattern[str], number: int, column: int, last: int
) -> tuple[int, int]:
    since = _token_start(buffer, pattern, number, column)
    for token in pattern.finditer(line_of(buffer, number), since):
        if token.start() > column:
            return number, token.start()
    while number < last:
        number += 1
        line = line_of(buffer, number)
        match = pattern.search(line)
        if match is not None:
            return number, match.start()
        if not line:
            return number, 0
    return number, len(line_of(buffer, number))


def _token_start(buffer: Buffer, pattern: regex.Pattern[str], number: int, column: int) -> int:
    """Where the token at a place begins: a search from its middle would find half of it."""
    line = line_of(buffer, number)
    start = column
    while start > 0 and pattern.fullmatch(line, start - 1, min(column + 1, len(line))):
        start -= 1
    return start


def _back(pattern: regex.Pattern[str]) -> Motion:
    def backward(buffer: Buffer, at: int, count: int) -> Reach | None:
        number, column = buffer.where(at)
        if (number, column) == (0, 0):
            return Reach(0, "failed")
        for _ in range(count):
            number, column = _word_before(buffer, pattern, number, column)
        return Reach(buffer.at(number, column))

    return backward


def _word_before(
    buffer: Buffer, pattern: regex.Pattern[str], number: int, column: int
) -> tuple[int, int]:
    while True:
        starts = [
            m.start() for m in pattern.finditer(line_of(buffer, number)) if m.start() < column
        ]
        if starts:
            return number, starts[-1]
        if number == 0:
            return 0, 0
        number -= 1
        line = line_of(buffer, number)
        if not line:
            return number, 0
        column = len(line)


def _end(pattern: regex.Pattern[str]) -> Motion:
    def forward(buffer: Buffer, at: int, count: int) -> Reach | None:
        number, column = buffer.where(at)
        last = last_line(buffer)
        for _ in range(count):
            found = _word_end(buffer, pattern, number, column, last)
            if found is None:
                line = line_of(buffer, last)
                return Reach(buffer.at(last, len(line)), "exclusive")
            number, column = found
        return Reach(buffer.at(number, column), "inclusive")

    return forward


def _word_end(
    buffer: Buffer, pattern: regex.Pattern[str], number: int, column: int, last: int
) -> tuple[int, int] | None:
    while number <= last:
        line = line_of(buffer, number)
        for match in pattern.finditer(line):
            end = previous_cluster(line, match.end())
            if end > column:
                return number, end
        number, column = number + 1, -1
    return None


def _end_before(buffer: Buffer, at: int, count: int) -> Reach | None:
    number, column = buffer.where(at)
    for _ in range(count):
        if (number, column) == (0, 0):
            return Reach(0, "failed")
        while True:
            line = line_of(buffer, number)
            ends = [previous_cluster(line, m.end()) for m in WORDS.finditer(line)]
            before = [end for end in ends if end < column]
            if before:
                column = before[-1]
                break
            if number == 0:
                return Reach(0, "inclusive")
            number -= 1
            column = len(line_of(buffer, number)) + 1
            if column == 1:
                column = 0
                break
    return Reach(buffer.at(number, column), "inclusive")


def _line_start(buffer: Buffer, at: int, _count: int) -> Reach | None:
    return Reach(buffer.start_of(buffer.where(at)[0]))


def _first(buffer: Buffer, at: int, _count: int) -> Reach | None:
    return Reach(first_word(buffer, buffer.where(at)[0]))


def _line_end(buffer: Buffer, at: int, count: int) -> Reach | None:
    here, last = buffer.where(at)[0], last_line(buffer)
    if count > 1 and here == last:
        return None
    number = min(here + count - 1, last)
    line = line_of(buffer, number)
    return Reach(buffer.at(number, previous_cluster(line, len(line)) if line else 0), "inclusive")


def _paragraph_on(buffer: Buffer, at: int, count: int) -> Reach | None:
    number = buffer.where(at)[0]
    last = last_line(buffer)
    for step in range(count):
        while number < last and not line_of(buffer, number):
            number += 1
        while number < last and line_of(buffer, number):
            number += 1
        if step < count - 1 and number == last and line_of(buffer, number):
            return None
    line = line_of(buffer, number)
    if number == last and line:
        return Reach(buffer.at(number, previous_cluster(line, len(line))), "inclusive")
    return Reach(buffer.start_of(number))


def _paragraph_back(buffer: Buffer, at: int, count: int) -> Reach | None:
    number = buffer.where(at)[0]
    for step in range(count):
        while number > 0 and not line_of(buffer, number):
            number -= 1
        while number > 0 and line_of(buffer, number):
            number -= 1
        if step < count - 1 and number == 0:
            return None
    return Reach(buffer.start_of(number))


def lines_on(buffer: Buffer, at: int, by: int, column: int, *, to_end: bool) -> Reach | None:
    """So many lines down, or up, at that column; None if there are none.

    In a shorter line, at its last character, or behind that with `to_end`.
    """
    number = buffer.where(at)[0] + by
    if number < 0 or number > last_line(buffer):
        return None
    line = line_of(buffer, number)
    if to_end and column >= len(line):
        return Reach(buffer.at(number, len(line)), "lines")
    return Reach(on_character(buffer, buffer.at(number, min(column, len(line)))), "lines")


def to_line(buffer: Buffer, number: int) -> Reach:
    """The beginning of a line by its number from 0, or of the last one."""
    return Reach(first_word(buffer, max(0, min(number, last_line(buffer)))), "lines")


def to_character(buffer: Buffer, at: int, count: int, how: str, wanted: str) -> Reach | None:
    """Onto a character of the line ("f", "F"), or beside it ("t", "T"); None if it is not there."""
    number, column = buffer.where(at)
    line = line_of(buffer, number)
    place = column
    for _ in range(count):
        place = line.find(wanted, place + 1) if how in "ft" else line.rfind(wanted, 0, place)
        if place < 0:
            return None
    if how == "t":
        place = previous_cluster(line, place)
    elif how == "T":
        place = next_cluster(line, place)
    return Reach(buffer.at(number, place), "inclusive" if how in "ft" else "exclusive")


MOTIONS: dict[str, Motion] = {
    "h": _left,
    "l": _right,
    "w": _word(WORDS),
    "W": _word(BIG),
    "b": _back(WORDS),
    "B": _back(BIG),
    "e": _end(WORDS),
    "E": _end(BIG),
    "ge": _end_before,
    "0": _line_start,
    "^": _first,
    "$": _line_end,
    "{": _paragraph_back,
    "}": _paragraph_on,
}


def sentence(buffer: Buffer, at: int, count: int, spans: motions.Spans, *, back: bool) -> Reach:
    """So many sentences on, or back."""
    for _ in range(count):
        step = motions.sentence_left if back else motions.sentence_right
        at = step(buffer, at, spans)
    return Reach(at)
