"""Somebody who is said to have been in two places at one time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from inkstand_sdk import Span
from inkstand_writing import lexicon
from inkstand_writing.continuity.calendar import DAY, MONTH
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion

NEAR = 4_000
"""Within so many characters "that Sunday" and "that week" are the same ones."""

_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|"
    r"(?:twenty|thirty)-?[a-z]*|twentieth|thirtieth|\d{1,2}(?:st|nd|rd|th)?)"
)
_PART = r"(?:night|evening|morning|afternoon|day|hour)"
_TIMES = (
    re.compile(rf"\b(?P<key>{_ORDINAL} of {MONTH})\b"),
    re.compile(rf"\b(?P<key>{MONTH} (?:the )?{_ORDINAL})\b"),
    re.compile(
        rf"\b(?:[Tt]he|[Tt]hat|that same|very|same) (?P<key>{_PART} of (?:the |his |her |"
        rf"that )?"
        r"[a-z]+(?:[ -](?!(?:and|in|at|when|on|to|with|was|had|he|she|of|by|from|"
        r"she)\b)[a-z]+)?)\b"
    ),
    re.compile(
        r"\b(?P<key>(?:Christmas|Easter|Boxing|Lady|Midsummer|Coronation|coronation|Derby|"
        r"New Year[’']s)"
        r" (?:Day|day|Eve|Sunday|Monday|morning|night))\b"
    ),
)
_NEAR_TIMES = (
    re.compile(
        r"\b(?:[Tt]hat(?: same| very)?|[Tt]he same|the whole of that)"
        rf" (?P<key>(?:{DAY}|{_PART}|week|month|summer|winter))\b"
    ),
    re.compile(r"\b[Aa]t (?P<key>noon|midnight|(?:[a-z]+) o[’']clock)\b"),
)
_NEVER_LEFT = re.compile(
    r"\b(?:did not|never|had not|didn[’']t|hadn[’']t) (?:once )?(?:leave|left|"
    r"stir(?:red)? from|quit(?:ted)?|go out of)"
    r" (?P<place>the (?:house|room|ship|castle|hotel|town|village|farm|inn|city)|home|h(?:is|"
    r"er) (?:room|bed|hotel))\b"
)
_AT = re.compile(
    r"\b(?:in|at|to|for|reached|on board|aboard|near|on)\s+(?:h(?:is|er) )?(?P<place>"
    r"[A-Z][a-zà-ü]+(?:[ -][A-Z][a-zà-ü]+)?|the [A-Z][a-z]+|(?:on )?(?:board )?ship|home|own bed|"
    r"the pier at [A-Z][a-z]+|the burning [a-z]+|the [a-z]+)"
)
_IS_THERE = re.compile(
    r"\b(?:was|were|spent|stood|sat|lay|dined|passed|stayed|remained|slept|been|worked|"
    r"walked|danced|"
    r"arrived|lodged|supped|preached|breakfasted|waited|left)\b"
)
_NOT_THERE = re.compile(
    r"\b(?:would|should|if|might|may|could|will|shall|going to|intend\w*|hoped?|expect\w*|"
    r"dream\w*|"
    r"imagin\w*|pretend\w*|said to|supposed|thought of|letter|wrote|written|born|every|always|"
    r"used to|next|last|sail(?:ed|s) for|set out|start\w*|leave for|bound|left for|before|"
    r"after|"
    r"until|till|by the|since)\b"
)
_NO_PLACES = lexicon.words("no_places")


class _Stay(msgspec.Struct, frozen=True):
    """That somebody was somewhere at a time."""

    span: Span
    place: str
    near_only: bool


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """People who were in two places on the same night, day or hour."""
    stays: dict[tuple[str, str], list[_Stay]] = defaultdict(list)
    for scene in facts.scenes:
        facts.tick()
        for start, end in facts.scene(scene.index).sentences:
            for who, when, stay in _stays(facts, Span(scene.index, start, end)):
                stays[who, when].append(stay)
    for (who, when), row in stays.items():
        yield from _conflicts(who, when, row)


def _stays(facts: BookFacts, sentence: Span) -> Iterator[tuple[str, str, _Stay]]:
    text = facts.scenes[sentence.scene].text[sentence.start : sentence.end].replace("\n", " ")
    found = [(m, False) for pattern in _TIMES for m in pattern.finditer(text)]
    found += [(m, True) for pattern in _NEAR_TIMES for m in pattern.finditer(text)]
    if not found or not (_IS_THERE.search(text) or _NEVER_LEFT.search(text)):
        return
    if _NOT_THERE.search(text):
        return
    who = next((name for _, _, name in facts.people_in(sentence)), "")
    if not who:
        return
    for match, near_only in found:
        for place in _places(facts, text, match):
            yield who, " ".join(match["key"].lower().split()), _Stay(sentence, place, near_only)


def _places(facts: BookFacts, text: str, when: re.Match[str]) -> Iterator[str]:
    never = _NEVER_LEFT.search(text)
    if never is not None:
        yield "home" if "house" in never["place"] else never["place"]
        return
    for match in _AT.finditer(text):
        place = match["place"].removeprefix("the ")
        if match.start() < when.end() and when.start() < match.end():
            continue
        if place.split()[0] in _NO_PLACES or any(place in name for name in facts.cast):
            continue
        yield place
        return


def _conflicts(who: str, when: str, row: list[_Stay]) -> Iterator[Suspicion]:
    for first, second in pairwise(row):
        one, other = first.place.lower(), second.place.lower()
        if one in other or other in one:
            continue
        if first.near_only and (
            first.span.scene != second.span.scene or second.span.start - first.span.end > NEAR
        ):
            continue
        yield Suspicion(
            kind="two_places",
            summary=f"{who} is in two places ({first.place}, {second.place}) at one time ({when}).",
            evidence=(first.span, second.span),
            people=(who,),
            confidence=0.75,
        )
        return
