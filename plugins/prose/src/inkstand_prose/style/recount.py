"""The phrases of a book after an edit: those of the book before, with what the edit changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec

from inkstand_prose.style.phrases import (
    LONGEST,
    SHORT,
    Phrases,
    about_words,
    count_phrases,
    least_count,
    with_familiar,
    with_telling,
)
from inkstand_prose.style.sketch import BREAK

_MOST_CHANGED = 40_000
"""Code points: where more than these changed, all is counted again."""
_MOST_KEPT = 20_000_000

Row = tuple[str, ...]


class _Counted(msgspec.Struct, frozen=True):
    stream: str
    tokens: int
    phrases: Phrases


_last: list[_Counted] = []
"""The latest book. It is exchanged whole, and nothing in it is ever changed."""


def phrases_of(stream: str, tick: Callable[[], None] = lambda: None) -> Phrases:
    """The phrases of a stream of words, as `count_phrases` has them."""
    known = _last[:1]
    counted = _after_edit(known[0], stream) if known else None
    if counted is None:
        tokens = stream.split()
        counted = _Counted(stream, len(tokens), count_phrases(tokens, tick))
    if len(stream) <= _MOST_KEPT:
        _last[:] = [counted]
    return counted.phrases


def _after_edit(known: _Counted, stream: str) -> _Counted | None:
    """What is counted from another stream; None where too much is different."""
    if known.phrases.countless:
        return None
    start, end, old_end = _changed(known.stream, stream)
    if max(end, old_end) - start > _MOST_CHANGED:
        return None
    before = known.stream[:start].rsplit(maxsplit=LONGEST)[-LONGEST:]
    after = stream[end:].split(maxsplit=LONGEST)[:LONGEST]
    gone, come = known.stream[start:old_end].split(), stream[start:end].split()
    words = known.phrases.words + _words(come) - _words(gone)
    tokens = known.tokens + len(come) - len(gone)
    if least_count(tokens) != least_count(known.tokens):
        return None
    delta = _rows([*before, *come, *after])
    delta.subtract(_rows([*before, *gone, *after]))
    changed = {row: count for row, count in delta.items() if count}
    by_length = _updated(known.phrases, changed, stream, least_count(tokens))
    found = Phrases(
        by_length,
        words,
        _familiar(known.phrases, changed, by_length, words),
        with_telling(known.phrases.telling, (row for row in changed if len(row) > 2), by_length),
    )
    return None if found.countless else _Counted(stream, tokens, found)


def _familiar(
    known: Phrases, changed: Iterable[Row], by_length: Mapping[int, Counter[Row]], words: int
) -> dict[Row, tuple[float, int]]:
    if about_words(words) != about_words(known.words):
        short = (row for size in SHORT for row in by_length.get(size, ()))
        return with_familiar({}, short, by_length, words)
    short = (row for row in changed if len(row) in SHORT)
    return with_familiar(known.familiar, short, by_length, words)


def _changed(old: str, new: str) -> tuple[int, int, int]:
    """Where two texts part, and where each joins the other again, at blanks between words."""
    start = _shared(lambda a, b: old[a:b] == new[a:b], min(len(old), len(new)))
    start = new.rfind(" ", 0, start) + 1
    most = min(len(old), len(new)) - start
    end, old_end = len(new), len(old)
    same = _shared(lambda a, b: old[old_end - b : old_end - a] == new[end - b : end - a], most)
    place = new.find(" ", len(new) - same)
    same = len(new) - place if place >= 0 else 0
    return start, len(new) - same, len(old) - same


def _shared(alike: Callable[[int, int], bool], most: int) -> int:
    """The largest size up to which two texts are alike; `alike` compares a stretch of them."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if alike(low, middle) else (low, middle - 1)
    return low


def _words(tokens: Sequence[str]) -> int:
    return len(tokens) - list(tokens).count(BREAK)


def _rows(tokens: Sequence[str]) -> Counter[Row]:
    """All phrases in a few words."""
    found: Counter[Row] = Counter(pair for pair in pairwise(tokens) if BREAK not in pair)
    for size in range(3, LONGEST + 1):
        rows = (tuple(tokens[at : at + size]) for at in range(len(tokens) - size + 1))
        found.update(row for row in rows if BREAK not in row)
    return found


def _updated(
    known: Phrases, changed: dict[Row, int], stream: str, least: int
) -> dict[int, Counter[Row]]:
    by_length = dict(known.by_length)
    padded = f" {stream} "
    by_size: dict[int, list[Row]] = {}
    for row in changed:
        by_size.setdefault(len(row), []).append(row)
    for size in sorted(by_size):
        counts = Counter(by_length.get(size, ()))
        shorter = by_length.get(size - 1, Counter())
        for row in by_size[size]:
            if row in counts:
                count = counts.pop(row) + changed[row]
            elif changed[row] < 0 or (size > 2 and not {row[1:], row[:-1]} <= shorter.keys()):
                continue
            else:
                count = sum(1 for _ in _places(padded, f" {' '.join(row)} "))
            if count >= least:
                counts[row] = count
        by_length[size] = counts
    return {size: rows for size, rows in by_length.items() if rows or size == 2}


def _places(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)
