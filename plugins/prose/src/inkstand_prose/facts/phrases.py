"""The words before "eyes" or "hair": its adjectives, and what stands before them."""

from __future__ import annotations

import msgspec

from inkstand_prose.facts.colored import BE, ENDS, EYE_NOUNS, HAIR_NOUNS, Feature
from inkstand_prose.facts.colors import PALETTE
from inkstand_prose.facts.views import Token
from inkstand_prose.lexicon import words

HAVE = frozenset(["had", "has", "have", "having", "possessed", "inherited", "got", "with", "of"])
DETERMINERS = frozenset(["the", "those", "these", "two", "both", "that", "this"])
COVERED = frozenset(["under", "beneath", "behind", "below", "above"])
"""As in "the hair under Ada's hat"."""
FEATURES = words("features")
"""Of a face or figure: they have colors of their own, and the same owner."""
_STOPS = EYE_NOUNS | HAIR_NOUNS | ENDS | HAVE | BE
_MOST_ADJECTIVES = 7


class Noun(msgspec.Struct):
    """What the words before a noun tell: colors, whose, and where the phrase begins."""

    colors: list[int]
    at: int
    stop: int
    """The token before the phrase, -1 where there is none."""


def before_noun(found: list[Token], at: int, feature: Feature) -> Noun:
    """The phrase that the noun at `at` ends."""
    palette = PALETTE[feature]
    colors: list[int] = []
    place = at - 1
    while place >= 0 and at - place <= _MOST_ADJECTIVES:
        token = found[place]
        word = token.text
        if token.who is not None or word in DETERMINERS:
            break
        if word in palette:
            colors.insert(0, place)
        elif word == "of" and place and found[place - 1].text in {"pair", "head", "mop", "shock"}:
            place -= 1
        elif word in {",", "and", "or", "but"}:
            if place == at - 1:
                break
            if found[place - 1].text in EYE_NOUNS | HAIR_NOUNS:
                place -= 1
                break
        elif word == "only":
            pass
        elif word in _STOPS or word in FEATURES or not word[0].isalpha():
            break
        place -= 1
    start = place + 1
    while start < at and found[start].text in {",", "and", "or", "but"}:
        start += 1
    return Noun([c for c in colors if c >= start], start, place)
