"""How varied a vocabulary is, by measures that do not grow with the length of the text.

Sums over windows are kept for each stretch and added up, so a book's are those of its scenes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from inkstand_sdk.style import Richness

WINDOW = 100
"""Words in a window of the moving average of types (Covington and McFall, 2010, let it be chosen
by the shortest text that is to be compared)."""
HAPAX_WINDOW = 500
_MTLD_LEVEL = 0.72
_SMALLEST_FACTOR = 10
"""As McCarthy and Jarvis (2010) have it: a factor is not over before ten words."""
_HDD_DRAWN = 42
_FEWEST = 50
"""Words below which no measure tells anything."""


class Sums(msgspec.Struct, array_like=True):
    """What is summed over windows; sums of two stretches add up to those of both."""

    types: int = 0
    windows: int = 0
    once: int = 0
    hapax_windows: int = 0
    factors: float = 0.0
    factor_words: int = 0

    def add(self, other: Sums) -> None:
        """Take in another stretch's."""
        self.types += other.types
        self.windows += other.windows
        self.once += other.once
        self.hapax_windows += other.hapax_windows
        self.factors += other.factors
        self.factor_words += other.factor_words


def sums(words: Sequence[str]) -> Sums:
    """The sums over one stretch of words."""
    types, windows = _types(words)
    once, hapax_windows = _once(words)
    return Sums(
        types,
        windows,
        once,
        hapax_windows,
        _factors(words) + _factors(words[::-1]),
        2 * len(words),
    )


def _types(words: Sequence[str]) -> tuple[int, int]:
    """Different words, summed over all windows, and how many windows there are.

    A word adds one to each window in which it is the first of its kind.
    """
    last = len(words) - WINDOW
    if last < 0:
        return 0, 0
    seen: dict[str, int] = {}
    total = 0
    for place, word in enumerate(words):
        first = max(place - WINDOW + 1, seen.get(word, -1) + 1, 0)
        if first <= last:
            total += min(place, last) - first + 1
        seen[word] = place
    return total, last + 1


def _once(words: Sequence[str]) -> tuple[int, int]:
    """Words that stand once in their window, over windows side by side, and their number."""
    windows = len(words) // HAPAX_WINDOW
    once = 0
    for number in range(windows):
        counts = Counter(words[number * HAPAX_WINDOW : (number + 1) * HAPAX_WINDOW])
        once += list(counts.values()).count(1)
    return once, windows


def _factors(words: Sequence[str]) -> float:
    """Into how many factors the words fall; the last one counts by how far it has come."""
    factors = 0.0
    seen: set[str] = set()
    count = 0
    for word in words:
        seen.add(word)
        count += 1
        if count >= _SMALLEST_FACTOR and len(seen) < _MTLD_LEVEL * count:
            factors += 1.0
            seen.clear()
            count = 0
    if count:
        factors += (1 - len(seen) / count) / (1 - _MTLD_LEVEL)
    return factors


def richness(counts: Counter[str], found: Sums) -> Richness:
    """The measures of a text with those counts of words and those sums over windows."""
    total = counts.total()
    if total < _FEWEST:
        return Richness()
    # In order, because sums of fractions depend on it, if only in the last digit.
    spectrum = dict(sorted(Counter(counts.values()).items()))
    return Richness(
        mattr=round(_mean(found.types, found.windows, WINDOW) or len(counts) / total, 4),
        mtld=round(found.factor_words / found.factors if found.factors else float(total), 1),
        hdd=round(_hdd(spectrum, total), 4),
        yule_k=round(_yule(spectrum, total), 1),
        hapax=round(_mean(found.once, found.hapax_windows, HAPAX_WINDOW), 4)
        or round(spectrum.get(1, 0) / total, 4),
    )


def _mean(total: int, windows: int, width: int) -> float:
    return total / (windows * width) if windows else 0.0


def _hdd(spectrum: Mapping[int, int], total: int) -> float:
    """The chance of each word to be among those drawn, summed, for each word drawn."""
    drawn = min(_HDD_DRAWN, total)
    expected = 0.0
    for count, types in spectrum.items():
        expected += types * (1 - _never_drawn(total, count, drawn))
    return expected / drawn


def _never_drawn(total: int, count: int, drawn: int) -> float:
    if total - count < drawn:
        return 0.0
    return math.exp(
        math.lgamma(total - count + 1)
        - math.lgamma(total - count - drawn + 1)
        - math.lgamma(total + 1)
        + math.lgamma(total - drawn + 1)
    )


def _yule(spectrum: Mapping[int, int], total: int) -> float:
    pairs = sum(types * count * count for count, types in spectrum.items())
    return float(1e4 * (pairs - total) / (total * total))


def of_words(stretches: Iterable[Sequence[str]]) -> Richness:
    """The measures of a text of one or more stretches."""
    counts: Counter[str] = Counter()
    found = Sums()
    for words in stretches:
        counts.update(words)
        found.add(sums(words))
    return richness(counts, found)
