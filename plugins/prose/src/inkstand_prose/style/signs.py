"""Signs: phrases of the tables, found in rows of words.

An entry is a row of words; `a/b` is either word, `a?` may be left out, `*` is any one word,
`_my`, `_me` and `_i` any possessive, object or subject pronoun. A row is searched by the rarest
word of each entry, so that most words cost one look into a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import msgspec

from inkstand_prose.style import tables

_PRONOUNS = {
    "_my": frozenset(
        [
            "my",
            "your",
            "his",
            "her",
            "its",
            "our",
            "their",
            "one's",
            "someone's",
            "everybody's",
            "everyone's",
        ]
    ),
    "_me": frozenset(["me", "you", "him", "her", "it", "us", "them", "one", "someone", "everyone"]),
    "_i": frozenset(["i", "you", "he", "she", "it", "we", "they"]),
}


class Sign(msgspec.Struct, frozen=True):
    """An entry: what each of its words may be (None: any), its own text, and its list."""

    words: tuple[frozenset[str] | None, ...]
    text: str
    list: str


class Signs:
    """The entries of some tables, by the words that they are searched by."""

    def __init__(self, lists: Iterable[str]) -> None:
        self._by_anchor: dict[str, list[tuple[int, Sign]]] = {}
        for name in lists:
            for line in tables.lines(name):
                for sign in _spelled_out(line, name):
                    at = _anchor(sign)
                    for word in sign.words[at] or ():
                        self._by_anchor.setdefault(word, []).append((at, sign))
        for found in self._by_anchor.values():
            found.sort(key=lambda item: -len(item[1].words))

    @property
    def anchors(self) -> frozenset[str]:
        """The words that `at` has to be asked for."""
        return frozenset(self._by_anchor)

    def at(self, row: Sequence[str], place: int) -> Iterator[tuple[int, int, Sign]]:
        """The entries that `row` has around its word number `place`, as [first, last) of the
        row; longer entries come first.
        """
        for anchor, sign in self._by_anchor.get(row[place], ()):
            first = place - anchor
            last = first + len(sign.words)
            if first < 0 or last > len(row):
                continue
            if all(
                allowed is None or word in allowed
                for word, allowed in zip(row[first:last], sign.words, strict=True)
            ):
                yield first, last, sign


def _spelled_out(line: str, name: str) -> Iterator[Sign]:
    choices: list[list[frozenset[str] | str | None]] = []
    for word in line.split():
        plain = word.removesuffix("?")
        allowed: frozenset[str] | None = _allowed(plain)
        choices.append([allowed, ""] if word.endswith("?") else [allowed])
    for row in product(*choices):
        kept = tuple(allowed for allowed in row if not isinstance(allowed, str))
        yield Sign(kept, line, name)


def _allowed(word: str) -> frozenset[str] | None:
    if word == "*":
        return None
    found: set[str] = set()
    for choice in word.split("/"):
        found |= _PRONOUNS.get(choice, {choice})
    return frozenset(found)


def _anchor(sign: Sign) -> int:
    """The place of the word of an entry whose commonest choice is rarest."""
    ranks = tables.ranks()

    def rarity(place: int) -> int:
        allowed = sign.words[place]
        if allowed is None:
            return 0
        return min(ranks.get(word, tables.UNKNOWN_RANK) for word in allowed)

    return max(range(len(sign.words)), key=rarity)
