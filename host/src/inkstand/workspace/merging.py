"""Two changes of one text brought together, line by line, where they touch different lines.

The regions that both left alone divide the text, as in Khanna, Kunal and Pierce, "A formal
investigation of diff3" (2007).
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

Lines = list[str]
Match = tuple[int, int, int]
"""Where a run of equal lines starts in the base and in the other text, and how long it is."""


def merged(base: str, ours: str, theirs: str) -> str | None:
    """`base` with the changes of both; None where they changed the same place differently."""
    if theirs in (ours, base):
        return ours
    if ours == base:
        return theirs
    old, mine, other = (text.splitlines(keepends=True) for text in (base, ours, theirs))
    pieces: Lines = []
    at = (0, 0, 0)
    for start, length, in_mine, in_other in _shared(matches(old, mine), matches(old, other)):
        piece = _settled(old[at[0] : start], mine[at[1] : in_mine], other[at[2] : in_other])
        if piece is None:
            return None
        pieces += piece
        pieces += old[start : start + length]
        at = (start + length, in_mine + length, in_other + length)
    last = _settled(old[at[0] :], mine[at[1] :], other[at[2] :])
    return None if last is None else "".join(pieces + last)


def _settled(old: Lines, mine: Lines, other: Lines) -> Lines | None:
    if mine in (old, other):
        return other
    return mine if other == old else None


def matches(old: Lines, new: Lines) -> list[Match]:
    """Runs of lines that both have, in order.

    What both begin and end with is set aside first: a matcher's time grows with the square of
    how often a line recurs, and a novel is full of blank lines.
    """
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    blocks = SequenceMatcher(None, inner_old, inner_new, autojunk=len(inner_old) > 2_000)
    found = [(a + head, b + head, size) for a, b, size in blocks.get_matching_blocks() if size]
    return [(0, 0, head), *found, (len(old) - tail, len(new) - tail, tail)]


def _alike(one: Lines, other: Lines) -> int:
    """How many lines both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _shared(mine: list[Match], other: list[Match]) -> Iterator[tuple[int, int, int, int]]:
    """Runs of the base that both kept: start, length, and where they stand in each."""
    first = second = 0
    while first < len(mine) and second < len(other):
        a, in_a, size_a = mine[first]
        b, in_b, size_b = other[second]
        start, end = max(a, b), min(a + size_a, b + size_b)
        if start < end:
            yield start, end - start, in_a + start - a, in_b + start - b
        if a + size_a < b + size_b:
            first += 1
        else:
            second += 1
