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


def _read(name: str) -> Iterator[str]:
    text = (files(__name__) / f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        yield from line.partition("#")[0].split()
