"""How old somebody is said to be, and in which year they were born.

Only what holds at the time of the telling: "when she was ten" tells of another time and is left
out. A value is a number of years; "<30" and ">40" are bounds ("not yet thirty", "past forty"),
"~40" is about so many, and "40s" is some age from 40 to 49.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inkstand_prose.facts.numbers import NUMBER, ORDINAL, number_of
from inkstand_prose.facts.numbers import WORDS as NUMBER_WORDS
from inkstand_prose.facts.stated import Statement, statement
from inkstand_prose.facts.views import NAME, OWN, WHO, View

TRIGGERS = NUMBER_WORDS | frozenset(
    ["aged", "age", "years", "year-old", "born", "birthday", "old", "twenties", "teens", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"]
)
YOUNGEST, OLDEST = 1, 110
_LEAST_BARE, _LEAST_OF, _LEAST_HOUR = 5, 3, 13
"""Below these a bare number is rather something else: "he was four", "at six he left"."""

_BE = r"(?:was|is|were|am|are|'m|'s|'re|had been|has been|being)"
_ADVERB = (
    r"(?:(?:now|then|just|only|but|already|still|at this time|at that time|at the time|barely|"
    r"exactly|all of|fully|some|that (?:winter|summer|spring|autumn|fall|year|day|month),?|"
    r"by then|by now|today|in fact|himself|herself|hardly|scarcely|perhaps|no more than|"
    r"not more than|a mere|a good) )*"
)
_BOUND = (
    r"(?:(?P<near>nearly|almost|about|around|some|perhaps|roughly|nearing|approaching|close on|"
    r"going on|getting on for|rising|hard on)"
    r"|(?P<under>not yet|under|not quite|barely turned|no more than|not more than|less than|"
    r"still under|the right side of|short of)"
    r"|(?P<over>over|past|above|more than|well past|well over|turned|the wrong side of|upwards of|"
    r"at least|not less than)) "
)
_NUM = rf"(?:{_BOUND})?(?P<num>{NUMBER})"
_OLD = r"(?:[ -]years?[ -]old\b| years? of age| years? young)"
_END = (
    r"(?=\s*(?:[,.;:!?)—]|--|$|\"\")|\s+(?:and|but|at|that|now|this|today|next|last|in|"
    r"on|to the day|years? old|years? of age|if|with|before|by|while|as|though|yet|the day|"
    r"tomorrow|already|come)\b(?!\s+(?:half|a half)))"
)
_COMPARED = re.compile(
    r"\s?(?:years? )?(?:older|younger|senior|junior|ahead|behind|since|ago|before|later|when)\b"
)

_PATTERNS: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(pattern), confidence)
    for pattern, confidence in (
        (rf"(?P<who>{WHO}) (?:who )?{_BE} {_ADVERB}{_NUM}{_OLD}", 1.0),
        (rf"(?P<who><s\d+[^>]*>){_BE} {_ADVERB}{_NUM}(?:{_OLD}|{_END})", 0.9),
        (rf"(?P<who>{WHO}),? (?:who )?{_BE} {_ADVERB}{_NUM}{_END}", 0.9),
        (
            rf"(?P<who>{WHO})(?:'d| would) be (?:only |just )?{_NUM}{_OLD}?,?"
            r"(?= (?:in|next|on|come|this|that|by|before)\b)",
            0.85,
        ),
        (rf"(?P<who>{WHO}),? \(?(?:then |now |only )?aged {_NUM}", 1.0),
        (rf"(?P<who>{WHO}),? (?:then |now |only |just |barely )?{_NUM}{_OLD}", 1.0),
        (rf"(?P<who>{NAME}), (?:now |then |only |just |aged )?{_NUM}(?=,)", 0.85),
        (rf"(?P<who>{NAME}) \({_NUM}\)", 0.8),
        (
            rf"\bat (?:the (?:ripe )?(?:old )?age of )?{_NUM}(?:{_OLD})?,? (?P<who><[ns]\d+[^>]*>)"
            r"(?='s\b| (?!and\b))",
            0.75,
        ),
        (
            rf"(?P<who>{WHO}),? at {_NUM}(?:{_OLD})?,? (?!o'clock|minutes|miles|per|pounds)"
            r"(?=was\b|is\b|had\b|has\b|looked\b|could\b|still\b|found\b|did\b|felt\b|knew\b)",
            0.8,
        ),
        (
            rf"(?P<who>{WHO})(?: {_BE}|,)(?: \w+,?){{0,2}} (?:a|an|the|quite a|no more than a)"
            rf"(?: [a-z-]+,?){{0,4}} (?:of|aged) {_NUM}\b(?!,? (?!years|or|and|with|when|as|at|who|"
            r"whose|in|to|from|by|but|should|so|that)[a-z])",
            0.95,
        ),
        (
            rf"(?P<who><d\d+[^>]*>) (?:of|aged) {_NUM}\b(?! (?!years|or|and|with|when|who|whose|at|in)"
            r"[a-z])",
            0.9,
        ),
        (rf"<d\d+[^>]*> of {_NUM}(?:{_OLD})?,? (?:as|like|which) (?P<who>{WHO}) (?:was|is)", 0.95),
        (rf"(?P<who><d\d+ (?:[a-z,-]+ ){{1,3}}(?P<num>{NUMBER})-years?-old[^>]*>)", 0.95),
        (rf"(?:^|[.;:—] ?)(?:now |just |only |at ){{0,2}}{_NUM}{_OLD},? (?P<who><[ns]\d+[^>]*>)", 0.95),
        (rf"(?P<num>{NUMBER})[- ]years?[- ]old (?:[a-z-]+ )?(?P<who>{NAME})", 1.0),
        (
            rf"(?P<who>{WHO})(?: {_BE}|,)(?: \w+){{0,2}} (?:a|an|the)(?: [a-z-]+)? "
            rf"(?P<num>{NUMBER})-years?-old",
            1.0,
        ),
        (
            rf"(?P<who>{WHO})(?:'d| had| has|'s|'ve| have)? (?:just |only |only just |now |already |"
            rf"lately |recently )*(?:turned|reached|attained|completed)(?: the age of)? "
            rf"(?P<num>{NUMBER}){_END}",
            0.95,
        ),
        (rf"(?P<who>{OWN}) (?:own )?age (?:was|is|being) (?:then |now |only )?{_NUM}", 1.0),
        (
            rf"(?P<who>{WHO})(?:'d| had| has| would| will)? (?:never )?(?:see|seen) (?P<num>{NUMBER})"
            r" again",
            0.9,
        ),
        (
            rf"(?P<who>{OWN}) {_NUM} years\b(?! (?:of (?!age|life)|in|at|with|as|on|ago|before|older"
            r"|younger|later|away|absence|service))",
            0.6,
        ),
    )
)
_BIRTHDAY = re.compile(rf"(?P<who>{OWN}) (?P<num>{ORDINAL}) birthday")
_YEAR_OF_LIFE = re.compile(
    rf"(?P<who>{WHO}).{{0,25}} in (?P<own>{OWN}) (?P<num>{ORDINAL}) year\b"
    rf"|in (?P<own2>{OWN}) (?P<num2>{ORDINAL}) year(?: of life)?\b,?"
)
_DECADES = {
    "teens": 10,
    "twenties": 20,
    "thirties": 30,
    "forties": 40,
    "fifties": 50,
    "sixties": 60,
    "seventies": 70,
    "eighties": 80,
    "nineties": 90,
}
_DECADE = re.compile(
    rf"(?P<who>{WHO}),? [^.;<]{{0,40}}\bin (?P<own>{OWN}) (?:early |late |mid-?|middle |very )*"
    rf"(?P<decade>{'|'.join(_DECADES)})\b"
)
_BORN_AGO = re.compile(
    rf"(?P<who>{WHO}) (?:was|had been|is|has been) born (?:only |just |some )?(?P<num>{NUMBER}) years"
    r" (?:ago|before|earlier)"
)
_YEAR = r"(?P<year>1[0-9]\d\d|20\d\d)"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"spring|summer|autumn|winter|year)"
)
_IN_YEAR = rf"(?:in|on|about|around)?(?: the)?(?: {_MONTH})?(?: of)?(?: \d\d?(?:st|nd|rd|th)?,?)? ?"
_BORN = re.compile(
    rf"(?P<who>{WHO})(?:,| \(|'s| was| is| had been|, who was)?(?: also)? born"
    rf"(?: (?!in\b|on\b)[a-z]+| (?:in|at) <?[a-z][^,.;]{{2,24}}?,?)? {_IN_YEAR}{_YEAR}"
)
_CLAUSE = re.compile(r"[,;:—]|--")
_AT_THAT_TIME = re.compile(
    r",?(?: (?!and\b|but\b)[a-z]+){0,3} (?:when|since|before|until|till|then|ago|or)\b"
)
_IN_PAST = re.compile(r"\b(?:was|were|had been)\b")
_SUPPOSES = re.compile(
    r"\b(?:if|suppose|imagine|would have been|might be|could be|may be|must be|looked|looks|"
    r"seemed|appeared|wish|when|must have been|should be|as though|until|till|remember|once|"
    r"had been|ago|guess(?:ed)?|thought|say|years before|since|before|after|daresay|will|shall)\b"
)


def ages(view: View) -> Iterator[Statement]:
    """Ages and years of birth that a sentence states."""
    plain = view.plain
    for match in _BORN.finditer(plain):
        yield from _stated(view, match, "born", match["year"], 1.0)
    for pattern, confidence in _PATTERNS:
        for match in pattern.finditer(plain):
            value = _value(match)
            if value and not _of_other_time(view, match):
                yield from _stated(view, match, "age", value, confidence)
    for match in _BORN_AGO.finditer(plain):
        yield from _stated(view, match, "age", str(number_of(match["num"])), 0.95)
    for match in _DECADE.finditer(plain):
        if not _of_other_time(view, match):
            yield from _stated(view, match, "age", f"{_DECADES[match['decade']]}s", 0.85)
    for match in _BIRTHDAY.finditer(plain):
        value = str(number_of(match["num"]))
        if not _SUPPOSES.search(plain[: match.start()]):
            yield from _stated(view, match, "age", value, 0.85)
    for match in _YEAR_OF_LIFE.finditer(plain):
        value = str(number_of(match["num"] or match["num2"]) - 1)
        owner = "own" if match["own"] else "own2"
        if not _of_other_time(view, match):
            yield from _stated(view, match, "age", value, 0.85, owner)


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


def _of_other_time(view: View, match: re.Match[str]) -> bool:
    """Whether the age is that of another time, or only supposed."""
    plain = view.plain
    clause = _CLAUSE.split(plain[: match.start()])[-1]
    if _COMPARED.match(plain, match.end()) or _AT_THAT_TIME.match(plain, match.end()):
        return True
    if view.quote >= 0 and _IN_PAST.search(plain[match.start() : match.end() + 8]):
        return True
    return bool(_SUPPOSES.search(clause) or _SUPPOSES.search(match.group()))


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
        view.who(match[group]),
        "born" if kind == "born" else "age",
        value,
        match.span(),
        confidence,
    )
    if found is not None:
        yield found
