"""An "I" in the narration of a story that nobody tells as "I"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from inkstand_sdk import Span
from inkstand_writing import lexicon
from inkstand_writing.continuity.clauses import NAMED, Verb, tokens_of, verbs_of
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.narration import Told, told, told_beside
from inkstand_writing.continuity.suspicion import Suspicion

A_TELLER = 150.0
"""Passages with an "I" in 100,000 words from which on the narrator has one."""
A_HABIT, FEWEST_FOR_A_HABIT = 3.0, 4
"""Slips in 100,000 words, and in any book, from which on they are the author's way to tell."""
AROUND = 6
MOST_IN_A_ROW = 8

_FIRST = re.compile(r"\b(?:I|me|my|myself|mine|[Mm]y)\b|\bI['’]")
_KING = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+ I\b")
"""A numeral, as in "the scaffold of Charles I"."""
_I = frozenset(["i", "me", "my", "myself", "mine"])
_OF_NOW = re.compile(
    r"\b[Ll]et me\b|"
    r"\bI(?:['’](?:m|ve|ll)| (?:am|have|shall|will|may|can|cannot|must|do|dare|need|think|believe"
    r"|suppose|say|know|confess|mean|hope|fear|daresay|fancy|wish|imagine|own|repeat|refer|presume"
    r"|doubt|assure|venture|beg|trust|find|remember|write|leave|speak|see|ask))\b"
)
_ADDRESSED = re.compile(
    r"\b(?:readers?|you|your|thou|thy|thee|dear|heaven|god|lord|story|tale|narrative|history"
    r"|chapter|book|historian|author|pen|narrator|heroine|hero|oh|ah|o|alas)\b|[!?_*()\[\]]"
    r"|^[“\"'‘]|:\W*$",
    re.IGNORECASE,
)
_TO_ME = re.compile(
    r"\b(?:to|at|beside|towards?|behind|before|past|near|with|by|of|from|on|upon|over|around|after"
    r"|and|[a-z]+ed for|(?:was|were) [a-z]+ing|(?:n['’]t|not|did|could) [a-z]+|[a-z]+ed|gave|told"
    r"|took|led|made|met|left|saw|struck|let|brought|caught|held|kept|sent|threw) me\b"
)
_MINE = re.compile(
    r"\b[Mm]y (?!dear|belief|private|opinion|[Ll]ord|[Ll]ady|good|god|friend|poor|own opinion)"
)
_WE_NOW = re.compile(
    r"\bwe (?:need|may|might|must|have|are|can|cannot|shall|will|see|find|know)\b", re.IGNORECASE
)
_TELLS = lexicon.words("clause_tells")
_OF_SOMEBODY = frozenset(["heard", "told"])
"""What authors do with a story, and only "I" in it with the people: "I heard Ada"."""
_SUPPOSED = frozenset(["would", "should", "might", "ought"])
_QUOTES = re.compile(r"[“”\"‘]|(?<![^\W_])['’]\w|(?<=[^\W_s])['’](?![^\W_])")
_QUOTED = re.compile(r"[“”\"‘]|(?<=[^\W_s])['’](?![^\W_])|(?<![^\W_])['’]\w+ ")
_TOLD_AS_I = 0.08
"""The share of a scene's sentences from which on "I" tells it."""


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """The slips of a book that is told in the third person."""
    if facts.narrator:
        return
    passages = 0
    found: list[Suspicion] = []
    for scene in facts.scenes:
        facts.tick()
        rows = _rows(facts, scene.index)
        first = [_FIRST.search(_KING.sub(" ", row.text)) is not None for row in rows]
        passages += sum(is_first for is_first, _ in groupby(first))
        if sum(first) <= max(MOST_IN_A_ROW, _TOLD_AS_I * len(rows)):
            found += _slips(facts, rows, first)
    many = max(FEWEST_FOR_A_HABIT, A_HABIT * facts.words / 100_000)
    if passages <= max(FEWEST_FOR_A_HABIT, A_TELLER * facts.words / 100_000) and len(found) <= many:
        yield from found


def _rows(facts: BookFacts, scene: int) -> Sequence[Told]:
    """The narration, and what is told beside speech with an "I"."""
    beside = [row for row in told_beside(facts, scene) if not _I.isdisjoint(row.words)]
    rows = told(facts, scene)
    return sorted([*rows, *beside], key=lambda row: row.span.start) if beside else rows


def _slips(facts: BookFacts, rows: Sequence[Told], first: Sequence[bool]) -> Iterator[Suspicion]:
    are = [
        _is_in_the_story(facts, row) if is_first else _is_of_us(facts, row)
        for row, is_first in zip(rows, first, strict=True)
    ]
    marked = [
        (place, are[place] or first[place], rows[place].paragraph) for place in range(len(rows))
    ]
    for (is_slip, _), group in groupby(marked, key=lambda each: each[1:]):
        places = [place for place, *_ in group]
        begin, end = places[0], places[-1] + 1
        if not is_slip or len(places) > MOST_IN_A_ROW or not any(are[place] for place in places):
            continue
        if any(_is_of_the_author(rows[place]) for place in places):
            continue
        around = [*first[max(0, begin - AROUND) : begin], *first[end : end + AROUND]]
        if len(around) < AROUND or any(around):
            continue
        yield _suspicion(facts, rows, first, places)


def _is_in_the_story(facts: BookFacts, row: Told) -> bool:
    """Whether "I" does something there, and is not the author speaking to the reader."""
    text = row.text
    if not facts.is_spoken(row.span) and _QUOTED.search(text):
        return False
    if _is_of_the_author(row):
        return False
    verbs = _verbs(facts, row)
    if any(verb.subject == "i" and _is_done(verb) for verb in verbs):
        return True
    if any(verb.subject == "we" and _is_done(verb) and verb.word not in _SEEN for verb in verbs):
        return True
    main = [verb for verb in verbs if verb.main]
    if not main or main[0].tense != "past" or _QUOTES.search(text):
        return False
    of_people = any(verb.subject == "person" for verb in main) or facts.people_in(row.span)
    return bool(_MINE.search(text)) or (bool(of_people and _TO_ME.search(text)))


def _is_of_the_author(row: Told) -> bool:
    """Whether the author speaks there, or somebody in verse: of now, or to the reader."""
    return row.is_verse or bool(_OF_NOW.search(row.text) or _ADDRESSED.search(row.text))


def _is_of_us(facts: BookFacts, row: Told) -> bool:
    """Whether "we" do something there: more than the author and the reader do."""
    if "we" not in row.words or row.is_verse or _ADDRESSED.search(row.text):
        return False
    if _QUOTED.search(row.text) or _WE_NOW.search(row.text) or not facts.people_in(row.span):
        return False
    did = [verb for verb in _verbs(facts, row) if verb.subject == "we"]
    return bool(did) and all(_is_done(verb) and verb.word not in _SEEN for verb in did)


_SEEN = frozenset(["saw", "knew", "found", "met", "could", "should", "might", "would", "had"])
"""What the author and the reader do together."""


def _is_done(verb: Verb) -> bool:
    if verb.word in _OF_SOMEBODY and verb.after == NAMED:
        return True
    return verb.tense == "past" and verb.word not in _TELLS | _SUPPOSED


def _verbs(facts: BookFacts, row: Told) -> list[Verb]:
    start = row.span.start
    people = [(begin - start, end - start) for begin, end, _ in facts.people_in(row.span)]
    return list(verbs_of(tokens_of(row.text, people)))


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
