"""The lines in which two texts differ, and what differs in each: for people to read."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from inkstand.workspace.word_diff import Hunk, Piece, hunks, pieces


class Passage(msgspec.Struct, frozen=True):
    """Whole lines that differ, and where they begin in the old and in the new text, from 1."""

    old_line: int
    new_line: int
    pieces: tuple[Piece, ...]


def changed_passages(old: str, new: str) -> list[Passage]:
    """Where two texts differ, in order; nothing if they are the same."""
    found = []
    line = counted = grown = 0
    for start, end, changes in _by_lines(old, hunks(old, new)):
        line += old.count("\n", counted, start)
        counted = start
        shifted = [
            Hunk(each.old_start - start, each.old_end - start, each.new_text) for each in changes
        ]
        parts = tuple(pieces(old[start:end], shifted))
        found.append(Passage(line + 1, line + 1 + grown, parts))
        grown += sum(
            each.new_text.count("\n") - old.count("\n", each.old_start, each.old_end)
            for each in changes
        )
    return found


def _by_lines(old: str, changes: tuple[Hunk, ...]) -> Iterator[tuple[int, int, list[Hunk]]]:
    """Changes that share a line, and the code points of `old` from which to which it goes."""
    group: list[Hunk] = []
    start = end = 0
    for change in changes:
        if group and change.old_start >= end:
            yield start, end, group
            group = []
        if not group:
            start = old.rfind("\n", 0, change.old_start) + 1
        group.append(change)
        end = old.find("\n", change.old_end) + 1 or len(old)
    if group:
        yield start, end, group
