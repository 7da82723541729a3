"""How old somebody is said to be, and in which year they were born.

Only what holds at the time of the telling: "when she was ten" tells of another time and is left
out. A value is a number of years; "<30" and ">40" are bounds ("not yet thirty", "past forty"),
"~40" is about so many, and "40s" is some age from 40 to 49.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain

from inkstand_prose.facts.age_owners import owner_of
from inkstand_prose.facts.age_phrases import Phrase, phrases
from inkstand_prose.facts.age_times import When, when_of
from inkstand_prose.facts.clauses import heard, surer
from inkstand_prose.facts.numbers import DECADES, number_of
from inkstand_prose.facts.numbers import WORDS as NUMBER_WORDS
from inkstand_prose.facts.patterns import load
from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.stated import Statement, statement
from inkstand_prose.facts.views import Token, View
from inkstand_prose.lexicon import words
from inkstand_sdk.facts import AttributeKind

TRIGGERS = NUMBER_WORDS | words("age_words") | {str(number) for number in range(3, 100)}
YOUNGEST, OLDEST = 1, 110
_LEAST_BARE, _LEAST_OF, _LEAST_HOUR = 5, 3, 13
"""Below these a bare number is rather something else: "he was four", "at six he left"."""

_SMALL, _SPOKEN_OF_BEFORE = 0.75, 0.85
"""What a bare number below ten is worth, and what somebody says of long ago."""

_PATTERNS = load("ages")
_TOLD = "told"
"""The label of patterns whose own words ("must be") suppose no more than they say."""
_DECADES = {
    **DECADES,
    "teen": 10,
    "sexa": 60,
    "septua": 70,
    "octo": 80,
    "nona": 90,
}
_CLAUSE = re.compile(r"[,;:—]|--")
_IN_PAST = re.compile(r"\b(?:was|were|had been)\b")


def ages(view: View) -> Iterator[Statement]:
    """Ages and years of birth that a sentence states."""
    phrased = list(_phrased(view))
    yield from phrased
    told = {one.person for one in phrased}
    yield from (one for one in _listed(view) if one.kind == "born" or one.person not in told)


def _listed(view: View) -> Iterator[Statement]:
    """Ages in turns of speech that no phrase has, and years of birth."""
    plain = view.plain
    for match in _PATTERNS["BORN"].finditer(plain):
        yield from _stated(view, match, "born", match["year"], 1.0)
    for match in _PATTERNS["BIRTH"].finditer(plain):
        owner = "who" if match["who"] else "whose"
        yield from _stated(view, match, "born", match["year"] or match["year2"], 0.9, owner)
    for listed in _PATTERNS.listed:
        for match in listed.pattern.finditer(plain):
            value = _value(match)
            if value and not _of_other_time(view, match, told=listed.label == _TOLD):
                yield from _stated(view, match, "age", value, listed.confidence)
    for match in _PATTERNS["BORN_AGO"].finditer(plain):
        yield from _stated(view, match, "age", str(number_of(match["num"])), 0.95)
    for match in chain(*(_PATTERNS[name].finditer(plain) for name in ("DECADE", "GENARIAN"))):
        if not _of_other_time(view, match):
            yield from _stated(view, match, "age", f"{_DECADES[match['decade']]}s", 0.85)
    for match in chain(*(_PATTERNS[name].finditer(plain) for name in ("BIRTHDAY", "CELEBRATED"))):
        value = str(number_of(match["num"]))
        if not _PATTERNS["SUPPOSES"].search(plain[: match.start()]):
            yield from _stated(view, match, "age", value, 0.85)
    for match in _PATTERNS["YEAR_OF_LIFE"].finditer(plain):
        value = str(number_of(match["num"] or match["num2"]) - 1)
        owner = "own" if match["own"] else "own2"
        if not _of_other_time(view, match):
            yield from _stated(view, match, "age", value, 0.85, owner)


def _phrased(view: View) -> Iterator[Statement]:
    """Ages told by a phrase that hangs on somebody."""
    found = heard(view)
    asked = bool(found) and found[-1].text == "?"
    for phrase in phrases(found):
        owner = owner_of(found, phrase)
        if owner is None:
            continue
        who, trust, event = owner
        when = when_of(found, phrase, event=event, spoken=view.quote >= 0, asked=asked)
        if when == "now" and view.quote < 0 and _recalls(found, who):
            when = "before"
        told = _TIMES.get(when)
        if told is None:
            continue
        kind, form, sure = told
        if not phrase.sure and re.fullmatch(r"\d", phrase.years):
            trust *= _SMALL
        if when == "before" and view.quote >= 0:
            trust *= _SPOKEN_OF_BEFORE
        place = _place_of(found, who, phrase)
        value = form(phrase.years)
        if value:
            said = statement(view, who, kind, value, place, round(sure * trust, 3))
            if said is not None:
                yield said


def _recalls(found: list[Token], who: Reference) -> bool:
    """Whether a narrator tells of their own age in the past, which may be any time."""
    if not any(
        token.text.endswith(" i>") and token.who is not None and token.who.person == who.person
        for token in found
    ):
        return False
    return not {"am", "m"} & {token.text for token in found}


def _place_of(found: list[Token], who: Reference, phrase: Phrase) -> tuple[int, int]:
    """From whoever it is said of to the end of the phrase."""
    whose = next(t for t in found if t.who is not None and t.who.start == who.start)
    start, end = found[phrase.first].start, found[phrase.last - 1].end
    return min(whose.start, start), max(whose.end, end)


def _once(years: str) -> str:
    """What was so once: nobody is younger than they have been."""
    number = re.match(r"[>~]?(\d+)", years)
    return f"once {number[1]}" if number is not None and years[0] != "<" else ""


def _soon(years: str) -> str:
    return f"{int(years) - 1}-{years}" if years.isdigit() else ""


def _guessed(years: str) -> str:
    return f"~{years}" if years.isdigit() else years


_TIMES: dict[When, tuple[AttributeKind, Callable[[str], str], float]] = {
    "now": ("age", str, 0.97),
    "before": ("other", _once, 0.85),
    "soon": ("age", _soon, 0.9),
    "guessed": ("age", _guessed, 0.75),
}
"""What a phrase tells of each time, and how sure that is."""


def _value(match: re.Match[str]) -> str:
    number = number_of(match["num"])
    found = match.group()
    if not _least(found) <= number <= OLDEST:
        return ""
    groups = match.groupdict()
    if groups.get("under"):
        return f"<{number}"
    if groups.get("over") or found.endswith("again"):
        return f">{number}"
    return f"~{number}" if groups.get("near") else str(number)


def _least(found: str) -> int:
    """The least number that is an age in such words: "at six" is rather an hour."""
    if re.search(r"years?|aged|age\b|birthday", found):
        return YOUNGEST
    if re.match(r"at ", found) or re.search(r"> at ", found):
        return _LEAST_HOUR
    return _LEAST_OF if " of " in found else _LEAST_BARE


def _of_other_time(view: View, match: re.Match[str], *, told: bool = False) -> bool:
    """Whether the age is that of another time, or only supposed."""
    plain = view.plain
    clause = _CLAUSE.split(plain[: match.start()])[-1]
    if _PATTERNS["COMPARED"].match(plain, match.end()) or _PATTERNS["AT_THAT_TIME"].match(
        plain, match.end()
    ):
        return True
    if told:
        return _PATTERNS["SUPPOSES"].search(clause) is not None
    if view.quote >= 0 and _IN_PAST.search(plain[match.start() : match.end() + 8]):
        return True
    return bool(_PATTERNS["SUPPOSES"].search(clause) or _PATTERNS["SUPPOSES"].search(match.group()))


def _stated(
    view: View,
    match: re.Match[str],
    kind: str,
    value: str,
    confidence: float,
    group: str = "who",
) -> Iterator[Statement]:
    found = statement(
        view,
        surer(heard(view), view.who(match[group])),
        "born" if kind == "born" else "age",
        value,
        match.span(),
        confidence,
    )
    if found is not None:
        yield found
