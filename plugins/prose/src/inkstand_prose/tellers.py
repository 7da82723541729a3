"""Who tells which part of a book that several people tell: "DR. SEWARD'S DIARY"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from inkstand_prose.lexicon import words

_LONGEST = 160
_NAME = r"(?P<name>[A-Z][^\W\d_]*\.?(?:[ \t][A-Z][^\W\d_]*\.?){0,4})"
_TOLD = r"(?:{})\b".format("|".join(sorted(words("tellings"))))
_TO_NAME = r"[^.!?]{0,40}?\b(?i:by|of|from)[ \t\n](?i:the[ \t])?"
_HEADINGS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"_*{_NAME}['’][sS][ \t](?:[^\W\d_]+[ \t])?(?i:{_TOLD})",
        rf"_*(?i:(?:the|an?|in|from)[ \t]){{0,2}}(?i:{_TOLD}){_TO_NAME}{_NAME}",
        rf"_*{_NAME}[ \t](?:TO|to)[ \t](?:THE[ \t])?[A-Z]",
    )
)
_FEWEST = 2
_FIRST_PART = 0.05
Tellers = list[tuple[int, int]]
"""Where parts of a scene begin, ascending, and the number of the person who tells each."""


def find_tellers(
    scenes: Sequence[tuple[str, Sequence[tuple[int, int]]]], known: Mapping[str, int]
) -> list[Tellers]:
    """Of each scene its parts by teller, where headings name several; else nothing.

    A scene without a heading goes on with the teller before. Of each scene its text and its
    paragraphs; `known` says whose each name is, lowercased.
    """
    found = [list(_headed(text, paragraphs, known)) for text, paragraphs in scenes]
    if len({person for parts in found for _, person in parts}) < _FEWEST:
        return [[] for _ in scenes]
    last = -1
    for parts in found:
        if last >= 0:
            parts.insert(0, (0, last))
        last = parts[-1][1] if parts else last
    return found


def opens_with(tellers: Sequence[Tellers], lengths: Sequence[int]) -> int:
    """Who tells the book from the start, as a heading near it says; -1 for nobody."""
    for parts, length in zip(tellers[:1], lengths[:1], strict=True):
        if parts and parts[0][0] <= _FIRST_PART * length:
            return parts[0][1]
    return -1


def teller_at(tellers: Tellers, place: int, narrator: int) -> int:
    """Who tells what stands at a place; `narrator` where no heading says."""
    at = bisect_right(tellers, place, key=lambda part: part[0])
    return tellers[at - 1][1] if at else narrator


def _headed(
    text: str, paragraphs: Sequence[tuple[int, int]], known: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    for start, end in paragraphs:
        if end - start > _LONGEST:
            continue
        for heading in _HEADINGS:
            match = heading.match(text, start, end)
            person = _whose(match["name"], known) if match is not None else -1
            if person >= 0:
                yield start, person
                break


def _whose(name: str, known: Mapping[str, int]) -> int:
    """Whose a name is, or its longest part that is anybody's."""
    parts = name.lower().split()
    for size in range(len(parts), 0, -1):
        for at in range(len(parts) - size + 1):
            person = known.get(" ".join(parts[at : at + size]), -1)
            if person >= 0:
                return person
    return -1
