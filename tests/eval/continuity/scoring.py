"""Scores what `inkstand run continuity --json` says of a planted novel against the key."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from tests.eval.continuity.planting import Planted, PlantedError

Spans = tuple[tuple[int, int], ...]


class Found(msgspec.Struct, frozen=True):
    """A finding: its kind, its words, and where in the file they stand; a passage whose words
    are not in the file stands nowhere.
    """

    kind: str
    quotes: frozenset[str]
    spans: Spans


class Tally(msgspec.Struct):
    """Counts for one kind. Of the errors `planted`, those `found`, and those where `both`
    passages were quoted. Of the `findings` on planted novels, those that are `true`, and those
    that are there without errors as well (`old`); and the findings on the `clean` novels.
    """

    planted: int = 0
    found: int = 0
    both: int = 0
    findings: int = 0
    true: int = 0
    old: int = 0
    clean: int = 0

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        for field in self.__struct_fields__:
            setattr(self, field, getattr(self, field) + getattr(other, field))

    @property
    def recall(self) -> float | None:
        """The share of planted errors that were found; None where none were planted."""
        return self.found / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        """The share of true ones among all findings; None where there are none."""
        return self.true / self.findings if self.findings else None

    @property
    def precision_of_new(self) -> float | None:
        """The same among findings that the clean novel does not have."""
        new = self.findings - self.old
        return self.true / new if new else None


Tallies = dict[str, Tally]


def findings_in(text: str, output: Mapping[str, Any]) -> tuple[Found, ...]:
    """The tool's findings, with the places of their passages in the file."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return tuple(
        Found(
            str(finding["kind"]),
            frozenset(str(passage["quote"]) for passage in finding["passages"]),
            tuple(
                span
                for passage in finding["passages"]
                if (span := _place(text, starts, passage["quote"], passage.get("line", 1)))
            ),
        )
        for finding in output["findings"]
    )


def score(planted: Planted, findings: Iterable[Found], clean: Iterable[Found]) -> Tallies:
    """The tallies of one novel by kind; `clean` is what is found in it without errors.

    An error is found by a finding of its kind that quotes a planted passage, or by one of any
    kind that quotes both. A finding is true if it finds an error.
    """
    tallies: Tallies = {}
    old = {(one.kind, one.quotes) for one in clean}
    all_found = tuple(findings)
    for error in planted.errors:
        finders = [one for one in all_found if _finds(one, error)]
        tally = tallies.setdefault(error.kind, Tally())
        tally.planted += 1
        tally.found += bool(finders)
        tally.both += any(len(_sides(one, error)) == len(_all_sides(error)) for one in finders)
    for one in all_found:
        tally = tallies.setdefault(one.kind, Tally())
        true = any(_finds(one, error) for error in planted.errors)
        tally.findings += 1
        tally.true += true
        tally.old += not true and (one.kind, one.quotes) in old
    for kind, _ in ((one.kind, one) for one in clean):
        tallies.setdefault(kind, Tally()).clean += 1
    return tallies


def total(tallies: Tallies, kinds: Sequence[str]) -> Tally:
    """Those kinds together."""
    whole = Tally()
    for kind in kinds:
        whole.add(tallies.get(kind, Tally()))
    return whole


def _finds(finding: Found, error: PlantedError) -> bool:
    sides = _sides(finding, error)
    return len(sides) > 1 or (bool(sides) and finding.kind == error.kind)


def _sides(finding: Found, error: PlantedError) -> set[int]:
    """Which sides of the contradiction the finding quotes, if only in part."""
    return {
        passage.side
        for passage in error.passages
        for start, end in finding.spans
        if start < passage.end and passage.start < end
    }


def _all_sides(error: PlantedError) -> set[int]:
    return {passage.side for passage in error.passages}


def _place(text: str, starts: Sequence[int], quote: str, line: int) -> tuple[int, int] | None:
    """Where the quoted words stand: on the line that is told, or else nearest to it."""
    told = starts[min(line, len(starts)) - 1]
    found = [match.start() for match in re.finditer(re.escape(quote), text)] if quote else []
    if not found:
        return None
    at = min(found, key=lambda start: abs(bisect_right(starts, start) - line) + (start < told))
    return at, at + len(quote)
