"""Two people of weight whose names are too alike to tell apart (to be written)."""

from __future__ import annotations
from collections.abc import Iterator
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion


def find(facts: BookFacts) -> Iterator[Suspicion]:
    a, b = facts.reading.cast[:2]
    yield Suspicion(
        kind="names_alike", summary="x", evidence=(a.spans[0], b.spans[0]), people=(a.name, b.name)
    )
