"""Stretches of a text that something has already, looked up in little time."""

from __future__ import annotations

from collections import defaultdict

_WIDTH = 512
"""Code points of a shelf. Remarks are seldom longer, and few lie on one."""


class Taken:
    """The stretches `[start, end)` that were taken."""

    def __init__(self) -> None:
        self._shelves: dict[int, list[tuple[int, int]]] = defaultdict(list)

    def take(self, start: int, end: int) -> None:
        """Take a stretch."""
        for shelf in range(start // _WIDTH, end // _WIDTH + 1):
            self._shelves[shelf].append((start, end))

    def meets(self, start: int, end: int) -> bool:
        """Whether a stretch shares a place with one that was taken."""
        return any(
            begin < end and start < last
            for shelf in range(start // _WIDTH, end // _WIDTH + 1)
            for begin, last in self._shelves.get(shelf, ())
        )
