"""The word lists: English, one file each, words parted by white space, `#` begins a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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


class Matcher:
    """Finds the entries of a list in a row of words; entries may be patterns, and phrases whose
    words are joined by dots. A word is looked at once, however often it comes.
    """

    def __init__(self, name: str) -> None:
        entries = list(_read(name))
        single = [entry for entry in entries if "." not in entry]
        self._pattern = re.compile("|".join(f"(?:{entry})" for entry in single))
        self._known: dict[str, bool] = {}
        self._phrases: dict[str, list[tuple[str, ...]]] = {}
        for entry in entries:
            phrase = tuple(entry.split("."))
            if len(phrase) > 1:
                self._phrases.setdefault(phrase[0], []).append(phrase)

    def found(self, row: Sequence[str]) -> list[str]:
        """The words and phrases of the list that `row` has, in order."""
        found = []
        for place, word in enumerate(row):
            known = self._known.get(word)
            if known is None:
                known = self._known[word] = self._pattern.fullmatch(word) is not None
            if known:
                found.append(word)
            found.extend(
                " ".join(phrase)
                for phrase in self._phrases.get(word, ())
                if tuple(row[place : place + len(phrase)]) == phrase
            )
        return found


@cache
def rates() -> dict[str, float]:
    """How often a word comes in a million words of an ordinary English novel."""
    pairs = (entry.rpartition(":") for entry in _read("rates"))
    return {word: float(rate) for word, _, rate in pairs}


def rows(name: str) -> Iterator[tuple[str, str]]:
    """The lines "HEAD = TEXT" of the list `name`, in order; what is indented goes on with the
    line before, without a break.
    """
    text = (files(__name__) / f"{name}.txt").read_text(encoding="utf-8")
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith("    "):
            found[-1] += line[4:]
        elif line and not line.startswith("#"):
            found.append(line)
    for row in found:
        head, _, rest = row.partition(" = ")
        yield head, rest


def _read(name: str) -> Iterator[str]:
    text = (files(__name__) / f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        yield from line.partition("#")[0].split()
