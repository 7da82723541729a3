"""The color of somebody's eyes or hair, however the sentence says it.

From the noun ("eyes") the words before it are gone back through: colors among its adjectives,
then what tells whose they are ("his", "Ada's", "she had", "a woman with"). Where no adjective is
a color, one is looked for in what is said of the noun: "her eyes, which were brown", "eyes the
color of slate". What other sentences say is read by `carried`.
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
from inkstand_prose.facts.nearby import color_near, named_as, only_person
from inkstand_prose.facts.owners import (
    addressed,
    of_last,
    only_first,
    owner_after,
    owner_before,
    sureness,
)
from inkstand_prose.facts.phrases import Noun, before_noun
from inkstand_prose.facts.predicates import PASSING, said_after, said_later, shade_before
from inkstand_prose.facts.stated import Statement
from inkstand_prose.facts.views import Token, View, tokens

_GAZES = frozenset(["gaze", "stare"])
_SAME_AGAIN = frozenset(["ones", "own"])
"""They stand for a noun that came before: "her blue eyes met his brown ones"."""
TRIGGERS = EYE_NOUNS | HAIR_NOUNS | frozenset(BARE_HAIR) | frozenset(["eyed"])
_BEARD = 0.9
"""What a beard tells of hair."""


def looks(view: View, before: View | None = None) -> Iterator[Statement]:
    """Colors of eyes and hair that a sentence states; `before` is the sentence before it."""
    found = tokens(view)
    last = tokens(before) if before is not None else []
    latest: Feature | None = None
    for number, token in enumerate(found):
        if token.who is not None:
            yield from within(view, found, number)
            yield from _elided(view, found, number, latest or _latest(last))
        elif (feature := feature_of(token.text)) is not None:
            latest = feature
            yield from _of_noun(view, found, number, feature, last)
        elif latest is not None and token.text in _SAME_AGAIN:
            yield from _of_noun(view, found, number, latest, last)
        elif (told := compound(found, number)) is not None:
            yield from of_adjective(view, found, number, *told)


def _latest(found: list[Token]) -> Feature | None:
    """Which of the two a sentence told of last."""
    told = (feature_of(token.text) for token in reversed(found))
    return next((feature for feature in told if feature is not None), None)


def _elided(
    view: View, found: list[Token], at: int, feature: Feature | None
) -> Iterator[Statement]:
    """As in "There are eyes that change, but Ada's were blue"."""
    token = found[at]
    if feature is None or not token.owns or token.letter != "n" or token.who is None:
        return
    if at + 1 < len(found) and found[at + 1].text in {"was", "were", "are", "is"}:
        color = said_after(found, at, feature)
        if color is not None and not is_passing(found, at):
            yield from emit(view, found, token.who, feature, [color[0]], (at, color[1]), 0.9)


def feature_of(word: str) -> Feature | None:
    """What a noun is: eyes or hair, or neither."""
    return "eyes" if word in EYE_NOUNS else "hair" if word in HAIR_NOUNS else None


# "blue eyes"


def _of_noun(
    view: View, found: list[Token], at: int, feature: Feature, earlier: list[Token]
) -> Iterator[Statement]:
    noun = before_noun(found, at, feature)
    values = [PALETTE[feature][found[i].text] for i in noun.colors]
    if _is_none(found, at, noun, values):
        return
    first, last, weight = noun.at, at, 1.0
    if values == ["dark"] and (darker := _nearly(found, at, feature)):
        values, last = [darker], at + 3
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
        owner = (
            only_first(found, noun, at)
            or named_as(found, at)
            or only_person(found, at, own_color=bool(noun.colors))
            or of_last(found, earlier, at)
        )
    if owner is None:
        return
    who, trust = addressed(found, owner[0]) or owner
    trust *= sureness(found, who, earlier)
    place = next((n for n, t in enumerate(found) if t.who is who), first)
    first, last = min(first, place), max(last, place)
    yield from emit(view, found, who, feature, values, (first, last), weight * trust)


def _nearly(found: list[Token], at: int, feature: Feature) -> str | None:
    """As in "dark eyes, nearly black"."""
    if at + 3 >= len(found) or found[at + 1].text != ",":
        return None
    nearly = found[at + 2].text in {"nearly", "almost"}
    return PALETTE[feature].get(found[at + 3].text) if nearly else None


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
    color = (
        said_after(found, at, feature)
        or shade_before(found, noun, feature)
        or said_later(found, at, feature)
    )
    if color is not None or found[at].text in _GAZES | _SAME_AGAIN:
        return color
    before = noun.stop - 1
    if before >= 0 and found[before].text == "before":
        return None  # "All was black before her eyes"
    return color_near(found, at, PALETTE[feature])
