"""An age told of "he" where the paragraph names nobody: whose, as the page before tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from inkstand_sdk.facts import Attribute
from inkstand_sdk.span import Span
from inkstand_writing.continuity.age import find
from inkstand_writing.continuity.facts import BookFacts

PEOPLE = {
    "Sam": ("male", ("Sam",)),
    "Giles": ("male", ("Giles",)),
    "Nell": ("female", ("Nell",)),
}


def age(text: str, words: str, value: str, confidence: float) -> Attribute:
    start = text.index(words)
    span = Span(0, start, start + len(words))
    return Attribute(person="Sam", kind="age", value=value, span=span, confidence=confidence)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("Sam went home.", 1),
        ("Sam went home with Nell.", 1),
        ("Sam went home with Giles.", 0),
        ("It rained.", 0),
    ],
)
def test_he_is_whom_the_page_before_names_alone(
    tell: Callable[..., Any], before: str, expected: int
) -> None:
    text = f"{before}\n\nHe was forty-eight.\n\n{'It rained. ' * 300}\n\nSam was thirty-three."
    story = tell([text], PEOPLE, [])
    told = (
        age(text, "He was forty-eight", "48", 0.56),
        age(text, "Sam was thirty-three", "33", 0.9),
    )
    reading = msgspec.structs.replace(story.reading, attributes=told)
    assert len(list(find(BookFacts(story.manuscript, reading)))) == expected
