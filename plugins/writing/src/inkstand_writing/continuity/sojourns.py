"""Days with others counted between: "left on Monday, rode for two days, came on Friday"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inkstand_sdk import Span
from inkstand_writing.continuity.calendar import DAY, NUMBER, count_of, weekday_of
from inkstand_writing.continuity.day_clock import can_be
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion
from inkstand_writing.continuity.time_words import Day

_LEAD = 60
_SLACK = 1
"""Days that may count or not: the one of leaving, and the one of coming."""
_COUNTED = re.compile(
    rf"\b(?:on|that|this|late|early) (?:an? |the )?(?P<one>{DAY})\b(?P<between>[^.!?;]{{1,200}}?)"
    rf"\b(?P<count>{NUMBER}) (?:full |whole |long )?(?:days?|nights?)\b(?! (?:ago|before|earlier))"
    rf"(?P<then>[^.!?;]{{1,200}}?)(?:\bon|,) (?:an? |the )?(?P<other>{DAY})\b(?!s|['’]s)"
)
_GOES = re.compile(
    r"\b(?:left|leaving|set out|setting out|started|sailed|departed|came|come|coming|arriv\w+"
    r"|reached|checked in|went|gone|rode|drove|flew|embarked|moved in|landed|began|begun)\b"
)
_LASTS = re.compile(
    r"\b(?:for|after|stay\w*|spen[dt]\w*|travel\w*|r[io]de|ridden|walked|sailed|were|was|been|being"
    r"|exactly|just|rested|waited|lasted|took|remained)\b[^,]{0,30}\Z"
)
_NOT_SO = re.compile(
    r"\b(?:[Ii]f|would|should|might|could|may|will|shall|[Ee]very|[Ee]ach|always|usually|between"
    r"|next|last|another|other|later|ago|or)\b"
)


def sojourns(facts: BookFacts) -> Iterator[Suspicion]:
    """Days of one sentence that do not lie as far apart as it says."""
    for scene in facts.scenes:
        text = re.sub(r"[\n\r\t]", " ", scene.text)
        for match in _COUNTED.finditer(text):
            lead = _lead(text, match)
            if not _GOES.search(lead) or not _LASTS.search(match["between"]):
                continue
            if re.search(DAY, match["between"] + match["then"]) or _NOT_SO.search(lead + match[0]):
                continue
            count = count_of(match["count"])
            days = (Day(weekday_of(match["one"])), Day(weekday_of(match["other"])))
            if not can_be(*days, count - _SLACK, count + _SLACK):
                yield _suspicion(Span(scene.index, *match.span()), match)


def _lead(text: str, match: re.Match[str]) -> str:
    """What stands before the first day in its sentence."""
    return re.split(r"[.!?;]", text[max(0, match.start() - _LEAD) : match.start()])[-1]


def _suspicion(span: Span, match: re.Match[str]) -> Suspicion:
    return Suspicion(
        kind="days",
        summary=f"From {match['one']} to {match['other']} it is not {match['count']} days.",
        evidence=(span,),
        confidence=0.75,
    )
