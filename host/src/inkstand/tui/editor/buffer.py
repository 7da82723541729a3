"""A text in memory as its lines, each with its own line end: nothing is translated."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

import msgspec

_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n)|[^\r\n]++\Z")
_END = re.compile(r"\r\n|\r|\n")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What was changed: at `start`, `old` became `new`.

    `gone_lines` lines from `line` on became `new_lines` others. `column` is where in that line,
    if it was within one line and left its end alone; else None.
    """

    start: int
    old: str
    new: str
    line: int
    gone_lines: int
    new_lines: int
    column: int | None


def bare(line: str) -> str:
    """A line without its line end."""
    if line.endswith("\n"):
        return line[:-2] if line.endswith("\r\n") else line[:-1]
    return line.removesuffix("\r")


def split(text: str) -> list[str]:
    """The lines of a text with their ends; the last one has none, and may be empty."""
    lines: list[str] = _LINE.findall(text)
    if not lines or lines[-1][-1] in "\r\n":
        lines.append("")
    return lines


class Buffer:
    """A text that is changed in place. Places are code points from its beginning."""

    def __init__(self, text: str = "") -> None:
        self.lines = split(text)
        self._text: str | None = text
        self._starts: list[int] = [0]
        self._sound = 0
        self.newline = _newline_of(text)

    def __len__(self) -> int:
        return self.start_of(len(self.lines) - 1) + len(self.lines[-1])

    @property
    def text(self) -> str:
        """The whole text."""
        if self._text is None:
            self._text = "".join(self.lines)
        return self._text

    def start_of(self, line: int) -> int:
        """Where a line begins."""
        if line > self._sound or len(self._starts) != len(self.lines):
            kept = self._starts[: self._sound + 1]
            lengths = map(len, self.lines[self._sound : -1])
            self._starts = kept[:-1] + list(accumulate(lengths, initial=kept[-1]))
            self._sound = len(self.lines) - 1
        return self._starts[line]

    def where(self, at: int) -> tuple[int, int]:
        """The line and the column of a place; never within a line end."""
        self.start_of(len(self.lines) - 1)
        line = max(0, bisect_right(self._starts, at) - 1)
        return line, min(at - self._starts[line], len(bare(self.lines[line])))

    def at(self, line: int, column: int) -> int:
        """The place of a line and column."""
        return self.start_of(line) + column

    def slice(self, start: int, end: int) -> str:
        """The text between two places."""
        if self._text is not None:
            return self._text[start:end]
        first, column = self._raw(start)
        last, stop = self._raw(end)
        if first == last:
            return self.lines[first][column:stop]
        middle = "".join(self.lines[first + 1 : last])
        return self.lines[first][column:] + middle + self.lines[last][:stop]

    def _raw(self, at: int) -> tuple[int, int]:
        self.start_of(len(self.lines) - 1)
        line = max(0, bisect_right(self._starts, at) - 1)
        return line, at - self._starts[line]

    def replace(self, start: int, end: int, new: str) -> Change:
        """Put a text in the place of what is between two places, and say what that changed."""
        first, column = self._raw(start)
        last, stop = self._raw(end)
        old = self.slice(start, end)
        touches_end = stop > len(bare(self.lines[last]))
        joined = f"{self.lines[first][:column]}{new}{self.lines[last][stop:]}"
        at = first
        # Half of a line end beside the change may become whole by it.
        meets = joined.startswith("\n") and column == 0 and first > 0
        if meets and self.lines[first - 1].endswith("\r"):
            at -= 1
            joined = self.lines[at] + joined
        after = last + 1
        if joined.endswith("\r") and after < len(self.lines) and self.lines[after][:1] == "\n":
            joined += self.lines[after]
            after += 1
        fresh = split(joined)
        if after < len(self.lines) and fresh[-1] == "" and len(fresh) > 1:
            fresh.pop()
        elif after < len(self.lines) and fresh[-1] == bare(fresh[-1]):
            # The line's end went: it goes on with the next one.
            fresh[-1:] = split(fresh[-1] + self.lines[after])
            after += 1
            if after < len(self.lines) and fresh[-1] == "":
                fresh.pop()
        within = len(fresh) == 1 and after - at == 1 and at == first and not touches_end
        self.lines[at:after] = fresh
        self._text = None
        self._sound = min(self._sound, at)
        return Change(
            start=start,
            old=old,
            new=new,
            line=at,
            gone_lines=after - at,
            new_lines=len(fresh),
            column=column if within else None,
        )


def _newline_of(text: str) -> str:
    """The line end that a text uses most in its beginning; LF if it has none."""
    found: list[str] = _END.findall(text[:100_000])
    return max(("\n", "\r\n", "\r"), key=found.count) if found else "\n"
