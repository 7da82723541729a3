"""Phrases: those that a writer leans on, and those that come again through the book."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import pairwise

import msgspec

from inkstand_prose.lexicon.nouns import PERSON_NOUNS
from inkstand_prose.style import tables
from inkstand_prose.style.sketch import BREAK
from inkstand_sdk.style import Use

LONGEST = 16
_LONG_TEXT = 30_000
"""From so many words of narration on, twice is chance."""
_FEWEST = 3
_FAMILIAR_RANK = 3_000
"""A phrase that a writer leans on consists of words that everybody uses; one with a rarer word
is what the book is about."""
_PLAIN_RANK = 60
_UNLISTED = {2: 3.0, 3: 2.0, 4: 1.0}
"""The rate in a million words that is assumed of phrases too rare for the table, by length."""
_LEAST_SCORE = 15.0
"""From this log-likelihood on a phrase is leaned on: one chance in ten thousand."""
_SHOWN = 24
_PART = 0.6
"""A phrase is part of a longer one if so much of its uses are."""
SHORT = (2, 3, 4)
_REPEATS = {3: 5, 4: 3, 5: 3}
"""How often a phrase must come to be called repeated, by its words; longer ones twice."""
_LONG, _MOST_LONG = 6, 20_000
"""A text with more different phrases than these of so many words, each repeated, is itself
repeated. Half a million words by one author have a few hundred."""
_TELLING_BITS = 33.0
"""How rare its words have to be, together: less, and it is how English goes."""
_STEP = 1.1
_NONE: Counter[tuple[str, ...]] = Counter()


class Phrases(msgspec.Struct):
    """The repeated phrases of two words and more of a text, by length, and its words."""

    by_length: dict[int, Counter[tuple[str, ...]]]
    words: int
    familiar: dict[tuple[str, ...], tuple[float, int]]
    """Those that a writer may lean on, as far as can be told without knowing the names: a score
    that is not below theirs, and their count.
    """
    telling: dict[tuple[str, ...], tuple[float, int]]
    """Those that may be called repeated, in the same way."""

    @property
    def countless(self) -> bool:
        """Whether the text says all again and again: then phrases tell nothing of its style."""
        return any(
            size >= _LONG and len(rows) > _MOST_LONG for size, rows in self.by_length.items()
        )


def count_phrases(stream: Sequence[str], tick: Callable[[], None] = lambda: None) -> Phrases:
    """The phrases of a stream of words with breaks that come twice or more, in a long text three
    times: longer ones are sought only where shorter ones are repeated.
    """
    least = least_count(len(stream))
    pairs = Counter(pairwise(stream))
    known = {pair: count for pair, count in pairs.items() if count >= least and BREAK not in pair}
    starts = [at for at, pair in enumerate(pairwise(stream)) if pair in known]
    found: dict[int, Counter[tuple[str, ...]]] = {2: Counter()}
    found[2].update(known)
    for size in range(3, LONGEST + 1):
        tick()
        here = set(starts)
        starts = [at for at in starts if at + 1 in here]
        if not starts:
            break
        rows = [tuple(stream[at : at + size]) for at in starts]
        counts = Counter(rows)
        starts = [at for at, row in zip(starts, rows, strict=True) if counts[row] >= least]
        if starts:
            found[size] = Counter({row: count for row, count in counts.items() if count >= least})
            if size >= _LONG and len(found[size]) > _MOST_LONG:
                break
    words = len(stream) - stream.count(BREAK)
    short = (row for size in SHORT for row in found.get(size, ()))
    phrases = Phrases(found, words, with_familiar({}, short, found, words), {})
    if not phrases.countless:
        longer = (row for size, rows in found.items() if size > 2 for row in rows)
        phrases.telling = with_telling({}, longer, found)
    return phrases


def with_familiar(
    known: Mapping[tuple[str, ...], tuple[float, int]],
    rows: Iterable[tuple[str, ...]],
    by_length: Mapping[int, Counter[tuple[str, ...]]],
    words: int,
) -> dict[tuple[str, ...], tuple[float, int]]:
    """Familiar phrases where the counts of `rows` are now those of `by_length`; `known` are those
    of a text with as many `about_words`.
    """
    found = dict(known)
    fewest = about_words(words)
    for row in rows:
        count = by_length.get(len(row), _NONE).get(row, 0)
        # In a longer text it is the less striking.
        most = _excess(row, count, fewest) if count >= _FEWEST and _is_familiar(row) else 0.0
        if most >= _LEAST_SCORE:
            found[row] = most, count
        else:
            found.pop(row, None)
    return found


def with_telling(
    known: Mapping[tuple[str, ...], tuple[float, int]],
    rows: Iterable[tuple[str, ...]],
    by_length: Mapping[int, Counter[tuple[str, ...]]],
) -> dict[tuple[str, ...], tuple[float, int]]:
    """Telling phrases where the counts of `rows` are now those of `by_length`."""
    found = dict(known)
    for row in rows:
        count = by_length.get(len(row), _NONE).get(row, 0)
        # A word that is a name tells nothing.
        most = _telling(row, count, frozenset()) if count >= _REPEATS.get(len(row), 2) else 0.0
        if most and not _is_thing(row):
            found[row] = most, count
        else:
            found.pop(row, None)
    return found


def about_words(words: int) -> int:
    """A number of words that is not above `words`, by a tenth at most, and stays the same when a
    few more or less are written.
    """
    return int(_STEP ** int(math.log(max(1, words), _STEP)) * 0.999)


def least_count(length: int) -> int:
    """How often a phrase must come to be counted, in a stream of that many words and breaks."""
    return 2 if length < _LONG_TEXT else 3


def leaned_on(phrases: Phrases, names: Set[str]) -> tuple[Use, ...]:
    """The phrases of two to four words that stand there far more often than in English fiction,
    by log-likelihood (Dunning, 1993), most striking first.
    """
    shown: list[tuple[float, tuple[str, ...], int]] = []
    in_order = _by_score(phrases.familiar, lambda row, count: _excess(row, count, phrases.words))
    for score, row, count in in_order:
        if score < _LEAST_SCORE or len(shown) == _SHOWN:
            break
        if names.isdisjoint(row) and not any(
            _overlap(row, count, other, times) for _, other, times in shown
        ):
            shown.append((score, row, count))
    return tuple(Use(" ".join(row), count, round(score, 1)) for score, row, count in shown)


def _by_score(
    known: Mapping[tuple[str, ...], tuple[float, int]],
    score: Callable[[tuple[str, ...], int], float],
) -> Iterator[tuple[float, tuple[str, ...], int]]:
    """Phrases with their scores and counts, most striking first. Few are asked for, so no more
    are scored than may come next.

    Args:
        known: By phrase a score that is not below its own, and its count.
        score: The score of a phrase with that count.

    """
    waiting = [(-most, row, count) for row, (most, count) in known.items()]
    heapify(waiting)
    scored: list[tuple[float, tuple[str, ...], int]] = []
    while waiting or scored:
        while waiting and (not scored or waiting[0][0] <= scored[0][0]):
            _, row, count = heappop(waiting)
            heappush(scored, (-score(row, count), row, count))
        least, row, count = heappop(scored)
        yield -least, row, count


@lru_cache(maxsize=1 << 16)
def _is_familiar(row: tuple[str, ...]) -> bool:
    ranks = tables.ranks()
    places = [ranks.get(word, tables.UNKNOWN_RANK) for word in row]
    if max(places) > _FAMILIAR_RANK:
        return False
    if not PERSON_NOUNS.isdisjoint(row):
        return False
    if row[-1] in _OPEN_ENDS or row[0] in _OPEN_BEGINNINGS:
        return False
    if len(row) == 2:
        return max(places) > _PLAIN_RANK and row[0] not in _DETERMINERS
    return True


@lru_cache(maxsize=1 << 16)
def _rate(row: tuple[str, ...]) -> float:
    return tables.phrase_rates().get(" ".join(row), _UNLISTED[len(row)])


def _excess(row: tuple[str, ...], count: int, words: int) -> float:
    expected = _rate(row) * words / 1e6
    if count <= expected:
        return 0.0
    return 2 * (count * math.log(count / expected) - (count - expected))


def _overlap(row: tuple[str, ...], count: int, other: tuple[str, ...], times: int) -> bool:
    """Whether one of two phrases is mostly the other, a word more or less."""
    short, long = (row, other) if len(row) <= len(other) else (other, row)
    if min(count, times) < _PART * max(count, times):
        return False
    if short[0] not in long and short[-1] not in long:
        return False
    size = len(short) - (len(short) == len(long))
    return any(
        long[at : at + size] == short[begin : begin + size]
        for at in range(len(long) - size + 1)
        for begin in range(len(short) - size + 1)
    )


def _within(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    if short[0] not in long:
        return False
    size = len(short)
    return any(long[at : at + size] == short for at in range(len(long) - size + 1))


def repeated(
    phrases: Phrases, names: Set[str], tick: Callable[[], None] = lambda: None
) -> Iterator[tuple[tuple[str, ...], int, float]]:
    """Phrases of three words and more that come again and again and that English does not ask
    for, with their count and how striking they are, most striking first.
    """
    if phrases.countless:
        return
    tick()
    shown: list[tuple[tuple[str, ...], int]] = []
    in_order = _by_score(phrases.telling, lambda row, count: _telling(row, count, names))
    for score, row, count in in_order:
        if not score:
            return
        if any(_within(other, row) or _overlap(row, count, other, times) for other, times in shown):
            continue
        shown.append((row, count))
        yield row, count, score


def _telling(row: tuple[str, ...], count: int, names: Set[str]) -> float:
    bits = _bits(row, tuple(map(names.__contains__, row)))
    return bits * math.log2(count) if bits >= _TELLING_BITS else 0.0


@lru_cache(maxsize=1 << 14)
def _bits(row: tuple[str, ...], named: tuple[bool, ...]) -> float:
    """How rare the words of a phrase are in English; those that are names tell nothing. Zipf's
    law gives a word's share from its rank.
    """
    ranks = tables.ranks()
    bits = 0.0
    for word, is_name in zip(row, named, strict=True):
        if not is_name:
            bits += math.log2(10 * min(ranks.get(word, 10_000), 10_000))
    rate = tables.phrase_rates()
    known = max(
        (rate.get(" ".join(row[at : at + size]), 0) * size for size in (3, 4) for at in range(6)),
        default=0,
    )
    return bits - math.log2(1 + known) if bits else 0.0


@lru_cache(maxsize=1 << 14)
def _is_thing(row: tuple[str, ...]) -> bool:
    """Whether a phrase only names a thing, place or person of the story: "the old brass beam",
    "into the great room". What it says of nobody doing anything is no habit of telling.
    """
    if sum(word in PERSON_NOUNS for word in row) > (len(row) > 4):
        return True
    return len(row) < 6 and not any(map(_is_verbal, row))


def _is_verbal(word: str) -> bool:
    if word in _VERBAL or word in tables.word_set("pasts"):
        return True
    if word in tables.word_set("participles"):
        return True
    return (
        word.endswith(("ed", "ing"))
        and len(word) > 4
        and word not in tables.word_set("not_participles")
    )


_DETERMINERS = frozenset(["the", "a", "an", "his", "her", "my", "their", "its", "our", "your"])
_OPEN_BEGINNINGS = frozenset(["and", "of", "or", "that"])
_OPEN_ENDS = _DETERMINERS | tables.word_set("open_ends")
"""Words that no phrase ends with: something has to follow."""
_VERBAL = frozenset(
    ["he", "she", "i", "they", "we", "was", "had", "were", "is", "are", "has", "have", "could"]
)
