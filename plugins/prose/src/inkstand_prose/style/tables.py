"""The word tables of the style measures, of our own making: `words/*.txt`, read once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

MODERN_RANK = 4_500
"""Where the words of today are put that the old novels behind the ranks do not have."""
UNKNOWN_RANK = 100_000


def lines(name: str) -> Iterator[str]:
    """The lines of a table, without comments."""
    text = files(__package__).joinpath("words", f"{name}.txt").read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def words(name: str) -> tuple[str, ...]:
    """The words of a table, in its order."""
    return tuple(" ".join(lines(name)).split())


@cache
def word_set(name: str) -> frozenset[str]:
    """The words of a table."""
    return frozenset(words(name))


@cache
def ranks() -> dict[str, int]:
    """How common a word is in English fiction: 1 for the commonest."""
    known = {word: rank for rank, word in enumerate(words("common_words"), start=1)}
    for word in words("modern_words"):
        known[word] = min(known.get(word, MODERN_RANK), MODERN_RANK)
    return known


@cache
def phrase_rates() -> dict[str, int]:
    """How often common phrases of two to four words come in a million words of fiction."""
    rates: dict[str, int] = {}
    for line in lines("common_phrases"):
        rate, _, phrases = line.partition(":")
        rates.update(dict.fromkeys(phrases.split(","), int(rate)))
    return rates


@cache
def valences() -> dict[str, int]:
    """How bright (1, 2) or dark (-1, -2) a word is."""
    found: dict[str, int] = {}
    for name, sign in (("bright", 1), ("dark", -1)):
        mild, _, strong = " ".join(words(name)).partition("strong:")
        found.update(dict.fromkeys(mild.split(), sign))
        found.update(dict.fromkeys(strong.split(), 2 * sign))
    return found
