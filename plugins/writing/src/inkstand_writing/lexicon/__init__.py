"""The word lists: English, one file each, words parted by white space, `#` begins a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files


@cache
def words(name: str) -> frozenset[str]:
    """The words of the list `name`."""
    return frozenset(_read(name))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern for any whole word of the list `name`; its entries may be patterns themselves,
    with a dot for the space between words.
    """
    return re.compile(rf"\b(?:{'|'.join(_read(name))})\b", re.IGNORECASE)


@cache
def rates() -> dict[str, float]:
    """How often a word comes in a million words of an ordinary English novel."""
    pairs = (entry.rpartition(":") for entry in _read("rates"))
    return {word: float(rate) for word, _, rate in pairs}


def _read(name: str) -> Iterator[str]:
    text = (files(__name__) / f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        yield from line.partition("#")[0].split()
