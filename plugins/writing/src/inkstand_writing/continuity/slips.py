"""Whether one word may be another with a slip in it: one key too many, too few or wrong."""

from __future__ import annotations

from functools import cache

from inkstand_writing import lexicon
from inkstand_writing.continuity.spelling import is_form, is_known_apart, plain

_LONG, _SHORTEST = 6, 4
_VOWELS = frozenset("aeiouy")
_OPEN = frozenset("sn")
"""Letters that make another word of a name: the Bells, an African."""


def is_slip(usual: str, rare: str) -> bool:
    """Whether `rare` is a name of six letters or more with one slip, not in what tells names apart:
    the first letter, or the last vowel. A name that is somebody's own is no slip.
    """
    return len(usual) >= _LONG and _is_slip(usual, rare)


def is_short_slip(usual: str, rare: str) -> bool:
    """The same for shorter names, which are like many others: more must speak for it."""
    return _SHORTEST <= len(usual) < _LONG and _is_slip(usual, rare)


def _is_slip(usual: str, rare: str) -> bool:
    first, second = plain(usual), plain(rare)
    if not (usual.isalpha() and rare.isalpha() and rare.isascii()) or len(second) < _SHORTEST:
        return False
    if second in known_names() or is_form(first, second) or is_known_apart(first, second):
        return False
    if rare in lexicon.words("places_known"):
        return False
    start = _same(first, second)
    end = _same(first[::-1], second[::-1])
    if len(first) == len(second):
        return _is_swapped(first, second, start, end) or _is_wrong(first, start, end)
    if len(first) == len(second) + 1:
        return start + end >= len(second) and _may_be_left_out(first, second, start)
    if len(second) == len(first) + 1:
        return start + end >= len(first) and _may_be_put_in(first, second, start)
    return False


def _same(first: str, second: str) -> int:
    """How many letters two words begin with in common."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))


def _is_swapped(first: str, second: str, start: int, end: int) -> bool:
    middle = slice(start, len(first) - end)
    return (
        len(first[middle]) == 2
        and first[middle] == second[middle][::-1]
        and (start > 0 or second[0] not in _VOWELS | {first[0]})
    )


def _is_wrong(first: str, start: int, end: int) -> bool:
    """Whether one letter stands for another, neither the first nor the last."""
    return start > 0 and end > 0 and start + end == len(first) - 1


def _may_be_left_out(first: str, second: str, start: int) -> bool:
    """Whether the letter that is missing is not the first, nor a vowel or "s" that ends a name."""
    if start == 0:
        return False
    return start < len(second) or first[-1] not in _VOWELS | _OPEN or first[-1] == first[-2]


def _may_be_put_in(first: str, second: str, start: int) -> bool:
    """Whether the letter that is too many is inside, or doubles the last."""
    return 0 < start < len(first) or (start == len(first) and second[-1] == first[-1])


@cache
def known_names() -> frozenset[str]:
    """Names that are so like others that each must be taken for somebody's own."""
    return lexicon.words("names_known")
