"""Sums over the scenes of a book, made from those of the book before: an edit changes a few of
the parts, so those that went are taken off, and those that came are added.

Only whole numbers are summed so. Then the order does not matter, and nothing drifts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

P = TypeVar("P")
S = TypeVar("S")
K = TypeVar("K")


class Running(Generic[P, S]):
    """The sum over the parts of the latest book; safe to use from several threads.

    Args:
        nothing: The sum over no parts.
        add: Makes of a sum, the parts that went and those that came the new sum. It leaves the
            old one as it is. A part must not change while it is known here.

    """

    def __init__(self, nothing: S, add: Callable[[S, list[P], list[P]], S]) -> None:
        self._nothing, self._add = nothing, add
        self._last: tuple[list[P], S] = [], nothing
        """Exchanged whole, and nothing in it is ever changed."""

    def of(self, parts: Sequence[P]) -> S:
        """The sum over `parts`."""
        known, total = self._last
        went, came = _different(known, parts)
        if len(went) + len(came) > len(parts):
            went, came, total = [], list(parts), self._nothing
        if went or came:
            total = self._add(total, went, came)
        self._last = list(parts), total
        return total


def _different(old: Sequence[P], new: Sequence[P]) -> tuple[list[P], list[P]]:
    """The parts that are only in the one, and only in the other: by what they are, not by what
    they equal, since to compare them would take longer than to count them.
    """
    spare = Counter(map(id, old))
    came = []
    for part in new:
        if spare[id(part)]:
            spare[id(part)] -= 1
        else:
            came.append(part)
    went = []
    for part in old:
        if spare[id(part)]:
            spare[id(part)] -= 1
            went.append(part)
    return went, came


def change(went: Iterable[Iterable[K]], came: Iterable[Iterable[K]]) -> Counter[K]:
    """How much more often each thing is now; mappings have counts, others count by themselves."""
    found: Counter[K] = Counter()
    for part in went:
        found.update(part)
    for thing in found:
        found[thing] = -found[thing]
    for part in came:
        found.update(part)
    return found


def plus(total: Mapping[K, int], more: Mapping[K, int]) -> Counter[K]:
    """New counts of both together, without what is there no more."""
    found = Counter(total)
    for thing, count in more.items():
        if count:
            now = found[thing] + count
            if now:
                found[thing] = now
            else:
                del found[thing]
    return found


def counts(of: Callable[[P], Iterable[K]]) -> Running[P, Counter[K]]:
    """A running count of what each part has."""

    def add(total: Counter[K], went: list[P], came: list[P]) -> Counter[K]:
        return plus(total, change(map(of, went), map(of, came)))

    return Running(Counter(), add)
