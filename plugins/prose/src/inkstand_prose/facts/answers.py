"""Ages that are an answer: "How old is Nell?" and then "Seventy-one"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from inkstand_prose.book import SceneParts
from inkstand_prose.facts.numbers import NUMBER, number_of
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.stated import Statement
from inkstand_prose.speakers import Decision

_YOUNGEST, _OLDEST, _LEAST_HOUR = 3, 105, 12
_TRUST = 0.85
_ANSWER = re.compile(
    r"(?:(?:I[’']m|I am|s?he[’']s|just|only|nearly|almost|about|why|oh|well|turned|past|over),? )*"
    rf"(?P<number>{NUMBER})(?: years old)?"
    r"(?=[,.;!?—-]|$|\s(?:last|next|this|come|in|on|since|and|or)\b)"
    r"(?!,? I (?:believe|think|should|suppose|dare|guess))",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\bhow old\b|\bwhat age\b|\bage\?|\b(?:your|his|her) age\b|\bhow many years\b"
    r"|\b(?:can[’']t|cannot|must) be (?:a day )?(?:more than|over|older than|past|at least)"
    rf" {NUMBER}\b|\b{NUMBER}\?",
    re.IGNORECASE,
)
_AT = re.compile(rf"(?:at|by) (?P<number>{NUMBER}),?\Z", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:one|I|a (?:man|woman|person)|you)\b")
"""What follows "At seventy-one," where that is the age of who speaks."""
_HEARER = re.compile(r"\b(?:you|your)\b", re.IGNORECASE)


def answers(
    scene: SceneParts, found: Sequence[Reference], decisions: Sequence[Decision]
) -> Iterator[Statement]:
    """Ages that direct speech gives when it was just asked for one."""
    said = {
        number: decision
        for turn, decision in zip(scene.turns, decisions, strict=True)
        for number in range(turn.first, turn.last + 1)
    }
    for number in range(1, len(scene.quotes)):
        quote, before = scene.quotes[number], scene.quotes[number - 1]
        yield from _of_speaker(scene, number - 1, said.get(number - 1))
        told = _ANSWER.match(scene.text, quote.start, quote.end)
        asked = told and _ASKED.search(scene.text, before.start, before.end)
        if told is None or not asked or quote.start - before.end > 200:
            continue
        years = number_of(told["number"])
        decision = said.get(number)
        if not _YOUNGEST <= years <= _OLDEST or decision is None:
            continue
        who, trust = decision.person, decision.confidence
        if not _HEARER.search(scene.text, before.start, before.end):
            who, trust = _asked_of(found, asked.end(), before.end)
        if who >= 0:
            place = told.span("number")
            yield Statement(who, "age", str(years), *place, round(_TRUST * trust, 3), number)


def _of_speaker(scene: SceneParts, number: int, decision: Decision | None) -> Iterator[Statement]:
    """As in "At seventy-one," said Nell, "one does not begin to learn Italian"."""
    quote, following = scene.quotes[number], scene.quotes[number + 1]
    told = _AT.match(scene.text[quote.start : quote.end])
    goes_on = _GOES_ON.match(scene.text, following.start, following.end)
    if told is None or goes_on is None or decision is None or following.start - quote.end > 80:
        return
    years = number_of(told["number"])
    if _LEAST_HOUR < years <= _OLDEST and decision.person >= 0:
        place = quote.start + told.start("number"), quote.start + told.end("number")
        trust = round(_TRUST * decision.confidence, 3)
        yield Statement(decision.person, "age", str(years), *place, trust, number)


def _asked_of(found: Sequence[Reference], start: int, end: int) -> tuple[int, float]:
    """Who is asked about between two places: a number in the cast and how sure; -1 for nobody."""
    first = bisect_left(found, start, key=lambda one: one.start)
    for one in found[first : first + 2]:
        if one.start < end and not one.possessive and one.role in {"name", "subject"}:
            return one.person, one.confidence
    return -1, 0.0
