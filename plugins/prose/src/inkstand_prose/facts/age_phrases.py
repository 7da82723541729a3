"""Where a sentence says so many years: "not yet thirty", "aged 42", "of one-and-twenty".

A phrase is found around each number: the words of a bound before it, the word that it hangs on
before those, and what follows. Whose age it is, is another question (`age_owners`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from inkstand_prose.facts.clauses import BE
from inkstand_prose.facts.numbers import DECADES, number_of
from inkstand_prose.facts.views import Token
from inkstand_prose.lexicon import word_table, words

Frame = Literal["be", "at", "of", "beside", "own", "first", "reach", "birthday"]
"""What a phrase hangs on: "was thirty", "at thirty", "a man of thirty", "Nell, thirty," or "aged
thirty", "his thirty years", "Thirty and unmarried," "turned thirty", "her thirtieth birthday".
"""
OLDEST = 110
_LEAST_HOUR = 12
"""Up to this a number without a word for an age is rather an hour, or of things."""
_MOST_BARE = 99
_NEAR_AFTER = {("or", "so"), ("or", "thereabouts"), ("odd",), ("ish",), ("or", "more")}
_PARTS = {"early": (0, 4), "late": (6, 9), "mid": (3, 7), "middle": (3, 7), "very": (0, 9)}


class Phrase(msgspec.Struct, frozen=True):
    """Years told by the tokens `[first, last)`; `head` is the token that they hang on, -1 for
    none. `years` as in `Attribute.value`. `sure` is set where nothing but an age can be meant.
    """

    years: str
    first: int
    last: int
    frame: Frame
    head: int
    sure: bool


_BOUNDS = {
    tuple(row.split()): mark for mark, rows in word_table("age_bounds").items() for row in rows
}
_LONGEST = max(map(len, _BOUNDS))
_HEADS = word_table("age_heads")
REACH = _HEADS["reach"]
_HUMAN = words("nouns_male") | words("nouns_female") | words("nouns_neutral")


def phrases(found: Sequence[Token]) -> Iterator[Phrase]:
    """The ages that the words of a sentence can tell of."""
    at = 0
    while at < len(found):
        phrase, length = _phrase(found, at)
        if phrase is not None:
            yield phrase
        at += length


def _phrase(found: Sequence[Token], at: int) -> tuple[Phrase | None, int]:
    """The phrase around the number that begins at a token, and how many tokens that takes."""
    text = found[at].text
    if text in DECADES:
        return _decade(found, at), 1
    number, length, aged = _number(found, at)
    if text.endswith("something") and number:
        return Phrase(f"{number}s", at, at + 1, "of", at - 1, True), 1
    if not 0 < number <= OLDEST:
        return None, length
    ordinal = text.endswith(("st", "nd", "rd", "th"))
    if ordinal:
        return _ordinal(found, at, number, length), length
    last, sure, near = _after(found, at + length, aged=aged)
    if last < 0 or (number > _MOST_BARE and not sure):
        return None, length
    first, mark = _before(found, at)
    frame, head, certain = _frame(found, first, sure=sure, number=number)
    if frame is None:
        return None, length
    mark = "~" if near and mark != "<" else mark
    if frame in {"reach", "beside"} and mark == "=" and _is_yet_to_be(found, first):
        mark = "<"
    years = f"{mark}{number}" if mark in "<>~" else str(number)
    return Phrase(years, first, last, frame, head, sure or certain), length


def _number(found: Sequence[Token], at: int) -> tuple[int, int, bool]:
    """A number, how many tokens it takes, and whether "years old" is part of the word."""
    text = found[at].text
    for tail in ("-year-old", "-years-old", "-yr-old", "-something", "ish", "-odd"):
        if text.endswith(tail) and (number := number_of(text.removesuffix(tail))):
            return number, 1, tail.endswith("old")
    joined = [token.text for token in found[at : at + 3]]
    if len(joined) == 3 and joined[1] == "and" and number_of(joined[2]) >= 20:
        number = number_of(" ".join(joined))
        if number:
            return number, 3, False
    clock = at > 1 and found[at - 1].text in {".", ":"} and found[at - 2].text.isdigit()
    if clock and text.isdigit() and found[at - 2].end == found[at].start - 1:
        return 0, 1, False  # "at 9.20"
    number = number_of(text) if text[0].isalnum() else 0
    if number and text.isdigit() and int(text) != number:
        return 0, 1, False
    if number >= 20 and number % 10 == 0 and len(joined) > 1 and 0 < number_of(joined[1]) < 10:
        return number + number_of(joined[1]), 2, False
    if joined[0] == "half" and joined[1:] == ["a", "century"]:
        return 50, 3, False
    return number, 1, False


def _after(found: Sequence[Token], at: int, *, aged: bool) -> tuple[int, bool, bool]:
    """Where the phrase ends that a number before `at` begins, whether it must be an age, and
    whether it is only about so much; -1 where the number counts something else.
    """
    said = [token.text for token in found[at : at + 4]]
    if aged:
        return at, True, False
    if said[:1] == ["-"]:
        said = [word for word in said if word != "-"]
    if said and said[0] in {"years", "year", "yrs"}:
        if said[1:2] in (["old"], ["young"]):
            return at + 2, True, False
        if said[1:3] == ["of", "age"]:
            return at + 3, True, False
        if at > 1 and said[1:2] and not said[1][0].isalnum() and not said[1].startswith("<"):
            return at + 1, _owned(found, at), False
        return -1, False, False
    if said[:1] == [","] and len(said) > 1 and said[1].isdigit() and len(said[1]) == 3:
        return -1, False, False
    if said and said[0] in _HEADS["summers"]:
        return at, False, False
    if said[:1] == ["or"] and len(said) > 1 and number_of(said[1]):
        return at + 2, False, True
    for row in _NEAR_AFTER:
        if tuple(said[: len(row)]) == row:
            return at + len(row), False, True
    if not said or not said[0][0].isalnum():
        if said and said[0] in {"%", "$", "£", "/"}:
            return -1, False, False
        if said and said[0].startswith("<") and found[at].letter == "o":
            return -1, False, False
        return at, False, False
    if said[0] == "and" and len(said) > 1 and number_of(said[1]):
        return -1, False, False
    return (at, False, False) if said[0] in _HEADS["after"] | BE else (-1, False, False)


def _owned(found: Sequence[Token], at: int) -> bool:
    """Whether years are somebody's: "her twenty-one years"."""
    return found[at - 2].owns or (at > 2 and found[at - 2].text == "own" and found[at - 3].owns)


def _before(found: Sequence[Token], at: int) -> tuple[int, str]:
    """Where the words of a bound before a number begin, and its mark."""
    mark = "="
    while True:
        for length in range(min(_LONGEST, at), 0, -1):
            row = tuple(token.text for token in found[at - length : at])
            if row in _BOUNDS:
                told = _BOUNDS[row]
                if mark == "=":
                    mark = told
                at -= length
                break
        else:
            return at, mark


def _frame(
    found: Sequence[Token], first: int, *, sure: bool, number: int
) -> tuple[Frame | None, int, bool]:
    """What the phrase that begins at `first` hangs on, where that stands, and whether it must be
    an age for that.
    """
    head = first - 1
    if head < 0:
        return ("first", -1, sure) if sure or number > _LEAST_HOUR else (None, -1, False)
    token = found[head]
    text = token.text
    before = [each.text for each in found[max(0, head - 3) : head]]
    if text == "aged" or (text in {"of", "at", "as", "to"} and "age" in before[-3:]):
        return "beside", head, True
    if text == "age" or (text in BE | {":", ","} and before[-1:] == ["age"]):
        return "beside", head, True
    if text == "of" and head > 0:
        return ("of", head, sure) if _is_of_somebody(found, head) else (None, head, False)
    if text in BE and found[head - 1 if head else 0].text not in {"there", "it"}:
        return ("be", head, sure) if sure or number > 4 else (None, head, False)
    if text in _HEADS["reach"] and (sure or number > 9):
        return "reach", head, sure
    if text == "at" and (sure or number > _LEAST_HOUR):
        return ("at", head, sure) if before[-1:] != ["put"] else ("be", head, sure)
    if text == "to" and before[-2:] == ["made", "it"] and number > _LEAST_HOUR:
        return "reach", head - 2, sure
    if text == "to" and before[-1:] and before[-1] in _HEADS["tell"]:
        return "reach", head, sure
    if text in {",", "("}:
        return ("beside", head, sure) if sure or number > 9 else (None, head, False)
    if text in {"and", "but"} and (sure or number > 15):
        return "be", head, sure
    if token.owns:
        if sure and "-" in found[first].text and found[first].text.endswith("old"):
            return "of", head, True
        return ("own", head, sure) if sure or number > _LEAST_HOUR else (None, head, False)
    if token.who is not None and sure:
        return "beside", head, True
    if text in {"a", "an", "the", "this", "that", "old"} and sure:
        return "of", head, True
    opens = head == 0 and text in _HEADS["opening"]
    if opens or text in {".", ";", ":", "—", "-", '"'}:
        return ("first", head, sure) if sure or number > _LEAST_HOUR else (None, head, False)
    if text.isalpha() and before[-1:] == ["a"] and number > _LEAST_HOUR and _ends(found, first):
        return "of", head, sure  # "a fit forty-nine"
    if text in _HEADS["writes"] and number > _LEAST_HOUR and _is_by_age(found, first):
        return "reach", head, True
    return (None, head, False) if not sure else ("beside", head, True)


def _is_yet_to_be(found: Sequence[Token], at: int) -> bool:
    """As in "had not yet reached the age of fifty", "has yet to turn thirty"."""
    for place in range(at - 1, max(0, at - 5), -1):
        if found[place].text in _HEADS["reach"]:
            said = [token.text for token in found[max(0, place - 4) : place]]
            had = {"had", "has", "have", "d", "having", "hadn't", "hasn't"} & {*said}
            denied = {"not", "never", "hadn't", "hasn't"} & {*said} or said[-2:] == ["yet", "to"]
            return bool(had and denied)
    return False


def _ends(found: Sequence[Token], at: int) -> bool:
    """Whether a mark or "and" follows the number at a place."""
    after = [token.text for token in found[at + 1 : at + 2]]
    return not after or after[0] in {",", ".", ";", "and", "but", "!", "—"}


def _is_by_age(found: Sequence[Token], at: int) -> bool:
    """Whether a word for age follows soon: "wrote thirty-three in the box marked age"."""
    return bool({"age", "birthday", "aged"} & {token.text for token in found[at : at + 9]})


def _is_of_somebody(found: Sequence[Token], of: int) -> bool:
    """Whether "of" comes after a word for somebody: "a man of", "a tired widow of"."""
    before = found[of - 1]
    if before.who is not None:
        return before.letter in "dn" and not before.owns
    if before.text in _HEADS["groups"]:
        return False
    noun = before.text.rpartition("-")[2]
    return noun in _HUMAN | {"people", "women", "men", "those"} or noun in {
        "thing",
        "veteran",
        "beauty",
        "bird",
        "youngster",
        "dandy",
    }


def _ordinal(found: Sequence[Token], at: int, number: int, length: int) -> Phrase | None:
    """As in "his fiftieth birthday", "in her fortieth year"."""
    said = [token.text for token in found[at + length : at + length + 3]]
    if not said:
        return None
    head = at - 1
    while head >= 0 and found[head].text in {"own", "very", "last", "recent"}:
        head -= 1
    if said[0] == "birthday":
        return Phrase(str(number), at, at + length + 1, "birthday", head, True)
    if said[0] == "year" and head >= 0 and found[head].owns and number > 7:
        entry = found[head - 1].text if head else ""
        if entry in _HEADS["whole"]:
            return Phrase(str(number), at, at + length + 1, "birthday", head, True)
        if entry in _HEADS["entered"] or found[head].letter == "n":
            return Phrase(str(number - 1), at, at + length + 1, "birthday", head, True)
    return None


def _decade(found: Sequence[Token], at: int) -> Phrase | None:
    """As in "in her late thirties", "still in his teens"."""
    decade = DECADES[found[at].text]
    parts = {word for token in found[max(0, at - 4) : at] for word in token.text.split("-")}
    low, high = next((span for word, span in _PARTS.items() if word in parts), (0, 9))
    head = at - 1
    while head >= 0 and set(found[head].text.split("-")) & {*_PARTS, "the", "to", "or", "-"}:
        head -= 1
    if head < 0 or not found[head].owns or found[head].letter != "p":
        return None
    entry = found[head - 1].text if head else ""
    told = [token.text for token in found[max(0, head - 4) : head]]
    if entry == "of" and "out" in told:
        hardly = {"barely", "hardly", "scarcely", "just", "only"} & {
            token.text for token in found[max(0, head - 5) : head]
        }
        return Phrase(
            f"~{decade + 11}" if hardly else f">{decade + 10}", head, at + 1, "beside", head, True
        )
    if entry not in {"in", "into", "through", "entering", "entered", "reached", "of", "well"}:
        return None
    years = f"{decade}s" if (low, high) == (0, 9) else f"{decade + low}-{decade + high}"
    return Phrase(years, head, at + 1, "beside", head, True)
