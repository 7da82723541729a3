"""Colors that one word tells: "blue-eyed", "fair-haired", "a redhead"."""

from __future__ import annotations

from collections.abc import Iterator

from inkstand_prose.facts.colored import BE, ENDS, REACH, Feature, emit, is_passing
from inkstand_prose.facts.colors import EYES, HAIR
from inkstand_prose.facts.owners import ahead
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.stated import Statement
from inkstand_prose.facts.views import Token, View

BARE_HAIR = {
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
    "bald": "bald",
    "bald-headed": "bald",
    "baldheaded": "bald",
}
"""Words that tell of hair without naming it."""
_IS = frozenset([",", "being", "born", "become", "became"])
_WITHIN_PHRASE = frozenset(["who", "only", "a", "an", "the", "as", "have", "had", "has", "been"])


def compound(found: list[Token], at: int) -> tuple[Feature, str] | None:
    """The color that one word tells: "blue-eyed", "fair-haired", "redhead"."""
    word = found[at].text
    color, _, part = word.rpartition("-")
    if part == "eyed" and color in EYES:
        return "eyes", EYES[color]
    if part in {"haired", "headed"} and color in HAIR and (part == "haired" or color == "red"):
        return "hair", HAIR[color]
    if word == "eyed" and at and found[at - 1].text in EYES:
        return "eyes", EYES[found[at - 1].text]
    if word in BARE_HAIR:
        return "hair", BARE_HAIR[word]
    return None


def of_adjective(
    view: View, found: list[Token], at: int, feature: Feature, value: str
) -> Iterator[Statement]:
    """Of whom such a word is said: of the name after it, or who "was" or ", " it."""
    if is_passing(found, at):
        return
    who: Reference | None = None
    trust = 0.95
    last = at
    bare = found[at].text in {"ginger", "blond", "blonde", "bald"}
    for place in range(at + 1, min(len(found), at + 6)):
        token = found[place]
        if token.who is not None:
            if token.letter == "n" and not token.owns:
                who, last = token.who, place
            break
        if token.text == "," and (place == at + 1 or found[at + 1].text == "and"):
            continue
        if not token.text[0].isalpha() or token.text in ENDS or token.text.endswith("'s"):
            break
    if who is None and at + 2 < len(found) and found[at + 1].text in {"was", "is"}:
        token = found[at + 2]
        if token.letter == "n" and not token.owns and at and found[at - 1].text == "the":
            who, last = token.who, at + 2
    if who is None and not (bare and _names_a_thing(found, at)):
        who = _described(found, at)
        trust = 0.85
    if who is None and not bare and (coming := ahead(found, at)) is not None:
        who, trust = coming
    if who is None:
        return
    first = next((n for n, t in enumerate(found) if t.who is who), at)
    yield from emit(view, found, who, feature, [value], (min(first, at), max(last, at)), trust)


def _names_a_thing(found: list[Token], at: int) -> bool:
    """Whether an adjective goes with a noun that is nobody: "a blonde wig"."""
    if at + 1 >= len(found):
        return False
    following = found[at + 1]
    if following.text in {"and", "or"}:
        return False
    return following.who is None and following.text[0].isalpha() and following.text not in ENDS


def _described(found: list[Token], at: int) -> Reference | None:
    """The person of whom an adjective is said: "Ada was a tall, blue-eyed girl"."""
    linked = False
    for place in range(at - 1, max(-1, at - REACH), -1):
        token = found[place]
        if token.who is not None:
            if token.owns or token.letter not in "nsd" or not linked:
                return None
            return token.who
        short = token.text == "'" and found[place + 1].text in {"m", "ve", "re"}
        if short or token.text in BE | _IS:
            linked = True
        elif (
            token.text == "'s"
            or (token.text[0].isalpha() and token.text in ENDS - _WITHIN_PHRASE)
            or (not token.text[0].isalpha() and token.text != ",")
        ):
            return None
    return None


def within(view: View, found: list[Token], at: int) -> Iterator[Statement]:
    """What a description says of itself: "the red-haired woman", where she is known."""
    token = found[at]
    if token.letter not in "nd" or token.who is None or token.who.person < 0:
        return
    if "-" not in token.text and token.letter == "n":
        return
    if is_passing(found, at):
        return
    for word in token.text.rstrip("'s").rstrip(">").split()[1:]:
        color, _, part = word.strip(",").rpartition("-")
        if part == "eyed" and color in EYES:
            yield from emit(view, found, token.who, "eyes", [EYES[color]], (at, at), 0.9)
        elif part == "haired" and color in HAIR:
            yield from emit(view, found, token.who, "hair", [HAIR[color]], (at, at), 0.9)
        elif word.strip(",") in BARE_HAIR and word.strip(",") != "ginger":
            yield from emit(
                view, found, token.who, "hair", [BARE_HAIR[word.strip(",")]], (at, at), 0.9
            )
