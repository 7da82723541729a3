"""What color is said of eyes or hair, after the noun or before it: "were a startling green"."""

from __future__ import annotations

from collections.abc import Mapping

from inkstand_prose.facts.colored import BE, ENDS, REACH, Feature
from inkstand_prose.facts.colors import LIKE, PALETTE
from inkstand_prose.facts.phrases import COVERED, Noun
from inkstand_prose.facts.views import Token
from inkstand_prose.lexicon import words

PASSING = frozenset(["with", "from"])
"""After a color they tell of a passing one: "red with weeping", "black with anger"."""
_LINKS = words("color_links")
"""Words that may stand between "eyes were" and the color."""
_HOW = frozenset(["how", "so", "as", "what"])
_AFTER_COLOR = words("after_color")
_LONGEST_ASIDE = 9
_FLASHING = frozenset(
    ["flint", "steel", "coal", "coals", "granite", "storm", "fire", "flame", "ice"]
)
"""Eyes that are like these are not of their color, but hard or bright."""


def said_after(found: list[Token], at: int, feature: Feature) -> tuple[str, int] | None:
    """The color that is said of a noun after it, and where it stands."""
    palette, like = PALETTE[feature], LIKE[feature]
    place = _behind_aside(found, _behind_cover(found, at))
    linked = False
    while place < len(found) and place - at <= REACH + 3:
        token = found[place]
        word = token.text
        if token.who is not None:
            return None
        if word in palette and (linked or found[place - 1].text in {"of", "a", "the"}):
            if word == "dark" and found[place - 1].text == "the":
                return None  # "in the dark"
            following = found[place + 1].text if place + 1 < len(found) else "."
            if following in PASSING or (word == "fair" and following == "to"):
                return None
            if following[0].isalpha() and following not in _AFTER_COLOR:
                if following in palette:
                    return palette[following], place + 1
                return None
            return palette[word], place
        if word in {"color", "colour", "shade", "hue"} and linked:
            return _likeness(found, place, like)
        if word in BE or word in {",", ":", "the", "as", "of", "which", "like", "—", "-", "("}:
            linked = True
        elif not (word in _LINKS or word.endswith("ly") or _goes_before(found, place, palette)):
            return None
        if word == "like":
            alike = _likeness(found, place, {k: like[k] for k in like.keys() - _FLASHING})
            comma = next(
                (n for n in range(place, min(len(found), place + 5)) if found[n].text == ","), 0
            )
            if alike is not None or not comma:
                return alike
            place = comma
        place += 1
    return None


def _behind_cover(found: list[Token], at: int) -> int:
    """Where what is said of a noun begins: "the hair under Ada's hat was brown"."""
    if at + 2 >= len(found) or found[at + 1].text not in COVERED:
        return at + 1
    if not found[at + 2].owns and found[at + 2].text not in {"it", "them"}:
        return at + 1
    end = min(len(found), at + 7)
    return next((n for n in range(at + 3, end) if found[n].text in BE), at + 1)


def _behind_aside(found: list[Token], at: int) -> int:
    """Where a clause goes on: "Her eyes, when she looked up, were brown"."""
    if at >= len(found) or found[at].text != ",":
        return at
    end = min(len(found) - 1, at + _LONGEST_ASIDE)
    comma = next((n for n in range(at + 1, end) if found[n].text == ","), 0)
    told = any(token.who is not None for token in found[at + 1 : comma])
    return comma + 1 if told and found[comma + 1].text in BE else at


def _goes_before(found: list[Token], at: int, palette: Mapping[str, str]) -> bool:
    """Whether a word is an adjective of the color after it: "a startling green"."""
    if at + 1 >= len(found) or found[at - 1].text not in {"a", "the", ","} | BE | _LINKS:
        return False
    return found[at].text not in ENDS and found[at + 1].text in palette


def _likeness(found: list[Token], at: int, like: Mapping[str, str]) -> tuple[str, int] | None:
    for place in range(at + 1, min(len(found), at + 6)):
        token = found[place]
        if token.who is not None or token.text in {",", ".", ";"}:
            return None
        if token.text in like:
            return like[token.text], place
    return None


def shade_before(found: list[Token], noun: Noun, feature: Feature) -> tuple[str, int] | None:
    """As in "The green of her eyes"."""
    palette = PALETTE[feature]
    place = noun.stop - (1 if noun.stop >= 0 and found[noun.stop].owns else 0)
    if place >= 1 and found[place].text in palette and found[place - 1].text in _HOW:
        return palette[found[place].text], place
    if place < 2 or found[place].text not in {"of", "in"}:
        return None
    color, before = found[place - 1].text, found[place - 2].text
    if color in _PARTS and before in palette and feature == "hair":
        return palette[before], place - 2
    if color in palette and (before in {"the", "that"} or before in _LINKS or before in palette):
        return palette[color], place - 1
    return None


_PARTS = words("hair_parts") - words("others")
_HANGS = frozenset(
    ["hung", "fell", "lay", "shone", "gleamed", "curled", "grew", "glowed", "looked"]
)
"""What hair and eyes do that are of a color: "It hung black over her collar"."""
_ANY_THING = frozenset(["dark", "black", "grey", "fair", "light", "silver", "white"])
"""Colors that "it" or "they" may be which is no hair and no eyes."""
_COLOR = frozenset(["color", "colour", "colors", "colours"])
_EYES = frozenset(["eyes", "hair"])
_SHORT_QUESTION = 5
"""So many words has a question that asks for nothing but the color: "And her eyes?"."""
_MOST_BEFORE = 5
"""Words before the color of a sentence that has no verb."""
_PRONOUNS = {"eyes": frozenset(["they", "both"]), "hair": frozenset(["it"])}
_ENDS_PHRASE = frozenset([",", ".", ";", ":", "!", "—", "and", "like", "as", "or"])


def said_of_pronoun(
    after: list[Token], feature: Feature, *, subject: bool, one: bool = False
) -> tuple[str, int] | None:
    """The color in the sentence after one that has eyes or hair, and where it stands.

    `subject`: whether that sentence is about them, so that "it" and "they" mean nothing else;
    `one`: whether it tells of one eye.
    """
    if not after or after[-1].text == "?":
        return None
    palette = PALETTE[feature]
    if after[0].text not in _PRONOUNS[feature] | ({"it"} if one else frozenset()):
        return _fragment(after, palette)
    if len(after) < 3 or after[1].text not in BE | _HANGS:
        return None
    color = said_after(after, 0, feature)
    if color is None and after[1].text in _HANGS and after[2].text in palette:
        color = palette[after[2].text], 2
    if color is None or (color[0] in _ANY_THING and not subject):
        return None
    return color


def _fragment(after: list[Token], palette: Mapping[str, str]) -> tuple[str, int] | None:
    """As in "Pale, pale blue." and "Blue, like her mother's.": there is no verb."""
    for place, token in enumerate(after[:_MOST_BEFORE]):
        if token.text in palette:
            following = after[place + 1].text if place + 1 < len(after) else "."
            if palette[token.text] in _ANY_THING or following not in _ENDS_PHRASE:
                return None
            return palette[token.text], place
        if token.text not in _LINKS | {"how", "not", "really"} or token.text in {"it", "they"}:
            return None
    return None


def said_later(found: list[Token], at: int, feature: Feature) -> tuple[str, int] | None:
    """As in "Snow lay on Ada's hair, and it looked the blacker for it"."""
    for place in range(at + 2, len(found) - 2):
        if found[place].text in _PRONOUNS[feature] and found[place + 1].text in BE | _HANGS:
            if found[place - 1].text not in {"and", "but", ";", ",", ":", "—"}:
                return None
            hangs = found[place + 1].text in _HANGS
            color = said_after(found, place + 1 if hangs else place, feature)
            return None if color is not None and color[0] in {"dark", "light"} else color
    return None


def answered(found: list[Token], after: list[Token], feature: Feature) -> tuple[str, int] | None:
    """The color that answers "What color are her eyes?", and where it stands."""
    words_of = {token.text for token in found}
    if not words_of & _COLOR and not (len(found) <= _SHORT_QUESTION and found[-2].text in _EYES):
        return None
    for place, token in enumerate(after[:6]):
        if token.text in PALETTE[feature]:
            return PALETTE[feature][token.text], place
    return None
