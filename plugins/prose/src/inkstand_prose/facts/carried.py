"""Colors of eyes and hair that two sentences tell: "Her eyes were fine", and "They were blue"."""

from __future__ import annotations

from collections.abc import Iterator

from inkstand_prose.facts.colored import Feature, emit, is_passing
from inkstand_prose.facts.colors import PALETTE
from inkstand_prose.facts.compounds import BARE_HAIR
from inkstand_prose.facts.looks import feature_of
from inkstand_prose.facts.nearby import only_person
from inkstand_prose.facts.owners import owner_after, owner_before, sureness
from inkstand_prose.facts.phrases import before_noun
from inkstand_prose.facts.predicates import answered, said_of_pronoun
from inkstand_prose.facts.stated import Statement
from inkstand_prose.facts.views import Token, View, tokens

_NEXT_SENTENCE = 0.88
_CATAPHORIC = 0.72
_POINTS = frozenset(["that", "that's", "it", "this", "it's"])
_SHORT = 6
"""Words of a sentence without a verb, as in "Those big brown eyes"."""
_SUBJECT = 3
"""Among so many first words a noun is what its sentence is about."""


def sequels(view: View, following: View) -> Iterator[Statement]:
    """What the next sentence or the answer says of eyes or hair: "They were blue.", "Blue"."""
    found, after = tokens(view), tokens(following)
    for at in range(len(found) - 1, -1, -1):
        if found[at].text in BARE_HAIR and at and found[at - 1].text == "the":
            yield from _named_after(following, found, after, "hair", [BARE_HAIR[found[at].text]])
            return
        feature = feature_of(found[at].text)
        if feature is None:
            continue
        noun = before_noun(found, at, feature)
        if is_passing(found, at) and found[-1].text != "?":
            return
        if noun.colors:
            values = [PALETTE[feature][found[n].text] for n in noun.colors]
            yield from _named_after(following, found, after, feature, values)
            return
        owner = (
            owner_before(found, noun, at)
            or owner_after(found, at)
            or only_person(found, at, own_color=False)
        )
        if owner is None:
            return
        if found[-1].text == "?":
            told = answered(found, after, feature)
        else:
            one = found[at].text == "eye"
            told = said_of_pronoun(after, feature, subject=at <= _SUBJECT, one=one)
        if told is not None:
            value, place = told
            who = owner[0]
            weight = _NEXT_SENTENCE * owner[1] * sureness(found, who)
            yield from emit(following, after, who, feature, [value], (0, place), weight)
        return


def _named_after(
    following: View,
    found: list[Token],
    after: list[Token],
    feature: Feature,
    values: list[str],
) -> Iterator[Statement]:
    """As in "Gray eyes, no smile", where the next sentence says that it was Ada."""
    if any(token.who is not None for token in found) or not after:
        return
    pointed = after[0].text in _POINTS and len(after) > 2
    short = len(found) <= _SHORT and not pointed
    for place, token in enumerate(after[: 1 if short else 4 if pointed else 0]):
        if token.letter == "n" and not token.owns and token.who is not None:
            weight = _NEXT_SENTENCE if pointed else _CATAPHORIC
            yield from emit(following, after, token.who, feature, values, (0, place), weight)
            return
