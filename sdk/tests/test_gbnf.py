"""GBNF is checked whole: what is wrong is told with its place, what is right goes through.

And schemas are closed before they become grammars: parts that hold at once are joined first.
"""

from __future__ import annotations

import contextlib
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkstand_sdk.errors import SchemaError
from inkstand_sdk.gbnf import check_grammar, closed, schema_to_gbnf

SOUND = [
    'root ::= "a"',
    'root   ::=   "yes" | "no" # a comment\n\n# another\n',
    'root ::= item+\nitem ::= "- " [^\\n]+ "\\n"',
    'root ::= ("a" | "b"){2,5} [0-9]{3} x?\nx ::= .',
    'root ::= (\n  "a" |\n  "b"\n)\n',
    'root ::= "a"\n  | "b"\n',
    'root ::= "\\x41\\u00e9\\U0001F600\\"\\\\" [\\]\\[a-z-]',
    'root ::= list\nlist ::= "(" list? ")"',
    'root ::= "a" |',
]
WRONG = {
    "root ::= [z-a]": "backwards",
    "root ::= []": "empty",
    'root ::= "a"{2': "repetition",
    'root ::= "a"{1001}': "1,000",
    'root ::= ((("a"{1000}){1000}){1000})': "too large",
    'root ::= "\\q"': "escape",
    'root ::= "a" )': "not part",
    'root ::= a\na ::= b\nb ::= a "x"': "itself",
    'root ::= "a"\nroot ::= "b"': "twice",
    "root ::= " + "(" * 100 + '"a"' + ")" * 100: "deep",
    "": "no rule",
}


@pytest.mark.parametrize("grammar", SOUND)
def test_a_sound_grammar_goes_through(grammar: str) -> None:
    check_grammar(grammar)


@pytest.mark.parametrize("grammar", WRONG)
def test_a_wrong_grammar_is_refused_with_its_place(grammar: str) -> None:
    with pytest.raises(SchemaError) as caught:
        check_grammar(grammar)
    assert WRONG[grammar] in caught.value.cause
    assert caught.value.cause.startswith("Line ")


@settings(deadline=None)
@given(st.text(alphabet='ab-:=|"[]()*+?{},1 \n\\#^.x', max_size=60))
def test_any_text_is_a_grammar_or_a_schema_error(text: str) -> None:
    with contextlib.suppress(SchemaError):
        check_grammar("root ::= " + text)


TEXT = {"type": "string"}
NAMED = {"type": "object", "properties": {"name": TEXT}, "required": ["name"]}
AGED = {"type": "object", "properties": {"age": {"enum": [1, 2]}}}


def test_objects_in_an_all_of_become_one_closed_object() -> None:
    assert closed({"allOf": [NAMED, AGED]}) == {
        "type": "object",
        "properties": {"name": TEXT, "age": {"enum": [1, 2]}},
        "required": ["name"],
        "additionalProperties": False,
    }


def test_what_stands_beside_a_reference_is_joined_with_it() -> None:
    schema = {"$ref": "#/$defs/named", "properties": AGED["properties"], "$defs": {"named": NAMED}}
    found = closed(schema)
    assert set(found["properties"]) == {"name", "age"}
    assert found["additionalProperties"] is False
    assert found["$defs"]["named"]["additionalProperties"] is False


def test_a_part_that_is_closed_itself_forbids_the_properties_of_the_others() -> None:
    shut = {**NAMED, "additionalProperties": False}
    assert closed({"allOf": [shut, AGED]})["properties"] == {"name": TEXT, "age": False}
    with pytest.raises(SchemaError, match="cannot hold"):
        closed({"allOf": [shut, {**AGED, "required": ["age"]}]})


def test_properties_beside_an_any_of_belong_to_each_branch() -> None:
    found = closed({**NAMED, "anyOf": [AGED, {"required": ["alias"]}, {"type": "string"}]})
    assert [set(branch["properties"]) for branch in found["anyOf"]] == [
        {"name", "age"},
        {"name", "alias"},
    ]
    assert all(branch["additionalProperties"] is False for branch in found["anyOf"])


def test_an_all_of_that_refers_to_itself_is_written_once() -> None:
    node = {"allOf": [NAMED, {"properties": {"next": {"allOf": [{"$ref": "#/$defs/node"}]}}}]}
    found = closed({"$ref": "#/$defs/node", "$defs": {"node": node}})
    assert found["$defs"]["node"]["additionalProperties"] is False
    value = {"name": "a", "next": {"name": "b", "next": {"name": "c"}}}
    jsonschema.validate(value, found)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "a", "next": {"name": "b", "more": 1}}, found)
    check_grammar(schema_to_gbnf({"$ref": "#/$defs/node", "$defs": {"node": node}}).grammar or "")


def test_a_reference_to_a_place_that_is_joined_still_leads_there() -> None:
    schema = {
        "allOf": [AGED, {"properties": {"twin": {"$ref": "#/allOf/0/properties/age"}}}],
    }
    found = closed(schema)
    jsonschema.validate({"age": 1, "twin": 2}, found)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"twin": 3}, found)


def test_patterns_for_names_hold_the_names_that_are_known() -> None:
    schema = {**NAMED, "patternProperties": {"^n": {"maxLength": 3}}, "required": ["name", "nick"]}
    found = closed(schema)
    assert "patternProperties" not in found
    assert set(found["properties"]) == {"name", "nick"}
    assert found["properties"]["nick"] == {"maxLength": 3}
    jsonschema.validate({"name": "Ann", "nick": "A"}, found)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "Anna", "nick": "A"}, found)


def test_what_depends_on_another_property_may_be_written() -> None:
    found = closed({**NAMED, "dependentRequired": {"name": ["birth"]}})
    assert found["properties"] == {"name": TEXT, "birth": {}}
    assert found["additionalProperties"] is False


@pytest.mark.parametrize(
    "more",
    [
        {"not": {"required": ["age"]}},
        {"dependentRequired": {"age": ["name"]}},
        {"properties": {"list": {"type": "array", "uniqueItems": True}}},
    ],
    ids=lambda more: next(iter(more)),
)
def test_what_cannot_be_held_in_a_joined_object_is_named(more: dict[str, Any]) -> None:
    found = schema_to_gbnf({"allOf": [NAMED, more]})
    assert found.not_enforced in {("not",), ("dependentRequired",), ("uniqueItems",)}


def test_two_patterns_for_one_text_cannot_both_be_held_and_one_is_named() -> None:
    schema = {"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "z$"}]}
    assert closed(schema) == {"type": "string", "pattern": "^a", "allOf": [{"pattern": "z$"}]}
    assert schema_to_gbnf(schema).not_enforced == ("pattern",)


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [{"$ref": "#"}]},
        {
            "$ref": "#/$defs/0",
            "$defs": {
                str(level): {"allOf": [{"$ref": f"#/$defs/{min(level + 1, 40)}"}] * 2}
                for level in range(41)
            },
        },
        {
            "$ref": "#/$defs/a",
            "$defs": {
                "a": {
                    "properties": {"x": {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}]}}
                },
                "b": {
                    "properties": {"x": {"allOf": [{"$ref": "#/$defs/b"}, {"$ref": "#/$defs/a"}]}}
                },
            },
        },
    ],
    ids=["circle", "doubling", "crosswise"],
)
def test_joining_comes_to_an_end(schema: dict[str, Any]) -> None:
    with contextlib.suppress(SchemaError):
        closed(schema)


KEYS = st.sampled_from(["a", "b", "c"])
LEAVES = st.sampled_from([{}, TEXT, {"type": "integer"}, {"enum": ["x", 1]}, {"maxLength": 2}])


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    plain = st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(KEYS, inner, max_size=3)},
        optional={
            "required": st.lists(KEYS, max_size=2, unique=True),
            "additionalProperties": st.booleans(),
            "patternProperties": st.dictionaries(st.sampled_from(["^a", "b|c"]), inner, max_size=1),
            "minProperties": st.integers(0, 2),
        },
    )
    several = st.lists(inner, min_size=1, max_size=3)
    composed = st.fixed_dictionaries({}, optional={"allOf": several, "anyOf": several})
    return plain | composed | st.builds(lambda one, other: {**one, **other}, plain, composed)


VALUES = st.recursive(
    st.sampled_from(["x", "xyz", 1, None]),
    lambda inner: st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=300)
@given(st.recursive(LEAVES, _objects, max_leaves=10), st.lists(VALUES, min_size=5, max_size=20))
def test_what_a_closed_schema_lets_through_satisfies_the_schema(
    schema: Any, values: list[Any]
) -> None:
    try:
        found = closed(schema)
    except SchemaError:
        return
    narrow, wide = (jsonschema.Draft202012Validator(part) for part in (found, schema))
    for value in values:
        assert wide.is_valid(value) or not narrow.is_valid(value)
