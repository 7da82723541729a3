"""How often two names stand near each other: names that one sentence sets side by side are two
people's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

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


def named_near(
    keys: Sequence[Key], pairs: Iterable[Pair], *, beside: bool
) -> dict[tuple[Key, Key], int]:
    """How often each two names of a scene stand near each other, or side by side."""
    return {
        _ordered(keys[pair[0]], keys[pair[1]]): pair[2 + beside]
        for pair in pairs
        if pair[2 + beside]
    }


class Nearby:
    """The pairs of a whole book.

    Args:
        near: How often each two names stand near each other.
        beside: How often they stand side by side.

    """

    def __init__(
        self,
        near: Mapping[tuple[Key, Key], int] | None = None,
        beside: Mapping[tuple[Key, Key], int] | None = None,
    ) -> None:
        self._near = near or {}
        self._beside = beside or {}

    def counts(self, ones: Iterable[Key], others: Sequence[Key]) -> tuple[int, int]:
        """How often any of some names stands near, and side by side with, any of others."""
        pairs = [_ordered(one, other) for one in ones for other in others]
        near, beside = self._near.get, self._beside.get
        return sum(near(pair, 0) for pair in pairs), sum(beside(pair, 0) for pair in pairs)

    def apart(self, ones: Iterable[Key], other: Key) -> bool:
        """Whether sentences set a name side by side with others as two people's are."""
        near, beside = self.counts(ones, [other])
        return beside >= _OFTEN and beside >= _SHARE * near


def _ordered(one: Key, other: Key) -> tuple[Key, Key]:
    return (one, other) if one < other else (other, one)
