"""How often two names stand near each other: names that one sentence sets side by side are two
people's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from inkstand_prose.names import Key, NameUse

_NEAR = 600
_BESIDE = 80
_FURTHEST = 12
"""Names further on are not compared with one."""
_NEXT = 4
_STOP = re.compile(
    r'(?<!\bMr)(?<!\bMrs)(?<!\bDr)(?<!\bSt)(?<!\b[A-Z])[.!?;:]|\n\s*\n|["“”]|'
    r"\b(?:called|named|alias|otherwise|formerly|late|christened)\b"
)
_OFTEN = 4
_SHARE = 0.015


Pair = tuple[int, int, int, int]
"""Two names by their places among the scene's, and how often they stand near each other and side
by side.
"""


def pairs_of(text: str, uses: Sequence[NameUse], keys: Sequence[Key]) -> list[Pair]:
    """The pairs of one scene's names; `keys` are the names of `uses`, each once."""
    number = {key: at for at, key in enumerate(keys)}
    near: Counter[tuple[int, int]] = Counter()
    beside: Counter[tuple[int, int]] = Counter()
    for at, use in enumerate(uses):
        one = number[use.key]
        for step, following in enumerate(uses[at + 1 : at + _FURTHEST]):
            gap = following.start - use.end
            if gap > _NEAR:
                break
            other = number[following.key]
            if one == other:
                continue
            pair = (one, other) if one < other else (other, one)
            near[pair] += 1
            if step < _NEXT and gap <= _BESIDE and not _STOP.search(text, use.end, following.start):
                beside[pair] += 1
    return [(*pair, count, beside[pair]) for pair, count in near.items()]


class Nearby:
    """The pairs of a whole book."""

    def __init__(self) -> None:
        self._near: Counter[tuple[Key, Key]] = Counter()
        self._beside: Counter[tuple[Key, Key]] = Counter()

    def add(self, keys: Sequence[Key], pairs: Iterable[Pair]) -> None:
        """Take the pairs of a scene in."""
        for one, other, near, beside in pairs:
            pair = _ordered(keys[one], keys[other])
            self._near[pair] += near
            if beside:
                self._beside[pair] += beside

    def counts(self, ones: Iterable[Key], others: Sequence[Key]) -> tuple[int, int]:
        """How often any of some names stands near, and side by side with, any of others."""
        pairs = [_ordered(one, other) for one in ones for other in others]
        return sum(self._near[pair] for pair in pairs), sum(self._beside[pair] for pair in pairs)

    def apart(self, ones: Iterable[Key], other: Key) -> bool:
        """Whether sentences set a name side by side with others as two people's are."""
        near, beside = self.counts(ones, [other])
        return beside >= _OFTEN and beside >= _SHARE * near


def _ordered(one: Key, other: Key) -> tuple[Key, Key]:
    return (one, other) if one < other else (other, one)
