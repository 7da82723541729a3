"""The color of somebody's eyes or hair, however the sentence says it.

From the noun ("eyes") the words before it are gone back through: colors among its adjectives,
then what tells whose they are ("his", "Ada's", "she had", "a woman with"). Where no adjective is
a color, one is looked for in what is said of the noun: "her eyes, which were brown", "eyes the
color of slate".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from inkstand_prose.facts.colors import EYES, HAIR, LIKE_EYES, LIKE_HAIR
from inkstand_prose.facts.coreference import Reference
from inkstand_prose.facts.stated import Statement, statement
from inkstand_prose.facts.views import Token, View, tokens
from inkstand_prose.lexicon import words

Feature = Literal["eyes", "hair"]

EYE_NOUNS = frozenset(["eyes", "eye", "irises", "gaze", "stare"])
_GAZES = frozenset(["gaze", "stare"])
HAIR_NOUNS = frozenset(
    ["hair", "curls", "locks", "tresses", "braids", "braid", "ringlets", "plaits", "plait", "ponytail", "mane", "haired", "head"]
)
_BARE_HAIR = {
    "redhead": "red",
    "red-head": "red",
    "redheaded": "red",
    "red-headed": "red",
    "red-haired": "red",
    "ginger-haired": "red",
    "carrot-top": "red",
    "blonde": "blond",
    "blond": "blond",
    "brunette": "brown",
    "towheaded": "blond",
    "tow-headed": "blond",
    "ginger": "red",
}
"""Words that tell of hair without naming it."""
TRIGGERS = EYE_NOUNS | HAIR_NOUNS | frozenset(_BARE_HAIR) | frozenset(["eyed"])

_PALETTE: dict[Feature, Mapping[str, str]] = {"eyes": EYES, "hair": HAIR}
_LIKE: dict[Feature, Mapping[str, str]] = {"eyes": LIKE_EYES, "hair": LIKE_HAIR}
_HAVE = frozenset(["had", "has", "have", "having", "possessed", "inherited", "with", "of"])
_BE = frozenset(
    ["was", "were", "is", "are", "be", "been", "seemed", "looked", "appeared", "shone", "gleamed", "glittered", "glowed", "remained"]
)
_LINKS = frozenset(
    [":", "they", "first", "a", "an", "the", "very", "so", "quite", "rather", "almost", "of", "deep", "deepest", "same", "that", "which", "who", ",", "and", "still", "always", "such", "what", "both", "curiously", "strikingly", "startlingly", "unusually", "clear", "bright", "light", "pale", "soft", "rich", "warm", "cool", "cold", "large", "big", "small", "long", "short", "wide", "round", "fine", "beautiful", "lovely", "most", "more", "shade", "color", "colour", "hue", "in"]
)
"""Words that may stand between "eyes were" and the color."""
_GIVES = frozenset(["given", "gave", "gives", "lent", "left"])
_MOVES = frozenset(
    ["lifted", "turned", "fixed", "raised", "opened", "narrowed", "closed", "shut", "cast", "dropped", "rolled", "blinked", "trained", "lowered", "flashed", "rested", "set", "kept"]
)
"""What somebody does with eyes, and nobody with another's."""
_DETERMINERS = frozenset(["the", "those", "these", "two", "both", "that", "this"])
_MODALS = frozenset("would could should might must may".split())
_WOULD_BE = frozenset("have be seem look turn make like prefer".split())
_NEGATIONS = frozenset("not never no neither nor if unless no-longer without".split())
_NOT_SO = words("not_so")
"""Words near a color that take it back, or tell of a passing one: "not", "if", "dyed"."""
_ENDS = words("phrase_stops")
"""Words that no adjective of a noun is: "and" and prepositions left out."""
_PARTS = frozenset(
    ["lock", "locks", "strand", "strands", "mop", "shock", "head", "crop", "mass", "tangle", "curl"]
    + ["wisp", "fringe", "cloud", "tuft", "pair", "braid", "mane", "thatch", "man", "woman", "girl"]
)
_HOW = frozenset(["how", "so", "as", "what"])
_SAID = frozenset(["to", "said", "known", "supposed", "have"])
"""Between a person and what they have: "was said to have"."""
_BESIDES = frozenset(["than", "like", "to", "at", "from", "for", "by", "and", "of"])
"""Before a person they make another the one who is described: "older than Ada, with"."""
_WITHIN_PHRASE = frozenset(["who", "a", "an", "the"])
_STOPS = EYE_NOUNS | HAIR_NOUNS | _ENDS | _HAVE | _BE
_MOST_ADJECTIVES = 7
_REACH = 8
_PASSING = frozenset(["with", "from"])
"""After a color they tell of a passing one: "red with weeping", "black with anger"."""


class _Noun(msgspec.Struct):
    """What the words before a noun tell: colors, whose, and where the phrase begins."""

    colors: list[int]
    at: int
    stop: int
    """The token before the phrase, -1 where there is none."""


def looks(view: View) -> Iterator[Statement]:
    """Colors of eyes and hair that a sentence states."""
    found = tokens(view)
    for number, token in enumerate(found):
        if token.who is not None:
            yield from _within(view, found, number)
        elif token.text in EYE_NOUNS:
            yield from _of_noun(view, found, number, "eyes")
        elif token.text in HAIR_NOUNS:
            yield from _of_noun(view, found, number, "hair")
        elif (told := _compound(found, number)) is not None:
            yield from _of_adjective(view, found, number, *told)


# "blue eyes"


def _of_noun(view: View, found: list[Token], at: int, feature: Feature) -> Iterator[Statement]:
    if _is_passing(found, at):
        return
    noun = _before(found, at, feature)
    palette = _PALETTE[feature]
    values = [palette[found[i].text] for i in noun.colors]
    first, last = noun.at, at
    if found[at].text == "eye" and "black" in values:
        return  # from a blow
    if found[at].text in _GAZES and not values:
        return
    if found[at].text == "head" and not values:
        return
    if values:
        owner = _owner(found, noun, at)
        weight = 1.0
        if at + 1 < len(found) and found[at + 1].text in _PASSING and values[-1] == "black":
            return
    else:
        color = _after(found, at, feature)
        if color is None:
            color = _shade_before(found, noun, feature)
        if color is None:
            return
        value, other = color
        values, first, last = [value], min(first, other), max(at, other)
        owner, weight = _owner(found, noun, at), 0.95
    if owner is None:
        owner = _of_whom(found, at)
        weight *= 0.95
    if owner is None and noun.stop >= 0 and found[noun.stop].text in _DETERMINERS and feature == "eyes":
        owner = _only_one(found, at)
    if owner is None:
        return
    who, trust = owner
    first = min(first, next((n for n, t in enumerate(found) if t.who is who), first))
    yield from _emit(view, found, who, feature, values, (first, last), weight * trust)


def _before(found: list[Token], at: int, feature: Feature) -> _Noun:
    palette = _PALETTE[feature]
    colors: list[int] = []
    place = at - 1
    while place >= 0 and at - place <= _MOST_ADJECTIVES:
        token = found[place]
        word = token.text
        if token.who is not None or word in _DETERMINERS:
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
        elif word in _STOPS or not word[0].isalpha():
            break
        place -= 1
    start = place + 1
    while start < at and found[start].text in {",", "and", "or", "but"}:
        start += 1
    return _Noun([c for c in colors if c >= start], start, place)


def _owner(found: list[Token], noun: _Noun, at: int) -> tuple[Reference, float] | None:
    """Whose the noun is, by what stands before its phrase, and how surely."""
    if noun.stop < 0:
        return None
    stop = found[noun.stop]
    if _another_between(found, noun.stop, at):
        return _inherits(found, noun)
    if stop.who is not None:
        if not stop.owns and noun.stop and found[noun.stop - 1].text in _GIVES:
            return stop.who, 0.9
        return (stop.who, 1.0) if stop.owns else None
    if stop.text == "whose":
        return _carrier(found, noun.stop)
    if stop.text in {"the", "a", "one", "those"} and noun.stop:
        before = found[noun.stop - 1].text
        if before in _HAVE or before in _MOVES:
            noun = _Noun(noun.colors, noun.at, noun.stop - 1)
            stop = found[noun.stop]
    if stop.text == "of" and not _is_part(found, noun.stop):
        return None
    if stop.text in {"with", "of"}:
        return _carrier(found, noun.stop)
    if stop.text in _HAVE or stop.text in _MOVES:
        return _having(found, noun.stop)
    if stop.text in EYE_NOUNS | HAIR_NOUNS:
        return _owner(found, _before(found, noun.stop, "hair"), noun.stop)
    return None


def _another_between(found: list[Token], owner: int, at: int) -> bool:
    """Whether they are those of somebody's mother, horse or doll: "his sister's eyes"."""
    return any(token.who is None and token.text.endswith("'s") for token in found[owner:at])


def _inherits(found: list[Token], noun: _Noun) -> tuple[Reference, float] | None:
    """ "She had her mother's grey eyes": she has them as well."""
    place = noun.stop
    while place > 0 and (found[place].owns or found[place].text not in _HAVE):
        place -= 1
    return _having(found, place) if found[place].text in _HAVE - {"of", "with"} else None


def _carrier(found: list[Token], at: int) -> tuple[Reference, float] | None:
    """Who is "with blue eyes" or "of the brown eyes": the nearest person before."""
    for place in range(at - 1, max(-1, at - _REACH), -1):
        token = found[place]
        if token.who is not None and not token.owns:
            if token.letter == "o":
                return None
            if place and found[place - 1].text in _BESIDES:
                return None
            near = place == at - 1 or (place == at - 2 and found[at - 1].text == ",")
            return token.who, (0.95 if near else 0.7)
        if token.owns or token.text in {";", ":", '"', "and", "but", "to", "at"}:
            return None
    return None


def _is_part(found: list[Token], of: int) -> bool:
    """Whether "of" joins hair to a lock of it, or to the one whose it is: not "a glimpse of"."""
    before = found[of - 1] if of else None
    return before is not None and (before.who is not None or before.text in _PARTS)


def _having(found: list[Token], at: int) -> tuple[Reference, float] | None:
    """Who "had" them: the subject of the verb at `at`."""
    for place in range(at - 1, max(-1, at - 6), -1):
        token = found[place]
        if token.who is not None:
            if token.owns or token.letter == "o":
                return None
            return token.who, 0.95
        if token.text in {"who", ",", "also", "still", "both", "always", "really"}:
            continue
        if token.text.endswith("ly"):
            continue
        if token.text in {"was", "is", "were"} or token.text in _SAID:
            continue
        return None
    return None


def _of_whom(found: list[Token], at: int) -> tuple[Reference, float] | None:
    """ "The blue eyes of Ada"."""
    if at + 2 < len(found) and found[at + 1].text == "of":
        token = found[at + 2]
        if token.who is not None and token.letter in "nd":
            return token.who, 0.95
    if at + 2 < len(found) and found[at + 2].text in {"have", "has", "had"}:
        token = found[at + 1]
        if token.who is not None and token.letter in "ns" and not token.owns:
            return token.who, 0.95
    return None


def _only_one(found: list[Token], at: int) -> tuple[Reference, float] | None:
    """Whose "the brown eyes" are, in a sentence that has but one person, who comes first."""
    people = {token.who.person for token in found if token.who is not None}
    first = next((token.who for token in found[:at] if token.who is not None), None)
    if len(people) != 1 or first is None or first.person < 0 or found[at].text == "eye":
        return None
    first_person = any(token.text.endswith((" i>", " my>", " me>")) for token in found[:at])
    return None if first_person else (first, 0.8)


def _after(found: list[Token], at: int, feature: Feature) -> tuple[str, int] | None:
    """The color that is said of a noun after it, and where it stands."""
    palette, like = _PALETTE[feature], _LIKE[feature]
    place = at + 1
    linked = False
    while place < len(found) and place - at <= _REACH + 3:
        token = found[place]
        word = token.text
        if token.who is not None:
            return None
        if word in palette and (linked or found[place - 1].text in {"of", "a", "the"}):
            if found[place - 1].text == "the" and found[place - 2].text != "of":
                return None  # "in the dark"
            following = found[place + 1].text if place + 1 < len(found) else "."
            if following in _PASSING or (word == "fair" and following == "to"):
                return None
            if following[0].isalpha() and following not in _AFTER_COLOR:
                if following in palette:
                    return palette[following], place + 1
                return None
            return palette[word], place
        if word in {"color", "colour", "shade", "hue"} and linked:
            return _likeness(found, place, like)
        if word in _BE or word in {",", "the", "as", "of", "which", "like"}:
            linked = True
        elif not (word in _LINKS or word.endswith("ly") or _goes_before(found, place, palette)):
            return None
        if word == "like":
            return _likeness(found, place, {k: like[k] for k in like.keys() - _FLASHING})
        place += 1
    return None


def _goes_before(found: list[Token], at: int, palette: Mapping[str, str]) -> bool:
    """Whether a word is an adjective of the color after it: "a startling green"."""
    if at + 1 >= len(found) or found[at - 1].text not in {"a", "the", ","} | _BE | _LINKS:
        return False
    return found[at].text not in _ENDS and found[at + 1].text in palette


_AFTER_COLOR = frozenset(
    ["and", "it", "they", "as", "in", "but", "or", "now", "like", "that", "than", "by", "under", "beneath", "even", "eyes", "ones", "which", "when", "to", "for", "at", "against", "rather", "behind", "on", "one", "hair", "through", "above", "over"]
)


_FLASHING = frozenset(["flint", "steel", "coal", "coals", "granite", "storm", "fire", "flame", "ice"])
"""Eyes that are like these are not of their color, but hard or bright."""


def _likeness(found: list[Token], at: int, like: Mapping[str, str]) -> tuple[str, int] | None:
    for place in range(at + 1, min(len(found), at + 6)):
        token = found[place]
        if token.who is not None or token.text in {",", ".", ";"}:
            return None
        if token.text in like:
            return like[token.text], place
    return None


def _shade_before(found: list[Token], noun: _Noun, feature: Feature) -> tuple[str, int] | None:
    """ "The green of her eyes"."""
    palette = _PALETTE[feature]
    place = noun.stop - (1 if noun.stop >= 0 and found[noun.stop].owns else 0)
    if place >= 1 and found[place].text in palette and found[place - 1].text in _HOW:
        return palette[found[place].text], place
    if place >= 1 and found[place].text in {"of", "in"} and found[place - 1].text in palette:
        if place >= 2 and found[place - 2].text in {"the", "that"} | set(_LINKS) | set(palette):
            return palette[found[place - 1].text], place - 1
    return None


# "blue-eyed", "a redhead"


def _compound(found: list[Token], at: int) -> tuple[Feature, str] | None:
    """The color that one word tells: "blue-eyed", "fair-haired", "redhead"."""
    word = found[at].text
    color, _, part = word.rpartition("-")
    if part == "eyed" and color in EYES:
        return "eyes", EYES[color]
    if part in {"haired", "headed"} and color in HAIR and (part == "haired" or color == "red"):
        return "hair", HAIR[color]
    if word == "eyed" and at and found[at - 1].text in EYES:
        return "eyes", EYES[found[at - 1].text]
    if word in _BARE_HAIR:
        return "hair", _BARE_HAIR[word]
    return None


def _of_adjective(
    view: View, found: list[Token], at: int, feature: Feature, value: str
) -> Iterator[Statement]:
    if _is_passing(found, at):
        return
    who: Reference | None = None
    trust = 0.95
    last = at
    bare = found[at].text in {"ginger", "blond", "blonde"}
    for place in range(at + 1, min(len(found), at + 4)):
        token = found[place]
        if token.who is not None:
            if token.letter == "n" and not token.owns:
                who, last = token.who, place
            break
        if not token.text[0].isalpha() or token.text in _ENDS or token.text.endswith("'s"):
            break
    if who is None and not (bare and _names_a_thing(found, at)):
        who = _described(found, at)
        trust = 0.85
    if who is None:
        return
    first = next((n for n, t in enumerate(found) if t.who is who), at)
    yield from _emit(view, found, who, feature, [value], (min(first, at), max(last, at)), trust)


def _names_a_thing(found: list[Token], at: int) -> bool:
    """Whether an adjective goes with a noun that is nobody: "a blonde wig"."""
    if at + 1 >= len(found):
        return False
    following = found[at + 1]
    if following.text in {"and", "or"}:
        return False
    return following.who is None and following.text[0].isalpha() and following.text not in _ENDS


def _described(found: list[Token], at: int) -> Reference | None:
    """The person of whom an adjective is said: "Ada was a tall, blue-eyed girl"."""
    linked = False
    for place in range(at - 1, max(-1, at - _REACH), -1):
        token = found[place]
        if token.who is not None:
            if token.owns or token.letter not in "nsd" or not linked:
                return None
            return token.who
        if token.text in _BE or token.text == ",":
            linked = True
        elif token.text == "'s" or (
            token.text[0].isalpha() and token.text in _ENDS - _WITHIN_PHRASE
        ) or (not token.text[0].isalpha() and token.text != ","):
            return None
    return None


def _within(view: View, found: list[Token], at: int) -> Iterator[Statement]:
    """What a description says of itself: "the red-haired woman", where she is known."""
    token = found[at]
    if token.letter not in "nd" or token.who is None or token.who.person < 0:
        return
    if "-" not in token.text and token.letter == "n":
        return
    if _is_passing(found, at):
        return
    for word in token.text.rstrip("'s").rstrip(">").split()[1:]:
        color, _, part = word.strip(",").rpartition("-")
        if part == "eyed" and color in EYES:
            yield from _emit(view, found, token.who, "eyes", [EYES[color]], (at, at), 0.9)
        elif part == "haired" and color in HAIR:
            yield from _emit(view, found, token.who, "hair", [HAIR[color]], (at, at), 0.9)
        elif word in _BARE_HAIR and word != "ginger":
            yield from _emit(view, found, token.who, "hair", [_BARE_HAIR[word]], (at, at), 0.9)


def _is_passing(found: list[Token], at: int) -> bool:
    """Whether words around take the color back, or tell of one that does not stay."""
    before = found[max(0, at - 9) : at]
    near = found[max(0, at - 6) : at + 6]
    return any(
        token.text in _NOT_SO or (token.text in _MODALS and following.text in _WOULD_BE)
        for token, following in pairwise(near)
        if token.who is None
    ) or any(token.text in _NEGATIONS or token.text.endswith("n't") for token in before)


def _emit(
    view: View,
    found: list[Token],
    who: Reference,
    feature: Feature,
    values: Sequence[str],
    span: tuple[int, int],
    weight: float,
) -> Iterator[Statement]:
    plain = dict.fromkeys(values)
    if "dark" in plain and len(plain) > 1:
        del plain["dark"]
    place = found[span[0]].start, found[span[1]].end
    made = statement(view, who, feature, " or ".join(plain), place, weight)
    if made is not None:
        yield made
