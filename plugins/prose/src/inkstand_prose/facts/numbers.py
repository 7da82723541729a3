"""Numbers in words and figures: "fifty-one", "one and twenty", "51", "thirtieth"."""

from __future__ import annotations

import re

_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINAL_ONES = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
]
_ORDINAL_TEENS = [
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_ORDINAL_TENS = [
    "twentieth",
    "thirtieth",
    "fortieth",
    "fiftieth",
    "sixtieth",
    "seventieth",
    "eightieth",
    "ninetieth",
]
_VALUES: dict[str, int] = {
    **{word: number for number, word in enumerate(_ONES, 1)},
    **{word: number for number, word in enumerate(_TEENS, 10)},
    **{word: number for number, word in zip(range(20, 100, 10), _TENS, strict=True)},
    **{word: number for number, word in enumerate(_ORDINAL_ONES, 1)},
    **{word: number for number, word in enumerate(_ORDINAL_TEENS, 10)},
    **{word: number for number, word in zip(range(20, 100, 10), _ORDINAL_TENS, strict=True)},
    "a hundred": 100,
    "one hundred": 100,
    "a score": 20,
    "half a dozen": 6,
    "a dozen": 12,
    "three-score": 60,
    "threescore": 60,
}
WORDS = frozenset([*_ONES, *_TEENS, *_TENS, *_ORDINAL_TEENS, *_ORDINAL_TENS, "hundred", "dozen"])
"""Words that a number may begin with."""

_ONE, _TEEN, _TEN = "|".join(_ONES), "|".join(_TEENS), "|".join(_TENS)
NUMBER = (
    rf"(?:(?:{_TEN})(?:[- ](?:{_ONE})\b)?|(?:{_ONE})[- ]and[- ](?:{_TEN})|{_TEEN}|{_ONE}"
    r"|a hundred|one hundred|three-?score|\d{1,3})"
)
"""A cardinal number up to a hundred or so."""
ORDINAL = (
    rf"(?:(?:{_TEN})[- ](?:{'|'.join(_ORDINAL_ONES)})|{'|'.join(_ORDINAL_TEENS)}"
    rf"|{'|'.join(_ORDINAL_TENS)}|{'|'.join(_ORDINAL_ONES)}|\d{{1,3}}(?:st|nd|rd|th))"
)
"""An ordinal number up to ninety-nine in words, or one in figures."""
DECADES = {
    "teens": 10,
    "twenties": 20,
    "thirties": 30,
    "forties": 40,
    "fifties": 50,
    "sixties": 60,
    "seventies": 70,
    "eighties": 80,
    "nineties": 90,
}
"""The first of ten years, by what they are called: "in her forties"."""
_PARTS = re.compile(r"[- ]+(?:and[- ]+)?")


def number_of(words: str) -> int:
    """What the words say; 0 where they are no number.

    >>> number_of("fifty-one"), number_of("one and twenty"), number_of("30th")
    (51, 21, 30)
    """
    words = words.strip().lower()
    if words in _VALUES:
        return _VALUES[words]
    digits = re.match(r"\d+", words)
    if digits is not None:
        return int(digits.group())
    parts = _PARTS.split(words)
    values = [_VALUES.get(part, 0) for part in parts]
    if len(values) == 2 and all(values) and min(values) < 10 <= max(values):
        return sum(values)
    return 0
