"""Ages that do not add up: with each other as the book goes on, or with a year of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

import msgspec

from inkstand_sdk.facts import Attribute, Relation
from inkstand_sdk.span import Span
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.paged import plain_words
from inkstand_writing.continuity.suspicion import Page, Suspicion

LEAST = 0.58
"""Statements that are less sure than this are left out."""
_SPOKEN = 0.92
_SLACK = 1
"""Years that two ages may differ by: there is a birthday in most books."""
_ELDER = frozenset(["elder", "younger"])
_NEAR = 3_000
"""Words within which somebody does not grow years older without a word of it."""
_FAR, _GROWN = 3, 18
"""Years that may pass within more words than that; and the age from which they are not many:
of a child a book often tells how it grows up.
"""
_MANY = 12.0
"""What "years later" counts for."""
_MOST = 2
_YEAR = re.compile(r"\b(1[0-9]\d\d|20\d\d)\b")
_PLAIN_AGE = re.compile(r"\s*(\d{1,3})\s*")


class _Age(msgspec.Struct, frozen=True):
    """At least `least` and at most `most` years, at a place of the text."""

    least: int
    most: int
    words: str
    place: Span | Page
    at: tuple[int, int]
    trust: float


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """Suspicions of ages that do not add up."""
    passing = _Years(facts)
    people = {person for person, kind in facts.attributes if kind in {"age", "born"}}
    for person in sorted(people | set(facts.pages)):
        ages = _ages(facts, person)
        found = [
            *_with_each_other(facts, person, ages, passing),
            *_with_births(facts, person, ages),
            *_births(facts, person),
        ]
        found.sort(key=lambda suspicion: -suspicion.confidence)
        yield from found[:_MOST]
    yield from _elders(facts)


class _Years:
    """How many years may pass between two places of a book, as far as the text tells.

    The front matter says it, or else places that are near to each other with no word of years.
    """

    def __init__(self, facts: BookFacts) -> None:
        self._now = [_now(facts, scene) for scene in range(len(facts.scenes))]
        words = 0
        self._begin = []
        for scene in facts.scenes:
            self._begin.append(words)
            words += len(scene.text) // 6
        self._marks: list[tuple[tuple[int, int], float]] = []
        for number, reading in enumerate(facts.reading.scenes):
            for mark in reading.times:
                years = _years(mark.kind, mark.value)
                if years:
                    self._marks.append(((number, mark.span.start), years))

    def between(self, before: tuple[int, int], after: tuple[int, int]) -> float:
        """Years; very many where nothing tells."""
        if before[0] < 0 or after[0] < 0:
            return 0.0
        first, last = self._now[before[0]], self._now[after[0]]
        if first is not None and last is not None:
            return max(0, last - first)
        passed = sum(years for at, years in self._marks if before < at < after)
        return passed + _FAR if self.is_far(before, after) else passed

    def is_far(self, before: tuple[int, int], after: tuple[int, int]) -> bool:
        """Whether so much is told between two places that years may pass without a word."""
        if before[0] < 0 or after[0] < 0 or self._now[before[0]] is not None:
            return False
        words = self._begin[after[0]] + after[1] // 6 - self._begin[before[0]] - before[1] // 6
        return words > _NEAR


def _years(kind: str, value: str) -> float:
    if kind != "elapsed":
        return 0.0
    if not value.endswith("y"):
        return 0.1 if value.endswith("m") else 0.0
    number = value.strip("+y")
    return float(number) if number.isdigit() else _MANY


def _ages(facts: BookFacts, person: str) -> list[_Age]:
    found = []
    for one in facts.attributes.get((person, "age"), ()):
        trust = one.confidence * (_SPOKEN if one.speaker else 1.0)
        if trust >= LEAST and (age := _age(one, trust)) is not None:
            found.append(age)
    for entry in facts.pages.get(person, ()):
        for words in plain_words(facts.bible[entry].fields.get("age")):
            if (match := _PLAIN_AGE.fullmatch(words)) is not None:
                years = int(match.group(1))
                page = Page(entry=entry, field="age", quote=words)
                found.append(_Age(years - 1, years + 1, words, page, (-1, 0), 0.9))
    return sorted(found, key=lambda age: age.at)


def _age(one: Attribute, trust: float) -> _Age | None:
    number = int(re.sub(r"\D", "", one.value) or 0)
    at = (one.span.scene, one.span.start)
    if one.value.endswith("s"):
        return _Age(number, number + 9, f"in the {one.value}", one.span, at, trust)
    bounds = {"<": (0, number), ">": (number, 200), "~": (number - 3, number + 3)}
    least, most = bounds.get(one.value[0], (number, number))
    words = {"<": "not yet ", ">": "over ", "~": "about "}.get(one.value[0], "") + str(number)
    return _Age(least, most, words, one.span, at, trust) if number else None


def _with_each_other(
    facts: BookFacts, person: str, ages: list[_Age], passing: _Years
) -> Iterator[Suspicion]:
    grows = not facts.cast[person].narrator if person in facts.cast else True
    for before, after in combinations(ages, 2):
        if after.most < before.least - _SLACK:
            doubt = 0.95 if before.least - after.most > 2 else 0.8
        elif grows and after.least > before.most + _SLACK + passing.between(before.at, after.at):
            if before.most < _GROWN and passing.is_far(before.at, after.at):
                continue
            doubt = 0.75
        else:
            continue
        yield Suspicion(
            kind="age",
            summary=f"{person} is {before.words} years old in one place, and {after.words} in"
            " another.",
            evidence=(before.place, after.place),
            people=(person,),
            confidence=round(doubt * (before.trust * after.trust) ** 0.5, 3),
        )


def _with_births(facts: BookFacts, person: str, ages: list[_Age]) -> Iterator[Suspicion]:
    for born in facts.attributes.get((person, "born"), ()):
        if born.confidence < LEAST or not born.value.isdigit():
            continue
        for age in sorted(ages, key=lambda each: isinstance(each.place, Page)):
            now = _stated_year(facts, age) or _now(
                facts, age.at[0] if age.at[0] >= 0 else born.span.scene
            )
            if now is None:
                continue
            years = now - int(born.value)
            if age.most < years - _SLACK or age.least > years:
                first, second = age.place, born.span
                if isinstance(first, Span) and (second.scene, second.start) < age.at:
                    first, second = second, first
                yield Suspicion(
                    kind="age",
                    summary=f"{person} is {age.words} years old in {now}, but born in"
                    f" {born.value}: that makes {years - 1} or {years}.",
                    evidence=(first, second),
                    people=(person,),
                    confidence=round(0.95 * (age.trust * born.confidence) ** 0.5, 3),
                )
                break


def _births(facts: BookFacts, person: str) -> Iterator[Suspicion]:
    sure = [b for b in facts.attributes.get((person, "born"), ()) if b.confidence >= LEAST]
    for before, after in combinations(sure, 2):
        if before.value != after.value:
            yield Suspicion(
                kind="age",
                summary=f"{person} is born in {before.value} in one place, and in {after.value}"
                " in another.",
                evidence=(before.span, after.span),
                people=(person,),
                confidence=round(0.9 * (before.confidence * after.confidence) ** 0.5, 3),
            )


def _elders(facts: BookFacts) -> Iterator[Suspicion]:
    """Each of two people is said to be the elder."""
    told: dict[frozenset[str], list[Relation]] = {}
    for pair, relations in facts.relations.items():
        told.setdefault(frozenset(pair), []).extend(
            each for each in relations if each.kind in _ELDER and each.confidence >= LEAST
        )
    for row in told.values():
        for one, other in combinations(row, 2):
            if _elder(one) == _elder(other):
                continue
            before, after = sorted(
                (one, other), key=lambda each: (each.span.scene, each.span.start)
            )
            yield Suspicion(
                kind="age",
                summary=f"{_elder(before)} is older than {_younger(before)} in one place, and"
                " younger in another.",
                evidence=(before.span, after.span),
                people=(_elder(before), _younger(before)),
                confidence=round(0.95 * (one.confidence * other.confidence) ** 0.5, 3),
            )


def _elder(relation: Relation) -> str:
    return relation.other if relation.kind == "elder" else relation.person


def _younger(relation: Relation) -> str:
    return relation.person if relation.kind == "elder" else relation.other


def _stated_year(facts: BookFacts, age: _Age) -> int | None:
    """The year that the sentence of an age names: "In 1995 Ada was thirty"."""
    if not isinstance(age.place, Span):
        return None
    sentence = facts.sentence(age.place)
    years = {
        mark.value[:4]
        for mark in facts.scene(sentence.scene).times
        if mark.kind in {"year", "date"}
        and sentence.start <= mark.span.start < sentence.end
        and _YEAR.match(mark.value)
    }
    return int(years.pop()) if len(years) == 1 else None


def _now(facts: BookFacts, scene: int) -> int | None:
    """The year in which a scene plays, where the writer's front matter says so."""
    found = _YEAR.search(facts.scenes[scene].when)
    return int(found.group()) if found is not None else None
