"""Two people of weight whose names a reader may take for one another: Darcy and Darby."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from inkstand_sdk import Person
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.spelling import is_variant, plain
from inkstand_writing.continuity.suspicion import Suspicion
from inkstand_writing.lexicon import words

LEAST_MENTIONS = 15
LEAST_IMPORTANCE = 0.05
_SHORTEST = 4


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """Pairs of people who are mostly called by words that differ in one letter."""
    people = [
        (person, called)
        for person in facts.reading.cast
        if person.mentions >= LEAST_MENTIONS and person.importance >= LEAST_IMPORTANCE
        for called in [_called(facts, person)]
        if len(called) >= _SHORTEST
    ]
    for (one, first), (other, second) in combinations(people, 2):
        if first != second and (is_variant(first, second) or _differ_in_one(first, second)):
            yield Suspicion(
                kind="names_alike",
                summary=f"{first} and {second} are easily taken for one another.",
                evidence=(one.spans[0], other.spans[0]),
                people=(one.name, other.name),
                confidence=0.7,
            )


def _called(facts: BookFacts, person: Person) -> str:
    """The word that somebody is called by most."""
    titles = words("titles")
    counted = Counter(
        word
        for span in person.spans
        for word in facts.text(span).replace(".", "").split()
        if word[:1].isupper() and word not in titles
    )
    return counted.most_common(1)[0][0] if counted else ""


def _differ_in_one(one: str, other: str) -> bool:
    """Whether names that begin alike differ in one letter."""
    first, second = sorted((plain(one), plain(other)), key=len)
    if first[:1] != second[:1] or len(second) - len(first) > 1:
        return False
    pairs = enumerate(zip(first, second, strict=False))
    same = next((at for at, (a, b) in pairs if a != b), len(first))
    return first[same + (len(first) == len(second)) :] == second[same + 1 :]
