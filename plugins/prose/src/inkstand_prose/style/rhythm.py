"""Rhythm: the lengths of sentences or paragraphs and how they follow on one another."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from inkstand_sdk.style import Rhythm

RUN = 4
"""From this many sentences of like length on they are a run."""
_LIKE_WORDS, _LIKE_SHARE = 1, 0.1


class Beat(msgspec.Struct, array_like=True):
    """What is counted of lengths, in words, and of neighbors among them."""

    lengths: dict[int, int]
    differences: float = 0.0
    pairs: int = 0
    in_runs: int = 0


def beat(stretches: Sequence[Sequence[int]]) -> Beat:
    """The beat of lengths; neighbors are only those within a stretch."""
    lengths: Counter[int] = Counter()
    differences = 0.0
    pairs = in_runs = 0
    for stretch in stretches:
        lengths.update(stretch)
        for one, other in pairwise(stretch):
            differences += abs(one - other) / (one + other or 1)
            pairs += 1
        if len(stretch) >= RUN:
            in_runs += sum(last - first for first, last in runs(stretch))
    return Beat(dict(lengths), differences, pairs, in_runs)


def rhythm(stretches: Sequence[Sequence[int]]) -> Rhythm:
    """The rhythm of lengths, in words; neighbors are only those within a stretch."""
    return rhythm_of([beat(stretches)])


def rhythm_of(beats: Sequence[Beat]) -> Rhythm:
    """The rhythm of all beats, one after the other."""
    together: Counter[int] = Counter()
    for each in beats:
        together.update(each.lengths)
    lengths = sorted(together.elements())
    if not lengths:
        return Rhythm()
    count, total = len(lengths), sum(lengths)
    squares = sum(length * length * times for length, times in together.items())
    differences = sum(each.differences for each in beats)
    pairs = sum(each.pairs for each in beats)
    in_runs = sum(each.in_runs for each in beats)
    return Rhythm(
        count=count,
        mean=round(total / count, 2),
        median=_quantile(lengths, 0.5),
        spread=round(math.sqrt(count * squares - total * total) / count, 2),
        first_quartile=_quantile(lengths, 0.25),
        third_quartile=_quantile(lengths, 0.75),
        longest=lengths[-1],
        contrast=round(2 * differences / pairs, 3) if pairs else 0.0,
        even=round(in_runs / count, 4),
    )


def _quantile(ordered: Sequence[int], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (ordered[high] - ordered[low]) * (place - low), 2)


def runs(lengths: Sequence[int], shortest: int = RUN) -> Iterator[tuple[int, int]]:
    """The runs of `shortest` or more neighbors of like length, as [first, last): each is within
    a word, or a tenth, of the mean of its longest and shortest.
    """
    first = 0
    while first < len(lengths):
        low = high = lengths[first]
        last = first + 1
        while last < len(lengths):
            lower, higher = min(low, lengths[last]), max(high, lengths[last])
            middle = (lower + higher) / 2
            if higher - lower > 2 * max(_LIKE_WORDS, _LIKE_SHARE * middle):
                break
            low, high = lower, higher
            last += 1
        if last - first >= shortest:
            yield first, last
            first = last
        else:
            first += 1
