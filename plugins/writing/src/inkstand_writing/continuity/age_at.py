"""Two ages at the same moment of a life: "seventeen when she first saw the sea", and then nine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from inkstand_sdk.facts import Attribute
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion

_WORD = re.compile(r"[a-z]{3,}")
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "the and was were had has have been his her him she who that when then with for "
        "from just only not never than but years year old age aged time still there this "
        "into out they their its one two three four five six seven eight nine ten eleven "
        "twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty "
        "forty fifty sixty seventy eighty ninety barely already about nearly at himself "
        "herself would could did after since while which what mother father you your said ",
    )
)
"""Words that do not tell what happened."""
_SHARED, _SHARE = 2, 0.6
_APART = 1


def two_ages_at_once(facts: BookFacts, person: str, least: float) -> Iterator[Suspicion]:
    """Suspicions of ages that somebody is said to have had when the same thing happened."""
    told = [
        one
        for one in facts.attributes.get((person, "other"), ())
        if one.value.startswith("once ") and one.confidence >= least
    ]
    words = [_words(facts, one) for one in told]
    for (before, said), (after, also) in combinations(zip(told, words, strict=True), 2):
        first, second = _years(before), _years(after)
        if abs(first - second) <= _APART or not said or not also:
            continue
        shared = len(said & also)
        if shared < _SHARED or shared < _SHARE * min(len(said), len(also)):
            continue
        yield Suspicion(
            kind="age",
            summary=f"{person} was {first} at that time in one place, and {second} in another.",
            evidence=(before.span, after.span),
            people=(person,),
            confidence=round(0.9 * (before.confidence * after.confidence) ** 0.5, 3),
        )


def _years(one: Attribute) -> int:
    return int(one.value.removeprefix("once "))


def _words(facts: BookFacts, one: Attribute) -> frozenset[str]:
    """What happened, in words that tell something."""
    sentence = facts.text(facts.sentence(one.span)).lower()
    names = {word for name in facts.cast[one.person].aliases for word in name.lower().split()}
    names.update(one.person.lower().split())
    return frozenset(_WORD.findall(sentence)) - _EMPTY - names
