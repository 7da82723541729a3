"""Whether two words may be one name in two spellings: they sound alike and nearly look alike."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import combinations

from inkstand_writing import lexicon

SHORTEST = 4
_VOWELS = "aeiouy"
_SOUNDS = (
    (re.compile(r"^mac(?=[a-z]{3})"), "mc"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"(?<=[a-z])gh(?=t)"), ""),
    (re.compile(r"sch"), "sk"),
    (re.compile(r"c(?=[eiy])|z"), "s"),
    (re.compile(r"[ckq]+"), "k"),
    (re.compile(r"^ge(?=o|r|n)"), "je"),
    (re.compile(r"(?<=[a-z])h"), ""),
)
_TWICE = re.compile(r"(.)\1+")
_VOWEL = re.compile(r"[aeiouy]+")
_ENDING = re.compile(r"[aeiouyh]*\Z")
_ENDINGS = (
    frozenset({"", "e"}),
    frozenset({"y", "ey", "ie", "i", "ye", "ee", "ei"}),
    frozenset({"a", "ah"}),
    frozenset({"o", "oh", "oe"}),
)
_INNER = frozenset("aeiouy")
_I_OR_Y = frozenset("iy")
_MOST = 2
_KEPT = 1 << 15
"""Words whose forms are kept: each is asked for again with every name that is like it."""
_SHORT = 5
"""A word of fewer letters is another name with another vowel: Jane, June, John, Joan."""


@lru_cache(_KEPT)
def plain(word: str) -> str:
    """A word without case and accents."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if letter.isalpha())


@lru_cache(_KEPT)
def sound(word: str) -> str:
    """The consonants of a word as they are heard: two spellings of a name have the same."""
    heard = plain(word)
    for pattern, instead in _SOUNDS:
        heard = pattern.sub(instead, heard)
    return heard[:1] + _TWICE.sub(r"\1", _VOWEL.sub("", heard[1:]))


def is_variant(one: str, other: str) -> bool:
    """Whether two names are alike enough to be spellings of one. Neither a plural nor a pet form
    is, nor are names that are as different as Anne and Anna.
    """
    first, second = plain(one), plain(other)
    if first == second:
        return False
    if frozenset((first, second)) in _same_names():
        return True
    if min(len(first), len(second)) < SHORTEST or is_form(first, second):
        return False
    if is_known_apart(first, second):
        return False
    return _is_swapped(first, second) or (
        sound(one) == sound(other) and _sounds_alike(first, second)
    )


def differs_in_accents(one: str, other: str) -> bool:
    """Whether two names are the same but for accents: Zoe and Zoë."""
    return (
        one.casefold() != other.casefold()
        and len(one) == len(other)
        and plain(one) == plain(other)
        and one.isalpha()
        and other.isalpha()
    )


def is_known_apart(first: str, second: str) -> bool:
    """Whether two plain words are known as names of different people."""
    return second in _different_names().get(first, ())


def is_form(first: str, second: str) -> bool:
    """Whether one plain word is the plural or the pet form of the other."""
    short, long = sorted((first, second), key=len)
    return long in {short + "s", short + "es", short + "y", short + "ie"}


def _is_swapped(first: str, second: str) -> bool:
    """Whether two neighboring letters, not the first and not the last, have changed places."""
    if len(first) != len(second) or len(first) < _SHORT or first[-1] != second[-1]:
        return False
    wrong = [at for at, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
    return (
        len(wrong) == 2
        and wrong[0] > 0
        and wrong[1] == wrong[0] + 1
        and first[wrong[0]] == second[wrong[1]]
        and first[wrong[1]] == second[wrong[0]]
    )


def _sounds_alike(first: str, second: str) -> bool:
    """Whether words with the same consonants differ in little, and not in what tells names apart:
    the vowel of the first syllable, and the ending.
    """
    one, two = _ENDING.search(first), _ENDING.search(second)
    ends = {one[0] if one else "", two[0] if two else ""}
    if len(ends) == 2 and not any(ends <= same for same in _ENDINGS):
        return False
    body = len(first) - len(one[0] if one else ""), len(second) - len(two[0] if two else "")
    changed = 0
    for what, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        changed += max(b - a, d - c)
        letters = set(first[a:b] + second[c:d])
        is_ending = a >= body[0] and c >= body[1]
        if is_ending or not letters & _INNER or letters <= _I_OR_Y:
            continue
        if _doubles(first, second, a, b, c, d):
            continue
        if min(len(first), len(second)) < _SHORT or _syllable(first, a) == 0:
            return False
    return changed <= _MOST


def _doubles(first: str, second: str, a: int, b: int, c: int, d: int) -> bool:
    """Whether letters that one word has more only double what stands beside them."""
    if b > a and d > c:
        return False
    word, start, end = (first, a, b) if b > a else (second, c, d)
    letter = word[start]
    return word[start - 1 : start] == letter or word[end : end + 1] == letter


def _syllable(word: str, at: int) -> int:
    """The number of the syllable that a letter stands in, from 0."""
    return max(0, sum(1 for match in _VOWEL.finditer(word) if match.start() < at + 1) - 1)


@cache
def _different_names() -> dict[str, frozenset[str]]:
    """For each name those that are other people's, however like it they are."""
    found: dict[str, frozenset[str]] = {}
    for entry in sorted(lexicon.words("names_different")):
        group = frozenset(entry.split("/"))
        for name in group:
            found[name] = found.get(name, frozenset()) | group - {name}
    return found


@cache
def _same_names() -> frozenset[frozenset[str]]:
    groups = [entry.split("/") for entry in lexicon.words("names_same")]
    return frozenset(frozenset(pair) for group in groups for pair in combinations(group, 2))
