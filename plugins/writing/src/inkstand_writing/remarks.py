"""What people of a text say of one another."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from inkstand_sdk import Quotation
from inkstand_writing.book import Book
from inkstand_writing.evidence import Evidence, quote
from inkstand_writing.traits import plainness
from inkstand_writing.voices import Line

SHORTEST = 20
LONGEST = 300
"""Remarks of fewer characters say nothing, of more too much to be about one person."""


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What one person says of another."""

    speaker: Annotated[str, Meta(description="Who says it.")]
    evidence: Annotated[Evidence, Meta(description="Their words.")]


def remarks(book: Book, lines: Iterable[Line]) -> dict[str, list[Remark]]:
    """For each person what others state of them, in the third person, plainest first."""
    named: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for person in book.reading.cast:
        for span in person.spans:
            named[span.scene].append((span.start, span.end, person.name))
    for spans in named.values():
        spans.sort()
    found: dict[str, dict[tuple[int, int], tuple[float, Remark]]] = defaultdict(dict)
    for line in lines:
        for quotation in line.quotations:
            spans = named[quotation.span.scene]
            row = bisect_left(spans, (quotation.span.start, 0, ""))
            while row < len(spans) and spans[row][1] <= quotation.span.end:
                start, end, name = spans[row]
                row += 1
                if name == line.speaker:
                    continue
                weight, evidence = _statement(book, quotation, start, end)
                if weight:
                    remark = Remark(speaker=line.speaker, evidence=evidence)
                    found[name].setdefault((evidence.scene, evidence.start), (weight, remark))
    return {
        name: [
            remark
            for _, remark in sorted(
                weighed.values(),
                key=lambda item: (-item[0], item[1].evidence.scene, item[1].evidence.start),
            )
        ]
        for name, weighed in found.items()
    }


def _statement(book: Book, quotation: Quotation, start: int, end: int) -> tuple[float, Evidence]:
    """The sentence of a quotation that names somebody, and how plainly it states something."""
    scene = quotation.span.scene
    text = book.manuscript.scenes[scene].text
    sentence = book.sentence_at(scene, start)
    low, high = quotation.span.start, quotation.span.end
    if sentence is not None:
        low, high = max(low, sentence.start), min(high, max(sentence.end, end))
    while high > low and text[high - 1].isspace():
        high -= 1
    weight = plainness(text[low:start], text[end:high])
    if high - low < SHORTEST:
        return 0.0, quote(book.manuscript, scene, low, high)
    if high - low > LONGEST:
        weight *= 0.3
    return weight, quote(book.manuscript, scene, low, high)
