"""Wives who are named in two ways: "Mrs. Pocock" is "Sarah Pocock"."""

from __future__ import annotations

from collections.abc import Sequence

from inkstand_prose.figure import MATRONS, Figure
from inkstand_prose.nearby import Nearby

_SIDE_BY_SIDE = 0.04
_WELL_NEAR = 12


def wives(figures: Sequence[Figure], nearby: Nearby) -> list[tuple[Figure, Figure]]:
    """Women known as somebody's wife, each with the one whom she is under her own name."""
    found = []
    for wife in [f for f in figures if _is_mrs_only(f)]:
        same = [f for f in figures if f is not wife and _may_be(f, wife, nearby)]
        if len(same) == 1:
            found.append((wife, same[0]))
    return found


def _is_mrs_only(figure: Figure) -> bool:
    named = figure.gender == "female" and figure.surname and not figure.given
    return bool(named and figure.titles and figure.titles <= MATRONS)


def _may_be(figure: Figure, wife: Figure, nearby: Nearby) -> bool:
    if figure.surname != wife.surname or not figure.given or figure.gender != "female":
        return False
    if figure.ranks() - MATRONS or "miss" in figure.titles:
        return False
    near, beside = nearby.counts(figure.keys, wife.keys)
    return near >= _WELL_NEAR and beside <= _SIDE_BY_SIDE * near
