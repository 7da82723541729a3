"""Where sentences end: abbreviations, initials, ellipses and closing marks taken into account."""

from __future__ import annotations

import re

from inkstand_prose.lexicon.titles import ABBREVIATIONS

_STOP = re.compile(r"[.!?…]++[\"'”’»)\]_*]*+")
_LAST_WORD = re.compile(r"[^\s\"“”‘(\[—–]+$")
_OPENERS = "\"“‘„«'([_*—–-"


def sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the sentences of the paragraph `[start, end)`, in order."""
    spans: list[tuple[int, int]] = []
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if not ends_sentence(text, stop.start(), stop.end(), end):
            continue
        spans.append((begin, stop.end()))
        begin = stop.end()
        while begin < end and text[begin].isspace():
            begin += 1
    if begin < end:
        spans.append((begin, end))
    return spans


def ends_sentence(text: str, stop: int, after: int, end: int) -> bool:
    """Whether the stop at `[stop, after)` ends a sentence of a paragraph that ends at `end`."""
    if after >= end:
        return True
    if not text[after].isspace():
        return False
    following = after
    limit = min(end, after + 50)
    while following < limit and (text[following].isspace() or text[following] in _OPENERS):
        following += 1
    if following < limit and text[following].islower():
        return False
    mark = text[stop:after].rstrip("\"'”’»)]_*")
    return mark != "." or not _is_abbreviation(text, stop)


def _is_abbreviation(text: str, stop: int) -> bool:
    match = _LAST_WORD.search(text[max(0, stop - 16) : stop])
    if match is None:
        return False
    word = match.group()
    if len(word) == 1:
        return word.isupper() and word != "I"
    return word.lower() in ABBREVIATIONS
