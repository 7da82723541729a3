"""The color of somebody's eyes or hair, however the sentence says it.

From the noun ("eyes") the words before it are gone back through: colors among its adjectives,
then what tells whose they are ("his", "Ada's", "she had", "a woman with"). Where no adjective is
a color, one is looked for in what is said of the noun: "her eyes, which were brown", "eyes the
color of slate".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from inkstand_prose.facts.colored import BE, ENDS, EYE_NOUNS, REACH, Feature, emit, is_passing
from inkstand_prose.facts.colors import EYES, HAIR, LIKE_EYES, LIKE_HAIR
from inkstand_prose.facts.compounds import BARE_HAIR, compound, of_adjective, within
from inkstand_prose.facts.nearby import color_near, only_person
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.stated import Statement
from inkstand_prose.facts.views import Token, View, tokens
from inkstand_prose.lexicon import words

_GAZES = frozenset(["gaze", "stare"])
HAIR_NOUNS = words("hair_nouns")
TRIGGERS = EYE_NOUNS | HAIR_NOUNS | frozenset(BARE_HAIR) | frozenset(["eyed"])

_PALETTE: dict[Feature, Mapping[str, str]] = {"eyes": EYES, "hair": HAIR}
_LIKE: dict[Feature, Mapping[str, str]] = {"eyes": LIKE_EYES, "hair": LIKE_HAIR}
_HAVE = frozenset(["had", "has", "have", "having", "possessed", "inherited", "got", "with", "of"])
_LINKS = words("color_links")
"""Words that may stand between "eyes were" and the color."""
_GIVES = frozenset(["given", "gave", "gives", "lent", "left"])
_MOVES = words("eye_moves")
"""What somebody does with eyes, and nobody with another's."""
_DETERMINERS = frozenset(["the", "those", "these", "two", "both", "that", "this"])
_PARTS = words("hair_parts")
_FEATURES = words("features")
"""Of a face or figure: they have colors of their own, and the same owner."""
_RECALLED = frozenset(["remembered", "noticed", "recalled"])
"""Who met Ada "remembered the eyes": hers."""
_OTHERS = words("others")
"""Words that bring somebody else into a sentence: "saw", "woman", "their"."""
_HOW = frozenset(["how", "so", "as", "what"])
_LOOKS = words("looks")
_BEFORE_LOOK = frozenset([",", "and", "who", "had", "was", "only", "just", "then", "still", "now"])
_BREAKS = frozenset([";", ":", "—", '"', "."])
_SAID = frozenset(["to", "said", "known", "supposed", "have"])
"""Between a person and what they have: "was said to have"."""
_BESIDES = frozenset(["than", "like", "to", "at", "from", "for", "by", "and", "of"])
"""Before a person they make another the one who is described: "older than Ada, with"."""
_STOPS = EYE_NOUNS | HAIR_NOUNS | ENDS | _HAVE | BE
_MOST_ADJECTIVES = 7
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
            yield from within(view, found, number)
        elif token.text in EYE_NOUNS:
            yield from _of_noun(view, found, number, "eyes")
        elif token.text in HAIR_NOUNS:
            yield from _of_noun(view, found, number, "hair")
        elif (told := compound(found, number)) is not None:
            yield from of_adjective(view, found, number, *told)


# "blue eyes"


def _of_noun(view: View, found: list[Token], at: int, feature: Feature) -> Iterator[Statement]:
    if is_passing(found, at):
        return
    noun = _before(found, at, feature)
    palette = _PALETTE[feature]
    values = [palette[found[i].text] for i in noun.colors]
    first, last = noun.at, at
    if found[at].text == "eye" and "black" in values:
        return  # from a blow
    if found[at].text == "head" and not values:
        return
    if values:
        owner = _owner(found, noun, at)
        weight = 1.0
        after = found[at + 1].text if at + 1 < len(found) else ""
        if feature == "eyes" and after in _PASSING and values[-1] == "black":
            return
    else:
        color = _after(found, at, feature)
        if color is None:
            color = _shade_before(found, noun, feature)
        if color is None and found[at].text not in _GAZES:
            color = color_near(found, at, palette)
        if color is None:
            return
        value, other = color
        values, first, last = [value], min(first, other), max(at, other)
        owner, weight = _owner(found, noun, at), 0.95
    if owner is None:
        owner = _of_whom(found, at)
        weight *= 0.95
    if owner is None:
        owner = _only_one(found, noun, at) or only_person(found, at)
    if owner is None:
        return
    who, trust = owner
    first = min(first, next((n for n, t in enumerate(found) if t.who is who), first))
    yield from emit(view, found, who, feature, values, (first, last), weight * trust)


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
        elif word in _STOPS or word in _FEATURES or not word[0].isalpha():
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
    if found[at].text in EYE_NOUNS and (looking := _looking(found, noun)) is not None:
        return looking
    if stop.who is not None:
        if not stop.owns and noun.stop and found[noun.stop - 1].text in _GIVES:
            return stop.who, 0.9
        return (stop.who, 1.0) if stop.owns else None
    if stop.text == "whose":
        return _carrier(found, noun.stop)
    if stop.text in {"the", "a", "one", "two", "those"} and noun.stop:
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
    if stop.text in EYE_NOUNS | HAIR_NOUNS | _FEATURES:
        return _owner(found, _before(found, noun.stop, "hair"), noun.stop)
    return None


def _looking(found: list[Token], noun: _Noun) -> tuple[Reference, float] | None:
    """Whose they are who looks with them: "Ada looked at him out of brown eyes"."""
    place = noun.stop
    if place and found[place].text in {"a", "one"}:
        place -= 1
    out = place and found[place].text == "of" and found[place - 1].text == "out"
    if not out and found[place].text not in {"with", "from", "through"}:
        return None
    first = max(-1, place - REACH - 2)
    look = next((n for n in range(place - 1, first, -1) if found[n].text in _LOOKS), -1)
    between = found[look + 1 : place]
    others = [token for token in between if token.who is None or token.letter == "d"]
    said = {word for token in others for word in token.text.strip("<>").split()}
    if look < 0 or said & (_OTHERS | _BREAKS):
        return None  # "looked at the girl with blue eyes": hers
    for before in range(look - 1, max(-1, look - 6), -1):
        token = found[before]
        if token.who is not None:
            return None if token.owns or token.letter not in "nsd" else (token.who, 0.92)
        if not (token.text in _BEFORE_LOOK or token.text.endswith(("ly", "ed"))):
            return None
    return None


def _another_between(found: list[Token], owner: int, at: int) -> bool:
    """Whether they are those of somebody's mother, horse or doll: "his sister's eyes"."""
    return any(token.who is None and token.text.endswith("'s") for token in found[owner:at])


def _inherits(found: list[Token], noun: _Noun) -> tuple[Reference, float] | None:
    """As in "She had her mother's grey eyes": she has them as well."""
    place = noun.stop
    while place > 0 and (found[place].owns or found[place].text not in _HAVE):
        place -= 1
    return _having(found, place) if found[place].text in _HAVE - {"of", "with"} else None


def _carrier(found: list[Token], at: int) -> tuple[Reference, float] | None:
    """Who is "with blue eyes" or "of the brown eyes": the nearest person before."""
    for place in range(at - 1, max(-1, at - REACH), -1):
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
        if token.text in {
            "who",
            ",",
            "'",
            "ve",
            "have",
            "has",
            "had",
            "also",
            "still",
            "both",
            "always",
            "really",
        }:
            continue
        if token.text.endswith("ly"):
            continue
        if token.text in {"was", "is", "were"} or token.text in _SAID:
            continue
        return None
    return None


def _of_whom(found: list[Token], at: int) -> tuple[Reference, float] | None:
    """As in "The blue eyes of Ada"."""
    if at + 2 < len(found) and found[at + 1].text == "of":
        token = found[at + 2]
        if token.who is not None and token.letter in "ndp":
            return token.who, 0.95
    if at + 2 < len(found) and found[at + 2].text in {"have", "has", "had"}:
        token = found[at + 1]
        if token.who is not None and token.letter in "ns" and not token.owns:
            return token.who, 0.95
    return None


def _only_one(found: list[Token], noun: _Noun, at: int) -> tuple[Reference, float] | None:
    """Whose "the brown eyes" are, in a sentence that has but one person, who comes first."""
    people = {token.who.person for token in found if token.who is not None}
    first = next((token for token in found[: noun.at] if token.who is not None), None)
    if len(people) != 1 or first is None or first.who is None or first.who.person < 0:
        return None
    recalled = noun.stop > 0 and found[noun.stop - 1].text in _RECALLED
    others = any(token.text in _OTHERS for token in found[:at])
    if found[at].text == "eye" or (others and not recalled):
        return None
    if any(token.text.endswith((" i>", " my>", " me>", "'s")) for token in found[noun.stop : at]):
        return None
    first_person = any(token.text.endswith((" i>", " my>", " me>")) for token in found[:at])
    told = noun.stop >= 0 and found[noun.stop].text in _DETERMINERS
    return None if first_person else (first.who, 0.8 if told else 0.72)


def _after(found: list[Token], at: int, feature: Feature) -> tuple[str, int] | None:
    """The color that is said of a noun after it, and where it stands."""
    palette, like = _PALETTE[feature], _LIKE[feature]
    place = at + 1
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
            if following in _PASSING or (word == "fair" and following == "to"):
                return None
            if following[0].isalpha() and following not in _AFTER_COLOR:
                if following in palette:
                    return palette[following], place + 1
                return None
            return palette[word], place
        if word in {"color", "colour", "shade", "hue"} and linked:
            return _likeness(found, place, like)
        if word in BE or word in {",", ":", "the", "as", "of", "which", "like"}:
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


def _goes_before(found: list[Token], at: int, palette: Mapping[str, str]) -> bool:
    """Whether a word is an adjective of the color after it: "a startling green"."""
    if at + 1 >= len(found) or found[at - 1].text not in {"a", "the", ","} | BE | _LINKS:
        return False
    return found[at].text not in ENDS and found[at + 1].text in palette


_AFTER_COLOR = words("after_color")


_FLASHING = frozenset(
    ["flint", "steel", "coal", "coals", "granite", "storm", "fire", "flame", "ice"]
)
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
    """As in "The green of her eyes"."""
    palette = _PALETTE[feature]
    place = noun.stop - (1 if noun.stop >= 0 and found[noun.stop].owns else 0)
    if place >= 1 and found[place].text in palette and found[place - 1].text in _HOW:
        return palette[found[place].text], place
    if place < 2 or found[place].text not in {"of", "in"}:
        return None
    color, before = found[place - 1].text, found[place - 2].text
    if color in palette and (before in {"the", "that"} or before in _LINKS or before in palette):
        return palette[color], place - 1
    return None
