"""One name spelled in two ways: Catherine and Katherine, Tuddenham and Tudenham."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from inkstand_sdk import Span
from inkstand_writing.continuity.dialect import is_plain_speech
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.name_words import TITLES, NameWords, Use
from inkstand_writing.continuity.slips import is_short_slip, is_slip
from inkstand_writing.continuity.spelling import SHORTEST, differs_in_accents, is_variant, sound
from inkstand_writing.continuity.suspicion import Suspicion

LEAST_USES, LEAST_WITH_NAME = 5, 2
"""A name must be used so often before another spelling of it is a slip and not another name; the
second where the rest of the name is the same.
"""
MOST_VARIANTS = 4
RATIO, RATIO_WITH_NAME = 6, 2
_MOST_LETTERS = 2
_OFTEN = 15
"""So often must a short name be used before what is like it is a slip."""
_COMMON_TITLES = frozenset(["Mr", "Mrs", "Miss", "Ms", "Dr", "Sir", "Lady", "Lord", "Old", "Young"])
"""Titles that many people of a book have."""
NEAR = 6_000
"""How many characters away the usual spelling stands at most: the person is in the scene."""

Likeness = Literal["sounds", "slip", "short slip"]
_LONG: dict[Likeness, int] = {"sounds": 6, "slip": 6, "short slip": 99}
"""Names of so many letters and with the title are nobody else's, however far the person is."""


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """The rare spellings of names that the book spells in one way nearly everywhere."""
    names = NameWords(facts)
    usual: dict[str, list[str]] = defaultdict(list)
    for word in sorted(names.of_people - TITLES, key=lambda each: (-names.count(each), each)):
        if names.count(word) >= LEAST_WITH_NAME:
            for key in {sound(word)[:1], *word[:2].lower()}:
                usual[key].append(word)
    for rare in sorted(names.words()):
        count = names.count(rare)
        if len(rare) < SHORTEST or count > MOST_VARIANTS or not names.is_unlike_words(rare):
            continue
        for word in dict.fromkeys((*usual[sound(rare)[:1]], *usual[rare[:1].lower()])):
            if names.count(word) < RATIO_WITH_NAME * count or word == rare:
                continue
            if abs(len(word) - len(rare)) > _MOST_LETTERS:
                continue
            like = _likeness(word, rare)
            if like and _is_one_person(facts, names, word, rare, like):
                yield _suspicion(facts, names, word, rare)
                break


def _likeness(word: str, rare: str) -> Likeness | None:
    """How a word may come to be written for another."""
    if word.isalpha() != rare.isalpha():
        return None  # "Mc-Gur-rk", as somebody says it
    if is_variant(word, rare) and rare.isascii():
        return "sounds"
    if differs_in_accents(word, rare):
        return "sounds"
    if is_slip(word, rare):
        return "slip"
    return "short slip" if is_short_slip(word, rare) else None


def _is_one_person(
    facts: BookFacts, names: NameWords, word: str, variant: str, like: Likeness
) -> bool:
    """Whether the rare spelling stands where the usual one might, and nothing says otherwise."""
    usual, rare = names.of(word), names.of(variant)
    company = {other for use in usual for other in use.company}
    titles = {use.title for use in usual if use.title}
    fitting = with_name = 0
    is_long = len(usual) >= _OFTEN and len(word) >= _LONG[like]
    for use in rare:
        beside = {other for other in use.company if names.is_name(other)}
        if not (use.begins or beside <= company):
            return False
        if use.is_mocked or use.is_quoted or (use.title and use.title not in titles):
            return False
        if like != "sounds" and use.follows_place_word:
            return False
        if like == "short slip" and use.begins and not use.is_subject:
            return False
        is_told = beside & company or (use.title and use.title not in _COMMON_TITLES)
        is_there = is_told or _is_near(facts, usual, use, anywhere=is_long and bool(use.title))
        if is_there and is_plain_speech(facts, use.span):
            fitting += 1
            with_name += bool(beside & company)
    if 2 * fitting <= len(rare):
        return False
    if with_name == len(rare):
        return True
    if len(usual) < max(LEAST_USES, RATIO * len(rare)):
        return False
    return like != "short slip" or (len(usual) >= _OFTEN and len(rare) == 1)


def _is_near(facts: BookFacts, usual: Sequence[Use], use: Use, *, anywhere: bool) -> bool:
    """Whether the person is in the scene, and not told apart from the other in one sentence."""
    nearest = _nearest(usual, use)
    if nearest is None:
        return anywhere
    sentence = facts.sentence(use.span)
    return nearest.scene != use.scene or not sentence.start <= nearest.start < sentence.end


def _nearest(usual: Sequence[Use], use: Use) -> Use | None:
    there = [each for each in usual if each.scene == use.scene]
    near = min(there, key=lambda each: abs(each.start - use.start), default=None)
    return near if near is not None and abs(near.start - use.start) <= NEAR else None


def _suspicion(facts: BookFacts, names: NameWords, word: str, rare: str) -> Suspicion:
    use = names.of(rare)[0]
    nearest = _nearest(names.of(word), use) or names.of(word)[0]
    first: Span = nearest.span
    owners = (
        name
        for start, end, name in facts.people_in(facts.sentence(first))
        if start <= first.start < end
    )
    owner = next(owners, word)
    times = "once" if names.count(rare) == 1 else f"{names.count(rare)} times"
    known = bool({*use.company, use.title} - {""})
    return Suspicion(
        kind="name_spelling",
        summary=f"The name {word} is spelled {rare} {times}.",
        evidence=(first, use.span),
        people=(owner,),
        confidence=0.9 if known else 0.8,
    )
