"""What one sentence states, before names of people are put in."""

from __future__ import annotations

import msgspec

from inkstand_prose.facts.reference import Reference
from inkstand_prose.facts.views import View
from inkstand_sdk.facts import AttributeKind


class Statement(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An attribute at `[start, end)` of a scene's text; `person` is a number in the cast."""

    person: int
    kind: AttributeKind
    value: str
    start: int
    end: int
    confidence: float
    quote: int = -1


class Tie(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`other` is the `kind` of `person`, both numbers in the cast, as `[start, end)` states.
    `years` are those that lie between them, where that is told.
    """

    person: int
    other: int
    kind: str
    start: int
    end: int
    confidence: float
    quote: int = -1
    years: str = ""


def statement(
    view: View,
    who: Reference,
    kind: AttributeKind,
    value: str,
    plain: tuple[int, int],
    confidence: float = 1.0,
) -> Statement | None:
    """A statement of somebody, its words at `plain` of the view; None where nobody is meant."""
    if who.person < 0 or not value:
        return None
    return Statement(
        who.person,
        kind,
        value,
        view.place(plain[0]),
        view.place(plain[1]),
        round(confidence * who.confidence, 3),
        view.quote,
    )
