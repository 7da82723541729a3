"""JSON Schemas as grammars: bounds that hold, references that are followed, errors that say why."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkstand_sdk.errors import SchemaError
from inkstand_sdk.gbnf import check_grammar, schema_to_gbnf
from inkstand_sdk.gbnf.ranges import integers, numbers

NUMBERS = st.integers(-(10**6), 10**6)


def expression(gbnf: str) -> re.Pattern[str]:
    """Grammars of numbers are regular expressions but for quotation marks and spaces."""
    return re.compile(gbnf.replace('"."', r'"\."').replace('"', "").replace(" ", ""))


@given(low=NUMBERS, high=NUMBERS, number=NUMBERS)
def test_whole_numbers_match_just_between_their_bounds(low: int, high: int, number: int) -> None:
    found = integers(low, high)
    assert bool(found) == (low <= high)
    if found:
        for value in (number, low, high, low - 1, high + 1, 0):
            assert bool(expression(found).fullmatch(str(value))) == (low <= value <= high)


@given(low=NUMBERS, number=NUMBERS)
def test_one_bound_is_enough(low: int, number: int) -> None:
    assert bool(expression(integers(low, None)).fullmatch(str(number))) == (number >= low)
    assert bool(expression(integers(None, low)).fullmatch(str(number))) == (number <= low)


@given(
    low=st.decimals(-1000, 1000, places=2),
    high=st.decimals(-1000, 1000, places=2),
    number=st.decimals(-1100, 1100, places=3),
    open_low=st.booleans(),
    open_high=st.booleans(),
)
def test_no_decimal_number_outside_its_bounds_matches(
    low: Any, high: Any, number: Any, open_low: bool, open_high: bool
) -> None:
    found = numbers(float(low), float(high), open_low=open_low, open_high=open_high)
    if not found:
        return
    for value in (number, low, high):
        if expression(found).fullmatch(f"{value:f}"):
            assert low < value or (low == value and not open_low)
            assert value < high or (high == value and not open_high)


def test_a_probability_is_between_nought_and_one() -> None:
    pattern = expression(numbers(0, 1))
    assert all(pattern.fullmatch(text) for text in ("0", "0.5", "0.999", "1"))
    assert not any(pattern.fullmatch(text) for text in ("1.5", "-0.5", "2", "1.0001"))


def test_what_a_grammar_cannot_say_is_named() -> None:
    schema = {"type": "array", "items": {"type": "integer", "multipleOf": 3}, "uniqueItems": True}
    assert schema_to_gbnf(schema).not_enforced == ("multipleOf", "uniqueItems")


def test_a_schema_that_refers_to_itself_is_a_grammar_that_does() -> None:
    schema = {
        "$ref": "#/$defs/tree",
        "$defs": {
            "tree": {
                "type": "object",
                "properties": {"branches": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
                "required": ["branches"],
            }
        },
    }
    check_grammar(schema_to_gbnf(schema).grammar or "")


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
        {"$ref": "#/$defs/missing"},
        {"$ref": "https://example.com/schema"},
        {"type": "string", "pattern": "("},
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "array", "minItems": 3, "maxItems": 2},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"enum": []},
        {"type": "object", "properties": {"a": False}, "required": ["a"], "allOf": [False]},
        {"type": "array", "minItems": 100_000},
    ],
    ids=str,
)
def test_a_schema_that_nothing_satisfies_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(SchemaError) as caught:
        schema_to_gbnf(schema)
    assert caught.value.cause
