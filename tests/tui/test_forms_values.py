"""What is typed into a field and what it means, for fields of any kind and bounds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Meta

from inkstand.tui.forms.values import Wrong, bounds, explained, parsed, shown
from inkstand_sdk.settings import Field, FieldKind, form


class Bounded(msgspec.Struct, kw_only=True):
    words: Annotated[int, Meta(ge=10, le=5_000, description="How many words.")] = 250
    share: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    name: Annotated[str, Meta(min_length=2, max_length=5)] = "Ada"
    code: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "ABC"
    people: Annotated[tuple[str, ...], Meta(max_length=2, description="Who")] = ()
    numbers: tuple[int, ...] = ()
    moods: tuple[Literal["calm", "wild"], ...] = ()
    perhaps: int | None = None
    needed: str
    needed_number: int


FIELDS = {field.name: field for field in form(Bounded)}


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("words", "10", 10),
        ("words", " 5,000 ", 5000),
        ("words", "5 000", 5000),
        ("words", "", UNSET),
        ("words", "  ", UNSET),
        ("share", "0.25", 0.25),
        ("share", "0,25", 0.25),
        ("share", "1e-3", 0.001),
        ("name", "Tomas", "Tomas"),
        ("name", "  ", "  "),
        ("code", "XYZ", "XYZ"),
        ("people", "Ada\n\nTomas\n", ["Ada", "Tomas"]),
        ("people", "", []),
        ("numbers", "1\n2", [1, 2]),
        ("moods", "wild", ["wild"]),
        ("perhaps", "", None),
        ("perhaps", "7", 7),
        ("needed", " x", " x"),
    ],
)
def test_what_is_typed_is_the_value_that_it_reads_as(name: str, typed: str, value: object) -> None:
    assert parsed(FIELDS[name], typed) == value


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("words", "9", "It is 10 to 5,000."),
        ("words", "5001", "It is 10 to 5,000."),
        ("words", "ten", "That is no whole number."),
        ("words", "1.5", "That is no whole number."),
        ("words", "1,50", "That is no whole number."),
        ("words", "٣", "That is no whole number."),
        ("words", "9" * 5000, "That number is too large."),
        ("share", "0", "It is more than 0 and less than 1."),
        ("share", "1", "It is more than 0 and less than 1."),
        ("share", "nan", "That is no number."),
        ("share", "inf", "That is no number."),
        ("share", "1e999", "That is no number."),
        ("name", "A", "It takes 2 to 5 characters, and has 1."),
        ("name", "", "Fill this in."),
        ("name", "Tomasina", "It takes 2 to 5 characters, and has 8."),
        ("code", "abc", "It does not have the form that is asked for."),
        ("people", "a\nb\nc", "It takes at most 2 lines, and has 3."),
        ("numbers", "1\ntwo", "That is no whole number."),
        ("moods", "cross", "'cross' is none of calm, wild."),
        ("needed", "", "Fill this in."),
        ("needed_number", "", "Fill this in."),
    ],
)
def test_what_is_no_value_is_told_in_a_sentence(name: str, typed: str, said: str) -> None:
    with pytest.raises(Wrong) as wrong:
        parsed(FIELDS[name], typed)
    assert str(wrong.value) == said


def test_a_field_says_what_it_is_for_and_what_it_takes() -> None:
    assert explained(FIELDS["words"]) == "How many words. 10 to 5,000."
    assert explained(FIELDS["people"]) == "Who. At most 2. One on each line."
    assert bounds(FIELDS["needed"]) == ""


_NUMBERS = st.integers(-(2**63), 2**64 - 1)


@st.composite
def fields_with_values(draw: st.DrawFn) -> tuple[Field, Any]:
    """A field of some kind, and a value within its bounds."""
    kinds: list[FieldKind] = ["text", "integer", "number"]
    kind = draw(st.sampled_from(kinds))
    as_list = draw(st.booleans())
    one: dict[FieldKind, st.SearchStrategy[Any]] = {
        "integer": _NUMBERS,
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "text": st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    }
    if as_list:
        # An item is a line; what is around its words is not part of it.
        texts = one["text"].map(lambda text: " ".join(text.split())).filter(bool)
        items = draw(st.lists(texts if kind == "text" else one[kind]))
        size = len(items)
        low = draw(st.none() | st.integers(0, size))
        return (
            Field(name="f", kind="list", items=kind, title="F", minimum=low, maximum=size + 1),
            items,
        )
    value = draw(one[kind])
    size = len(value) if kind == "text" else value
    low = draw(st.none() | st.just(size))
    high = draw(st.none() | st.just(size))
    return Field(name="f", kind=kind, title="F", minimum=low, maximum=high), value


@given(fields_with_values())
def test_a_value_that_is_shown_and_read_again_is_the_same(pair: tuple[Field, Any]) -> None:
    field, value = pair
    assert parsed(field, shown(field, value)) == value


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=30))
def test_whatever_is_typed_is_either_told_or_a_value_that_the_struct_takes(
    name: str, typed: str
) -> None:
    try:
        value = parsed(FIELDS[name], typed)
    except Wrong:
        return
    given_values = {} if value is UNSET else {name: value}
    values = {"needed": "x", "needed_number": 1, **given_values}
    msgspec.convert(values, Bounded, strict=False)
