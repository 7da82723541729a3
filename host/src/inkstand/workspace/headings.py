"""Which lines of plain text are headings: by their words, or because lines like them recur."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

_NUMBER = (
    r"(?:[0-9]{1,3}|[IVXLC]{1,8}|(?:the\s+)?(?:one|two|three|four|five|six|seven|eight|nine|ten"
    r"|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    r"|(?:twenty|thirty|forty|fifty|sixty|seventy)(?:[- ](?:one|two|three|four|five|six|seven"
    r"|eight|nine|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth))?"
    r"|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|last|(?:thir|four|fif|six|seven|eigh|nine)teenth|(?:twen|thir|for|fif)tieth))"
)
PART = re.compile(rf"(?:part|book|volume)\s+{_NUMBER}\b[.:]?(?:\s.{{0,80}})?$", re.IGNORECASE)
CHAPTER = re.compile(
    rf"(?:chapter|chap\.|letter|canto|stave|adventure|tale)\s+{_NUMBER}\b[.:]?(?:\s.{{0,120}})?$"
    r"|(?:prologue|epilogue|prelude|interlude|foreword|preface|introduction|afterword)[.:]?$",
    re.IGNORECASE,
)
BARE_NUMBER = re.compile(r"(?:[IVXLC]{1,8}\.?|[0-9]{1,3}\.)(?:\s[^a-z]{0,80})?$")
_BEGINNINGS = frozenset("pbvclsateiPBVCLSATEIfFX0123456789\u0130\u0131\u017f")
"""What the patterns above begin with, in any case."""
_RISING = re.compile(r"0{0,2}([1-9][0-9]{0,2})(?:[.:)]?\s+\S.{0,60})?$")
_LONGEST_CAPITALS = 60
_NO_HEADING_ENDS = tuple(".!?,;:\"”’'-—")
_FEWEST = 3
_FEWEST_APART = 1_500  # code points between two, on average: closer ones are a list or a poem


def plain_mark(line: str) -> Literal["part", "chapter"] | None:
    """What a line of plain text marks by its words alone, such as "Chapter Two"."""
    bare = line.strip("_*[] ")
    if bare[:1] not in _BEGINNINGS:
        return None
    if PART.match(bare):
        return "part"
    if CHAPTER.match(bare) or BARE_NUMBER.match(bare):
        return "chapter"
    return None


def recurring(lines: Iterable[tuple[int, int, str]], length: int) -> frozenset[int]:
    """Where lines begin that are headings because there are several of their kind.

    Those are lines that count up from one ("1", "02 The Hunt"), or short lines in capitals after
    two blank lines; each between blank lines, at least three of them, and far apart.

    Args:
        lines: Each line's start, end and stripped text.
        length: The code points of the whole text.

    """
    numbered: list[int] = []
    capitals: list[int] = []
    blanks = 2  # the text's beginning sets a line off like two blank lines
    held: tuple[list[int], int] | None = None
    for begin, _, line in lines:
        if not line:
            if held is not None:
                held[0].append(held[1])
                held = None
            blanks += 1
            continue
        held = None
        if blanks and _counts(line, len(numbered) + 1):
            held = (numbered, begin)
        elif blanks > 1 and _is_capitals(line):
            held = (capitals, begin)
        blanks = 0
    for found in (numbered, capitals):
        if len(found) >= _FEWEST and length >= len(found) * _FEWEST_APART:
            return frozenset(found)
    return frozenset()


def _counts(line: str, expected: int) -> bool:
    match = _RISING.match(line)
    return match is not None and int(match[1]) == expected


def _is_capitals(line: str) -> bool:
    return (
        len(line) <= _LONGEST_CAPITALS
        and line == line.upper()
        and sum(map(str.isalpha, line)) >= _FEWEST
        and not line.endswith(_NO_HEADING_ENDS)
        and plain_mark(line) is None
    )
