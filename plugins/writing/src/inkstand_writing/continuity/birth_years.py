"""Years that hang together: ages, births and differences as bounds, and which of them cannot hold.

Every person has a year of birth, and every place of the book a year in which it plays; nobody
knows them, but what is told bounds the distance between two of them. Bounds that go round in a
circle and come to less than nothing cannot all be true (the simple temporal problem of Dechter,
Meiri and Pearl, 1991). Bounds are taken the surest first, and what does not agree with those that
are there is given out with the others of its circle, and left aside.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import msgspec

Node = Hashable


class Bound(msgspec.Struct, frozen=True):
    """`after` is at most `most` years after `before`. `source` is what tells so, -1 for nobody."""

    before: Node
    after: Node
    most: float
    source: int = -1


class Years:
    """Bounds that agree with each other."""

    def __init__(self) -> None:
        self._from: dict[Node, dict[Node, Bound]] = {}
        """For each pair of years the tightest bound between them: the others add nothing."""

    def add(self, bounds: Iterable[Bound]) -> tuple[int, ...] | None:
        """Take bounds of one source, unless one of them cannot hold: then the sources of the
        circle in which it stands, itself among them.
        """
        taken = tuple(bounds)
        for bound in taken:
            way = self._way(bound.after, bound.before, -bound.most)
            if way is not None:
                return tuple(dict.fromkeys(one.source for one in (*way, bound)))
        for bound in taken:
            known = self._from.setdefault(bound.before, {})
            if bound.after not in known or bound.most < known[bound.after].most:
                known[bound.after] = bound
        return None

    def _way(self, start: Node, end: Node, less: float) -> list[Bound] | None:
        """The bounds along which `end` is less than so much after `start`; None where it may be
        more (Bellman and Ford).
        """
        best: dict[Node, float] = {start: 0.0}
        by: dict[Node, Bound] = {}
        changed = [start]
        while changed:
            following: dict[Node, None] = {}
            for node in changed:
                for bound in self._from.get(node, {}).values():
                    total = best[node] + bound.most
                    if total < best.get(bound.after, float("inf")) - 1e-9:
                        best[bound.after], by[bound.after] = total, bound
                        following[bound.after] = None
            changed = list(following)
        if best.get(end, float("inf")) >= less - 1e-9:
            return None
        way: list[Bound] = []
        while end != start:
            way.append(by[end])
            end = by[end].before
        return way[::-1]
