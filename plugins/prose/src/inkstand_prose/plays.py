"""Plays: speeches under the names of their speakers, instead of quotations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from inkstand_prose.lexicon.titles import title_key
from inkstand_prose.names import Key, NameUse
from inkstand_prose.quotations import Quote

_CAPITALS = r"[A-ZÀ-ÖØ-Þ]{2,}(?:['’-][A-ZÀ-ÖØ-Þ]+)*"
_NAME = rf"(?P<name>{_CAPITALS}(?:\.?[ ]{_CAPITALS}){{0,3}})"
_DIRECTION = r"[ ]?(?:\([^()\n]{1,120}\)|\[[^\[\]\n]{1,120}\]|,[ ]_?[a-zà-ÿ][^.:\n]{1,60})_?"
_HEADING = re.compile(
    rf"[_*]{{0,2}}(?:{_NAME}|(?P<colon>[A-ZÀ-ÖØ-Þ][\w'’-]+(?:[ ][A-ZÀ-ÖØ-Þ][\w'’-]+){{0,2}})(?=:))"
    rf"[_*]{{0,2}}(?:{_DIRECTION})?(?:[.:]+[_*]{{0,2}}(?:\s*[—–-]{{1,2}})?\s+|[.:]?[_*]{{0,2}}\s*\n|[.:]?[_*]{{0,2}}$)"
)
_NO_SPEAKER = re.compile(
    r"(?:ACTE?|SCENE|SCÈNE|PROLOGUE|EPILOGUE|CURTAIN|END|FINIS|CHAPTER|PART|INT|EXT|FADE|CUT|DRAMATIS|"
    r"PERSONS|PERSONAE|CHARACTERS|CAST|SETTING|TIME|PLACE|"
    r"(?:Act|Scene|Characters|Cast|Persons|Setting|Time|Place)(?=[:.]))\b"
)
_ASIDE = re.compile(r"[_*]{0,2}(?:\([^()]*\)|\[[^\[\]]*\])[_*]{0,2}")
_STAGE = re.compile(
    r"[_*]{0,2}(?:[(\[]|(?:Enter|Re-enter|Exit|Exeunt|Curtain|Scene|Scène|Acte?|ACTE?|SCENE|SCÈNE|CURTAIN)\b)"
)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_PART = re.compile(r"[_*#]{0,2}(?:Acte?|Scene|Scène|ACTE?|SCENE|SCÈNE)\b")
_HAPPENS = re.compile(
    r"[_*]{0,2}(?:(?:The|A|An|Mr|Mrs|Miss|Dr|[A-ZÀ-ÖØ-Þ][\w'’-]+)\.?\s(?:[\w'’-]+\s){0,4}?)"
    r"(?:enters?|re-enters|exits?|rings?|rises?|crosses|knocks|leaves|sits|stands up|goes out|"
    r"comes in|turns (?:to|away|on|off)|puts|picks|opens|closes|lights|falls|pauses|laughs|nods|"
    r"begins|bows|kneels|exeunt)\b[^.!?\n]{0,80}\.[_*]{0,2}$"
    r"|[_*]{0,2}(?:A |Long |Short )?(?:pause|silence|Pause|Silence|Blackout|Music|"
    r"Lights?[^.!?\n]{0,40})\.[_*]{0,2}$"
)
"""A direction without brackets, in a paragraph of its own: "The clerk enters with a lamp." """
_FEWEST = 4
_SHARE = 0.5
_OFTEN = 0.6
"""How many different speakers there may be to a speech, in a play."""
_WORD = re.compile(r"[\w'’-]+")


class Play(msgspec.Struct, frozen=True):
    """The parts of speeches, and for each where the name stands that it is under."""

    quotes: list[Quote]
    headings: list[tuple[int, int]]


def find_play(text: str, paragraphs: Sequence[tuple[int, int]]) -> Play | None:
    """The speeches, if most paragraphs are under the name of a speaker who has several."""
    found = {}
    for number, (start, end) in enumerate(paragraphs):
        heading = _HEADING.match(text, start, end)
        if heading is not None and not _NO_SPEAKER.match(text, *heading.span(_group(heading))):
            found[number] = heading
    names = Counter(_called(text, heading) for heading in found.values())
    _drop_before_first(text, paragraphs, found, names)
    directions = sum(_STAGE.match(text, start, end) is not None for start, end in paragraphs)
    alone = sum(heading.end() == paragraphs[number][1] for number, heading in found.items())
    speeches = len(paragraphs) - directions - alone
    if len(found) < _FEWEST or len(found) < _SHARE * speeches or len(names) < 2:
        return None
    if len(names) > max(2, _OFTEN * len(found)):
        return None
    return _speeches(text, paragraphs, found)


def _called(text: str, heading: re.Match[str]) -> str:
    return text[slice(*heading.span(_group(heading)))].upper()


def _drop_before_first(
    text: str,
    paragraphs: Sequence[tuple[int, int]],
    found: dict[int, re.Match[str]],
    names: Counter[str],
) -> None:
    """Forget what only looks like a heading: the title, and the list of the persons."""
    order = sorted(found)
    alone = {number for number in order if found[number].end() == paragraphs[number][1]}
    listed = {a for a, b in pairwise(order) if b == a + 1 and {a, b} <= alone}
    listed |= {number + 1 for number in listed}
    first = next((n for n in order if n not in listed and names[_called(text, found[n])] > 1), -1)
    for number in order:
        if number in listed or number < first:
            names[_called(text, found.pop(number))] -= 1
    for name in [name for name, uses in names.items() if uses <= 0]:
        del names[name]


def _group(heading: re.Match[str]) -> str:
    return "name" if heading["name"] is not None else "colon"


def _speeches(
    text: str, paragraphs: Sequence[tuple[int, int]], headings: dict[int, re.Match[str]]
) -> Play:
    play = Play([], [])
    under: tuple[int, int] | None = None
    spoken = False
    for number, (start, end) in enumerate(paragraphs):
        heading = headings.get(number)
        begin = start
        if heading is not None:
            under, begin, spoken = heading.span(_group(heading)), heading.end(), False
        elif _STAGE.match(text, start, end):
            under = None if _PART.match(text, start, end) else under
            continue
        elif _BLANK_LINE.search(text, max(0, start - 8), start) and _HAPPENS.match(
            text, start, end
        ):
            continue
        if under is None:
            continue
        for a, b in _without_asides(text, begin, end):
            play.quotes.append(Quote(a, b, a, b, number, resumes=spoken))
            play.headings.append(under)
            spoken = True
    return play


def _without_asides(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What is said in a speech, without directions in brackets."""
    begin = start
    for aside in (*_ASIDE.finditer(text, start, end), None):
        stop = aside.start() if aside is not None else end
        body = text[begin:stop]
        a, b = begin + len(body) - len(body.lstrip()), begin + len(body.rstrip())
        if _WORD.search(text, a, b):
            yield a, b
        begin = aside.end() if aside is not None else end


def speaker_uses(text: str, headings: Sequence[tuple[int, int]]) -> list[NameUse]:
    """The names that speeches are under, each place once."""
    found = []
    for start, end in dict.fromkeys(headings):
        key = _key(text[start:end])
        if key[1]:
            found.append(NameUse(start, end, key, initial=False, possessive=False))
    return found


def _key(name: str) -> Key:
    words = [word.capitalize() for word in _WORD.findall(name)]
    if len(words) > 1 and words[0] == "The":
        words = words[1:]
    title = title_key(words[0]) if len(words) > 1 else ""
    return title, tuple(words[1:] if title else words)
