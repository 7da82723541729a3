"""Ages that do not add up: with each other as the book goes on, with others' ages, with births."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from inkstand_sdk.facts import Attribute, Relation
from inkstand_sdk.span import Span
from inkstand_writing.continuity.age_at import two_ages_at_once
from inkstand_writing.continuity.birth_years import Bound, Years
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.paged import plain_words
from inkstand_writing.continuity.story_years import Place, StoryYears
from inkstand_writing.continuity.suspicion import Page, Suspicion

LEAST = 0.58
"""Statements that are less sure than this are left out."""
_LEAST_CHECKED = 0.45
"""What is enough for "he" where the paragraph before has named nobody else."""
_SPOKEN = 0.92
_SLACK = 0.25
"""Years that an age may be off at each end: there is a birthday in most books."""
_GROWN = 18
"""The age from which years are not many: of a child a book often tells how it grows up."""
_CHILDHOOD = 400
"""Words within which a child does not grow older without a word of it."""
_MOST = 2
_PARENTS = frozenset(["father", "mother", "parent"])
_CHILDREN = frozenset(["son", "daughter", "child"])
_SURE_KIN = 0.8
_YOUNGEST_PARENT = 12.0
_PLAIN_AGE = re.compile(r"\s*(\d{1,3})\s*")
_ROLE = re.compile(r"The [A-Z][a-z]+")
_FIRST = re.compile(r"(?:I|[Mm]y|[Mm]e)\b")
_SOMEBODY = re.compile(
    r"\b(?:an?|the|his|her|another|this|that|my)\s+(?:[a-z-]+\s+){0,2}(?:man|boy|girl|woman|stranger|child|"
    r"lad|lady|gentleman|fellow|patient|uncle|aunt|mother|father|brother|sister|son|daughter|cousin|"
    r"friend|doctor|captain|husband|wife|youth|person|maid|master|baby)\b"
)
_JUST = 260
"""Letters before "he" within which somebody without a name may be whom it means."""
_LEAST_CLOSE, _CLOSE = 0.5, 2_000
"""What "he" is trusted for in a paragraph without a name, and letters before it that name nobody
else: close third person.
"""
_MOST_TOGETHER = 3
"""Statements that a reader can hold against each other."""
_MOST_TOLD = 300
"""Statements of one group of people that are held against each other: the surest."""
_BEGIN: Place = (-1, 0)
_CALENDAR = "the year 0"
_NO_END = 1_000.0
_STRICT = 0.02


class _Told(msgspec.Struct, frozen=True):
    """What is told of the years of one person or two, in `words`, at a place of the text."""

    people: tuple[str, ...]
    words: str
    place: Span | Page
    at: Place
    trust: float
    least: float = 0.0
    most: float = _NO_END
    born: int = 0
    """A year of birth; else `least` and `most` are an age, or years between two people."""


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """Suspicions of ages that do not add up."""
    time = StoryYears(facts)
    alone = {name: list(_of_person(facts, name)) for name in _people(facts)}
    between = list(_between(facts, {name for name, told in alone.items() if told}))
    for group in _groups(alone, between):
        told = [one for name in sorted(group) for one in alone.get(name, ())]
        told += [one for one in between if one.people[0] in group]
        found = list(_contradictions(facts, time, told))
        for name in sorted(group & facts.cast.keys()):
            found += two_ages_at_once(facts, name, LEAST)
        found.sort(key=lambda suspicion: -suspicion.confidence)
        yield from found[: _MOST * max(1, len(group) - 1)]


def _people(facts: BookFacts) -> list[str]:
    known = {person for person, kind in facts.attributes if kind in {"age", "born", "other"}}
    return sorted(known | set(facts.pages))


def _groups(alone: dict[str, list[_Told]], between: Sequence[_Told]) -> list[set[str]]:
    """People whose years hang together."""
    groups: list[set[str]] = []
    for people in [*({name} for name in alone), *({*told.people} for told in between)]:
        joined = [group for group in groups if group & people]
        groups = [group for group in groups if not group & people]
        groups.append(people.union(*joined))
    return groups


# -- what is told ---------------------------------------------------------------------------


def _of_person(facts: BookFacts, person: str) -> Iterator[_Told]:
    for kind in ("age", "other", "born"):
        for one in facts.attributes.get((person, kind), ()):
            trust = one.confidence * (_SPOKEN if one.speaker else 1.0)
            told = _told(one, trust) if trust >= _LEAST_CHECKED else None
            if told is None or _may_be_another(facts, one):
                continue
            if trust >= LEAST or not (one.speaker or facts.people_in(one.span)):
                yield told
    for entry in facts.pages.get(person, ()):
        for words in plain_words(facts.bible[entry].fields.get("age")):
            if (match := _PLAIN_AGE.fullmatch(words)) is not None:
                years = int(match.group(1))
                page = Page(entry=entry, field="age", quote=words)
                said = f"{words} years old"
                yield _Told((person,), said, page, _BEGIN, 0.9, years - 1, years + 1)


def _may_be_another(facts: BookFacts, one: Attribute) -> bool:
    """Whether somebody else may be meant: "he" after a paragraph has named another one last, or
    one of many whom the book calls the same.
    """
    if _ROLE.fullmatch(one.person):
        return True
    if facts.people_in(one.span) or one.speaker or _FIRST.match(facts.text(one.span)):
        return False
    start = facts.paragraph(one.span).start
    if _SOMEBODY.search(
        facts.scenes[one.span.scene].text, max(start, one.span.start - _JUST), one.span.start
    ):
        return True
    named = facts.people_in(Span(one.span.scene, start, one.span.start))
    sentence = facts.sentence(one.span)
    if facts.people_in(Span(one.span.scene, one.span.end, sentence.end)):
        return False
    if not named and one.confidence >= _LEAST_CLOSE:
        before = facts.people_in(Span(one.span.scene, max(0, start - _CLOSE), start))
        gender = facts.cast[one.person].gender
        like = {name for _, _, name in before if facts.cast[name].gender in {gender, "unknown"}}
        return like != {one.person}
    return not named or named[-1][2] != one.person


def _told(one: Attribute, trust: float) -> _Told | None:
    numbers = [int(number) for number in re.findall(r"\d+", one.value)]
    if not numbers or (one.kind == "other" and not one.value.startswith("once ")):
        return None
    at = (one.span.scene, one.span.start)
    number = numbers[0]
    if one.kind == "born":
        words = f"born in {number}"
        return _Told((one.person,), words, one.span, at, trust, born=number)
    if one.kind == "other":
        words = f"no younger than {number}"
        return _Told((one.person,), words, one.span, at, trust, number)
    least, most, words = _span(one.value, number, numbers[-1])
    return _Told((one.person,), words, one.span, at, trust, least, most)


def _span(value: str, number: int, last: int) -> tuple[float, float, str]:
    if value.endswith("s"):
        return number, number + 9, f"in the {value}"
    bounds = {"<": (0, number), ">": (number, _NO_END), "~": (number - 3, number + 3)}
    least, most = bounds.get(value[0], (number, last))
    words = {"<": "not yet ", ">": "over ", "~": "about "}.get(value[0], "")
    shown = str(number) if number == last else f"{number} to {last}"
    return least, most, f"{words}{shown} years old"


def _between(facts: BookFacts, aged: set[str]) -> Iterator[_Told]:
    """Who is older than whom, as far as it is told in years or else of two people."""
    for relations in facts.relations.values():
        for one in relations:
            trust = one.confidence * (_SPOKEN if one.speaker else 1.0)
            told = _difference(one, trust) if trust >= LEAST else None
            if told is not None and (one.kind in _ORDERED or {*told.people} <= aged):
                yield told


_ORDERED = frozenset(["elder", "younger", "coeval"])


def _difference(one: Relation, trust: float) -> _Told | None:
    """By how much the first of two is the elder."""
    at = (one.span.scene, one.span.start)
    elder, younger = one.other, one.person
    if one.kind in {"younger"} | _CHILDREN:
        elder, younger = younger, elder
    if one.kind == "coeval":
        words = f"{elder} is of an age with {younger}"
        return _Told((elder, younger), words, one.span, at, trust, -1.0, 1.0)
    if one.kind in _PARENTS | _CHILDREN:
        if trust < _SURE_KIN:
            return None
        words = f"{one.other} is the {one.kind} of {one.person}"
        return _Told((elder, younger), words, one.span, at, trust, _YOUNGEST_PARENT)
    if one.kind not in _ORDERED:
        return None
    number = int(re.sub(r"\D", "", one.years) or 0)
    if not number:
        words = f"{elder} is older than {younger}"
        return _Told((elder, younger), words, one.span, at, trust, _STRICT)
    words = f"{elder} is {number} years older than {younger}"
    if one.years.startswith(">"):
        words = words.replace(" is ", " is more than ", 1)
        return _Told((elder, younger), words, one.span, at, trust, number - 1)
    return _Told((elder, younger), words, one.span, at, trust, number - 1, number + 1)


# -- what does not agree --------------------------------------------------------------------


def _contradictions(
    facts: BookFacts, time: StoryYears, told: Sequence[_Told]
) -> Iterator[Suspicion]:
    years = Years()
    surest = sorted(told, key=lambda one: (-round(one.trust, 2), one.at))[:_MOST_TOLD]
    years.add(_passing(facts, time, surest))
    for number, one in enumerate(surest):
        facts.tick()
        circle = years.add(_bounds(facts, time, one, number))
        if circle is not None and len([n for n in circle if n >= 0]) <= _MOST_TOGETHER:
            shown = [_in_text(surest[n], surest) for n in circle if n >= 0]
            yield _suspicion(facts, time, shown)


def _in_text(one: _Told, others: Sequence[_Told]) -> _Told:
    """The passage that says the same as a page of the bible, if there is one."""
    if isinstance(one.place, Span):
        return one
    said = (one.people, one.words)
    same = (o for o in others if (o.people, o.words) == said and isinstance(o.place, Span))
    return next(same, one)


def _bounds(facts: BookFacts, time: StoryYears, one: _Told, source: int) -> Iterator[Bound]:
    """What one statement says, as bounds."""
    if len(one.people) == 2:
        elder, younger = one.people
        yield Bound(elder, younger, one.most, source)
        yield Bound(younger, elder, -one.least, source)
        return
    (person,) = one.people
    if one.born:
        yield Bound(_CALENDAR, person, one.born + 1 - _STRICT, source)
        yield Bound(person, _CALENDAR, -one.born, source)
        return
    if one.most < _NO_END:
        yield Bound(person, one.at, one.most + 1 + _SLACK, source)
    yield Bound(one.at, person, -one.least + _SLACK, source)
    if isinstance(one.place, Span):
        sentence = facts.sentence(one.place)
        now = time.told(sentence.scene, sentence.start, sentence.end)
        if now is not None:
            yield Bound(_CALENDAR, one.at, now + 1 - _STRICT, source)
            yield Bound(one.at, _CALENDAR, -now, source)


def _passing(facts: BookFacts, time: StoryYears, told: Sequence[_Told]) -> Iterator[Bound]:
    """How time may go on between the places where something is told, and which year it is."""
    places = sorted({one.at for one in told})
    narrated = any(
        facts.cast[name].narrator for one in told for name in one.people if name in facts.cast
    )
    for place in places:
        now = time.now(max(place[0], 0)) if len(facts.scenes) else None
        if now is not None:
            yield Bound(_CALENDAR, place, now + 1 - _STRICT)
            yield Bound(place, _CALENDAR, -now)
    for before, after in pairwise(places):
        yield Bound(after, before, 0.0)
    if narrated:
        return
    child = False
    for before, after in pairwise(sorted({one.at for one in told if one.most < _NO_END})):
        child = child or any(one.at == before and _is_child(one) for one in told)
        if before == _BEGIN:
            yield Bound(before, after, 0.0)
        elif not (child and time.is_far(before, after, _CHILDHOOD)):
            yield Bound(before, after, time.at_most(before, after))


def _is_child(one: _Told) -> bool:
    return len(one.people) == 1 and not one.born and one.most < _GROWN


def _suspicion(facts: BookFacts, time: StoryYears, circle: Sequence[_Told]) -> Suspicion:
    ordered = sorted(circle, key=lambda one: one.at)
    people = tuple(dict.fromkeys(name for one in ordered for name in one.people))
    trust = 1.0
    for one in ordered:
        trust *= one.trust
    apart = max((one.least for one in ordered), default=0) > min(one.most for one in ordered) + 3
    return Suspicion(
        kind="age",
        summary=_by_birth(facts, time, ordered) or _summary(ordered),
        evidence=tuple(one.place for one in ordered),
        people=people,
        confidence=round((0.95 if apart else 0.85) * trust ** (1 / max(1, len(ordered))), 3),
    )


def _by_birth(facts: BookFacts, time: StoryYears, told: Sequence[_Told]) -> str:
    """How old somebody must be who is born in a year, where the book says which it is now."""
    born = next((one for one in told if one.born), None)
    age = next((one for one in told if not one.born and len(one.people) == 1), None)
    if born is None or age is None or len(told) > 2:
        return ""
    now = None
    if isinstance(age.place, Span):
        sentence = facts.sentence(age.place)
        now = time.told(sentence.scene, sentence.start, sentence.end)
    now = now or time.now(max(0, age.at[0]))
    if now is None:
        return ""
    years = now - born.born
    return (
        f"{born.people[0]} is {age.words} in {now}, but born in {born.born}: that makes"
        f" {years - 1} or {years}."
    )


def _summary(told: Sequence[_Told]) -> str:
    if len(told) == 2 and told[0].people == told[1].people and len(told[0].people) == 1:
        first, second = (one.words.removesuffix(" years old") for one in told)
        old = " years old" if told[0].words.endswith(" years old") else ""
        return f"{told[0].people[0]} is {first}{old} in one place, and {second} in another."
    said = [
        one.words if len(one.people) == 2 else f"{one.people[0]} is {one.words}" for one in told
    ]
    return f"{', '.join(said[:-1])} and {said[-1]}: these do not agree." if said[1:] else said[0]
