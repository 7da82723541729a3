"""The dead who speak: somebody's death is told, and later in the story they say or do something.

What comes before their death in the story may be told after it; so what is remembered, dreamed,
or told in the past perfect is left out, and so are people who are found to live after all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from inkstand_sdk.facts import Attribute
from inkstand_sdk.reader import Person
from inkstand_sdk.span import Span
from inkstand_writing import lexicon
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion

LEAST = 0.7
"""Statements of a death that are less sure than this are left out."""
_SPOKEN = 0.85
_SOON = 3
"""Paragraphs after a death in which what the dead said before may still be told."""
_SURE_LINE = 0.9
_TO_AND_FRO = 3
_HALF_SURE, _SURE = 0.5, 0.8
_USUALLY = 0.15
_TITLES = re.compile(
    r"(?:Mr|Mrs|Miss|Ms|Dr|Sir|Lady|Lord|Madame|Monsieur|M|Captain|Colonel|Major|General|Count|"
    r"Countess|Duke|Duchess|Baron|Baroness|King|Queen|Prince|Princess|Father|Mother|Master|Old|Young)"
    r"\.? [^ ]+"
)
_RISEN = re.compile(
    r"\b(?:alive|not dead|dead man|dead woman|ghosts?|apparition|supposed (?:to be )?dead"
    r"|thought (?:to be )?dead|from the dead|resurrect\w+|were dead|you are dead)\b",
    re.IGNORECASE,
)
_REMEMBERED = re.compile(
    r"\b(?:vision|dreamt?|dreamed|had died|was dead|is dead|memory|remember(?:ed|ing|s)?"
    r"|recall(?:ed|ing)?|recollect\w*|years? (?:ago|before)|used to|long ago"
    r"|in (?:his|her) lifetime|spirit)\b",
    re.IGNORECASE,
)
_FIRST, _TRIED = 3, 40
"""Of what the dead do later: what may explain it, and what is looked through for a sure one."""
_THOUGHT = re.compile(r"\b(?:thought|dreamt|dreamed|feared|imagined|fancied|sang|recited|wrote)\b")
_PERFECT = re.compile(r"\bhad (?:\w+ly )?(?:said|told|asked|been|spoken|answered|written|sung)\b")
_OWNS = re.compile(r"['’]s\b")
_ACTS = lexicon.words("acts")
_NEXT_WORD = re.compile(
    r",?\s+(?:(?:\w+ly|then|now|only|just|still|himself|herself)\s+)?([a-z]+)\b"
)


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """Suspicions of dead people who speak or act."""
    doings = _Doings(facts)
    for (name, kind), stated in sorted(facts.attributes.items()):
        person = facts.cast.get(name)
        if kind != "dead" or person is None or person.narrator:
            continue
        deaths = [one for one in stated if _trust(facts, person, one) >= LEAST]
        sure = [one for one in stated if _trust(facts, person, one) >= _HALF_SURE]
        if _told_out_of_order(sure, doings.of(name)):
            continue
        for death in sorted(deaths, key=lambda one: -_trust(facts, person, one)):
            found = _after(facts, doings, person, death)
            if found is not None:
                yield found
                break


def _trust(facts: BookFacts, person: Person, death: Attribute) -> float:
    trust = death.confidence * (_SPOKEN if death.speaker else 1.0)
    if death.speaker and _is_thought(facts, death):
        return 0.0
    named = next((n for s, _, n in facts.people_in(death.span) if n == person.name), "")
    if not named:
        return trust if _is_alone(facts, person, death) else 0.6 * trust
    return 0.6 * trust if _may_be_another(facts, person, death) else trust


def _is_thought(facts: BookFacts, death: Attribute) -> bool:
    """Whether the words are somebody's fear or thought."""
    quotation = facts.speech(death.span.scene, death.span.start)
    if quotation is None:
        return False
    text = facts.scenes[death.span.scene].text
    start, end = quotation.span.start, quotation.span.end
    return bool(
        _THOUGHT.search(text, max(0, start - 40), start) or _THOUGHT.search(text, end, end + 30)
    )


def _is_alone(facts: BookFacts, person: Person, death: Attribute) -> bool:
    """Whether the paragraph names the one whom "he" means before, and nobody else of that sex."""
    around = facts.paragraph(death.span)
    others = facts.people_in(Span(death.span.scene, around.start, death.span.start))
    sentence = facts.sentence(death.span)
    before = facts.sentence(Span(death.span.scene, max(0, sentence.start - 3), sentence.start - 2))
    near = facts.people_in(Span(death.span.scene, before.start, death.span.start))
    others = near if near and before.start >= around.start else others
    same = {name for _, _, name in others if facts.cast[name].gender in {person.gender, "unknown"}}
    return same == {person.name}


def _may_be_another(facts: BookFacts, person: Person, death: Attribute) -> bool:
    """Whether a bare title and surname may well be somebody else of the family."""
    start, end, _ = next(each for each in facts.people_in(death.span) if each[2] == person.name)
    called = facts.text(Span(death.span.scene, start, end))
    if not _TITLES.fullmatch(called):
        return False
    if not _TITLES.match(person.name):
        return _calls(facts, person, called) < _USUALLY * len(person.spans)
    surname = called.rpartition(" ")[2]
    return any(
        other.name != person.name
        and other.name.rpartition(" ")[2] == surname
        and {other.gender, person.gender} != {"female", "male"}
        for other in facts.reading.cast
    )


def _calls(facts: BookFacts, person: Person, called: str) -> int:
    """How often somebody is called just that."""
    return sum(facts.text(span) == called for span in person.spans)


def _told_out_of_order(deaths: Sequence[Attribute], done: Sequence[Span]) -> bool:
    """Whether a death is told again and again, with deeds between: the story goes to and fro."""
    places = sorted((one.span.scene, one.span.start) for one in deaths)
    between = sum(
        any(before < (span.scene, span.start) < after for span in done)
        for before, after in pairwise(places)
    )
    return between >= _TO_AND_FRO


def _after(facts: BookFacts, doings: _Doings, person: Person, death: Attribute) -> Suspicion | None:
    """What the person does after their death, where they were alive before."""
    paragraphs = facts.scene(death.span.scene).paragraphs
    end = next(
        (
            stop
            for start, stop in paragraphs[_paragraph(paragraphs, death.span) + _SOON :]
            if start > death.span.end
        ),
        None,
    )
    done = doings.of(person.name)
    place = (death.span.scene, death.span.start)
    unseen = not any((one.scene, one.start) < place for one in done)
    if unseen and _trust(facts, person, death) < _SURE:
        return None
    later = [
        one
        for one in done
        if one.scene > death.span.scene
        or (end is not None and one.scene == death.span.scene and one.start > end)
    ]
    if any(_RISEN.search(_around(facts, one)) for one in later[:_FIRST]):
        return None
    shown = next((one for one in later[:_TRIED] if not _is_remembered(facts, one)), None)
    if shown is None:
        return None
    return Suspicion(
        kind="dead_speak",
        summary=f"{person.name} is dead in one place, and speaks or acts later.",
        evidence=(death.span, shown),
        people=(person.name,),
        confidence=round(_trust(facts, person, death), 3),
    )


def _around(facts: BookFacts, span: Span) -> str:
    return facts.scenes[span.scene].text[max(0, span.start - 250) : span.end + 100]


def _is_remembered(facts: BookFacts, span: Span) -> bool:
    """Whether the text near a deed says that it was long ago, or is told in the past perfect."""
    text = facts.scenes[span.scene].text
    return bool(
        _REMEMBERED.search(_around(facts, span))
        or _PERFECT.search(text, max(0, span.start - 120), span.end + 40)
    )


def _paragraph(paragraphs: Sequence[tuple[int, int]], span: Span) -> int:
    return max((n for n, (start, _) in enumerate(paragraphs) if start <= span.start), default=0)


class _Doings:
    """Where people say or do something in the narration's own time."""

    def __init__(self, facts: BookFacts) -> None:
        self._facts = facts

    def of(self, name: str) -> list[Span]:
        """Places where somebody surely speaks, or is the subject of an action, in order."""
        person = self._facts.cast[name]
        acts = [span for span in person.spans if self._acts(span)]
        return sorted([*self._lines.get(name, ()), *acts], key=lambda s: (s.scene, s.start))

    @cached_property
    def _lines(self) -> dict[str, list[Span]]:
        lines: dict[str, list[Span]] = {}
        for quotation in self._facts.reading.quotations:
            if quotation.kind != "explicit" or quotation.confidence < _SURE_LINE:
                continue
            if quotation.speaker is None or quotation.cue is None:
                continue
            cue = quotation.cue
            text = self._facts.scenes[cue.scene].text
            if _OWNS.search(text, cue.start, cue.end + 2):
                continue  # "cried Ada's cook"
            lines.setdefault(quotation.speaker, []).append(quotation.cue)
        return lines

    def _acts(self, span: Span) -> bool:
        text = self._facts.scenes[span.scene].text
        following = _NEXT_WORD.match(text, span.end, span.end + 40)
        if following is None or following.group(1) not in _ACTS:
            return False
        return not self._facts.is_spoken(span)
