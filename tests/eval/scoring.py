"""Scores a reading against a novel whose quotations were annotated by people.

The annotations are those of the Project Dialogism Novel Corpus (Vishnubhotla, Hammond and Hirst,
2022): for every quotation its speaker, and whether the text names the speaker beside it
(explicit), uses a pronoun or a description (anaphoric), or leaves it to the reader (implicit).
"""

from __future__ import annotations

import ast
import bisect
import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

KINDS = ("explicit", "anaphoric", "implicit")
COMMITTED = 0.5
"""From this confidence on the Reader stands by a speaker."""
_TOP = 10
_BINS = 10
_NOT_A_NAME = re.compile(r"[^a-z ]")


REASONS = {
    "unfound": "The line was not found as speech",
    "nobody": "Nobody of the cast is the speaker",
    "explicit": "A name in the tag is taken for somebody else's",
    "pronoun": "A pronoun or a description is taken for somebody else",
    "implicit": "Nothing beside the line tells, and the turn is given to somebody else",
}
"""Why a line is wrong; the last three by how the Reader says that it knew."""


class Line(msgspec.Struct, frozen=True):
    """An annotated quotation: the spans of its parts, who says it to whom, and how that is told."""

    spans: tuple[tuple[int, int], ...]
    speaker: str
    kind: str
    addressees: frozenset[str] = frozenset()


class Novel(msgspec.Struct, frozen=True):
    """An annotated novel: each person's names, the lines to score, and all speech in it."""

    text: str
    people: dict[str, frozenset[str]]
    lines: tuple[Line, ...]
    speech: tuple[tuple[int, int], ...]


class Tally(msgspec.Struct):
    """Counts of lines: all, those with the right speaker, and the same where committed."""

    lines: int = 0
    right: int = 0
    committed: int = 0
    committed_right: int = 0

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        self.lines += other.lines
        self.right += other.right
        self.committed += other.committed
        self.committed_right += other.committed_right

    @property
    def accuracy(self) -> float:
        """The share of lines whose best guess is right."""
        return self.right / max(1, self.lines)

    @property
    def precision(self) -> float:
        """The share of right ones among those that the Reader stands by."""
        return self.committed_right / max(1, self.committed)

    @property
    def coverage(self) -> float:
        """The share of lines that the Reader stands by."""
        return self.committed / max(1, self.lines)


class Addressed(msgspec.Struct):
    """Counts of people spoken to: annotated, stated by the Reader, and both."""

    annotated: int = 0
    stated: int = 0
    right: int = 0

    def add(self, other: Addressed) -> None:
        """Add other counts to these."""
        self.annotated += other.annotated
        self.stated += other.stated
        self.right += other.right

    @property
    def precision(self) -> float:
        """The share of right ones among those that the Reader states."""
        return self.right / max(1, self.stated)

    @property
    def recall(self) -> float:
        """The share of the annotated ones that the Reader states."""
        return self.right / max(1, self.annotated)


class Score(msgspec.Struct, frozen=True):
    """How well a novel was read. `speech_f1` compares characters inside speech; `found` and
    `split` are shares of the ten people who speak most that are in the cast at all, and that
    are there more than once. `bins` counts lines by confidence in tenths, `reasons` wrong lines.
    """

    kinds: dict[str, Tally]
    speech_f1: float
    found: float
    split: float
    bins: list[Tally]
    reasons: Counter[str]
    addressed: Addressed

    def total(self) -> Tally:
        """All kinds together."""
        whole = Tally()
        for tally in self.kinds.values():
            whole.add(tally)
        return whole


def load_novel(folder: Path) -> Novel:
    """The novel in a folder of the corpus."""
    text = (folder / "novel_text.txt").read_text(encoding="utf-8")
    people = {
        row["Main Name"]: frozenset(map(_plain, (row["Main Name"], *_names(row["Aliases"]))))
        for row in _rows(folder / "character_info.csv")
    }
    lines: list[Line] = []
    speech: list[tuple[int, int]] = []
    for row in _rows(folder / "quotation_info.csv"):
        spans = tuple((int(a), int(b)) for a, b in ast.literal_eval(row["quoteByteSpans"]))
        speech.extend(spans)
        kind = row["quoteType"].lower()
        if row["speaker"] in people and kind in KINDS:
            spoken_to = frozenset(_names(row.get("addressees") or "[]")) & people.keys()
            lines.append(Line(spans, row["speaker"], kind, spoken_to))
    return Novel(text, people, tuple(lines), tuple(speech))


def score(novel: Novel, reading: Mapping[str, Any]) -> Score:
    """Compare what `inkstand read --json` printed with what people say of the novel."""
    quotations = sorted(reading["quotations"], key=lambda quotation: int(quotation["start"]))
    who = {person["name"]: _identity(novel, person) for person in reading["cast"]}
    kinds = {kind: Tally() for kind in KINDS}
    bins = [Tally() for _ in range(_BINS)]
    reasons: Counter[str] = Counter()
    addressed = Addressed()
    starts = [quotation["start"] for quotation in quotations]
    for line in novel.lines:
        best = _overlapping(line, quotations, starts)
        tally = _judged(line, best, who)
        kinds[line.kind].add(tally)
        if best is not None and best["speaker"] is not None:
            bins[min(_BINS - 1, int(best["confidence"] * _BINS))].add(tally)
            addressed.add(_addressed(line, best, who))
        if not tally.right:
            reasons[_reason(line, best, who)] += 1
    often = [name for name, _ in Counter(line.speaker for line in novel.lines).most_common(_TOP)]
    known = Counter(name for name in who.values() if name)
    return Score(
        kinds,
        overlap(len(novel.text), novel.speech, [(q["start"], q["end"]) for q in quotations]),
        sum(known[name] > 0 for name in often) / max(1, len(often)),
        sum(known[name] > 1 for name in often) / max(1, len(often)),
        bins,
        reasons,
        addressed,
    )


def _overlapping(
    line: Line, quotations: Sequence[Mapping[str, Any]], starts: Sequence[int]
) -> Mapping[str, Any] | None:
    """The quotation that overlaps a line most, one with a speaker first."""
    best: Mapping[str, Any] | None = None
    widest = 0
    for start, end in line.spans:
        for quotation in quotations[max(0, bisect.bisect_left(starts, start) - 3) :]:
            if quotation["start"] >= end:
                break
            shared = min(end, quotation["end"]) - max(start, quotation["start"])
            if shared > widest and (best is None or quotation["speaker"] is not None):
                best, widest = quotation, shared
    return best


def _judged(line: Line, best: Mapping[str, Any] | None, who: Mapping[str, str | None]) -> Tally:
    if best is None or best["speaker"] is None:
        return Tally(lines=1)
    right = int(who.get(best["speaker"]) == line.speaker)
    committed = int(best["confidence"] >= COMMITTED)
    return Tally(1, right, committed, right & committed)


def _reason(line: Line, best: Mapping[str, Any] | None, who: Mapping[str, str | None]) -> str:
    if best is None or best["speaker"] is None:
        return "unfound"
    return str(best["kind"]) if line.speaker in who.values() else "nobody"


def _addressed(line: Line, best: Mapping[str, Any], who: Mapping[str, str | None]) -> Addressed:
    if not line.addressees:
        return Addressed()
    stated = [who.get(name) for name in best["addressees"]]
    right = len(line.addressees & set(stated))
    return Addressed(len(line.addressees), len(stated), right)


def _identity(novel: Novel, person: Mapping[str, Any]) -> str | None:
    """The annotated person that one of the cast is: the one who shares most names."""
    names = {_plain(person["name"]), *map(_plain, person["aliases"])}
    own = _plain(person["name"])
    best = max(
        novel.people,
        key=lambda name: (len(names & novel.people[name]), own in novel.people[name]),
    )
    return best if names & novel.people[best] else None


def overlap(
    length: int, truth: Sequence[tuple[int, int]], found: Sequence[tuple[int, int]]
) -> float:
    """F1 of being inside speech, character by character."""
    marks = bytearray(length)
    for start, end in truth:
        for at in range(start, end):
            marks[at] |= 1
    for start, end in found:
        for at in range(start, min(end, length)):
            marks[at] |= 2
    counts = Counter(marks)
    return 2 * counts[3] / max(1, counts[1] + counts[2] + 2 * counts[3])


def _plain(name: str) -> str:
    return _NOT_A_NAME.sub("", name.lower().replace("’", "'")).strip()


def _names(cell: str) -> tuple[str, ...]:
    """A cell that holds a Python set of names, or one name as it is."""
    try:
        value = ast.literal_eval(cell)
    except (ValueError, SyntaxError):
        return (cell,)
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
