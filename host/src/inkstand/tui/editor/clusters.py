"""Characters as a reader sees them, and the cells that a terminal gives each of them.

A cursor stops between extended grapheme clusters (Unicode Annex 29), which the library `regex`
knows; a cell's width is what Rich takes it to be, as Textual places text by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import regex
from rich.cells import cell_len

TAB = 4
"""Cells between two tab stops."""
# One code point, one cluster, one cell: nearly all of a Western text.
_PLAIN = re.compile("[ -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e]*")
_CLUSTER = regex.compile(r"\X")
_NEAR = 256
"""Code points that are looked at for the cluster around a place."""


def is_plain(text: str, start: int, end: int) -> bool:
    """Whether every code point between two places is a cluster of one cell."""
    match = _PLAIN.match(text, start, end)
    return match is not None and match.end() == min(end, len(text))


def clusters(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, str]]:
    """Where each cluster begins, and what it is."""
    stop = len(text) if end is None else end
    for match in _CLUSTER.finditer(text, start, stop):
        yield match.start(), match.group()


def next_cluster(text: str, at: int) -> int:
    """Where the cluster ends that begins at a place; the text's end at its end."""
    match = _CLUSTER.match(text, at)
    return len(text) if match is None else match.end()


def previous_cluster(text: str, at: int) -> int:
    """Where the cluster begins that ends at a place; 0 at the text's beginning."""
    if at <= 0:
        return 0
    if at >= 2 and is_plain(text, at - 2, at):
        return at - 1
    # What a cluster is depends on what is before it: flags come in pairs.
    since = max(0, at - _NEAR)
    found = since
    for begin, _ in clusters(text, since, at):
        found = begin
    return found


def snapped(text: str, at: int) -> int:
    """A place moved back to where a cluster begins, if it lies within one."""
    if at <= 0 or at >= len(text):
        return max(0, min(at, len(text)))
    if is_plain(text, at - 1, at + 1):
        return at
    since = max(0, at - _NEAR)
    for begin, cluster in clusters(text, since, min(len(text), at + _NEAR)):
        if begin <= at < begin + len(cluster):
            return begin
    return at


@lru_cache(maxsize=8192)
def shown(cluster: str) -> tuple[str, int]:
    """What is drawn for a cluster, and its cells; a tab is not drawn by this.

    Control characters would reach the terminal as commands, and marks of direction would turn the
    rest of the screen around: both are shown as signs.
    """
    first = ord(cluster[0])
    if first < 0x20:
        return chr(0x2400 + first), 1
    if first == 0x7F:
        return "\u2421", 1
    if 0x80 <= first < 0xA0 or first in (0x2028, 0x2029) or 0xD800 <= first < 0xE000:
        return "\ufffd", 1
    if first in _TURNING:
        return "\u00b7", 1
    if any(ord(each) in _TURNING for each in cluster):
        cluster = "".join(each for each in cluster if ord(each) not in _TURNING)
    width = cell_len(cluster)
    if width == 0:
        # A mark with nothing before it to stand on, or a character without any look.
        return (f"\u25cc{cluster}", 1) if cluster[0].isprintable() else ("\u00b7", 1)
    return cluster, width


# Marks of direction, and characters without a look: U+200C and U+200D join letters, and stay.
_TURNING = frozenset(
    map(
        ord,
        "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062"
        "\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff\ufff9"
        "\ufffa\ufffb",
    )
)


def width_of(cluster: str, at: int) -> int:
    """The cells of a cluster that begins so many cells after the row's beginning."""
    return TAB - at % TAB if cluster == "\t" else shown(cluster)[1]


def cells(text: str, start: int, end: int) -> int:
    """The cells between two places of one row, which begins at `start`."""
    if is_plain(text, start, end):
        return end - start
    width = 0
    for _, cluster in clusters(text, start, end):
        width += width_of(cluster, width)
    return width


def place_at(text: str, start: int, end: int, cell: int) -> int:
    """The place in a row nearest to the left of a cell: where a click there puts the cursor."""
    if cell <= 0:
        return start
    if is_plain(text, start, min(end, start + cell + 1)):
        return min(end, start + cell)
    width = 0
    for begin, cluster in clusters(text, start, end):
        width += width_of(cluster, width)
        if width > cell:
            return begin
    return end
