"""What colors of eyes and hair have in common: their words, and what takes a color back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.stated import Statement, statement
from inkstand_prose.facts.views import Token, View
from inkstand_prose.lexicon import words

Feature = Literal["eyes", "hair"]

EYE_NOUNS = frozenset(["eyes", "eye", "irises", "gaze", "stare"])
BEARDS = words("beards")
HAIR_NOUNS = words("hair_nouns") | BEARDS
BE = words("looks_be")
ENDS = words("phrase_stops")
"""Words that no adjective of a noun is: "and" and prepositions left out."""
REACH = 8
"""Words within which somebody is sought who has them."""
_BREAKS = frozenset([";", ":", "—"])
_MODALS = frozenset(["would", "could", "should", "might", "must", "may"])
_WOULD_BE = frozenset(["have", "be", "seem", "look", "turn", "make", "like", "prefer"])
_NEGATIONS = frozenset(
    ["not", "never", "no", "neither", "nor", "if", "unless", "no-longer", "without"]
)
_NOT_SO = words("not_so")
"""Words near a color that take it back, or tell of a passing one: "not", "if", "dyed"."""


def takes_back(found: list[Token], at: int) -> bool:
    """Whether words near tell of a color that is not the person's own: a wig, a lens, a doll."""
    near = range(max(0, at - 6), min(len(found), at + 6))
    return any(
        found[n].text in _NOT_SO and not (found[n].text == "envy" and found[n - 1].text == "the")
        for n in near
        if found[n].who is None
    )


def is_passing(found: list[Token], at: int) -> bool:
    """Whether words around take the color back, or tell of one that does not stay."""
    first = max(0, at - 9)
    clause = max((n for n in range(first, at) if found[n].text in _BREAKS), default=first)
    before = found[clause:at]
    supposed = any(
        token.text in _MODALS and following.text in _WOULD_BE
        for token, following in pairwise(found[max(0, at - 6) : at])
    )
    return (
        supposed
        or takes_back(found, at)
        or any(token.text in _NEGATIONS or token.text.endswith("n't") for token in before)
    )


def emit(
    view: View,
    found: list[Token],
    who: Reference,
    feature: Feature,
    values: Sequence[str],
    span: tuple[int, int],
    weight: float,
) -> Iterator[Statement]:
    """The statement that somebody's eyes or hair are of those colors, at some of the words."""
    plain = dict.fromkeys(values)
    if "dark" in plain and len(plain) > 1:
        del plain["dark"]
    place = found[span[0]].start, found[span[1]].end
    made = statement(view, who, feature, " or ".join(plain), place, weight)
    if made is not None:
        yield made
