"""Two hundred schemas against a backend that answers garbage, nothing, or for ever."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from inkstand.studio import Studio
from inkstand_sdk.client import Client
from inkstand_sdk.errors import OutputInvalid, SchemaError, TimedOut
from inkstand_sdk.messages import GenerateRequest

DATA = Path(__file__).parents[3] / "tests" / "data" / "schemas.json"
SCHEMAS: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
MODEL = "scripted:small"
SCRIPTS = {
    "garbage": 'write Well, {"a": (1,, "b',
    "mended": "write {'a': 1, 'b': [True, None],}",
    "nothing": "write ",
    # In long pieces, so that it is soon too much.
    "white space for ever": "forever " + "\n" * 400,
    "words for ever": "forever " + "on " * 150,
}


def outcome(studio: Studio, script: str, schema: dict[str, Any]) -> Any:
    """A value, checked; or what an error of the right kind keeps. Any other is raised."""
    request = GenerateRequest(prompt=script, schema=schema, max_tokens=8, cache="off")
    try:
        result = studio.generate(request, model=MODEL).result
    except SchemaError as error:
        return error
    except OutputInvalid as error:
        return error.data["text"], error.data["attempts"]
    Draft202012Validator(schema).validate(result.value)
    return result.value


def test_a_refused_schema_is_refused_before_anything_is_asked(studio: Studio) -> None:
    for each in SCHEMAS:
        if each.get("refused"):
            with pytest.raises(SchemaError):
                studio.generate(GenerateRequest(prompt="x", schema=each["schema"]), model=MODEL)
    assert studio.live_workers() == []


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_whatever_a_backend_writes_there_is_a_value_or_an_error(
    studio: Studio, script: str
) -> None:
    for each in SCHEMAS[list(SCRIPTS).index(script) :: len(SCRIPTS)]:
        outcome(studio, SCRIPTS[script], each["schema"])


def test_a_backend_that_never_writes_a_word_times_out(studio: Studio) -> None:
    request = GenerateRequest(prompt="x", schema={"type": "object"}, timeout=0.5)
    with pytest.raises(TimedOut):
        _ = studio.generate(request, model="faulty:empty").result


def test_an_answer_that_had_to_be_mended_says_so(studio: Studio) -> None:
    request = GenerateRequest(prompt="write {'a': 1,}", schema={"type": "object"})
    result = studio.generate(request, model=MODEL).result
    assert (result.value, result.repaired, result.retries) == ({"a": 1}, True, 0)
    assert result.text == "{'a': 1,}"


def test_a_request_says_how_often_it_may_be_tried(studio: Studio) -> None:
    request = GenerateRequest(prompt="write no", schema={"type": "object"}, attempts=1)
    with pytest.raises(OutputInvalid) as caught:
        _ = studio.generate(request, model=MODEL).result
    assert caught.value.data["attempts"] == 1


class Pair(msgspec.Struct, frozen=True):
    a: int
    b: tuple[str, ...] = ()


def test_a_struct_that_was_asked_for_is_what_the_client_gives(studio: Studio) -> None:
    client = Client(studio)
    prompt = "write {'a': 1, 'b': ['x']}"
    asked = client.generate(prompt, model=MODEL, schema=Pair)
    assert "".join(chunk.text for chunk in asked) == "{'a': 1, 'b': ['x']}"
    assert asked.result.value == Pair(1, ("x",))
    request = GenerateRequest.of(prompt)
    assert client.generate(request, model=MODEL, schema=Pair).result.value == Pair(1, ("x",))
    assert client.generate(prompt, model=MODEL, schema={}).result.value == {"a": 1, "b": ["x"]}


def test_a_client_is_told_what_a_struct_does_not_hold(studio: Studio) -> None:
    with pytest.raises(OutputInvalid) as caught:
        _ = Client(studio).generate('write {"a": "x"}', model=MODEL, schema=Pair).result
    assert caught.value.data["text"].startswith('{"a": "x"}')
    assert caught.value.data["attempts"] == 3


class Person(msgspec.Struct):
    """Who somebody is."""

    name: str


def test_a_struct_is_taken_as_a_schema_and_given_back(studio: Studio) -> None:
    script = 'write {"name": "Ada"}'
    result = studio.generate(script, model=MODEL, schema=Person).result
    assert result.value == Person("Ada")
    request = GenerateRequest.of(script)
    assert studio.generate(request, model=MODEL, schema=Person).result.value == Person("Ada")


def test_every_try_counts_as_used_and_the_receipt_has_the_last_one(studio: Studio) -> None:
    request = GenerateRequest(prompt="write no", schema={"type": "object"}, id="thrice")
    with pytest.raises(OutputInvalid):
        _ = studio.generate(request, model=MODEL).result
    fallen = studio.generate(
        GenerateRequest(prompt="write no", schema={"type": "object"}, id="chain"),
        model=MODEL,
        fallback=["faulty:refuses"],
    )
    with pytest.raises(OutputInvalid):
        _ = fallen.result
    studio.close()
    rows = [(row.request_id, row.outcome, row.completion_tokens) for row in studio.usage.calls()]
    assert sorted(rows) == [
        ("chain", "load-failed", 0),
        ("chain", "output-invalid", 3),
        ("thrice", "output-invalid", 3),
    ]
