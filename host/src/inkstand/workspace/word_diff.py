"""Two texts compared by words, paragraph by paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from inkstand.workspace.merging import matches

_WORDS = re.compile(r"\s+|\w+(?:['’-]\w+)*|[^\w\s]")
# Comparing takes time with the product of both lengths; what is larger is shown as replaced.
_MOST_COMPARISONS = 20_000_000


class Piece(msgspec.Struct, frozen=True):
    """A run of text: in both, in the old one alone, or in the new one alone."""

    kind: Literal["same", "removed", "added"]
    text: str


class Region(msgspec.Struct, frozen=True):
    """Lines that differ, and where they begin in the old and in the new text, from 1."""

    old_line: int
    new_line: int
    pieces: tuple[Piece, ...]


def regions(old: str, new: str) -> list[Region]:
    """Where two texts differ, in order; nothing if they are the same."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found = []
    at_old = at_new = 0
    for start, in_new, length in [*matches(before, after), (len(before), len(after), 0)]:
        removed, added = "".join(before[at_old:start]), "".join(after[at_new:in_new])
        if removed or added:
            found.append(Region(at_old + 1, at_new + 1, tuple(pieces(removed, added))))
        at_old, at_new = start + length, in_new + length
    return found


def pieces(old: str, new: str) -> Iterator[Piece]:
    """The words of both, those that are in both once."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) * len(after) > _MOST_COMPARISONS:
        yield from _changed(old, new)
        return
    removed: list[str] = []
    added: list[str] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        same = before[a:b]
        # Two words changed beside each other are easier to read as one change than as two.
        if kind == "equal" and (not (removed or added) or not "".join(same).isspace()):
            yield from _changed("".join(removed), "".join(added))
            removed, added = [], []
            yield Piece("same", "".join(same))
        else:
            removed += same
            added += after[c:d]
    # What ends a region may be the space that was taken up for a change that did not follow.
    yield from _changed("".join(removed), "".join(added))


def _changed(old: str, new: str) -> Iterator[Piece]:
    """One change, less the space that both end with."""
    tail = _shared_space(old, new)
    old, new = old[: len(old) - len(tail)], new[: len(new) - len(tail)]
    if old:
        yield Piece("removed", old)
    if new:
        yield Piece("added", new)
    if tail:
        yield Piece("same", tail)


def _shared_space(old: str, new: str) -> str:
    length = 0
    while length < min(len(old), len(new)) and old[-1 - length] == new[-1 - length]:
        if not old[-1 - length].isspace():
            break
        length += 1
    return old[len(old) - length :]
