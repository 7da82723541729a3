"""A sentence or two of narration in the present tense, in a scene that is told in the past."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from inkstand_sdk import Span
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.narration import Told, presents, told
from inkstand_writing.continuity.suspicion import Suspicion

AROUND = 12
"""So many sentences of narration before and after tell which tense a scene is told in."""
LEAST_PAST = 4
MOST_PRESENT = 0.1
HEAD = 3
"""So many sentences at a scene's beginning may be a summary of it, as chapters once had."""
MOST_REMARKS = 0.25
MOST_IN_A_ROW = 6
BESIDE = 3
"""So many sentences before and after may have nothing of the present at all."""
A_HABIT = 16.0
"""Passages in the present in 100,000 words from which on they are the author's way to tell."""

_LEADS = (
    r"(?:(?:and|but|then|so|now|at last|suddenly|slowly|quickly|presently|meanwhile|again|"
    r"finally|"
    r"after a (?:moment|while|minute)|for a moment|outside|inside|without a word),?\s+)*"
)
_SUBJECT = re.compile(rf"[_*\"“‘]*{_LEADS}(?P<who>he|she|they|it)\s+", re.IGNORECASE)
_LEAD = re.compile(rf"[_*]*{_LEADS}", re.IGNORECASE)
_VERB = re.compile(
    r"(?:(?:[a-z]+ly|just|only|even|still|also|too|at once|then|"
    r"now)\s+)?([a-z]+)(?:\s+([a-z]+))?"
)
_NOT_A_MOMENT = re.compile(
    r"\b(?:always|never|often|ever|every|each|sometimes|usually|generally|seldom|rarely|"
    r"to this day|"
    r"nowadays|today|these days|still lives|reader|you|your|we|our|us|whenever|if|who|which|"
    r"may|"
    r"must|will|shall|can|cannot|i|my|me)\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:is|are|am|has|have|do|does|isn['’]t|aren['’]t|don['’]t|doesn['’]t|will|shall|can|"
    r"cannot|may|must|"
    r"(?:he|she|it|that|there|who)['’]s)\b|['’](?:re|m|ve|ll)\b",
    re.IGNORECASE,
)
_STATES = frozenset(
    {
        "thinks",
        "knows",
        "understands",
        "believes",
        "wants",
        "needs",
        "tries",
        "remembers",
        "forgets",
    }
    | {
        "wonders",
        "considers",
        "says",
        "tells",
        "likes",
        "wears",
        "keeps",
        "plays",
        "means",
        "finds",
    }
    | {"adds", "dreams"}
)
_NO_DEED = re.compile(r"[:!?]\W*\Z|['’]\W*\Z|\bbut (?:one|little)\b")
_STAGED = re.compile(r"[()_\[\]*]")
_HEAD = re.compile(
    r"\A[^a-z]*\Z|\A(?:chapter|in which|of the|how|act|scene|enter|exit)\b", re.IGNORECASE
)


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """The slips of a book, unless it is told in the present so often that it is meant."""
    passages = 0
    found: list[Suspicion] = []
    for scene in facts.scenes:
        facts.tick()
        rows = told(facts, scene.index)
        marks = [_tense(facts, row) for row in rows]
        passages += sum(mark == "present" for mark, _ in groupby(marks))
        if 0 < marks.count("present") <= max(MOST_IN_A_ROW, MOST_PRESENT * marks.count("past")):
            found += _slips(facts, rows, marks)
    if passages <= max(MOST_IN_A_ROW, A_HABIT * facts.words / 100_000):
        yield from found


def _slips(facts: BookFacts, rows: Sequence[Told], marks: Sequence[str]) -> Iterator[Suspicion]:
    """The slips of one scene."""
    now = [_is_of_now(row, mark) for row, mark in zip(rows, marks, strict=True)]
    if sum(now) > max(MOST_IN_A_ROW, MOST_REMARKS * len(rows)):
        return
    of_now = [(place, now[place], rows[place].paragraph) for place in range(len(rows))]
    for (is_now, _), group in groupby(of_now, key=lambda each: each[1:]):
        places = [place for place, *_ in group]
        first, last = places[0], places[-1]
        if not is_now or all(marks[place] != "present" for place in places):
            continue
        if len(places) > MOST_IN_A_ROW or any(_is_aside(rows[place]) for place in places):
            continue
        if first < HEAD or not _is_told_in_past(marks, first, last):
            continue
        if any(now[max(0, first - BESIDE) : first]) or any(now[last + 1 : last + 1 + BESIDE]):
            continue
        yield _suspicion(facts, rows, marks, places)


def _tense(facts: BookFacts, row: Told) -> str:
    """The tense that a deed is told in: "present", "past", or "" where that is not clear."""
    if row.is_past:
        return "past"
    if _HEAD.match(row.text) or _STAGED.search(row.text) or _NOT_A_MOMENT.search(row.text):
        return ""
    after = _after_subject(facts, row)
    verb = _VERB.match(after) if after else None
    if verb is None or row.is_verse:
        return ""
    if verb[1] in presents() - _STATES and not _NO_DEED.search(row.text):
        return "present"
    if verb[1] == "says" and verb[2] == "nothing":
        return "present"
    if verb[1] in {"is", "are"} and (verb[2] or "").endswith("ing"):
        return "present"
    return ""


def _is_of_now(row: Told, mark: str) -> bool:
    """Whether a sentence is not the plain past of a story: a remark, a play, a letter, verse."""
    if mark == "present" or _STAGED.search(row.text):
        return True
    if mark == "past":
        return False
    return _NOW.search(row.text) is not None or any(word in presents() for word in row.words)


def _is_aside(row: Told) -> bool:
    """Whether a sentence is somebody's remark, not a moment of the story."""
    return bool(_STAGED.search(row.text) or _NOT_A_MOMENT.search(row.text))


def _after_subject(facts: BookFacts, row: Told) -> str:
    """What follows the person or pronoun that a sentence is about; "" if it is about none."""
    pronoun = _SUBJECT.match(row.text)
    if pronoun is not None:
        return row.text[pronoun.end() :] if pronoun["who"].lower() in {"he", "she"} else ""
    lead = _LEAD.match(row.text)
    begin = row.span.start + (lead.end() if lead is not None else 0)
    for start, end, _ in facts.people_in(row.span):
        title = facts.scenes[row.span.scene].text[begin:start]
        if len(title) <= 6 and (not title.strip() or title[:1].isupper()):
            return facts.scenes[row.span.scene].text[end : row.span.end].lstrip()
        break
    return ""


def _is_told_in_past(marks: Sequence[str], first: int, last: int) -> bool:
    around = [*marks[max(0, first - AROUND) : first], *marks[last + 1 : last + 1 + AROUND]]
    past, present = around.count("past"), around.count("present")
    return past >= LEAST_PAST and present <= MOST_PRESENT * past


def _suspicion(
    facts: BookFacts, rows: Sequence[Told], marks: Sequence[str], places: Sequence[int]
) -> Suspicion:
    first, last = rows[places[0]], rows[places[-1]]
    near = sorted(range(len(rows)), key=lambda at: abs(at - places[0]))
    other = rows[next(at for at in near if marks[at] == "past")].span
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
