"""The dead who speak: somebody's death is told, and later in the story they say or do something.

What comes before their death in the story may be told after it; so what is remembered, dreamed,
or told in the past perfect is left out, and so are people who are found to live after all. A death
that the book tells of again and again is a true one: then it takes more than a deed or two to
doubt it, for those are told out of order.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from itertools import islice, pairwise, takewhile

from inkstand_sdk.facts import Attribute
from inkstand_sdk.reader import Person, Quotation
from inkstand_sdk.span import Span
from inkstand_writing import lexicon
from inkstand_writing.continuity.death_talk import told_deaths
from inkstand_writing.continuity.doings import Doings
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion

LEAST = 0.66
"""Statements of a death that are less sure than this are left out."""
_SPOKEN = 0.85
_SURE_SPEAKER = 0.8
_NEAR = 120
"""Characters before a death in which a speech must name whose it is."""
_BY_PRONOUN, _BY_NEAR_PRONOUN = 0.6, 0.72
"""What a death is trusted at least where only "he" tells whose it is, and what it is then trusted
where nobody else can be meant.
"""
_LEAST_BY_PRONOUN, _IN_ONE_SPEECH = 0.7, 0.68
"""The same where "his" tells it, or somebody says it, and where they name one person before."""
_HE_DIED = re.compile(
    r"\b(?:he|she|him)\b|\bher(?=$| (?:was|were|had|lay|in|on|at|to|under)\b)", re.IGNORECASE
)
_THINKING = 0.75
"""What "he is dead" in a story told in the past is trusted: somebody thinks it."""
_SOON = 3
"""Paragraphs after a death in which what the dead said before may still be told."""
_TO_AND_FRO = 2
_HALF_SURE = 0.5
_UNSEEN, _UNSEEN_AT_LEAST = 0.83, 0.77
"""What a death is trusted, and at least, of somebody who has done nothing before it."""
_MANY_DEEDS = 5
"""What such a one does later, at least, if their death is trusted less."""
_USUALLY = 0.15
_HARDLY_EVER, _OFTEN = 0.05, 20
_LONG = 40_000
"""In words: a story so long goes back in time more often than it forgets who is dead."""
_TITLES = re.compile(
    r"(?:Mr|Mrs|Miss|Ms|Dr|Sir|Lady|Lord|Madame|Monsieur|M|Captain|Colonel|Major|General|Count|"
    r"Countess|Duke|Duchess|Baron|Baroness|King|Queen|Prince|Princess|Father|Mother|Master|Old|Young)"
    r"\.? [^ ]+"
)
_RISEN = re.compile(
    r"\b(?:alive(?! (?:with|to|and kicking))|not dead|dead man|dead woman|ghosts?|apparition"
    r"|supposed (?:to be )?dead|thought (?:to be )?dead|from the dead|resurrect\w+|were dead"
    r"|you are dead)\b",
    re.IGNORECASE,
)
_REMEMBERED = re.compile(
    r"\b(?:vision|dreamt?|dreamed|had died|was dead|is dead|memory|remember(?:ed|ing|s)?"
    r"|recall(?:ed|ing)?|recollect\w*|years? (?:ago|before)|used to|long ago"
    r"|in (?:his|her) lifetime|spirit)\b",
    re.IGNORECASE,
)
_FIRST = 3
"""Of what the dead do later: so much is looked at for what may explain it."""
_THOUGHT = re.compile(r"\b(?:thought|dreamt|dreamed|feared|imagined|fancied|sang|recited|wrote)\b")
_TELLS = re.compile(
    r"\b(?:said|say|says|told|tells?|heard|knew|learn\w+|thought|wrote|writes?|believed|announced|asked"
    r"|found|saw|read|remembered|that|whether|if|who|whose|when|since|after|before|until)\b"
)
"""After a name: what follows may be of somebody else."""
_HAD = re.compile(r"\bhad\b(?:,[^,]{1,30},)? (?:\w+ly )?\w+(?:ed|en|wn|ne|ght)\b")
_PERFECT = re.compile(r"\bhad (?:\w+ly )?(?:said|told|asked|been|spoken|answered|written|sung)\b")
_ROLE = re.compile(
    r"\b(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]hat|[Oo]ld|[Yy]oung|[Pp]oor)\s(?:\w+\s)?(\w+)\b"
)
_REPORTERS = frozenset(
    {"doctor", "physician", "surgeon", "nurse", "priest", "vicar"}
    | {"constable", "policeman", "officer"}
)
"""Who may stand by a death without being the one who dies."""
_GUESSED = re.compile(r"\b(?:dead|died|killed|gone),? then\b")
_HEIR = re.compile(r"(?:Sir|Lord|Lady|Duke|Earl|Baron|Count|King|Queen|Prince|Marquis|Viscount)\b")
"""Titles that go on to the next of the family."""
_NOW = re.compile(r"\b(?:is|lies|has)\b|['’]s (?:dead|been|gone|died)\b")


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """Suspicions of dead people who speak or act."""
    doings = Doings(facts)
    talk = told_deaths(facts)
    for name, person in sorted(facts.cast.items()):
        stated = facts.attributes.get((name, "dead"), ())
        if not (stated or name in talk) or person.narrator or name.startswith("The "):
            continue
        told = _Deaths(facts, doings, person, stated, talk.get(name, ()))
        if told.are_out_of_order:
            continue
        for trust, death in sorted(told.sure, key=lambda one: (-one[0], _place(one[1].span))):
            shown = told.deed_after(death, trust) if trust >= LEAST else None
            if shown is not None:
                yield Suspicion(
                    kind="dead_speak",
                    summary=f"{name} is dead in one place, and speaks or acts later.",
                    evidence=(death.span, shown),
                    people=(name,),
                    confidence=round(trust, 3),
                )
                break


class _Deaths:
    """What is stated of one person's death, against what they are seen to do."""

    def __init__(
        self,
        facts: BookFacts,
        doings: Doings,
        person: Person,
        stated: Sequence[Attribute],
        talked: Sequence[Attribute],
    ) -> None:
        self._facts = facts
        self._person = person
        self._doings = doings
        trusted = [(_trust(facts, person, one), one) for one in stated]
        trusted += [(one.confidence * (_SPOKEN if one.speaker else 1.0), one) for one in talked]
        self.sure = [(trust, one) for trust, one in trusted if trust >= _HALF_SURE]

    @cached_property
    def _done(self) -> tuple[Span, ...]:
        return self._doings.of(self._person.name)

    @cached_property
    def are_out_of_order(self) -> bool:
        """Whether a death is told again and again, with deeds between: it goes to and fro."""
        places = sorted(_place(one.span) for _, one in self.sure)
        between = sum(
            any(before < _place(span) < after for span in self._done)
            for before, after in pairwise(places)
        )
        return between >= _TO_AND_FRO

    def deed_after(self, death: Attribute, trust: float) -> Span | None:
        """What the person does after that death, if that is no part of an earlier time."""
        later = self._later(death.span)
        before = sum(_place(one) < _place(death.span) for one in self._done)
        if not later or not (before or self._is_told_of_a_stranger(trust, later)):
            return None
        if self._facts.words >= _LONG and len(later) < self._needed(death, before):
            return None
        if any(_RISEN.search(_around(self._facts, one)) for one in later[:_FIRST]):
            return None
        return later[0]

    def _is_told_of_a_stranger(self, trust: float, later: Sequence[Span]) -> bool:
        """Whether someone who has done nothing before is surely the same later on."""
        if trust < _UNSEEN_AT_LEAST or _TITLES.fullmatch(self._person.name):
            return False
        many = 2 if trust >= _UNSEEN else _MANY_DEEDS
        return self._facts.words < _LONG or len(later) >= many

    def _needed(self, death: Attribute, before: int) -> int:
        """How many deeds it takes to doubt a death that others tell of as well."""
        first = self._facts.sentence(death.span)
        others = {
            self._facts.sentence(one.span).start
            for _, one in self.sure
            if self._facts.sentence(one.span) != first and not self._lives_between(one, death)
        }
        if len(others) > 1:
            return max(4, before // 2)
        if others:
            return max(3, before // 3)
        return 2 if before >= 8 else 1

    def _lives_between(self, one: Attribute, other: Attribute) -> bool:
        """Whether deeds lie between two deaths: they are then not told together."""
        first, last = sorted((_place(one.span), _place(other.span)))
        return sum(first < _place(span) < last for span in self._done) > 2

    def _later(self, death: Span) -> list[Span]:
        """Deeds in later scenes, and in later paragraphs of the same if they are not the next."""
        paragraphs = self._facts.scene(death.scene).paragraphs
        end = next(
            (
                stop
                for start, stop in paragraphs[_paragraph(paragraphs, death) + _SOON :]
                if start > death.end
            ),
            None,
        )
        found = (
            one
            for one in self._done
            if one.scene > death.scene
            or (end is not None and one.scene == death.scene and one.start > end)
        )
        return [one for one in found if not _is_remembered(self._facts, one)]


def _trust(facts: BookFacts, person: Person, death: Attribute) -> float:
    """How sure it is that this is told as a fact, and of that person."""
    quotation = facts.speech(death.span.scene, death.span.start)
    if (
        quotation is not None
        and quotation.speaker == person.name
        and quotation.confidence >= _SURE_SPEAKER
    ):
        return 0.0  # "Ada is dead," said Ada: somebody else is meant
    if quotation is not None and person.name in quotation.addressees:
        return 0.0
    trust = death.confidence
    if death.speaker or facts.is_spoken(death.span):
        trust *= _SPOKEN
        if _is_thought(facts, death) or _GUESSED.search(facts.text(facts.paragraph(death.span))):
            return 0.0
    elif facts.scene(death.span.scene).tense == "past" and _NOW.search(facts.text(death.span)):
        trust *= _THINKING
    named = next((n for s, _, n in facts.people_in(death.span) if n == person.name), "")
    if not named:
        alone = trust >= _BY_PRONOUN and _is_alone(facts, person, death)
        is_he = _HE_DIED.search(facts.text(death.span)) is not None
        if alone and is_he and not death.speaker:
            return max(trust, _BY_NEAR_PRONOUN)
        start = facts.sentence(death.span).start
        before = facts.people_in(Span(death.span.scene, start, death.span.start))
        if alone and is_he and before:
            return trust
        if is_he and quotation is None and _names_only(facts, person, death, before):
            return trust
        if quotation is not None and is_he and trust >= _HALF_SURE:
            first = max(quotation.span.start, death.span.start - _NEAR)
            said = Span(death.span.scene, first, death.span.start)
            if {name for _, _, name in facts.people_in(said)} == {person.name}:
                return max(trust, _IN_ONE_SPEECH)
        return trust if alone and trust >= _LEAST_BY_PRONOUN else 0.6 * trust
    return 0.6 * trust if _may_be_another(facts, person, death) else trust


def _names_only(
    facts: BookFacts, person: Person, death: Attribute, before: Sequence[tuple[int, int, str]]
) -> bool:
    """Whether the sentence up to a death tells of that one person, who says nothing there."""
    if {name for _, _, name in before} != {person.name}:
        return False
    told = facts.scenes[death.span.scene].text[before[0][0] : death.span.start]
    return not _TELLS.search(told) and not any(
        match[1].lower() in _of_sex(person.gender) for match in _ROLE.finditer(told)
    )


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
    """Whether the words just before name the one whom "he" means, and nobody else of that sex."""
    around = facts.paragraph(death.span)
    sentence = facts.sentence(death.span)
    before = facts.sentence(Span(death.span.scene, max(0, sentence.start - 3), sentence.start - 2))
    window = Span(death.span.scene, max(around.start, before.start), death.span.end)
    near = facts.people_in(window)
    same = {name for _, _, name in near if facts.cast[name].gender in {person.gender, "unknown"}}
    if same != {person.name}:
        return False
    text = facts.text(window)
    return not any(match[1].lower() in _of_sex(person.gender) for match in _ROLE.finditer(text))


@cache
def _of_sex(gender: str) -> frozenset[str]:
    """Words for people who may be of that sex."""
    other = lexicon.words("roles_female" if gender == "male" else "roles_male")
    return (
        lexicon.words("roles") | lexicon.words("roles_male") | lexicon.words("roles_female")
    ) - (other | _REPORTERS)


def _may_be_another(facts: BookFacts, person: Person, death: Attribute) -> bool:
    """Whether a bare title and surname, or a rare name, may well be somebody else's."""
    start, end, _ = next(each for each in facts.people_in(death.span) if each[2] == person.name)
    called = facts.text(Span(death.span.scene, start, end))
    surname = called.rpartition(" ")[2]
    calls = facts.calls(person.name)[called]
    shared = any(
        other.name != person.name
        and other.name.rpartition(" ")[2] == surname
        and {other.gender, person.gender} != {"female", "male"}
        for other in facts.reading.cast
    )
    if called.lower().startswith("the ") or (shared and _HEIR.match(called)):
        return True
    if not _TITLES.fullmatch(called):
        if " " in called or calls >= _USUALLY * len(person.spans):
            return False
        return shared or (len(person.spans) >= _OFTEN and calls < _HARDLY_EVER * len(person.spans))
    if not _TITLES.match(person.name):
        return calls < _USUALLY * len(person.spans)
    return shared


def _around(facts: BookFacts, span: Span) -> str:
    return facts.scenes[span.scene].text[max(0, span.start - 160) : span.end + 100]


def _speech_in(facts: BookFacts, scene: int, start: int, end: int) -> Iterator[Quotation]:
    row = facts.quotations[scene]
    first = bisect_left(row, start, key=lambda each: each.span.end)
    return takewhile(lambda each: each.span.start < end, islice(row, first, None))


def _told_around(facts: BookFacts, span: Span) -> str:
    """What is near a deed, without what is said there."""
    text = facts.scenes[span.scene].text
    start, end = max(0, span.start - 250), span.end + 100
    parts = []
    for quotation in _speech_in(facts, span.scene, start, end):
        parts.append(text[start : quotation.span.start])
        start = max(start, quotation.span.end)
    return " ".join([*parts, text[start:end]])


def _is_remembered(facts: BookFacts, span: Span) -> bool:
    """Whether the text near a deed says that it was long ago, or is told in the past perfect."""
    text = facts.scenes[span.scene].text
    sentence, paragraph = facts.sentence(span), facts.paragraph(span)
    if _HAD.search(text, sentence.start, span.start):
        return True
    return bool(
        _REMEMBERED.search(_told_around(facts, span))
        or _PERFECT.search(text, max(paragraph.start, span.start - 120), span.end + 40)
    )


def _place(span: Span) -> tuple[int, int]:
    return span.scene, span.start


def _paragraph(paragraphs: Sequence[tuple[int, int]], span: Span) -> int:
    return max((n for n, (start, _) in enumerate(paragraphs) if start <= span.start), default=0)
