"""The likeliest speakers of a whole scene at once, given how people take turns.

Turns form a chain in which each speaker depends on the two before: who spoke just now seldom
goes on, who spoke before that often answers. Certain lines (a tag with a name) pin the chain at
their places, and all others are weighed from both sides by the forward-backward algorithm
(L. R. Rabiner, "A tutorial on hidden Markov models", 1989, for a second-order chain).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from inkstand_prose.candidates import Candidate, gap_name
from inkstand_prose.turns import Turn

Weights = Mapping[str, float]

_MOST_CANDIDATES = 8
_FARTHEST = 3


class Link(msgspec.Struct, frozen=True):
    """How much likelier a turn is the last speaker's, the one's before, or another's."""

    same: float
    back: float
    other: float


def link_features(kind: str, before: Turn, turn: Turn) -> tuple[str, str, str]:
    """Names of the three cases of a `Link`: the same speaker, the one before, another."""
    gap = gap_name(min(_FARTHEST, max(0, turn.paragraph - before.last_paragraph - 1)))
    asks = "?" if before.asks else "."
    return f"{kind}/same:{gap}{asks}", f"{kind}/back:{gap}{asks}", f"{kind}/other:{gap}{asks}"


def link_case(first: int, second: int, third: int) -> int:
    """Which case of a link holds where three people speak in turn."""
    if third == second:
        return 0
    return 1 if third == first else 2


def likeliest(
    turns: Sequence[Turn],
    kinds: Sequence[str],
    candidates: Sequence[Sequence[Candidate]],
    weights: Weights,
) -> list[dict[int, float]]:
    """For every turn, how probable each candidate is; {} where there is none."""
    chain = _Chain(weights)
    people, scores = chain.prepare(candidates)
    links = [
        chain.link(link_features(kinds[n], turns[n - 1], turns[n])) for n in range(1, len(turns))
    ]
    forward = _forward(people, scores, links)
    backward = _backward(people, scores, links)
    found = []
    for at, here in enumerate(people):
        sums = [
            sum(f[j] * b[j] for f, b in zip(forward[at], backward[at], strict=True))
            for j in range(len(here))
        ]
        total = sum(sums) or 1.0
        found.append({p: s / total for p, s in zip(here, sums, strict=True) if p >= 0})
    return found


class _Chain:
    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.links: dict[tuple[str, str, str], Link] = {}

    def prepare(
        self, candidates: Sequence[Sequence[Candidate]]
    ) -> tuple[list[list[int]], list[list[float]]]:
        """The best candidates of each turn and their weights; nobody (-1) where there is none."""
        people, scores = [], []
        for group in candidates:
            ranked = sorted(
                ((sum(self.weights.get(f, 0.0) for f in c.features), -c.person) for c in group),
                reverse=True,
            )[:_MOST_CANDIDATES] or [(0.0, 1)]
            best = ranked[0][0]
            people.append([-person for _, person in ranked])
            scores.append([math.exp(score - best) for score, _ in ranked])
        return people, scores

    def link(self, names: tuple[str, str, str]) -> Link:
        """The link whose three cases have these weights."""
        found = self.links.get(names)
        if found is None:
            found = Link(*(math.exp(self.weights.get(name, 0.0)) for name in names))
            self.links[names] = found
        return found


Table = list[list[float]]
"""A number for each speaker of the turn before (rows) and of the turn (columns)."""


def _forward(
    people: Sequence[Sequence[int]], scores: Sequence[Sequence[float]], links: Sequence[Link]
) -> list[Table]:
    tables: list[Table] = []
    for at, here in enumerate(people):
        if at == 0:
            tables.append([list(scores[0])])
            continue
        link, last = links[at - 1], tables[-1]
        earlier = {p: n for n, p in enumerate(people[at - 2])} if at > 1 else {}
        table = []
        for i, speaker in enumerate(people[at - 1]):
            column = sum(row[i] for row in last)
            line = []
            for j, person in enumerate(here):
                if person == speaker:
                    value = link.same * column
                else:
                    value = link.other * column
                    if person in earlier:
                        value += (link.back - link.other) * last[earlier[person]][i]
                line.append(value * scores[at][j])
            table.append(line)
        tables.append(_scaled(table))
    return tables


def _backward(
    people: Sequence[Sequence[int]], scores: Sequence[Sequence[float]], links: Sequence[Link]
) -> list[Table]:
    tables: list[Table] = []
    for at in range(len(people) - 1, -1, -1):
        rows = people[at - 1] if at else [-1]
        if at == len(people) - 1:
            tables.append([[1.0] * len(people[at]) for _ in rows])
            continue
        link, following, later = links[at], tables[-1], scores[at + 1]
        places = {p: n for n, p in enumerate(people[at + 1])}
        table = [[0.0] * len(people[at]) for _ in rows]
        for i, speaker in enumerate(people[at]):
            values = [later[j] * following[i][j] for j in range(len(later))]
            same = values[places[speaker]] if speaker in places else 0.0
            base = link.same * same + link.other * (sum(values) - same)
            for h, earlier in enumerate(rows):
                table[h][i] = base
                if earlier != speaker and at and earlier in places:
                    table[h][i] += (link.back - link.other) * values[places[earlier]]
        tables.append(_scaled(table))
    tables.reverse()
    return tables


def _scaled(table: Table) -> Table:
    """The table with its largest number made 1, so that long scenes do not underflow."""
    largest = max(max(row) for row in table) or 1.0
    return [[value / largest for value in row] for row in table]
