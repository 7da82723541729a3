"""Every capitalized run of words that may name someone, with what stands around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator
from functools import lru_cache
from itertools import pairwise

import msgspec

from inkstand_prose.lexicon.capitals import CALENDAR, NEVER_NAMES, STYLED, SURNAMES
from inkstand_prose.lexicon.given_names import is_given_name
from inkstand_prose.lexicon.nouns import PERSON_NOUNS
from inkstand_prose.lexicon.titles import ABBREVIATIONS, title_key
from inkstand_prose.style.tables import word_set

_TOKEN = re.compile(r"(?<![^\W_])(?:[dD]['’](?=[A-Z]))?[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*")
_LOWER_WORD = re.compile(r"(?<![^\W_])[a-zà-öø-ÿ]++(?![^\W_])")
_ANY_WORD = re.compile(r"[^\W\d_]+")
_PARTICLE = re.compile(r"\s(?:de|von|van|du|della|le|la|der|den|di|d')(?:\s(?:la|der|den))?\s")
_POSSESSIVE = re.compile(r"['’][sS]$|(?<=s)['’]$")
_MAX_TOKENS = 6
_SENTENCE_END = frozenset(".!?:…\"“”'‘’«»(*_")
_LONGEST_GAP = 12
_SAINT = "saint"
_LINKS = frozenset(["and", "or", "in", "on", "at", "to", "with", "by", "for", "from"])
"""Words that stand between two names where all is in capitals: "WICKFIELD AND HEEP"."""
_SHORT_WORD = 3
_FEWEST_IN_HEADING = 3
_HEADING_SHARE = 0.75
_LONGEST_HEADING = 100

Key = tuple[str, tuple[str, ...]]
"""A name's identity: its title's key ("" for none) and its words as written."""


class NameUse(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One place where a name stands: `[start, end)` with title, without a possessive ending."""

    start: int
    end: int
    key: Key
    initial: bool
    """It opens a sentence, where every word has a capital."""
    possessive: bool


def lowercase_words(text: str) -> Counter[str]:
    """How often each word is written without a capital."""
    return Counter(_LOWER_WORD.findall(text))


def name_uses(text: str, lowercase: Container[str]) -> Iterator[NameUse]:
    """All uses of possible names in the text, in order.

    `lowercase` holds words written without a capital: they do not begin a name that opens a
    sentence ("Finally Ada came").
    """
    run: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        if run and token.group().lower() in _LINKS:
            yield from _use_of_run(text, run, lowercase)
            run = []
            continue
        if run and (len(run) >= _MAX_TOKENS or not _joins(text, run[-1], token)):
            yield from _use_of_run(text, run, lowercase)
            run = []
        if len(run) > 0 and _begins_with_title(run[-1].group(), token.group()):
            yield from _use_of_run(text, run, lowercase)
            run = []
        run.append(token)
    if run:
        yield from _use_of_run(text, run, lowercase)


def _begins_with_title(last: str, word: str) -> bool:
    """Whether a new name begins at a title: not so at "St." of "Armand St. Just"."""
    return title_key(word) not in {"", _SAINT} and not title_key(last)


def _joins(text: str, left: re.Match[str], right: re.Match[str]) -> bool:
    gap = text[left.end() : right.start()] if right.start() - left.end() <= _LONGEST_GAP else None
    if gap is None or _POSSESSIVE.search(left.group()):
        return False
    if gap in {" ", "\n", "\r\n"}:
        return True
    if gap[0] == "." and gap[1:] in {" ", "\n", "\r\n", ""}:
        word = left.group()
        return len(word) == 1 or bool(title_key(word) and word.lower() in ABBREVIATIONS)
    if gap in {"' ", "’ "}:
        return left.group() == "Mis"  # "Mis' Molly"
    return _PARTICLE.fullmatch(gap) is not None


def _use_of_run(
    text: str, run: list[re.Match[str]], lowercase: Container[str]
) -> Iterator[NameUse]:
    first = 0
    while first < len(run) and _is_no_name(run, first) and not _is_styled(text, run, first):
        first += 1
    if first == 0 and len(run) > 1 and _is_common(run[0].group(), lowercase):
        first += opens_sentence(text, run[0].start())
    last = _end_in_heading(text, run, first)
    while last > first and _is_no_name(run, last - 1, trailing=True):
        last -= 1
    tokens = run[first:last]
    if not tokens or all(len(t.group()) > 1 and t.group().isupper() for t in tokens):
        return
    left_out = {t.group().lower() for t in run[:first]} - {"the", "a", "an"}
    if left_out and len(tokens) == 1 and tokens[0].group().lower() in PERSON_NOUNS:
        return  # "the Very Young Man" is known by a role
    end = tokens[-1].end()
    words = _words(text, tokens)
    ending = _POSSESSIVE.search(words[-1])
    if ending:
        end -= len(words[-1]) - ending.start()
        words[-1] = words[-1][: ending.start()]
    titles = 0
    while titles < len(words) - 1 and title_key(words[titles]):
        titles += 1
    if len(words) == 1 and title_key(words[0]):
        return
    if any(word.lower() in CALENDAR for word in words):
        return
    title = title_key(words[0]) if titles else ""
    parts = tuple(_fold_capitals(word) for word in words[titles:])
    initial = first == 0 and opens_sentence(text, tokens[0].start())
    yield NameUse(tokens[0].start(), end, (title, parts), initial, ending is not None)


def _end_in_heading(text: str, run: list[re.Match[str]], first: int) -> int:
    """Where the name ends that a heading goes on after: "Captain Orme Proceeds"."""
    for at in range(first + 1, len(run)):
        word = run[at].group()
        common = is_common_word(word) or is_common_word(word.removesuffix("s"))
        if title_key(run[at - 1].group()) or not common or is_given_name(word):
            continue
        if _is_heading(text, run[at].start()):
            return at
    return len(run)


def _is_heading(text: str, at: int) -> bool:
    """Whether nearly all longer words of a line have a capital."""
    start = text.rfind("\n", max(0, at - _LONGEST_HEADING), at) + 1
    end = text.find("\n", at, at + _LONGEST_HEADING)
    if end < 0 or at - start >= _LONGEST_HEADING:
        return False
    words = _ANY_WORD.findall(text, start, end)
    longer = [word for word in words if len(word) > _SHORT_WORD]
    capitals = sum(word[0].isupper() for word in longer)
    return len(words) >= _FEWEST_IN_HEADING and capitals >= _HEADING_SHARE * len(longer)


def _words(text: str, tokens: list[re.Match[str]]) -> list[str]:
    """The words of the run; a particle goes with the word after it: "de Bourgh", "St. Just"."""
    words = [tokens[0].group()]
    for left, right in pairwise(tokens):
        gap = text[left.end() : right.start()].strip(".'’ \r\n")
        if title_key(words[-1]) == _SAINT and not gap:
            words[-1] = f"St. {right.group()}"
        else:
            words.append(f"{gap} {right.group()}" if gap else right.group())
    return words


def _is_common(word: str, lowercase: Container[str]) -> bool:
    if word.lower() in lowercase:
        return not is_given_name(word) and not title_key(word)
    return is_common_word(word)


def is_common_word(word: str) -> bool:
    """Whether books write the word without a capital, and it is nobody's first name."""
    common = word.lower() in word_set("common_words")
    return common and not is_given_name(word) and not title_key(word)


def _is_no_name(run: list[re.Match[str]], at: int, *, trailing: bool = False) -> bool:
    word = run[at].group()
    if title_key(word) and not trailing and at + 1 < len(run):
        # "Miss Bates" but not "Doctor Who Knows".
        following = run[at + 1].group().lower()
        known = title_key(word) == _SAINT or title_key(following) or following in SURNAMES
        return _never_names(following) and not known
    before = title_key(run[at - 1].group()) if at else ""
    if before == _SAINT or (before and word.lower() in SURNAMES):
        return False  # "St. Just", "Mrs. March"
    return _never_names(word)


def _is_styled(text: str, run: list[re.Match[str]], at: int) -> bool:
    """Whether "the" before it tells that a word is part of a name: "the March Hare"."""
    if at + 1 == len(run) or run[at].group().lower() not in STYLED:
        return False
    before = run[at - 1].group() if at else text[max(0, run[at].start() - 4) : run[at].start()]
    return before.strip().lower() == "the"


_LOOKS = ("-haired", "-eyed", "-headed", "-faced", "-skinned", "-bearded", "-year-old")
"""Endings of words that describe somebody, and open a sentence: "Dark-haired Ada"."""


@lru_cache(maxsize=4096)
def _never_names(word: str) -> bool:
    lower = word.lower().replace("’", "'")
    if lower.endswith(_LOOKS):
        return True
    return lower in NEVER_NAMES or lower.partition("'")[0] in NEVER_NAMES


def _fold_capitals(word: str) -> str:
    if word[1:2] in {"'", "’"} and word[0] in "dD":
        return f"D'{word[2:]}"
    return word.capitalize() if word.isupper() and len(word) > 2 else word


def opens_sentence(text: str, at: int) -> bool:
    """Whether the word at `at` opens a sentence, a line after a blank one, or a quotation."""
    before = text[max(0, at - 6) : at]
    stripped = before.rstrip()
    if not stripped:
        return True
    return stripped[-1] in _SENTENCE_END or before.count("\n") > 1 or stripped.endswith("--")
