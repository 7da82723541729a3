"""What a text is worth to a schema: valid, mended without inventing anything, or an error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inkstand.generation import aside
from inkstand.generation.schema import check
from inkstand.generation.structured import Structured
from inkstand_sdk.errors import OutputInvalid, SchemaError
from inkstand_sdk.messages import GenerateRequest, Message, Sampling

OPEN = {"type": "object", "properties": {"a": {}}, "required": ["a"]}
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


def structured(schema: dict[str, Any], **fields: Any) -> Structured:
    request = GenerateRequest.of("Who?", schema=schema, **fields)
    return Structured(request, constrained=False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': True, 'b': None, 'c': (1, 2),}", {"a": True, "b": None, "c": [1, 2]}),
        ("{“a”: “x”}", {"a": "x"}),
        ('{"a": "he said "hi" to me"}', {"a": 'he said "hi" to me'}),
        ('{"a": 1 /* one */, // two\n "b": 2 # three\n}', {"a": 1, "b": 2}),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
        ("{a: hello world, b: 3}", {"a": "hello world", "b": 3}),
        ('Sure! {"a": 1}. I hope that helps.', {"a": 1}),
        ('```json\n{"a": 1,}\n```', {"a": 1}),
        ('<think>Say {"a": 7}?</think>{"a": 8}', {"a": 8}),
        ('Not {"b": 1} but {"a": 2}, or {"a": 3}', {"a": 2}),
        ('{"a": [1, 2]', {"a": [1, 2]}),
        ('{"a": ""', {"a": ""}),
    ],
)
def test_what_is_nearly_json_is_mended(text: str, value: Any) -> None:
    decoded = structured(OPEN).decode(text, cut=False)
    assert (decoded.value, decoded.repaired) == (value, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "I would rather not.",
        '{"a": ',
        '{"a": }',
        '{"a": , "b": 2}',
        '{"a"}',
        '{"a": "half a sent',
        '{"a": 12',
        '{"a": NaN}',
        '{"a": -Infinity, }',
        '{"a": 1e999}',
        '{"a": "\\ud800"}',
        '{"a": 123456789012345678901234567890}',
        "{{{{}}}}",
        "\x00\x01{",
        '{"b": 1,}',
    ],
)
def test_nothing_is_made_up_that_is_not_in_the_text(text: str) -> None:
    with pytest.raises(OutputInvalid) as caught:
        structured(OPEN).decode(text, cut=False)
    assert caught.value.data["text"] == text


@pytest.mark.parametrize("text", ['{"a": 1}', '{"a": 1', "{'a': 1}"])
def test_what_was_cut_off_is_a_failure_even_if_it_could_be_mended(text: str) -> None:
    with pytest.raises(OutputInvalid, match="cut off") as caught:
        structured(OPEN).decode(text, cut=True)
    assert caught.value.data["text"] == text


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "string"}, "A plain sentence.", "A plain sentence."),
        ({"type": "string"}, "She sighed [again].", "She sighed [again]."),
        ({"enum": ["calm", "angry"]}, "Answer", None),
        ({"enum": ["calm", "angry"]}, "`calm`.", "calm"),
        ({"const": 5}, "5", 5),
        ({}, "A plain sentence.", None),
        ({"type": ["object", "null"]}, "null and void", None),
        ({"type": "string"}, "{'a': 1", None),
        ({"type": "string"}, '"quoted"', "quoted"),
    ],
)
def test_words_are_a_string_only_where_a_string_is_asked_for(
    schema: dict[str, Any], text: str, value: Any
) -> None:
    if value is None:
        with pytest.raises(OutputInvalid):
            structured(schema).decode(text, cut=False)
    else:
        assert structured(schema).decode(text, cut=False).value == value


def test_an_answer_is_validated_though_the_engine_claims_to_constrain() -> None:
    claimed = Structured(GenerateRequest.of("Who?", schema=PERSON), constrained=True)
    assert claimed.decode('{"name": "Ada", "age": 36}', cut=False).repaired is False
    with pytest.raises(OutputInvalid, match="is not of type 'integer'"):
        claimed.decode('{"name": "Ada", "age": "old"}', cut=False)


def test_an_engine_that_constrains_is_given_the_schema_and_an_unchanged_prompt() -> None:
    request = GenerateRequest.of("Who?", schema=PERSON)
    assert Structured(request, constrained=True).asked() is request


def test_any_other_engine_is_asked_in_the_last_message_of_the_user() -> None:
    messages = (Message.of("system", "S"), Message.of("user", "U"), Message.of("assistant", "A"))
    request = GenerateRequest(messages=messages, schema=PERSON)
    asked = Structured(request, constrained=False).asked()
    assert asked.schema is None
    assert (asked.messages[0], asked.messages[2]) == (messages[0], messages[2])
    words = asked.messages[1].content[1]
    assert asked.messages[1].content[0] == messages[1].content[0]
    assert words.label == "output format"
    assert json.dumps(PERSON, separators=(",", ":")) in words.text
    assert words.text.endswith('{"name":"...","age":0}')


def test_a_raw_prompt_is_asked_at_its_end() -> None:
    request = GenerateRequest.of("Once upon", raw=True, schema=PERSON)
    asked = Structured(request, constrained=False).asked()
    assert asked.prompt is not None
    assert asked.prompt.startswith("Once upon\n\nAnswer with JSON only")
    assert asked.prompt.endswith("JSON:\n")
    assert asked.schema is None


def test_a_second_try_has_another_seed_and_is_told_the_fault() -> None:
    request = structured(PERSON, sampling=Sampling(seed=2**32 - 2))
    with pytest.raises(OutputInvalid) as caught:
        request.decode('{"name": "Ada"}', cut=False)
    again = request.again(caught.value, 1)
    assert again.sampling.seed == 0
    assert again.messages[0] == request.asked().messages[0]
    assert [message.role for message in again.messages] == ["user", "assistant", "user"]
    assert again.messages[1].text() == '{"name": "Ada"}'
    assert "'age' is a required property" in again.messages[2].text()


def test_after_an_empty_answer_the_roles_still_take_turns() -> None:
    request = structured(PERSON)
    with pytest.raises(OutputInvalid) as caught:
        request.decode("", cut=False)
    assert [message.role for message in request.again(caught.value, 1).messages] == ["user"]


def test_a_long_answer_is_told_shortened() -> None:
    request = structured(PERSON)
    with pytest.raises(OutputInvalid) as caught:
        request.decode("word " * 100_000, cut=True)
    assert len(request.again(caught.value, 1).prompt_text()) < 3_000


def test_what_cannot_be_constrained_is_asked_for_once_and_no_further() -> None:
    refused = SchemaError("The engine cannot hold a model to this schema.")
    first = Structured(GenerateRequest.of("Who?", schema=PERSON), constrained=True)
    second = first.unconstrained(refused)
    assert second.asked().schema is None
    with pytest.raises(SchemaError):
        second.unconstrained(refused)


NEVER_ENDS, ON_THIS = "^(a+)+$", "a" * 40 + "!"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "pattern": NEVER_ENDS}, ON_THIS),
        ({"patternProperties": {NEVER_ENDS: {}}, "unevaluatedProperties": False}, {ON_THIS: 1}),
        ({"patternProperties": {NEVER_ENDS: {}}, "additionalProperties": False}, {ON_THIS: 1}),
        ({"propertyNames": {"$ref": "#/x"}, "x": {"pattern": NEVER_ENDS}}, {ON_THIS: 1}),
    ],
)
def test_a_pattern_that_never_ends_is_given_up(
    schema: dict[str, Any], value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "SECONDS", 2)
    check(schema)
    with pytest.raises(SchemaError, match="in time") as caught:
        structured(schema).decode(json.dumps(value), cut=False)
    assert caught.value.data["text"] == json.dumps(value)


def test_references_that_double_are_given_up() -> None:
    steps = {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(60)}
    schema = {"$ref": "#/$defs/d0", "$defs": {**steps, "d60": {"type": "string"}}}
    check(schema)
    with pytest.raises(SchemaError, match="in time"):
        structured(schema).decode('"x"', cut=False)


@pytest.mark.parametrize(
    "text", ["lorem ipsum {dolor: sit, " * 2_000 + "}", "[" * 40_000 + "]", '{"a' * 20_000 + "}"]
)
def test_garbage_that_cannot_be_mended_is_given_up(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "SECONDS", 2)
    with pytest.raises(OutputInvalid) as caught:
        structured(PERSON).decode(text, cut=False)
    assert caught.value.data["text"] == text
