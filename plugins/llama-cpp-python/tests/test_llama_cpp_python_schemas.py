"""What is written under a schema validates, at any temperature."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from inkstand_llama_cpp_python.backend import LlamaCppPython
from inkstand_llama_cpp_python.settings import LlamaCppPythonSettings
from inkstand_sdk import GenerateRequest, Model
from inkstand_sdk.messages import Sampling
from inkstand_sdk.testing.backend_case import Subject, answers_or_explains

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"
WORD = {"type": "string", "minLength": 1, "maxLength": 8}
SCHEMAS: dict[str, dict[str, Any]] = {
    "optional members": {
        "type": "object",
        "properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}},
        "required": ["b"],
    },
    "only optional members": {
        "type": "object",
        "properties": {"a": {"const": 1}, "b": {"const": 2}},
    },
    "a map": {"type": "object", "additionalProperties": {"type": "boolean"}, "maxProperties": 3},
    "a tuple": {"prefixItems": [WORD, {"type": "integer"}], "items": False, "minItems": 2},
    "a choice": {"oneOf": [{"type": "integer", "maximum": 9}, {"enum": ["x", '\u00e9\n"q"\\']}]},
    "a pattern": {"type": "string", "pattern": "^[A-Z][a-z]{2,5}( \\d+)?$"},
    "a pattern with marks": {"type": "string", "pattern": '^"\\w{1,4}"\\\\(a|b){0,3}$'},
    "a date": {"type": "string", "format": "date"},
    "bounds": {"type": "array", "items": {"type": "number", "minimum": -2.5, "maximum": 7},
               "minItems": 2, "maxItems": 4},
    "joined parts": {
        "allOf": [
            {"type": "object", "properties": {"a": WORD}, "required": ["a"]},
            {"properties": {"b": {"type": ["integer", "null"], "minimum": 3}}, "required": ["b"]},
        ]
    },
    "a tree": {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "name": {"enum": ["x", "y"]},
                    "next": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/node"}]},
                },
                "required": ["name", "next"],
            }
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def subject() -> Iterator[Subject]:
    backend = LlamaCppPython()
    settings = LlamaCppPythonSettings(threads=1)
    loaded = backend.load(Model(id="pocket", format="gguf", path=str(POCKET)), settings)
    yield Subject(backend, loaded)
    backend.close()


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_what_is_written_validates(subject: Subject, name: str) -> None:
    schema = SCHEMAS[name]
    checker = jsonschema.Draft202012Validator(schema)
    finished = 0
    for seed in range(6):
        sampling = Sampling(temperature=1.5, seed=seed, top_k=0, top_p=1.0, min_p=0.0)
        request = GenerateRequest.of("Write:", schema=schema, max_tokens=250, sampling=sampling)
        run = subject.run(request)
        if run.finish.reason == "stop":
            finished += 1
            checker.validate(json.loads(run.text))
    assert finished >= 3


def test_a_grammar_that_no_token_can_write_is_an_error_and_no_crash(subject: Subject) -> None:
    # The first byte of this character has a token, but an engine that is led astray would abort.
    grammar = 'root ::= "a\U0010fffd" [^\\x00-\U0010ffff] "b"'
    request = GenerateRequest.of("Go:", raw=True, grammar=grammar, max_tokens=12)
    answers_or_explains(lambda: subject.run(request))
    assert subject.run(GenerateRequest.of("Go:", raw=True, max_tokens=2)).text
