"""Days of the week that do not follow: a Tuesday, and the next day a Saturday."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from inkstand_sdk import Span
from inkstand_writing.continuity.calendar import DAY, MONTH, WEEKDAYS
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion

NEAR = 5_000
"""So many characters may lie between a day and the one that is counted from it."""

_PART = r"(?:morning|afternoon|evening|night|noon|midnight|forenoon)"
_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "a": 1, "one": 1,
}  # fmt: skip
_NUMBER = "|".join(_NUMBERS)
_WEEKDAY = re.compile(rf"\b{DAY}\b(?!s)(?:[’']s)?")
_RELATIVE = re.compile(
    rf"""\b(?:
    (?P<next>(?:the\ )?(?:very\ )?(?:next|following|succeeding)\ (?:day|{_PART})|the\ day\ after
        (?:\ that(?=\ (?:was|is|,)|,))?
        (?!\ (?:that|the|his|her|their|my|our|we|he|she|they|I|it)\b)|on\ the\ morrow
        |tomorrow|to-morrow)
    |(?P<later>(?P<count>{_NUMBER})\ (?:days?|nights?|mornings?)\ (?:later|after(?:wards?)?
        (?=[,.;]|\ that|\ [a-z]+ed)))
    |(?P<week>(?:a|one)\ week\ (?:later|after(?:wards?)?(?=[,.;])))
    |(?P<ago>(?P<back>{_NUMBER})\ (?:days?|nights?|mornings?)\ (?:ago|before|earlier|previously))
    |(?P<before>yesterday|the\ (?:day|evening|night)\ before(?=[,;.]|\ (?:was|had)))
    )
    (?P<gap>(?:\ (?:{_PART}|had\ been|it\ was|being|was|is|will\ be|would\ be
        |on|which|that|it|a|the|be|came)
        |,|;|\ -+|--|—)*)\ ?
    (?P<day>{DAY})\b(?!s)""",
    re.IGNORECASE | re.VERBOSE,
)
_NAMED_FIRST = re.compile(
    rf"\b(?:was|came|being|on) (?:a |the )?(?P<day>{DAY})(?: {_PART})?,? "
    rf"(?P<next>(?:the|on the|by the) (?:next|following) (?:day|{_PART})|the day after)(?=[,;. ])"
)
_MONTH = rf"(?P<month>{MONTH})"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_DATE = rf"(?:the )?(?P<date>\d{{1,2}}|{'|'.join(_ORDINALS.split())})(?:st|nd|rd|th)?"
_DATED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?P<day>{DAY})(?: {_PART})?,? (?:was )?{_DATE} (?:day )?of {_MONTH}\b",
        rf"\b(?P<day>{DAY})(?: {_PART})?,? {_MONTH} {_DATE}\b",
        rf"\b{_DATE} (?:day )?of {_MONTH}(?:,| was| is| fell on| being)+ (?:a )?(?P<day>{DAY})\b",
        rf"\b{_MONTH} {_DATE}(?:,| was| is| fell on| being)+ (?:a )?(?P<day>{DAY})\b",
    )
)
_ELSEWHEN = re.compile(
    r"(?:\b(?:last|next|every|each|since|until|till|by|before|after|from|some|any|another|"
    r"following|other|of|to|for|than|or|and|previous|preceding|coming|holy|good|easter|black|"
    r"whit|"
    r"palm|ash|shrove|alternate|first|second|third|fourth|one|tomorrow|yesterday|ago|next week|"
    r"next day|morning|morrow|later)[ ,]+(?:is |was |on |a |the |which |it )*|[-–—]+)\Z",
    re.IGNORECASE,
)
_NOT_NOW = re.compile(
    rf"\A(?:[’']s\b|s\b|\ (?:next|last|week|fortnight|before|after|school|dinners?|clothes|"
    rf"best|"
    r"paper|papers|books?|services?|sermons?|observance|coat|suit|dress|tea|lessons?|or|and|"
    r"to|till|"
    rf"until)\b|\ {_PART}s\b)",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:will|shall|would|should|if|unless|might|may|could|can|must|[’']ll|going to|promised|"
    r"intend\w*|hope\w*|expect\w*|invit(?:e[ds]?|ing)|appoint\w*|fixed|arrange\w*|engage\w*|to be|"
    r"till|until|"
    r"always|usually|every|never|remember\w*|had|ago|used to)\b",
    re.IGNORECASE,
)
_TIME_PASSES = re.compile(
    rf"\b(?:(?:next|following|succeeding) (?:day|{_PART}|week|month|year)|on the morrow|"
    r"(?:days?|weeks?|nights?|months?|years?|fortnight)(?: had)? (?:later|after\w*|passed|went|"
    r"gone|elapsed|slipped|flew|dragged|wore|rolled)|the (?:days|weeks|months|years)|"
    r"after (?:a|some|"
    r"several|two|three|four|many) (?:days?|weeks?|months?|years?)|in the morning|one (?:day|"
    rf"{_PART})|another (?:day|week|{_PART})|some days)\b",
    re.IGNORECASE,
)
_IT_IS = re.compile(
    r"\b(?:(?:it|this|that|all this|today|to-day) (?:was|is|being)|it['’]s)\b[^.!?]{0,24}\Z",
    re.IGNORECASE,
)
_ON = re.compile(r"\b(?:on|that|this)\s+(?:the\s+|a\s+|that\s+)?\Z", re.IGNORECASE)
_RISES = re.compile(
    rf"\A(?:\ {_PART})?\ (?:came|dawned|broke|began|arrived|found|was|brought|passed|saw)\b"
)


_BEGINS = re.compile(r"(?:\A|[.!?]|\s{2})\s*\Z")


class _Day(msgspec.Struct, frozen=True):
    """A day of the week that the story is at, 0 (Monday) to 6."""

    span: Span
    day: int


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """Days that are counted from one that was named just before, and are wrong."""
    for scene in facts.scenes:
        facts.tick()
        if _WEEKDAY.search(scene.text) is not None:
            yield from _of_scene(facts, scene.index)
            yield from _by_date(facts, scene.index)


def _by_date(facts: BookFacts, scene: int) -> Iterator[Suspicion]:
    """Days of one month, in one scene, whose dates are not so many days apart."""
    text = facts.scenes[scene].text.replace("\n", " ").replace("\r", " ")
    found = sorted(
        (match.start(), match.end(), match["month"], _date(match["date"]), _number(match["day"]))
        for pattern in _DATED
        for match in pattern.finditer(text)
    )
    for one, other in pairwise(found):
        if one[2] == other[2] and (other[3] - one[3] - other[4] + one[4]) % 7:
            yield Suspicion(
                kind="days",
                summary=f"Two days of one {one[2]} do not go with their dates.",
                evidence=(Span(scene, one[0], one[1]), Span(scene, other[0], other[1])),
                confidence=0.8,
            )


def _date(word: str) -> int:
    return int(word) if word.isdigit() else _ORDINALS.split().index(word) + 1


def _of_scene(facts: BookFacts, scene: int) -> Iterator[Suspicion]:
    text = facts.scenes[scene].text.replace("\n", " ").replace("\r", " ")
    counted: dict[int, tuple[re.Match[str], int]] = {}
    for pattern in (_RELATIVE, _NAMED_FIRST):
        for match in pattern.finditer(text):
            counted.setdefault(match.start("day"), (match, _distance(match)))
    last: _Day | None = None
    for match in _WEEKDAY.finditer(text):
        day = _number(match[0])
        here = Span(scene, match.start(), match.end())
        relative = counted.get(match.start())
        if relative is not None:
            found, distance = relative
            if last is not None and (last.day + distance - day) % 7 and _follows(text, last, found):
                yield _suspicion(last, Span(scene, found.start(), found.end()), distance)
            last = _Day(here, day) if distance > 0 else last
        elif _is_now(facts, text, here):
            last = _Day(here, day)
        elif last is not None:
            # Another day is talked of: what is counted from now on may be counted from that.
            last = None


def _distance(match: re.Match[str]) -> int:
    groups = match.groupdict()
    if groups.get("next"):
        return 1
    if groups.get("before"):
        return -1
    if groups.get("ago"):
        return -_NUMBERS[groups["back"].lower()]
    if groups.get("week"):
        return 7
    return _NUMBERS[groups["count"].lower()]


def _number(word: str) -> int:
    return WEEKDAYS.index(word.capitalize().removesuffix("'s").removesuffix("’s"))


def _is_now(facts: BookFacts, text: str, span: Span) -> bool:
    """Whether a day is named as the one that the story is at."""
    lead, rest = text[max(0, span.start - 40) : span.start], text[span.end : span.end + 24]
    if _ELSEWHEN.search(lead) or _NOT_NOW.match(rest):
        return False
    if _IT_IS.search(lead):
        return True
    if not _ON.search(lead) and not (_RISES.match(rest) and _BEGINS.search(lead)):
        return False
    sentence = facts.sentence(span)
    return not _FUTURE.search(text[sentence.start : sentence.end]) and not facts.is_spoken(span)


def _follows(text: str, last: _Day, match: re.Match[str]) -> bool:
    """Whether nothing between the two could have moved the story to another day."""
    between = text[last.span.end : match.start()]
    return len(between) <= NEAR and not _TIME_PASSES.search(between)


def _suspicion(last: _Day, span: Span, distance: int) -> Suspicion:
    right = WEEKDAYS[(last.day + distance) % 7]
    named = WEEKDAYS[last.day]
    said = {1: "The day after", -1: "The day before", 7: "A week after"}.get(
        distance, f"{distance} days after"
    )
    return Suspicion(
        kind="days",
        summary=f"{said} that {named} is a {right}, and the text has another day.",
        evidence=(last.span, span),
        people=(),
        confidence=0.85,
    )
