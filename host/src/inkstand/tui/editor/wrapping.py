"""Lines folded into rows of a measure, at words; an edit folds again only the rows that it moves.

Where a row ends depends on the text from its beginning on and on nothing before it. So the rows
behind an edit are as they were from the first one on that begins where one began before.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from inkstand.tui.editor.buffer import Change, bare
from inkstand.tui.editor.clusters import cells, clusters, is_plain, place_at, snapped, width_of

Breaks = tuple[int, ...]
"""Where the rows of a line begin, but for the first, which begins at 0."""

_DASHES = "-\u2013\u2014"
# What does not begin a row of Chinese or Japanese, and what does not end one.
_NOT_FIRST = frozenset(
    "、。，．・：；？！）］｝」』】〉》”’…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
)
_NOT_LAST = frozenset("（［｛「『【〈《“‘")


def folded(line: str, width: int) -> Breaks:
    """Where the rows of a line begin; spaces at a row's end hang over, and take no room."""
    if len(line) <= width and line.isascii() and "\t" not in line:
        return ()
    found: list[int] = []
    at = row_end(line, 0, width)
    while at < len(line):
        found.append(at)
        at = row_end(line, at, width)
    return tuple(found)


def refolded(line: str, width: int, old: Breaks, start: int, removed: int, added: int) -> Breaks:
    """Where the rows begin after `removed` code points from `start` on became `added` others."""
    if not old or len(line) <= width:
        return folded(line, width)
    # A row's end was found by looking into the row after it, and into one character more.
    kept = max(0, bisect_right(old, start) - 3)
    found = list(old[:kept])
    behind = {at + added - removed for at in old[kept:] if at >= start + removed}
    at = row_end(line, found[-1] if found else 0, width)
    while at < len(line):
        found.append(at)
        if at in behind:
            first = bisect_right(old, at - added + removed)
            found += [each + added - removed for each in old[first:]]
            break
        at = row_end(line, at, width)
    return tuple(found)


def row_end(line: str, start: int, width: int) -> int:
    """Where the row ends that begins at `start`: after a word and its spaces, if it can."""
    if is_plain(line, start, start + width + 1):
        return _plain_end(line, start, width)
    at, best = start, 0
    wide = 0
    before = ""
    for begin, cluster in clusters(line, start):
        cell = width_of(cluster, wide)
        if begin > start and _may_break(before, cluster):
            best = begin
        if wide + cell > width and begin > start and not cluster.isspace():
            return best or begin
        wide += cell
        before = cluster
        at = begin + len(cluster)
    return at


def _plain_end(line: str, start: int, width: int) -> int:
    limit = start + width
    if limit >= len(line):
        return len(line)
    space = line.rfind(" ", start, limit + 1)
    best = 0
    if space >= 0:
        best = space + 1
        while best < len(line) and line[best] in " \t":
            best += 1
    for dash in _DASHES:
        at = line.rfind(dash, start, limit)
        if at + 1 > best and at > start and _may_break(line[at], line[at + 1]):
            best = at + 1
    return best or limit


def _may_break(before: str, after: str) -> bool:
    if after.isspace():
        return False
    if before in (" ", "\t") or (before.isspace() and before not in ("\xa0", "\u202f", "\u2007")):
        return True
    if before in ("-", "\u2013", "\u2014"):
        return after not in _DASHES and (after[0].isalpha() or after[0] in "\u201c\u2018\"'")
    if _is_ideograph(before) or _is_ideograph(after):
        return after[0] not in _NOT_FIRST and before[0] not in _NOT_LAST
    return before == "\u200b"


def _is_ideograph(cluster: str) -> bool:
    code = ord(cluster[0])
    return 0x2E80 <= code < 0xA4D0 or 0xF900 <= code < 0xFB00 or 0x20000 <= code < 0x3FFFE


class Rows:
    """The rows of a whole text at one width.

    Args:
        lines: The text's lines with their ends, as its `Buffer` holds them.
        width: Cells of a row.

    """

    def __init__(self, lines: list[str], width: int) -> None:
        self.width = max(2, width)
        self._lines = lines
        self._breaks = [folded(bare(line), self.width) for line in lines]
        self._tops: list[int] = [0]
        self._sound = 0

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self._measured()[-1]

    def update(self, change: Change) -> int:
        """Fold again what a change of the text touched; how many rows there are more than before.

        The lines must be those after the change.
        """
        first, gone, new = change.line, change.gone_lines, change.new_lines
        before = sum(len(each) + 1 for each in self._breaks[first : first + gone])
        if gone == new == 1 and change.column is not None:
            fresh = [
                refolded(
                    bare(self._lines[first]),
                    self.width,
                    self._breaks[first],
                    change.column,
                    len(change.old),
                    len(change.new),
                )
            ]
        else:
            fresh = [folded(bare(line), self.width) for line in self._lines[first : first + new]]
        self._breaks[first : first + gone] = fresh
        grown = sum(len(each) + 1 for each in fresh) - before
        if grown or (gone, new) != (1, 1):
            self._sound = min(self._sound, first)
        return grown

    def _measured(self) -> list[int]:
        """The row of each line's beginning, and at the end the height."""
        if self._sound < len(self._breaks) or len(self._tops) != len(self._breaks) + 1:
            kept = self._tops[: self._sound + 1]
            heights = (len(each) + 1 for each in self._breaks[self._sound :])
            self._tops = kept[:-1] + list(accumulate(heights, initial=kept[-1]))
            self._sound = len(self._breaks)
        return self._tops

    def top(self, line: int) -> int:
        """The first row of a line."""
        return self._measured()[line]

    def breaks(self, line: int) -> Breaks:
        """Where the rows of a line begin, but for the first."""
        return self._breaks[line]

    def row_of(self, line: int, column: int) -> int:
        """The row that holds a place; one where a row ends and another begins is the latter's."""
        return self.top(line) + bisect_right(self._breaks[line], column)

    def span(self, row: int) -> tuple[int, int, int]:
        """The line of a row, and from which column to which it goes."""
        tops = self._measured()
        line = min(bisect_right(tops, max(0, row)) - 1, len(self._breaks) - 1)
        breaks = self._breaks[line]
        part = min(max(0, row) - tops[line], len(breaks))
        start = breaks[part - 1] if part else 0
        end = breaks[part] if part < len(breaks) else len(bare(self._lines[line]))
        return line, start, end

    def cell_of(self, line: int, column: int) -> int:
        """How many cells a place is from its row's beginning; a hanging space is at its end."""
        row_line, start, end = self.span(self.row_of(line, column))
        return min(cells(self._lines[row_line], start, min(column, end)), self.width)

    def place(self, row: int, cell: int) -> tuple[int, int]:
        """The line and column at a cell of a row; a row that goes on has its last character."""
        line, start, end = self.span(row)
        text = bare(self._lines[line])
        column = place_at(text, start, end, cell)
        if column == end < len(text) and end > start:
            column = snapped(text, end - 1)
        return line, column
