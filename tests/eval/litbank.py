"""Scores the Reader on the openings of LitBank: some two thousand words of each of 64 books.

The corpus (Bamman, Popat and Shen, 2019; Sims and Bamman, 2020) annotates tokens, one sentence a
line. They are found again in the book's own text, so that the Reader reads paragraphs as they are
printed. A speaker is a cluster of mentions; one of the Reader's people is the cluster with which
most of their mentions agree, and a narrator without a name is the one who says "I" most.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import msgspec
from tests.eval.crossed import read
from tests.eval.scoring import COMMITTED, Tally, overlap

_WORD = re.compile(r"[^\W_]+")
_AHEAD = 1.3
"""How much longer than the excerpt the part of the book is in which it is sought."""
_LEAST_FOUND = 0.9
SEEN = frozenset(["1342_pride_and_prejudice"])
"""Books whose speakers the shipped weights were learnt from."""


class Quoted(msgspec.Struct, frozen=True):
    """An annotated quotation, and the cluster of its speaker."""

    start: int
    end: int
    speaker: str


class Opening(msgspec.Struct, frozen=True):
    """One opening as it is printed: quotations, and every mention with its cluster."""

    name: str
    text: str
    quotations: tuple[Quoted, ...]
    mentions: Mapping[tuple[int, int], str]


class Result(msgspec.Struct):
    """Counts over openings; the F1 of speech is a sum, to be divided by `openings`."""

    openings: int = 0
    tally: Tally = msgspec.field(default_factory=Tally)
    speech_f1: float = 0.0


def load(corpus: Path, books: Path) -> Iterator[Opening]:
    """The openings whose text is found in the books; `corpus` is LitBank's folder."""
    for annotated in sorted((corpus / "quotations").glob("*.ann")):
        name = annotated.stem.removesuffix("_brat")
        book = books / f"{name}.txt"
        if book.is_file():
            opening = _opening(name, annotated, book.read_text(encoding="utf-8"))
            if opening is not None:
                yield opening


def measure(openings: Iterator[Opening]) -> Result:
    """Read all and count."""
    result = Result()
    for opening in openings:
        if not opening.quotations or opening.name in SEEN:
            continue
        reading = read(opening.text)
        result.openings += 1
        result.tally.add(_tally(opening, reading))
        result.speech_f1 += overlap(
            len(opening.text),
            [(q.start, q.end) for q in opening.quotations],
            [(q.span.start, q.span.end) for q in reading.quotations],
        )
    return result


def _tally(opening: Opening, reading: Any) -> Tally:
    clusters = {person.name: _cluster(opening, person) for person in reading.cast}
    whole = Tally()
    for line in opening.quotations:
        best, widest = None, 0
        for quotation in reading.quotations:
            span = quotation.span
            shared = min(span.end, line.end) - max(span.start, line.start)
            if shared > widest:
                best, widest = quotation, shared
        if best is None or best.speaker is None:
            whole.add(Tally(lines=1))
            continue
        right = int(clusters.get(best.speaker) == line.speaker)
        committed = int(best.confidence >= COMMITTED)
        whole.add(Tally(1, right, committed, right & committed))
    return whole


def _cluster(opening: Opening, person: Any) -> str:
    """The cluster with which most mentions of a person agree; "" for none."""
    votes: Counter[str] = Counter()
    own = {(span.start, span.end) for span in person.spans}
    names = {name.lower() for name in (person.name, *person.aliases)}
    for (start, end), cluster in opening.mentions.items():
        if any(start <= a and b <= end + 1 for a, b in own if abs(a - start) < end - start + 1):
            votes[cluster] += 2 if (start, end) in own else 1
        elif " ".join(opening.text[start:end].lower().split()) in names:
            votes[cluster] += 1
    return votes.most_common(1)[0][0] if votes else ""


def _opening(name: str, annotated: Path, book: str) -> Opening | None:
    sentences = [
        line.split()
        for line in annotated.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    ]
    places = _places(sentences, book)
    if places is None:
        return None
    last = max(end for _, end in places.values())
    quotes: dict[str, tuple[int, int]] = {}
    speakers: dict[str, str] = {}
    for row in _rows(annotated):
        if row[0] == "QUOTE" and (span := _span(places, sentences, row[2:6])):
            quotes[row[1]] = span
        elif row[0] == "ATTRIB":
            speakers[row[1]] = row[2].strip()
    where: dict[str, tuple[int, int]] = {}
    mentions: dict[tuple[int, int], str] = {}
    coref = annotated.parents[1] / "coref" / annotated.name
    rows = list(_rows(coref))
    for row in rows:
        if row[0] == "MENTION" and (span := _span(places, sentences, row[2:6])):
            where[row[1]] = span
    for row in rows:
        if row[0] == "COREF" and row[1] in where:
            mentions[where[row[1]]] = row[2].strip()
    lines = [Quoted(*quotes[key], speakers[key]) for key in quotes if key in speakers]
    return Opening(name, book[: last + 2], tuple(sorted(lines, key=_start)), mentions)


def _start(line: Quoted) -> int:
    return line.start


def _rows(file: Path) -> Iterator[list[str]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        yield line.split("\t")


def _places(
    sentences: Sequence[Sequence[str]], book: str
) -> dict[tuple[int, int], tuple[int, int]] | None:
    """Where each word of the excerpt stands in the book, by sentence and token."""
    words: list[tuple[int, int, str]] = []
    for at, tokens in enumerate(sentences):
        for number, token in enumerate(tokens):
            words += [(at, number, word.lower()) for word in _WORD.findall(token)]
    printed = list(_WORD.finditer(book))[: int(len(words) * _AHEAD) + 1000]
    matcher = SequenceMatcher(
        None, [w for _, _, w in words], [m.group().lower() for m in printed], autojunk=False
    )
    found: dict[tuple[int, int], tuple[int, int]] = {}
    matched = 0
    for block in matcher.get_matching_blocks():
        matched += block.size
        for step in range(block.size):
            at, number, _ = words[block.a + step]
            start, end = printed[block.b + step].span()
            first = found.get((at, number), (start, end))[0]
            found[at, number] = first, end
    return found if matched >= _LEAST_FOUND * len(words) else None


def _span(
    places: Mapping[tuple[int, int], tuple[int, int]],
    sentences: Sequence[Sequence[str]],
    row: Sequence[str],
) -> tuple[int, int] | None:
    """The span in the book from one token to another, as far as their words are found."""
    first, last = (int(row[0]), int(row[1])), (int(row[2]), int(row[3]))
    inside = [
        places[at, number]
        for at in range(first[0], min(last[0], len(sentences) - 1) + 1)
        for number in range(len(sentences[at]))
        if first <= (at, number) <= last and (at, number) in places
    ]
    return (inside[0][0], inside[-1][1]) if inside else None
