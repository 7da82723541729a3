"""Colors that stand loosely by eyes or hair, of the one person whom a sentence is about.

What `looks` cannot join word by word is read by nearness: "Black eyes glittering, Ada leaned
across", "Nobody had seen eyes so green as Ada's", "The eyes that Ada turned on him were grey".
"""

from __future__ import annotations

from collections.abc import Mapping

from inkstand_prose.facts.colored import BE, EYE_NOUNS
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.views import Token
from inkstand_prose.lexicon import words

_REACH = 9
_TRUST = 0.75
_BREAKS = frozenset([";", '"', "(", ")", "—"])
_ANOTHERS = words("another_owner")
"""Words for somebody or something else whose the color may be."""
_THINGS = frozenset(["coat", "dress", "gown", "hat", "sky", "sea", "tears", "crying", "weeping"])
"""Those of them that are only meant by a color that stands apart."""
_AFTER_COLOR = words("after_color")
_BEFORE_NOTHING = words("phrase_stops")
_THING = frozenset(["the", "in", "on", "wore", "wearing", "dressed"])
"""Before a color they make it a thing, or what is worn: "in the dark", "dressed in black"."""
_SEES = frozenset(
    [
        "saw",
        "seen",
        "glimpse",
        "glimpsed",
        "sight",
        "watched",
        "met",
        "into",
        "spied",
        "remembered",
        "thought",
        "meet",
        "meeting",
        "seeing",
        "avoided",
        "avoid",
        "resist",
        "forget",
        "dreaming",
        "imagining",
    ]
)
"""What somebody does to another's eyes or hair."""
_NOT = frozenset(["not", "never", "no", "neither", "nor", "hardly", "scarcely"])
_PASSING = frozenset(["with", "from"])
"""After a color they tell of a passing one: "red with weeping"."""
_TOWARD = frozenset(["on", "at", "to", "upon", "toward", "towards", "from", "over", "across"])
_BESIDE = frozenset(
    ["at", "saw", "by", "beside", "with", "on", "upon", "and", "to", "toward", "met"]
)
_VAGUE = frozenset(["black", "dark", "fair", "gold", "golden", "silver", "olive", "tawny"])
"""Colors that are as often those of something else: only next to "was", "so", "as" or "of"."""


def only_person(found: list[Token], at: int, *, own_color: bool) -> tuple[Reference, float] | None:
    """The one person whom a sentence tells of, wherever it names them.

    `own_color`: whether the color is an adjective of the noun, so that it is of no other thing.
    """
    people = [token for n, token in enumerate(found) if _counts(found, n)]
    if _is_anybody(found):
        people = [token for token in people if not token.text.endswith(" you>")]
    if not people or len({token.who.person for token in people if token.who is not None}) > 1:
        return None
    named = next((token for token in people if token.letter == "n"), people[0])
    if named.who is None or named.who.person < 0:
        return None
    if any(token.text.endswith((" i>", " my>", " me>", " you>", " your>")) for token in people):
        return None
    first = next(n for n, token in enumerate(found) if token.who is not None and _counts(found, n))
    sees = any(token.text in _SEES for token in found[first:at])
    if sees and not any(token.letter == "r" for token in found[:at]):
        return None
    for number, token in enumerate(found):
        if token.who is not None:
            following = found[number + 1].text if number + 1 < at else ""
            if token.who.person < 0 and following in {"with", "whose", "who", "of"}:
                return None  # "stared at a woman with blue eyes"
            continue
        others = _ANOTHERS - _THINGS if own_color else _ANOTHERS
        if token.text in others and not _is_likened(found, number):
            return None
        if token.text.endswith("'s") and number < at and at - number < 6:
            return None
    return named.who, _TRUST


def _is_anybody(found: list[Token]) -> bool:
    """Whether "you" is nobody in particular: "You could tell Ada by it"."""
    opens = len(found) > 1 and found[0].text.endswith(" you>")
    return opens and found[1].text in {"could", "couldn't", "can", "can't", "would"}


def _is_likened(found: list[Token], at: int) -> bool:
    """Whether a word for somebody tells what the person is: "like a girl", "was a woman"."""
    before = [token.text for token in found[max(0, at - 4) : at]]
    return bool(before) and (before[-1] == "like" or ("a" in before and not _BESIDE & {*before}))


def _counts(found: list[Token], at: int) -> bool:
    """Whether a reference may be the one meant: not "the clerk" in "turned on the clerk"."""
    token = found[at]
    if token.who is None:
        return False
    return token.who.person >= 0 or not at or found[at - 1].text not in _TOWARD


def color_near(found: list[Token], at: int, palette: Mapping[str, str]) -> tuple[str, int] | None:
    """The nearest color that is said of the noun at `at`, and where it stands."""
    if found[-1].text == "?":
        return None
    for place in _around(found, at):
        word = found[place].text
        if word in palette and _is_said(found, place, word):
            return palette[word], place
    return None


def _around(found: list[Token], at: int) -> list[int]:
    """Places near the noun, in the same clause, the nearest first."""
    places = []
    for step in (1, -1):
        place = at + step
        while 0 <= place < len(found) and abs(place - at) <= _REACH:
            token = found[place]
            if token.text in _BREAKS or (token.owns and step > 0) or token.text in EYE_NOUNS:
                break
            if (
                step > 0
                and token.text in {"and", "but"}
                and place + 1 < len(found)
                and (found[place + 1].who is not None or found[place + 1].text in {"the", "a"})
            ):
                break
            places.append(place)
            place += step
    return sorted(places, key=lambda place: abs(place - at))


def _is_said(found: list[Token], place: int, word: str) -> bool:
    """Whether a color is no other noun's, as in "a blue coat", and no thing, as in "the green"."""
    before = found[place - 1].text if place else ""
    following = found[place + 1] if place + 1 < len(found) else None
    if word in _VAGUE and before not in BE | {"so", "as", "of", "very"}:
        return False
    if before in _THING:
        return before == "the" and following is not None and following.text in {"of", "in"}
    if following is not None and following.text in _PASSING:
        return False
    if any(t.text in _NOT or t.text.endswith("n't") for t in found[max(0, place - 3) : place]):
        return False
    if following is None or following.who is not None or not following.text[0].isalpha():
        return True
    return (
        following.text in _AFTER_COLOR
        or following.text in _BEFORE_NOTHING
        or following.text in {"of", "and", "fringe", "fire", "glance", "light", "depths"}
    )


def named_as(found: list[Token], at: int) -> tuple[Reference, float] | None:
    """As in "Two green eyes looked out, and he knew that it was Tom"."""
    for place in range(at + 1, len(found) - 2):
        pointed = found[place].text in {"it", "that"} and found[place + 1].text in {"was", "is"}
        token = found[place + 2]
        if pointed and token.letter == "n" and token.who is not None:
            return token.who, 0.85
    return None
