"""Plants continuity errors into a clean novel, and keeps the key to them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec
from tests.eval.continuity.alterations import RESPELLINGS, in_first_person, in_present
from tests.eval.continuity.people import People, Somebody, find_people
from tests.eval.continuity.prose import Book, open_book
from tests.eval.continuity.templates import KINDS, Template

WORDS_PER_ERROR = 10_000
_KIN = {
    "km": ("Giles", "Septimus", "Barnaby", "Lionel", "Cuthbert", "Reuben", "Gilbert", "Silas"),
    "kf": ("Harriet", "Lavinia", "Drusilla", "Hester", "Winifred", "Cecily", "Ursula", "Tabitha"),
}
_AGREEMENT = {
    "male": {"he": "he", "him": "him", "his": "his", "himself": "himself", "man": "man"},
    "female": {"he": "she", "him": "her", "his": "her", "himself": "herself", "man": "woman"},
}
_TITLES = {"male": r"(?:Mr|Sir)\b\.?\s", "female": r"(?:Mrs|Miss|Lady|Madame)\b\.?\s"}
_TRIES = 25
_NEAR = 6


class Passage(msgspec.Struct, frozen=True):
    """`[start, end)` of the planted text, in code points; `was` is what stood there before, and
    `lead` the white space that was put in before it.
    """

    start: int
    end: int
    quote: str
    was: str = ""
    lead: str = ""
    side: int = 0
    """0 for the first of what contradicts itself, 1 for the second."""


class PlantedError(msgspec.Struct, frozen=True):
    """One error: its kind, the template it is from, whom it is about, and where it stands."""

    kind: str
    template: str
    person: str
    passages: tuple[Passage, ...]


class Planted(msgspec.Struct, frozen=True):
    """A novel with errors, and the key to them."""

    text: str
    errors: tuple[PlantedError, ...]


class Edit(msgspec.Struct, frozen=True):
    """A change of the clean text: `[start, end)` becomes `lead` and `words`."""

    start: int
    end: int
    words: str
    lead: str = ""
    side: int = 0


class _Plan(msgspec.Struct, frozen=True):
    template: Template
    person: str
    edits: tuple[Edit, ...]


def plant(
    text: str, name: str, templates: Sequence[Template], seed: int, words: int = WORDS_PER_ERROR
) -> Planted:
    """The novel with one error in so many words, their kinds in turn; the same for the same seed.

    `name` is the novel's own: each novel has another order. A book without people has no errors.
    """
    return _Planter(text, random.Random(f"{seed}/{name}")).plant(templates, words)


def undo(planted: Planted) -> str:
    """The clean text again: every planted passage is as it was before."""
    passages = sorted((p for e in planted.errors for p in e.passages), key=lambda p: p.start)
    parts, at = [], 0
    for passage in passages:
        parts += [planted.text[at : passage.start - len(passage.lead)], passage.was]
        at = passage.end
    return "".join([*parts, planted.text[at:]])


class _Planter:
    def __init__(self, text: str, rng: random.Random) -> None:
        self.book: Book = open_book(text)
        self.people: People = find_people(text)
        self.rng = rng
        self.plans: list[_Plan] = []
        self.used: set[tuple[str, str]] = set()
        self.kept_out: set[str] = set()
        self.places = {
            one.word: [n for n in self.book.narration if self._named(one, *self.book.paragraphs[n])]
            for one in self.people.main
        }
        self.kin = {
            key: [n for n in names if n not in self.book.lexicon] for key, names in _KIN.items()
        }

    def plant(self, templates: Sequence[Template], words: int) -> Planted:
        wanted = round(self.book.words / words)
        by_kind = {k: [t for t in templates if t.kind == k] for k in KINDS}
        kinds = self._order(wanted, [k for k in KINDS if by_kind[k]])
        for kind in kinds:
            if len(self.plans) == wanted:
                break
            plan = next(self._plans(by_kind[kind]), None)
            if plan is not None:
                self._take(plan)
        return self._applied()

    def _plans(self, templates: Sequence[Template]) -> Iterator[_Plan]:
        """What fits the book: one template after the other is tried often, lest only the easy
        ones come to be used.
        """
        for template in self.rng.sample(templates, len(templates)):
            for _ in range(_TRIES):
                plan = self._plan(template)
                if plan is not None and self._is_free(plan):
                    yield plan

    def _order(self, wanted: int, kinds: Sequence[str]) -> list[str]:
        """Kinds in turn, with more at the end for those that cannot be planted here; what
        changes the whole book goes first, so that all else keeps off its words.
        """
        order: list[str] = []
        while len(order) < wanted:
            order += self.rng.sample(kinds, len(kinds))
        first = sorted(order[:wanted], key=lambda kind: kind != "names_alike")
        return [*first, *order[wanted:], *self.rng.sample(kinds, len(kinds))]

    def _take(self, plan: _Plan) -> None:
        self.plans.append(plan)
        self.used.add((plan.template.kind, plan.person))
        if plan.template.kind == "dead_speak":
            self.kept_out.add(plan.person)

    def _is_free(self, plan: _Plan) -> bool:
        edits = sorted([*plan.edits, *(e for p in self.plans for e in p.edits)], key=_place)
        return all(a.end < b.start for a, b in pairwise(edits))

    def _plan(self, template: Template) -> _Plan | None:
        if template.kind == "names_alike":
            return self._renaming(template)
        free = [
            one
            for one in self.people.main
            if one.name not in self.kept_out and (template.kind, one.name) not in self.used
        ]
        if not free:
            return None
        person = self.rng.choice(free)
        if template.kind == "name_spelling":
            edits = self._respelling(template, person)
        elif template.alteration:
            edits = self._retelling(template, person)
        else:
            edits = self._statements(template, person)
        return _Plan(template, person.name, edits) if edits else None

    def _respelling(self, template: Template, person: Somebody) -> tuple[Edit, ...]:
        new = RESPELLINGS[template.alteration](person.word)
        if new is None or new in self.book.lexicon or len(person.word) < 4:
            return ()
        places = [
            m
            for number in self.places[person.word]
            for m in self._named(person, *self.book.paragraphs[number])
        ]
        if len(places) < 2 * template.places:
            return ()
        chosen = self.rng.sample(places, template.places)
        return tuple(Edit(start, end, new) for start, end in sorted(chosen))

    def _renaming(self, template: Template) -> _Plan | None:
        """Somebody of less weight gets a name that is too like a main person's."""
        pairs = [
            (one, other)
            for one in self.people.main[:5]
            for other in self.people.minor
            if other.word != one.word
            and other.gender == one.gender
            and other.word not in one.others
            and other.name not in self.kept_out | {p.person for p in self.plans}
        ]
        if not pairs:
            return None
        one, other = self.rng.choice(pairs)
        new = RESPELLINGS[template.alteration](one.word)
        if new is None or new in self.book.lexicon or len(one.word) < 4:
            return None
        self.kept_out.add(other.name)
        everywhere = self._named(other, 0, len(self.book.text))
        return _Plan(template, one.name, tuple(Edit(start, end, new) for start, end in everywhere))

    def _named(self, person: Somebody, start: int, end: int) -> list[tuple[int, int]]:
        """Where the person is named; "Mrs. Dawes" does not name a man called Dawes."""
        wrong = _TITLES["male" if person.gender == "female" else "female"]
        pattern = re.compile(rf"(?<![\w'’-])({wrong})?({person.word})(?![\w-])")
        return [m.span(2) for m in pattern.finditer(self.book.text, start, end) if not m[1]]

    def _retelling(self, template: Template, person: Somebody) -> tuple[Edit, ...]:
        """One sentence, or two to four that follow each other, in another person or tense."""
        told = "first_person" in template.alteration
        if not (self.book.in_third_person if told else self.book.in_past):
            return ()
        if not self.places[person.word]:
            return ()
        paragraph = self.rng.choice(self.places[person.word])
        runs: list[list[Edit]] = [[]]
        for start, end in self.book.sentences(paragraph):
            words = self.book.text[start:end]
            if told:
                new = in_first_person(words, person.gender) if person.word not in words else None
            else:
                new = in_present(words, person.word, self.book.lexicon)
            if new is None or not 6 <= len(words.split()) <= 40:
                runs.append([])
            elif new != words:
                runs[-1].append(Edit(start, end, new))
        whole = template.alteration.endswith("_paragraph")
        fitting = [run for run in runs if len(run) >= (2 if whole else 1)]
        if not fitting:
            return ()
        return tuple(fitting[0][: 4 if whole else 1])

    def _statements(self, template: Template, person: Somebody) -> tuple[Edit, ...]:
        if template.kind == "pov_slip" and not self.book.in_third_person:
            return ()
        if template.kind == "tense_slip" and not self.book.in_past:
            return ()
        if not self.book.marks[0] and any("“" in s for s in template.statements):
            return ()
        others = [
            o for o in self.people.main if o.word != person.word and o.word not in person.others
        ]
        if not others and any("{O}" in s for s in template.statements):
            return ()
        values = {
            "N": person.name,
            "O": self.rng.choice(others).name if others else "",
            **_AGREEMENT[person.gender],
            **{key: self.rng.choice(names) for key, names in self.kin.items() if names},
        }
        values |= {key.capitalize(): v.capitalize() for key, v in values.items() if key[0] == "h"}
        edits: list[Edit] = []
        spots = self._spots(template, person)
        if spots is None:
            return ()
        for side, (paragraph, statement) in enumerate(zip(spots, template.statements, strict=True)):
            words = self._in_this_book(statement.format_map(values))
            at = self.book.paragraphs[paragraph][1]
            apart = "“" in statement or (not statement.startswith("{H") and self.rng.random() < 0.5)
            edits.append(Edit(at, at, words, "\n\n" if apart else " ", side))
        return tuple(edits)

    def _spots(self, template: Template, person: Somebody) -> list[int] | None:
        """The paragraphs after which the statements go, in order; None if the tries found none."""
        anywhere = list(self.book.narration)
        fit = [
            [n for n in self.places[person.word] if self._suits(n, person, s)]
            if re.search("{N}|{H", s)
            else anywhere
            for s in template.statements
        ]
        if template.near:
            first = self.rng.choice(fit[0]) if fit[0] else None
            near = [n for n in anywhere if first and 0 < n - first <= _NEAR]
            return [first, self.rng.choice(near)] if first and near else None
        if not all(fit):
            return None
        if len(fit) == 1:
            return [self.rng.choice(fit[0])]
        first, second = self.rng.choice(fit[0]), self.rng.choice(fit[1])
        distance = self.book.paragraphs[second][0] - self.book.paragraphs[first][0]
        return [first, second] if distance > 0.03 * len(self.book.text) else None

    def _suits(self, paragraph: int, person: Somebody, statement: str) -> bool:
        """Whether "he", where the statement begins with it, can mean nobody else here."""
        if not statement.startswith("{H"):
            return True
        start, end = self.book.paragraphs[paragraph]
        whole = rf"\b[A-Z][a-z]+ {person.word}\b|\b{person.word} [A-Z][a-z]+"
        others = re.sub(whole, " ", self.book.text[start:end])
        if set(re.findall(r"[A-Z][a-z]+", others)) & self.people.words - {person.word}:
            return False
        last = [self.book.text[a:b] for a, b in self.book.sentences(paragraph)][-2:]
        he = _AGREEMENT[person.gender]["he"].capitalize()
        subject = re.compile(rf"(?:{he}|{re.escape(person.name)}|{person.word}) ")
        return bool(last) and person.word in " ".join(last) and bool(subject.match(last[-1]))

    def _in_this_book(self, words: str) -> str:
        """The statement with the book's own quotation marks and apostrophes."""
        opening, closing = self.book.marks
        words = words.replace("’", self.book.apostrophe)
        return words.replace("“", opening).replace("”", closing)

    def _applied(self) -> Planted:
        edits = sorted(
            ((edit, number) for number, plan in enumerate(self.plans) for edit in plan.edits),
            key=lambda pair: _place(pair[0]),
        )
        parts: list[str] = []
        passages: list[list[Passage]] = [[] for _ in self.plans]
        at = length = 0
        for edit, number in edits:
            kept = self.book.text[at : edit.start]
            start = length + len(kept) + len(edit.lead)
            parts += [kept, edit.lead, edit.words]
            length, at = start + len(edit.words), edit.end
            was = self.book.text[edit.start : edit.end]
            passages[number].append(Passage(start, length, edit.words, was, edit.lead, edit.side))
        parts.append(self.book.text[at:])
        errors = (
            PlantedError(plan.template.kind, plan.template.id, plan.person, tuple(found))
            for plan, found in zip(self.plans, passages, strict=True)
        )
        return Planted("".join(parts), tuple(sorted(errors, key=lambda e: e.passages[0].start)))


def _place(edit: Edit) -> tuple[int, int]:
    return (edit.start, edit.end)
