"""What changed between two texts, word by word, in time that grows with the text.

Runs of words that occur once in both texts anchor the comparison, as lines do in Bram Cohen's
patience diff; only the short stretches between anchors are compared word against word. White
space is compared apart, so a text that was wrapped anew keeps its words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

import msgspec

Kind = Literal["same", "removed", "added"]
Match = tuple[int, int, int]
"""Where a run of equal tokens starts in the old and in the new text, and how long it is."""

# All that is neither white space nor punctuation belongs to a word: so do accents that stand for
# themselves. Scripts without spaces are taken character by character.
_POINTS = (
    r"!-/:-@\[-`{-~\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf\u055a-\u055f\u0589\u05be\u05c0"
    r"\u05c3\u060c\u061b\u061f\u06d4\u0964\u0965\u2010-\u2027\u2030-\u205e\u3001-\u3003"
    r"\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_UNSPACED = (
    r"\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u3040-\u30ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
_LETTERS = rf"[^\s{_POINTS}{_UNSPACED}]+"
TOKEN = re.compile(
    rf"[{_UNSPACED}][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u3099\u309a]*"
    rf"|{_LETTERS}(?:['\u2019\u2010\u2011-]{_LETTERS})*|[{_POINTS}]"
)
"""A word, or one mark of punctuation."""
_SMALL = 60_000  # old tokens times new ones that are compared pair by pair, some 10 ms
_GRAMS = (6, 3, 1)
_DEEPEST = 12
_NEAR = 2  # tokens between two changes that read as one
_SNAP = 400  # code points in which the beginning of a word is looked for


class Hunk(msgspec.Struct, frozen=True):
    """One change: the code points [old_start, old_end) of the old text become `new_text`."""

    old_start: int
    old_end: int
    new_text: str


class Piece(msgspec.Struct, frozen=True):
    """A stretch of two compared texts, in reading order: in both, only in the old, or the new."""

    kind: Kind
    text: str


def hunks(old: str, new: str) -> tuple[Hunk, ...]:
    """The changes that make `new` of `old`, in order, apart from each other."""
    if old == new:
        return ()
    head, tail = _common(old, new)
    changed_old, changed_new = old[head : len(old) - tail], new[head : len(new) - tail]
    found = _changes(changed_old, changed_new)
    return tuple(Hunk(start + head, end + head, text) for start, end, text in found)


def apply(old: str, changes: Sequence[Hunk]) -> str:
    """`old` with these changes, which stand in order and do not overlap."""
    pieces: list[str] = []
    at = 0
    for change in changes:
        pieces += (old[at : change.old_start], change.new_text)
        at = change.old_end
    return "".join([*pieces, old[at:]])


def pieces(old: str, changes: Sequence[Hunk]) -> Iterator[Piece]:
    """`old` and its changes in reading order, what goes before what comes; none is empty."""
    at = 0
    for change in changes:
        yield from _piece("same", old[at : change.old_start])
        yield from _piece("removed", old[change.old_start : change.old_end])
        yield from _piece("added", change.new_text)
        at = change.old_end
    yield from _piece("same", old[at:])


def _piece(kind: Kind, text: str) -> Iterator[Piece]:
    if text:
        yield Piece(kind, text)


def _common(old: str, new: str) -> tuple[int, int]:
    """Code points that both begin with, and end with, cut where words are."""
    head = _alike(old, new)
    if head < max(len(old), len(new)):
        head = _back_to_space(old, head)
    rest = min(len(old), len(new)) - head
    tail = _alike_at_end(old, new, rest)
    if tail < rest or head:
        gap = re.search(r"\s", old[len(old) - tail : len(old) - tail + _SNAP])
        if gap is not None:
            tail -= gap.start()
        elif tail <= _SNAP:
            tail = 0
    return head, tail


def _back_to_space(text: str, end: int) -> int:
    """The end of the last word before `end` that is surely whole."""
    start = max(0, end - _SNAP)
    for at in range(end - 1, start - 1, -1):
        if text[at].isspace():
            return at
    return 0 if start == 0 else end


def _alike(old: str, new: str) -> int:
    """How many code points both begin with; halving compares whole blocks of memory."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _alike_at_end(old: str, new: str, most: int) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if old[len(old) - middle : len(old) - low] == new[len(new) - middle : len(new) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _changes(old: str, new: str) -> list[tuple[int, int, str]]:
    before, after = _Tokens(old), _Tokens(new)
    runs = _joined(matches(before.words, after.words), before, after)
    changes: list[tuple[int, int, str]] = []
    at_old = at_new = 0  # code points that are settled
    for start, other, length in [*runs, (len(before.words), len(after.words), 0)]:
        for step in range(length):
            begin, end = before.starts[start + step], before.ends[start + step]
            begin_new, end_new = after.starts[other + step], after.ends[other + step]
            _add(changes, old, new, (at_old, begin), (at_new, begin_new))
            at_old, at_new = end, end_new
    _add(changes, old, new, (at_old, len(old)), (at_new, len(new)))
    return changes


def _add(
    changes: list[tuple[int, int, str]],
    old: str,
    new: str,
    gone: tuple[int, int],
    come: tuple[int, int],
) -> None:
    """Add what lies between two equal words, if it differs; less the space that both have."""
    was, now = old[gone[0] : gone[1]], new[come[0] : come[1]]
    if was == now:
        return
    head = 0
    most = min(len(was), len(now))
    while head < most and was[head] == now[head] and was[head].isspace():
        head += 1
    tail = 0
    while tail < most - head and was[-1 - tail] == now[-1 - tail] and was[-1 - tail].isspace():
        tail += 1
    changes.append((gone[0] + head, gone[1] - tail, now[head : len(now) - tail]))


class _Tokens:
    """The words of a text, and where they lie in it."""

    def __init__(self, text: str) -> None:
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        for found in TOKEN.finditer(text):
            self.words.append(found.group())
            self.starts.append(found.start())
            self.ends.append(found.end())


def _joined(runs: list[Match], before: _Tokens, after: _Tokens) -> list[Match]:
    """The runs without those so short that the changes around them read as one."""
    kept: list[Match] = []
    at, other = 0, 0
    for place, (start, start_new, length) in enumerate(runs):
        following = runs[place + 1][:2] if place + 1 < len(runs) else None
        end, end_new = following or (len(before.words), len(after.words))
        left = max(start - at, start_new - other)
        right = max(end - start - length, end_new - start_new - length)
        if length <= _NEAR and left > length and right > length:
            continue
        kept.append((start, start_new, length))
        at, other = start + length, start_new + length
    return kept


def matches(old: Sequence[str], new: Sequence[str]) -> list[Match]:
    """Runs of tokens that both have, in the same order; not always the most there are."""
    found: list[Match] = []
    todo = [(0, len(old), 0, len(new), _DEEPEST)]
    while todo:
        a, a_end, b, b_end, depth = todo.pop()
        size = 0
        most = min(a_end - a, b_end - b)
        while size < most and old[a + size] == new[b + size]:
            size += 1
        found.append((a, b, size))
        a, b = a + size, b + size
        size = 0
        most = min(a_end - a, b_end - b)
        while size < most and old[a_end - 1 - size] == new[b_end - 1 - size]:
            size += 1
        found.append((a_end - size, b_end - size, size))
        a_end, b_end = a_end - size, b_end - size
        if a == a_end or b == b_end:
            continue
        if (a_end - a) * (b_end - b) <= _SMALL:
            found += _compared(old, new, (a, a_end), (b, b_end))
        elif depth and (anchors := _anchors(old, new, (a, a_end), (b, b_end))):
            for anchor, other in [*anchors, (a_end, b_end)]:
                todo.append((a, anchor, b, other, depth - 1))
                a, b = anchor, other
    return sorted(run for run in found if run[2])


def _compared(
    old: Sequence[str], new: Sequence[str], one: tuple[int, int], other: tuple[int, int]
) -> list[Match]:
    blocks = SequenceMatcher(None, old[slice(*one)], new[slice(*other)], autojunk=False)
    return [(one[0] + a, other[0] + b, size) for a, b, size in blocks.get_matching_blocks()]


def _anchors(
    old: Sequence[str], new: Sequence[str], one: tuple[int, int], other: tuple[int, int]
) -> list[tuple[int, int]]:
    """Places in both where a few tokens stand that stand nowhere else, in one order."""
    for length in _GRAMS:
        ours, theirs = _once(old, *one, length), _once(new, *other, length)
        pairs = [(at, theirs[gram]) for gram, at in ours.items() if gram in theirs]
        if pairs:
            return _rising(pairs)
    return []


def _once(tokens: Sequence[str], start: int, end: int, length: int) -> dict[tuple[str, ...], int]:
    """Where each run of so many tokens starts that occurs a single time, in order."""
    found: dict[tuple[str, ...], int] = {}
    for at in range(start, end - length + 1):
        gram = tuple(tokens[at : at + length])
        found[gram] = -1 if gram in found else at
    return {gram: at for gram, at in found.items() if at >= 0}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest choice of pairs, sorted by their first, whose second rises too."""
    tops: list[int] = []  # the lowest second that ends a choice of each length
    ends: list[int] = []
    before: list[int] = []
    for place, (_, second) in enumerate(pairs):
        at = bisect_left(tops, second)
        before.append(ends[at - 1] if at else -1)
        tops[at : at + 1] = [second]
        ends[at : at + 1] = [place]
    chosen: list[tuple[int, int]] = []
    place = ends[-1]
    while place >= 0:
        chosen.append(pairs[place])
        place = before[place]
    return chosen[::-1]
