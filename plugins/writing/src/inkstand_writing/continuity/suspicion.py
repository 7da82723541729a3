"""Suspicion: what a check has found, before it is put into the form that faces show."""

from __future__ import annotations

import msgspec

from inkstand_sdk import Span


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Words of the bible: `entry` is an index of `BookFacts.bible`.

    `field` is the front matter field that says it, "" where the page's text does; `quote` its
    words.
    """

    entry: int
    quote: str
    field: str = ""


class Suspicion(msgspec.Struct, frozen=True, kw_only=True):
    """Passages that do not agree, in the order in which a reader meets them.

    `evidence` are the words that say it, as few as there are: the sentence around them is quoted.
    `summary` is one sentence for the writer; `confidence` 0 to 1.
    """

    kind: str
    summary: str
    evidence: tuple[Span | Page, ...]
    people: tuple[str, ...] = ()
    confidence: float = 0.8
