"""Kinship that cannot be: a brother who is a cousin elsewhere, the sister of an only child."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

import msgspec

from inkstand_sdk import Person
from inkstand_sdk.facts import Relation
from inkstand_sdk.span import Span
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion

LEAST = 0.5
"""Statements that are less sure than this are left out."""
_LEAST_COUNTED = 0.58
_SPOKEN = 0.95

_CLASSES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(["brother", "sister", "twin", "sibling"], ("sibling", "sibling")),
    "cousin": ("cousin", "cousin"),
    **dict.fromkeys(["mother", "father", "parent"], ("parent", "child")),
    **dict.fromkeys(["son", "daughter", "child"], ("child", "parent")),
    **dict.fromkeys(["uncle", "aunt"], ("uncle or aunt", "nephew or niece")),
    **dict.fromkeys(["nephew", "niece"], ("nephew or niece", "uncle or aunt")),
    **dict.fromkeys(["grandmother", "grandfather"], ("grandparent", "grandchild")),
    **dict.fromkeys(["grandson", "granddaughter", "grandchild"], ("grandchild", "grandparent")),
    **dict.fromkeys(["husband", "wife", "spouse", "widow", "widower"], ("spouse", "spouse")),
    **dict.fromkeys(["half-brother", "half-sister"], ("half-sibling", "half-sibling")),
    **dict.fromkeys(["stepbrother", "stepsister"], ("step-sibling", "step-sibling")),
    **dict.fromkeys(["stepmother", "stepfather"], ("step-parent", "step-child")),
    **dict.fromkeys(["stepson", "stepdaughter"], ("step-child", "step-parent")),
    **dict.fromkeys(["brother-in-law", "sister-in-law"], ("sibling-in-law", "sibling-in-law")),
    **dict.fromkeys(["mother-in-law", "father-in-law"], ("parent-in-law", "child-in-law")),
    **dict.fromkeys(["son-in-law", "daughter-in-law"], ("child-in-law", "parent-in-law")),
    "unrelated": ("unrelated", "unrelated"),
}
"""What each word makes of the other one, and of oneself in turn."""
_MAY_BE_BOTH = frozenset(
    [
        frozenset(pair)
        for pair in [
            ("cousin", "spouse"),
            ("unrelated", "spouse"),
            ("sibling", "half-sibling"),
            ("sibling", "step-sibling"),
            ("half-sibling", "step-sibling"),
            ("step-parent", "parent-in-law"),
            ("step-child", "child-in-law"),
            ("cousin", "sibling-in-law"),
            ("unrelated", "sibling-in-law"),
            ("unrelated", "parent-in-law"),
            ("unrelated", "child-in-law"),
            ("unrelated", "step-parent"),
            ("unrelated", "step-child"),
            ("unrelated", "step-sibling"),
        ]
    ]
)
"""What people can be at once, or are called though they are not quite that."""
_ASIDE = frozenset(["uncle or aunt", "nephew or niece"])
_TITLES = frozenset(["Lord", "Little", "Young", "Old", "Master", "the", "old", "young", "poor"])
_MY = re.compile(r"\b[Mm]y\b")
_YOUR = re.compile(r"\b[Yy]our\b")
_SURE_HEARER = 0.8
"""What "your" is trusted for, beside a name that is called."""
_OF_GENERATIONS = frozenset(["parent", "child", "grandparent", "grandchild"])


class _Told(msgspec.Struct, frozen=True):
    """`other` is the `kind` of `person`, of class `bond`, who come in the order of their names."""

    person: str
    other: str
    kind: str
    bond: str
    relation: Relation

    @property
    def span(self) -> Span:
        return self.relation.span

    @property
    def trust(self) -> float:
        return self.relation.confidence * (_SPOKEN if self.relation.speaker else 1.0)


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """Suspicions of kinship that cannot be."""
    pairs: dict[tuple[str, str], list[_Told]] = {}
    for relations in facts.relations.values():
        for relation in relations:
            told = _told(relation)
            if told is None or _is_said_to_whoever(facts, relation):
                continue
            if told.trust >= LEAST:
                pairs.setdefault((told.person, told.other), []).append(told)
    for (person, other), between in sorted(pairs.items()):
        yield from _twins_of_two_ages(facts, between)
        yield from _two_bonds(facts, person, other, between)
    yield from _two_counts(facts)
    named = list(_siblings_of_only_children(facts, pairs))
    yield from named
    yield from _unnamed_kin(facts, {name for suspicion in named for name in suspicion.people})


def _is_said_to_whoever(facts: BookFacts, relation: Relation) -> bool:
    """Whether it is of "your" kin, where who hears it is not sure."""
    unsure = relation.speaker is not None and relation.confidence < _SURE_HEARER
    return unsure and _YOUR.search(facts.text(relation.span)) is not None


def _told(relation: Relation) -> _Told | None:
    bonds = _CLASSES.get(relation.kind)
    if bonds is None or relation.person == relation.other:
        return None
    if relation.person <= relation.other:
        return _Told(relation.person, relation.other, relation.kind, bonds[0], relation)
    return _Told(relation.other, relation.person, relation.kind, bonds[1], relation)


def _two_bonds(facts: BookFacts, person: str, other: str, told: list[_Told]) -> Iterator[Suspicion]:
    support: dict[str, float] = {}
    for one in told:
        support[one.bond] = support.get(one.bond, 0.0) + one.trust
    if len(support) < 2:
        return
    usual = max(support, key=lambda bond: (round(support[bond], 3), bond))
    firsts = [one for one in told if one.bond == usual]
    given: set[str] = set()
    for one in sorted(told, key=lambda each: -each.trust):
        if one.bond in given | {usual} or frozenset([one.bond, usual]) in _MAY_BE_BOTH:
            continue
        family = person.rpartition(" ")[2] == other.rpartition(" ")[2]
        if family and {one.bond, usual} & _OF_GENERATIONS:
            continue  # a son is often called as his father is
        if _may_be_namesakes(facts, one, usual, firsts) or _is_loose(facts, one, usual, firsts):
            continue
        given.add(one.bond)
        first = max(firsts, key=lambda each: each.trust)
        if facts.sentence(first.span) == facts.sentence(one.span):
            continue  # two people of one name: "her brother George, or her son George"
        before, after = sorted((first, one), key=lambda each: (each.span.scene, each.span.start))
        yield Suspicion(
            kind="kinship",
            summary=f"{_says(before.relation)} in one place, and {_says(after.relation)} in"
            " another.",
            evidence=(before.span, after.span),
            people=(person, other),
            confidence=round((before.trust * after.trust) ** 0.5, 3),
        )


def _may_be_namesakes(facts: BookFacts, one: _Told, usual: str, others: Sequence[_Told]) -> bool:
    """Whether somebody is called by a family name alone, and it is of generations."""
    if not {one.bond, usual} & (_OF_GENERATIONS | _ASIDE):
        return False
    return any(_is_by_surname(facts, told) for told in (one, *others))


def _is_by_surname(facts: BookFacts, told: _Told) -> bool:
    for start, end, name in facts.people_in(told.span):
        words = facts.scenes[told.span.scene].text[start:end].split()
        last = name.split()[-1]
        if name in {told.person, told.other} and len(name.split()) > 1 and words[-1] == last:
            given = words[-2] if len(words) > 1 else ""
            if not given and name.startswith("Miss "):
                continue  # a woman is not called by her family name alone
            if not given or given in _TITLES:
                return True
    return False


def _is_loose(facts: BookFacts, one: _Told, usual: str, others: Sequence[_Told]) -> bool:
    """Whether "my cousin" may be said as kin of any kind, or by another than who seems to."""
    if {one.bond, usual} & _ASIDE and "cousin" in {one.bond, usual}:
        told = (one, *others)
        return any(each.relation.speaker or _MY.search(facts.text(each.span)) for each in told)
    return False


def _twins_of_two_ages(facts: BookFacts, told: list[_Told]) -> Iterator[Suspicion]:
    twin = next((one for one in told if one.kind == "twin"), None)
    if twin is None:
        return
    pair = (twin.person, twin.other), (twin.other, twin.person)
    ages = [each for key in pair for each in facts.relations.get(key, ())]
    elder = next(
        (
            one
            for one in ages
            if one.kind in {"elder", "younger"} and "year" in facts.text(one.span)
        ),
        None,
    )
    if elder is not None and elder.confidence >= LEAST:
        spans = sorted((twin.span, elder.span), key=lambda span: (span.scene, span.start))
        yield Suspicion(
            kind="kinship",
            summary=f"{twin.person} and {twin.other} are twins in one place, and years apart in"
            " another.",
            evidence=tuple(spans),
            people=(twin.person, twin.other),
            confidence=round((twin.trust * elder.confidence) ** 0.5, 3),
        )


def _two_counts(facts: BookFacts) -> Iterator[Suspicion]:
    """As in "Ada had three brothers" and "her two brothers", or the eldest who is the youngest."""
    for (name, kind), stated in sorted(facts.attributes.items()):
        told = [one for one in stated if kind == "other" and one.confidence >= LEAST]
        for before, after in combinations(told, 2):
            first, second = _counted(before.value), _counted(after.value)
            if first is None or second is None or first[1] != second[1] or first == second:
                continue
            confidence = round(0.9 * (before.confidence * after.confidence) ** 0.5, 3)
            if confidence < _LEAST_COUNTED:
                continue
            says, end = ("has", "s") if first[0].isdigit() else ("is the", "")
            yield Suspicion(
                kind="kinship",
                summary=f"{name} {says} {before.value}{end} in one place, and {says}"
                f" {after.value}{end} in another.",
                evidence=(before.span, after.span),
                people=(name,),
                confidence=confidence,
            )
            break


def _counted(value: str) -> tuple[str, str] | None:
    number, _, noun = value.partition(" ")
    if number.isdigit():
        return number, noun
    return (value, "place") if value in {"eldest", "youngest"} else None


def _says(relation: Relation) -> str:
    if relation.kind == "unrelated":
        return f"{relation.other} is no kin of {relation.person}"
    kind = {"spouse": "wife or husband"}.get(relation.kind, relation.kind)
    return f"{relation.other} is the {kind} of {relation.person}"


def _siblings_of_only_children(
    facts: BookFacts, pairs: dict[tuple[str, str], list[_Told]]
) -> Iterator[Suspicion]:
    for (person, kind), stated in facts.attributes.items():
        if kind != "other":
            continue
        for lack in stated:
            if lack.confidence < LEAST or lack.value not in _LACKS:
                continue
            for pair, told in pairs.items():
                if person not in pair:
                    continue
                for one in told:
                    if not _is_lacked(lack.value, person, one):
                        continue
                    spans = sorted((lack.span, one.span), key=lambda span: (span.scene, span.start))
                    yield Suspicion(
                        kind="kinship",
                        summary=f"{person} has {_LACKS[lack.value]}, and {_says(one.relation)}.",
                        evidence=tuple(spans),
                        people=pair,
                        confidence=round((lack.confidence * one.trust) ** 0.5, 3),
                    )
                    break


def _unnamed_kin(facts: BookFacts, told: set[str]) -> Iterator[Suspicion]:
    """As in "Ada was an only child", and later "Ada's sister came": a sister without a name."""
    for (name, kind), stated in sorted(facts.attributes.items()):
        person = facts.cast.get(name)
        if kind != "other" or person is None or name in told:
            continue
        for lack in stated:
            if lack.confidence < LEAST or lack.value not in _LACKED_KIN:
                continue
            one = _kin_told(facts, person, _LACKED_KIN[lack.value])
            if one is None or facts.sentence(one) == facts.sentence(lack.span):
                continue
            spans = sorted((lack.span, one), key=lambda span: (span.scene, span.start))
            yield Suspicion(
                kind="kinship",
                summary=f"{name} has {_LACKS[lack.value]}, and “{facts.text(one)}” is told of.",
                evidence=tuple(spans),
                people=(name,),
                confidence=round(0.85 * lack.confidence, 3),
            )
            break


def _kin_told(facts: BookFacts, person: Person, kin: frozenset[str]) -> Span | None:
    """Where somebody's kin is told of by what they are: "Ada's elder sister", or "my two sons"
    in what they say.
    """
    for span in person.spans:
        text = facts.scenes[span.scene].text
        found = _THEIR_KIN.match(text, span.end - 2) or _THEIR_KIN.match(text, span.end)
        likened = _LIKENED.search(text, max(0, span.start - 12), span.start)
        if likened or facts.is_spoken(span):
            continue
        if found is not None and found["kin"] in kin:
            return Span(span.scene, span.start, found.end())
    for scene, quotations in enumerate(facts.quotations):
        for said in quotations:
            if said.speaker == person.name and said.confidence >= _SURE_HEARER:
                mine = _MY_KIN.search(facts.scenes[scene].text, said.span.start, said.span.end)
                if mine is not None and mine["kin"] in kin:
                    return Span(scene, mine.start(), mine.end())
    return None


_KIN = (
    r"(?:(?:elder|eldest|older|younger|youngest|little|big|other|own|twin|only|two|three)\s+)*"
    r"(?P<kin>brother|sister|son|daughter|cousin|uncle|aunt|nephew|niece)s?\b"
    r"(?![- ]in[- ]law|\s+(?:officer|artist|of\s))"
)
_LIKENED = re.compile(r"\b(?:as|being|like|if|not|almost)\s*\Z")
_THEIR_KIN = re.compile(rf"[’']s\s+{_KIN}")
_MY_KIN = re.compile(rf"\b[Mm]y\s+{_KIN}(?=\s+[a-z])")
_LACKED_KIN = {
    **{
        f"no {kin}": frozenset([kin])
        for kin in ("son", "daughter", "cousin", "uncle", "aunt", "nephew", "niece")
    },
    "only child": frozenset(["brother", "sister"]),
    "no brother": frozenset(["brother"]),
    "no sister": frozenset(["sister"]),
    "no child": frozenset(["son", "daughter"]),
}
_LACKS = {
    **{
        f"no {kin}": f"no {kin}"
        for kin in ("son", "daughter", "cousin", "uncle", "aunt", "nephew", "niece")
    },
    "only child": "no brothers or sisters",
    "no brother": "no brother",
    "no sister": "no sister",
    "no child": "no children",
}


_NO_SUCH = {f"no {kin}": kin for kin in ("son", "daughter", "uncle", "aunt", "nephew", "niece")}
_NO_SUCH["no cousin"] = "cousin"


def _is_lacked(lack: str, person: str, told: _Told) -> bool:
    kind, mine = told.kind, told.relation.person == person
    if lack == "no child":
        bond = told.bond if told.person == person else _CLASSES[kind][1]
        return bond == "child"
    if lack in _NO_SUCH:
        return kind == _NO_SUCH[lack] and (mine or lack == "no cousin")
    if told.bond != "sibling":
        return False
    if lack == "no brother":
        return mine and kind == "brother"
    if lack == "no sister":
        return mine and kind == "sister"
    return True
