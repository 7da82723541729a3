"""An "I" in the narration of a story that nobody tells as "I"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from inkstand_sdk import Span
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.narration import Told, pasts, told
from inkstand_writing.continuity.suspicion import Suspicion

A_TELLER = 150.0
"""Passages with an "I" in 100,000 words from which on the narrator has one."""
AROUND = 40
LEAST_AROUND = 4
MOST_IN_A_ROW = 8

_FIRST = re.compile(r"\b(?:I|me|my|myself|mine|[Mm]y)\b|\bI['’]")
_I_DID = re.compile(
    r"\bI(?: (?:had|was|could|did|would|[a-z]+ly|just|only|still|then|never|almost|at once|"
    r"too))*"
    r" (?P<verb>[a-z]+)"
)
_I_AM = re.compile(
    r"\bI(?:['’](?:m|ve|ll|d)| (?:am|have|shall|will|may|can|cannot|must|do|dare|need|should|"
    r"would|"
    r"think|believe|suppose|say|know|confess|mean|hope|fear|daresay|fancy|wish|imagine|own|"
    r"repeat|refer|"
    r"presume|doubt|assure|venture|beg|trust|have said|told you|spoke of|mentioned|might))\b"
)
_MINE = re.compile(
    r"\b[Mm]y (?:hands?|arms?|face|heart|eyes|head|throat|voice|fingers|shoulders?|back|feet|"
    r"breath|"
    r"cheeks?|lips|knees?|mouth|mind|side|name|room|chair|coat|hat|pocket|stomach|skin|blood|"
    r"way)\b"
)
_TO_ME = re.compile(
    r"\b(?:gave|handed|told|asked|showed|looked at|turned to|smiled at|seemed to|came to|"
    r"beside|"
    r"toward|towards|behind|followed|led|took|pushed|pulled|touched|kissed|struck|nodded to|at|"
    r"before|past|near|with|for|saw|met|left|watched|stared at|brought|offered|passed|made|"
    r"and) me\b"
)
_ADDRESSED = re.compile(
    r"\b(?:reader|readers|you|your|dear|heaven|god|lord|story|tale|narrative|history|chapter|"
    r"book|"
    r"author|pen|narrator|heroine|hero)\b|[!?_*()\[\]:]|^[“\"'‘]|['’\"”]\W*$",
    re.IGNORECASE,
)


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """The slips of a book that is told in the third person."""
    if facts.narrator:
        return
    passages = 0
    found: list[Suspicion] = []
    for scene in facts.scenes:
        facts.tick()
        rows = told(facts, scene.index)
        first = [_FIRST.search(row.text) is not None for row in rows]
        passages += sum(is_first for is_first, _ in groupby(first))
        found += _slips(facts, rows, first)
    if passages <= max(4, A_TELLER * facts.words / 100_000):
        yield from found


def _slips(facts: BookFacts, rows: Sequence[Told], first: Sequence[bool]) -> Iterator[Suspicion]:
    marked = [(place, is_first, rows[place].paragraph) for place, is_first in enumerate(first)]
    for (is_first, _), group in groupby(marked, key=lambda each: each[1:]):
        places = [place for place, *_ in group]
        begin, end = places[0], places[-1] + 1
        if not is_first or len(places) > MOST_IN_A_ROW:
            continue
        around = [*first[max(0, begin - AROUND) : begin], *first[end : end + AROUND]]
        if len(around) < LEAST_AROUND or any(around):
            continue
        if not all(_is_in_the_story(rows[place]) for place in places):
            continue
        yield _suspicion(facts, rows, first, places)


def _is_in_the_story(row: Told) -> bool:
    """Whether "I" does something there, and is not the author speaking to the reader."""
    text = row.text
    if row.is_verse or _I_AM.search(text) or _ADDRESSED.search(text):
        return False
    did = any(
        match["verb"] in pasts() or match["verb"].endswith("ed") or match[0].count(" ") > 1
        for match in _I_DID.finditer(text)
    )
    was = re.search(r"\bI was\b|\band I\b(?! [a-z]+ (?:not|no)\b)", text) is not None
    return did or was or bool(_MINE.search(text) or _TO_ME.search(text))


def _suspicion(
    facts: BookFacts, rows: Sequence[Told], first: Sequence[bool], places: Sequence[int]
) -> Suspicion:
    begin, end = rows[places[0]], rows[places[-1]]
    near = sorted(range(len(rows)), key=lambda at: abs(at - places[0]))
    other = next((rows[at].span for at in near if not first[at]), begin.span)
    slip = Span(begin.span.scene, begin.span.start, end.span.end)
    evidence = (other, slip) if other.start < slip.start else (slip, other)
    return Suspicion(
        kind="pov_slip",
        summary="The narration says “I”, in a story that nobody tells as “I”.",
        evidence=evidence,
        people=tuple(dict.fromkeys(name for _, _, name in facts.people_in(slip))),
        confidence=0.8,
    )
