"""The words of a text while it is edited: only lines that were changed are counted again."""

from __future__ import annotations

import re
from collections.abc import Callable

from inkstand.tui.editor.buffer import Change
from inkstand.tui.editor.document import Document
from inkstand.tui.editor.marks import front_lines

_UNKNOWN = -1
_SPACES = " \t"
_SPACE = re.compile(r"[ \t]|$")


class Words:
    """The words of one document, front matter and headings left out, as in its scenes' counts.

    Args:
        document: The text.
        count: How many words a text has.

    """

    def __init__(self, document: Document, count: Callable[[str], int]) -> None:
        self._document = document
        self._count = count
        self._lines = [_UNKNOWN] * len(document.buffer.lines)
        self._unknown = set(range(len(self._lines)))
        self._total = 0
        document.listen(self._changed)

    def total(self) -> int:
        """How many there are now."""
        lines = self._document.buffer.lines
        for number in self._unknown:
            line = lines[number]
            count = 0 if line.startswith("#") or not line.strip() else self._count(line)
            self._lines[number] = count
            self._total += count
        self._unknown.clear()
        return self._total - sum(self._lines[: front_lines(lines)])

    def of(self, text: str) -> int:
        """How many words some text has, such as a selection."""
        return self._count(text)

    def _changed(self, change: Change) -> None:
        first, gone, new = change.line, change.gone_lines, change.new_lines
        if change.column and first not in self._unknown:
            self._recount(first, change.column, change.old, change.new)
            return
        self._total -= sum(max(0, each) for each in self._lines[first : first + gone])
        self._lines[first : first + gone] = [_UNKNOWN] * new
        if gone != new:
            self._unknown = {
                each if each < first else each + new - gone
                for each in self._unknown
                if each < first or each >= first + gone
            }
        self._unknown.update(range(first, first + new))

    def _recount(self, number: int, column: int, old: str, new: str) -> None:
        """Count again only between the spaces around a change: a paragraph may be long."""
        line = self._document.buffer.lines[number]
        if line.startswith("#"):
            return
        end = column + len(new)
        start = max((line.rfind(space, 0, column) for space in _SPACES), default=-1) + 1
        space = _SPACE.search(line, end)
        stop = len(line) if space is None else space.start()
        before = self._count(line[start:column] + old + line[end:stop])
        more = self._count(line[start:stop]) - before
        self._lines[number] += more
        self._total += more
