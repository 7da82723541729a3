"""The color of somebody's eyes or hair, however the sentence says it.

From the noun ("eyes") the words before it are gone back through: colors among its adjectives,
then what tells whose they are ("his", "Ada's", "she had", "a woman with"). Where no adjective is
a color, one is looked for in what is said of the noun: "her eyes, which were brown", "eyes the
color of slate"; and in the sentence that follows: "They were brown."
"""

from __future__ import annotations

from collections.abc import Iterator

from inkstand_prose.facts.colored import (
    BEARDS,
    EYE_NOUNS,
    HAIR_NOUNS,
    Feature,
    emit,
    is_passing,
    takes_back,
)
from inkstand_prose.facts.colors import PALETTE
from inkstand_prose.facts.compounds import BARE_HAIR, compound, of_adjective, within
from inkstand_prose.facts.nearby import color_near, only_person
from inkstand_prose.facts.owners import (
    addressed,
    only_first,
    owner_after,
    owner_before,
    sureness,
)
from inkstand_prose.facts.phrases import Noun, before_noun
from inkstand_prose.facts.predicates import (
    PASSING,
    answered,
    said_after,
    said_of_pronoun,
    shade_before,
)
from inkstand_prose.facts.stated import Statement
from inkstand_prose.facts.views import Token, View, tokens

_GAZES = frozenset(["gaze", "stare"])
_SAME_AGAIN = frozenset(["ones", "own"])
"""They stand for a noun that came before: "her blue eyes met his brown ones"."""
TRIGGERS = EYE_NOUNS | HAIR_NOUNS | frozenset(BARE_HAIR) | frozenset(["eyed"])
_BEARD = 0.9
"""What a beard tells of hair."""
_NEXT_SENTENCE = 0.88
_CATAPHORIC = 0.72
_POINTS = frozenset(["that", "that's", "it", "this", "it's"])
_SHORT = 6
"""Words of a sentence without a verb, as in "Those big brown eyes"."""
_SUBJECT = 3
"""Among so many first words a noun is what its sentence is about."""


def looks(view: View) -> Iterator[Statement]:
    """Colors of eyes and hair that a sentence states."""
    found = tokens(view)
    latest: Feature | None = None
    for number, token in enumerate(found):
        if token.who is not None:
            yield from within(view, found, number)
        elif (feature := _feature(token.text)) is not None:
            latest = feature
            yield from _of_noun(view, found, number, feature)
        elif latest is not None and token.text in _SAME_AGAIN:
            yield from _of_noun(view, found, number, latest)
        elif (told := compound(found, number)) is not None:
            yield from of_adjective(view, found, number, *told)


def sequels(view: View, following: View) -> Iterator[Statement]:
    """What the next sentence or the answer says of eyes or hair: "They were blue.", "Blue"."""
    found, after = tokens(view), tokens(following)
    for at in range(len(found) - 1, -1, -1):
        feature = _feature(found[at].text)
        if feature is None:
            continue
        noun = before_noun(found, at, feature)
        if is_passing(found, at) and found[-1].text != "?":
            return
        if noun.colors:
            yield from _named_after(following, found, after, at, feature)
            return
        owner = owner_before(found, noun, at) or owner_after(found, at) or only_person(found, at)
        if owner is None:
            return
        if found[-1].text == "?":
            told = answered(found, after, feature)
        else:
            told = said_of_pronoun(after, feature, subject=at <= _SUBJECT)
        if told is not None:
            value, place = told
            who = owner[0]
            weight = _NEXT_SENTENCE * owner[1] * sureness(found, who)
            yield from emit(following, after, who, feature, [value], (0, place), weight)
        return


def _named_after(
    following: View, found: list[Token], after: list[Token], at: int, feature: Feature
) -> Iterator[Statement]:
    """As in "Gray eyes, no smile", where the next sentence says that it was Ada."""
    if any(token.who is not None for token in found) or not after:
        return
    pointed = after[0].text in _POINTS and len(after) > 2
    short = len(found) <= _SHORT and not pointed
    for place, token in enumerate(after[: 1 if short else 4 if pointed else 0]):
        if token.letter == "n" and not token.owns and token.who is not None:
            noun = before_noun(found, at, feature)
            values = [PALETTE[feature][found[n].text] for n in noun.colors]
            weight = _NEXT_SENTENCE if pointed else _CATAPHORIC
            yield from emit(following, after, token.who, feature, values, (0, place), weight)
            return


def _feature(word: str) -> Feature | None:
    return "eyes" if word in EYE_NOUNS else "hair" if word in HAIR_NOUNS else None


# "blue eyes"


def _of_noun(view: View, found: list[Token], at: int, feature: Feature) -> Iterator[Statement]:
    noun = before_noun(found, at, feature)
    values = [PALETTE[feature][found[i].text] for i in noun.colors]
    if _is_none(found, at, noun, values):
        return
    first, last, weight = noun.at, at, 1.0
    if not values:
        color = _said_of(found, at, noun, feature)
        if color is None:
            return
        value, other = color
        values, first, last, weight = [value], min(first, other), max(at, other), 0.95
    if found[at].text in BEARDS:
        weight *= _BEARD
    owner = owner_before(found, noun, at)
    if owner is None and (owner := owner_after(found, at)) is not None:
        weight *= 0.95
    if owner is None and found[at].text not in _SAME_AGAIN:
        owner = only_first(found, noun, at) or only_person(found, at)
    if owner is None:
        return
    who, trust = addressed(found, owner[0]) or owner
    trust *= sureness(found, who)
    first = min(first, next((n for n, t in enumerate(found) if t.who is who), first))
    yield from emit(view, found, who, feature, values, (first, last), weight * trust)


def _is_none(found: list[Token], at: int, noun: Noun, values: list[str]) -> bool:
    """Whether words around take a color back, or it is none: "a black eye", "red-eyed"."""
    word = found[at].text
    if word == "eye" and "black" in values:
        return True  # from a blow
    if word == "head" and not values:
        return True
    if values and values[-1] == "black" and word in EYE_NOUNS:
        after = found[at + 1].text if at + 1 < len(found) else ""
        if after in PASSING:
            return True
    stop = found[noun.stop] if noun.stop >= 0 else None
    if word == "hair" and values and stop is not None and stop.text in {"a", "one"}:
        return stop.text == "one" or found[noun.stop - 1].text not in {"had", "has", "with"}
    if values and stop is not None and (stop.owns or stop.text in {"those", "these"}):
        return takes_back(found, at)  # "If Ada's blue eyes saw him": they are blue in any case
    return is_passing(found, at)


def _said_of(found: list[Token], at: int, noun: Noun, feature: Feature) -> tuple[str, int] | None:
    """The color that words after or before say of the noun, and where it stands."""
    if found[-1].text == "?":
        return None
    color = said_after(found, at, feature) or shade_before(found, noun, feature)
    if color is not None or found[at].text in _GAZES | _SAME_AGAIN:
        return color
    before = noun.stop - 1
    if before >= 0 and found[before].text == "before":
        return None  # "All was black before her eyes"
    return color_near(found, at, PALETTE[feature])
