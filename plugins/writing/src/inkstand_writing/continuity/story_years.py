"""How many years may pass between two places of a book, as far as the text tells."""

from __future__ import annotations

import re
from itertools import accumulate

from inkstand_writing.continuity.facts import BookFacts

Place = tuple[int, int]
"""A scene's number and a place in its text."""
NEAR = 3_000
"""Words within which nobody grows years older without a word of it."""
_FAR = 3.0
"""Years that may pass within more words than that."""
_MANY = 12.0
"""What "years later" counts for."""
_YEAR = re.compile(r"\b(1[0-9]\d\d|20\d\d)\b")
_LETTERS_A_WORD = 6


class StoryYears:
    """The front matter says how many years pass, or else places that are near to each other with
    no word of years between them.
    """

    def __init__(self, facts: BookFacts) -> None:
        self.facts = facts
        lengths = [len(scene.text) // _LETTERS_A_WORD for scene in facts.scenes]
        self._begin = [0, *accumulate(lengths)]
        self._marks = [
            ((number, mark.span.start), years)
            for number, reading in enumerate(facts.reading.scenes)
            for mark in reading.times
            if (years := _years(mark.kind, mark.value))
        ]

    def at_most(self, before: Place, after: Place) -> float:
        """Years between two places; very many where nothing tells."""
        first, last = self.now(before[0]), self.now(after[0])
        if first is not None and last is not None:
            return max(0, last - first)
        passed = sum(years for at, years in self._marks if before < at < after)
        return passed + _FAR if self.is_far(before, after) else passed

    def is_far(self, before: Place, after: Place, near: int = NEAR) -> bool:
        """Whether so much is told between two places that years may pass without a word."""
        if self.now(before[0]) is not None:
            return False
        words = self._begin[after[0]] + after[1] // _LETTERS_A_WORD
        return words - self._begin[before[0]] - before[1] // _LETTERS_A_WORD > near

    def now(self, scene: int) -> int | None:
        """The year in which a scene plays, where the writer's front matter says so."""
        found = _YEAR.search(self.facts.scenes[scene].when)
        return int(found.group()) if found is not None else None

    def told(self, scene: int, start: int, end: int) -> int | None:
        """The year that words of a scene name: "In 1995 Ada was thirty"."""
        years = {
            mark.value[:4]
            for mark in self.facts.scene(scene).times
            if mark.kind in {"year", "date"}
            and start <= mark.span.start < end
            and _YEAR.match(mark.value)
        }
        return int(years.pop()) if len(years) == 1 else None


def _years(kind: str, value: str) -> float:
    if kind != "elapsed":
        return 0.0
    if not value.endswith("y"):
        return 0.1 if value.endswith("m") else 0.0
    number = value.strip("+y")
    return float(number) if number.isdigit() else _MANY
