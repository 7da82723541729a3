"""A sentence or two of narration in the present tense, in a scene that is told in the past."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

import msgspec

from inkstand_sdk import Span
from inkstand_writing import lexicon
from inkstand_writing.continuity.clauses import NAMED, Verb, tokens_of, verbs_of
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.narration import Told, pasts, presents, told, told_beside
from inkstand_writing.continuity.suspicion import Suspicion

AROUND = 12
"""So many sentences of narration before and after tell which tense a scene is told in."""
LEAST_PAST = 4
MOST_PRESENT = 0.1
HEAD = 3
"""So many sentences at a scene's beginning may be a summary of it, as chapters once had."""
HEAD_PARAGRAPHS = 1
MOST_REMARKS = 0.25
MOST_IN_A_ROW = 6
BESIDE = 2
"""So many sentences before and after may have nothing of the present at all."""
A_HABIT = 2.0
"""Slips in 100,000 words from which on they are the author's way to tell."""
FEWEST_FOR_A_HABIT = 4
LONGEST_TAG = 20
TAGS, MOST_TAGS = 1.0, 1
"""So many "says Ada" in 100,000 words, and in any book, may be slips: more are a habit."""

_NOT_A_MOMENT = re.compile(
    r"['’]ll\b|\b(?:always|never|often|ever|every|each|sometimes|usually|generally|seldom|rarely"
    r"|to this day|nowadays|today|these days|at this (?:time|hour|season)|still lives|readers?|you"
    r"|your|we|our|us|whenever|may|will|shall|i|my|me|mine"
    r"|when (?:an?|one|men|people|some|somebody|anyone))\b",
    re.IGNORECASE,
)
_NO_DEED = re.compile(r"[:!?]\W*\Z|\bbut (?:one|little)\b")
_STAGED = re.compile(r"[()_\[\]*“”\"]")
_HEAD = re.compile(
    r"\A[^a-z]*\Z|\A(?:chapter|in which|of the|how|act|scene|enter|exit)\b", re.IGNORECASE
)
_BESIDE_SPEECH = re.compile(r"[”\"’](?:\W*\w+){0,3}\W*[a-z]+s\b|\b[a-z]+s(?:\s\w+){0,3},\s*[“\"‘]")
_ASIDE = re.compile(r", who\b[^,.;]*,")
_RELATIVE = re.compile(r"\b(?:who|which)\b")
_STATES = lexicon.words("clause_states")
_PAST = frozenset(["past", "mixed"])
_AND = frozenset(["and", ",", "but", "then", "or"])
_EVENTS = lexicon.words("clause_events")
_BEING = frozenset(["is", "has", "seems", "appears"])
_WEATHER = frozenset(["raining", "snowing", "getting", "growing", "thundering", "freezing"])
_SAYS = lexicon.words("clause_says")


class _Row(msgspec.Struct, frozen=True):
    """A sentence of the narration, its mark, and whether it may be a slip.

    The mark is "past", "present", "mixed" for a past that goes on in the present, "" where
    neither can be told, or "remark" for what is not of
    the story: verse, a play, a truth, what the author tells the reader.
    """

    told: Told
    mark: str
    slip: bool


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """The slips of a book, unless it is told in the present so often that it is meant."""
    found: list[Suspicion] = []
    tags: list[_Row] = []
    for scene in facts.scenes:
        facts.tick()
        rows = _rows(facts, scene.index)
        found += _slips(facts, rows)
        for tag in _tags(facts, scene.index):
            both = sorted([*rows, tag], key=lambda row: row.told.span.start)
            found += _slips(facts, both, both.index(tag))
            tags.append(tag)
    if len(tags) > max(MOST_TAGS, TAGS * facts.words / 100_000):
        tagged = {tag.told.span for tag in tags}
        found = [one for one in found if not tagged & {*one.evidence}]
    if len(found) <= max(FEWEST_FOR_A_HABIT, A_HABIT * facts.words / 100_000):
        yield from found


def _rows(facts: BookFacts, scene: int) -> list[_Row]:
    rows = []
    for row in told(facts, scene):
        mark, slip = _judge(facts, row)
        rows.append(_Row(row, mark, slip))
    return rows


def _slips(facts: BookFacts, rows: Sequence[_Row], only: int = -1) -> Iterator[Suspicion]:
    """The slips of one scene; with `only` the one at that place alone."""
    marks = [row.mark for row in rows]
    others = marks.count("present") + marks.count("remark")
    if others > max(MOST_IN_A_ROW, MOST_REMARKS * len(rows)):
        return
    numbered = [(at, row.mark in _PAST, row.told.paragraph) for at, row in enumerate(rows)]
    for (is_past, _), group in groupby(numbered, key=lambda each: each[1:]):
        places = [place for place, *_ in group]
        first, last = places[0], places[-1]
        if is_past or first < HEAD or rows[first].told.paragraph < HEAD_PARAGRAPHS:
            continue
        if len(places) > MOST_IN_A_ROW or (only >= 0 and only not in places):
            continue
        present = [place for place in places if marks[place] == "present"]
        if 2 * sum(rows[place].slip for place in places) < max(1, len(present)):
            continue
        if any(marks[place] == "remark" for place in places) or not _is_told_in_past(
            marks, first, last
        ):
            continue
        beside = [*marks[max(0, first - BESIDE) : first], *marks[last + 1 : last + 1 + BESIDE]]
        if any(mark in {"present", "remark", "mixed"} for mark in beside):
            continue
        yield _suspicion(facts, rows, present)


def _judge(facts: BookFacts, row: Told) -> tuple[str, bool]:
    """The mark of a sentence, and whether it may be a slip."""
    if row.is_verse or _HEAD.match(row.text):
        return "remark", False
    start = row.span.start
    people = [(begin - start, end - start) for begin, end, _ in facts.people_in(row.span)]
    tokens = tokens_of(row.text, people)
    every = list(verbs_of(tokens))
    main = [verb for verb in every if verb.main] or every[:1]
    if _STAGED.search(row.text):
        told_in_past = bool(main) and all(verb.tense == "past" for verb in main)
        return ("past" if told_in_past else "remark"), False
    if not main:
        return ("past" if row.is_past else ""), False
    if main[0].tense == "past":
        mixed = any(verb.tense == "present" and verb.word in presents() for verb in main)
        return ("mixed" if mixed else "past"), False
    if any(verb.tense == "past" for verb in main) or _goes_on_in_past(tokens):
        return "past", False
    if _NOT_A_MOMENT.search(_ASIDE.sub(",", row.text)):
        return "remark", False
    if _NO_DEED.search(row.text):
        return "present", False
    told_of = every if main[0].subject in {"person", "it"} else main
    if tokens[0] == NAMED and main[0].subject == "person" and _goes_on(main, tokens):
        return "present", True
    return "present", any(_is_a_moment(verb, row) for verb in told_of)


def _is_a_moment(verb: Verb, row: Told) -> bool:
    """Whether a verb tells what somebody or something does just then."""
    if not verb.opens:
        return False
    if verb.subject == "person":
        going = verb.word in {"is", "are"} and bool(verb.doing)
        waits = verb.word == "has" and re.search(r"\bhas been [a-z]+ing\b", row.text) is not None
        nothing = verb.word == "says" and verb.after == "nothing"
        deed = verb.word not in _STATES and (verb.word in presents() or _is_plain_verb(verb, row))
        return going or waits or nothing or deed
    if row.is_past or _RELATIVE.search(row.text):
        return False
    if verb.subject == "it":
        return verb.word == "is" and verb.doing in _WEATHER
    if verb.subject == "thing":
        return verb.word in _EVENTS or (verb.word in {"is", "are"} and bool(verb.doing))
    return False


def _goes_on(main: Sequence[Verb], tokens: Sequence[str]) -> bool:
    """Whether a state is followed by a deed, or by another: "he thinks, nods and signs it"."""
    deeds = presents() - _STATES
    follows = any(
        before in _AND and word in deeds and place > 2
        for place, (before, word) in enumerate(pairwise(tokens), 1)
    )
    return main[0].word in _STATES - _BEING and (follows or len(main) > 1)


def _is_plain_verb(verb: Verb, row: Told) -> bool:
    """Whether a word in -s can be nothing but a verb: "he checks the lock"."""
    return verb.word.endswith("s") and verb.tense == "present" and not row.is_past


def _goes_on_in_past(tokens: Sequence[str]) -> bool:
    """Whether a second verb is in the past: "she looks up and smiled"."""
    return any(
        before in _AND and (word in pasts() or word in {"was", "were", "had"})
        for before, word in pairwise(tokens)
    )


def _tags(facts: BookFacts, scene: int) -> Iterator[_Row]:
    """What is told beside speech in the present: "says Ada"."""
    if facts.narrator:
        return
    for row in told_beside(facts, scene):
        if row.is_past or _SAYS.isdisjoint(row.words) or _NOT_A_MOMENT.search(row.text):
            continue
        if len(row.words) > LONGEST_TAG or not _BESIDE_SPEECH.search(row.text):
            continue
        start = row.span.start
        people = [(begin - start, end - start) for begin, end, _ in facts.people_in(row.span)]
        if _is_tag(tokens_of(row.text, people)):
            yield _Row(row, "present", slip=True)


def _is_tag(tokens: Sequence[str]) -> bool:
    for at, word in enumerate(tokens):
        before = tokens[at - 1] if at else ""
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        if word in _SAYS and {before, after} & {NAMED, "he", "she"}:
            return after != ":" and "as" not in tokens[max(0, at - 2) : at]
    return False


def _is_told_in_past(marks: Sequence[str], first: int, last: int) -> bool:
    around = [*marks[max(0, first - AROUND) : first], *marks[last + 1 : last + 1 + AROUND]]
    past, present = around.count("past") + around.count("mixed"), around.count("present")
    return past >= LEAST_PAST and present <= MOST_PRESENT * past


def _suspicion(facts: BookFacts, rows: Sequence[_Row], places: Sequence[int]) -> Suspicion:
    first, last = rows[places[0]].told, rows[places[-1]].told
    near = sorted(range(len(rows)), key=lambda at: abs(at - places[0]))
    other = rows[next(at for at in near if rows[at].mark in _PAST)].told.span
    slip = Span(first.span.scene, first.span.start, last.span.end)
    evidence = (other, slip) if other.start < slip.start else (slip, other)
    people = tuple(dict.fromkeys(name for _, _, name in facts.people_in(slip)))
    return Suspicion(
        kind="tense_slip",
        summary="The narration falls into the present tense, in a scene told in the past.",
        evidence=evidence,
        people=people,
        confidence=0.8,
    )
