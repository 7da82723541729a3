"""The rows of a long text: how many each block has, and those of the blocks looked at lately.

A row that can be drawn takes a hundred times as much memory as its text, and is soon made again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from textual.strip import Strip

_MOST_DRAWN = 128
"""Blocks whose rows are kept: more than a screen shows."""


class DrawnBlocks:
    """Blocks of text, one below the other.

    Args:
        draw: Gives the rows of a block.

    """

    def __init__(self, draw: Callable[[str], list[Strip]]) -> None:
        self._draw = draw
        self._ends: list[int] = []
        """Where each block ends, in rows since the first of all."""
        self._gone = self._gone_rows = 0
        self._drawn: OrderedDict[int, list[Strip]] = OrderedDict()
        """By the number of a block since the first of all, the longest unused first."""

    def __len__(self) -> int:
        """How many rows there are."""
        return self._ends[-1] - self._gone_rows if self._ends else 0

    def add(self, blocks: Iterable[str]) -> None:
        """Put blocks below."""
        for block in blocks:
            rows = self._draw(block)
            self._keep(self._gone + len(self._ends), rows)
            self._ends.append(self._gone_rows + len(self) + len(rows))

    def drop(self, surplus: int) -> None:
        """Let the first blocks go."""
        if surplus > 0:
            self._gone_rows = self._ends[surplus - 1]
            self._gone += surplus
            del self._ends[:surplus]

    def row(self, place: int, blocks: Sequence[str]) -> Strip | None:
        """A row; `blocks` are those that were added and are not gone. None below the last."""
        wanted = self._gone_rows + place
        at = bisect_right(self._ends, wanted)
        if at == len(self._ends):
            return None
        first = self._ends[at - 1] if at else self._gone_rows
        return self._rows_of(at, blocks)[wanted - first]

    def _rows_of(self, at: int, blocks: Sequence[str]) -> list[Strip]:
        number = self._gone + at
        rows = self._drawn.get(number)
        if rows is None:
            rows = self._draw(blocks[at])
        self._keep(number, rows)
        return rows

    def _keep(self, number: int, rows: list[Strip]) -> None:
        self._drawn[number] = rows
        self._drawn.move_to_end(number)
        if len(self._drawn) > _MOST_DRAWN:
            self._drawn.popitem(last=False)
