"""Names that people take in the course of a book: a husband's, or a higher rank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, pairwise

from inkstand_prose.book import Character, SceneParts
from inkstand_prose.figure import LADDER
from inkstand_prose.given_forms import same_given

_BESIDE = 60
_RARER = 4
_LEAST_SAID = 2
_LEAST_USES = 5
_LATER = 0.1
"""How much of the book passes before an officer has a higher rank."""
_SELDOM_BESIDE = 0.04


def renamed(
    people: Sequence[Character], weddings: Mapping[int, Counter[int]]
) -> list[tuple[int, int]]:
    """Women of one first name and two surnames, one of them seldom said, and the other that of
    a man whom there is talk of her marrying.
    """
    women = [p for p, known in enumerate(people) if _is_named_woman(known)]
    pairs = [
        (one, other)
        for one, other in combinations(women, 2)
        if people[one].surname != people[other].surname
        and same_given(people[one].given, people[other].given)
    ]
    often = Counter(person for pair in pairs for person in pair)
    return [
        (one, other)
        for one, other in pairs
        if often[one] == often[other] == 1
        and _is_rare(people[one].uses, people[other].uses)
        and _is_bride(people, (one, other), weddings)
    ]


def _is_named_woman(known: Character) -> bool:
    return bool(known.gender == "female" and known.given and known.surname)


def _is_rare(one: int, other: int) -> bool:
    return _RARER * min(one, other) <= max(one, other)


def _is_bride(
    people: Sequence[Character], pair: tuple[int, int], weddings: Mapping[int, Counter[int]]
) -> bool:
    surnames = {people[person].surname for person in pair}
    return any(
        sum(women[person] for person in pair) >= _LEAST_SAID
        for man, women in weddings.items()
        if people[man].surname in surnames and people[man].uses >= _LEAST_USES
    )


def promoted(
    people: Sequence[Character], scenes: Sequence[SceneParts], first_seen: Sequence[int]
) -> list[tuple[int, int]]:
    """Officers of one surname, one of whom comes later and has the higher rank."""
    ranks = {person: _rank(known) for person, known in enumerate(people)}
    officers = [p for p, rank in ranks.items() if rank >= 0 and people[p].surname]
    whole = sum(len(scene.text) for scene in scenes)
    pairs = []
    for one, other in combinations(officers, 2):
        lower, higher = sorted((one, other), key=lambda p: (ranks[p], p))
        if people[lower].surname != people[higher].surname or ranks[lower] == ranks[higher]:
            continue
        if people[higher].given and not same_given(people[higher].given, people[lower].given):
            continue
        if first_seen[higher] - first_seen[lower] >= _LATER * whole:
            pairs.append((higher, lower))
    if not pairs:
        return []
    beside = beside_each({higher for higher, _ in pairs}, scenes)
    return [
        (higher, lower)
        for higher, lower in pairs
        if beside[higher, lower] <= _SELDOM_BESIDE * people[higher].uses
    ]


def _rank(known: Character) -> int:
    """The place on the ladder of a man who has one rank; -1 for all others."""
    held = known.titles & frozenset(LADDER)
    if known.gender == "female" or len(held) != 1:
        return -1
    return LADDER.index(next(iter(held)))


def beside_each(wives: Collection[int], scenes: Sequence[SceneParts]) -> Counter[tuple[int, int]]:
    """How often each other person is named right next to a wife: two names, two people."""
    found: Counter[tuple[int, int]] = Counter()
    for scene in scenes:
        named = [m for m in scene.mentions.mentions if m.person >= 0]
        for one, other in pairwise(named):
            if other.start - one.end <= _BESIDE:
                if one.person in wives:
                    found[one.person, other.person] += 1
                if other.person in wives:
                    found[other.person, one.person] += 1
    return found
