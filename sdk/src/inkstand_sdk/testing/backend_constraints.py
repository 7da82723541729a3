"""JSON Schemas and grammars: held to, refused when wrong, never ignored."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from inkstand_sdk.errors import InkstandError, SchemaError
from inkstand_sdk.messages import GenerateRequest
from inkstand_sdk.testing.backend_case import BackendCase, Subject

PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"enum": ["Ann", "Ben", "Cora \u00e9 \u201cC\u201d"]},
        "age": {"type": "integer", "minimum": 1, "maximum": 99},
        "traits": {"type": "array", "items": {"enum": ["kind", "sly"]}, "maxItems": 3},
        "friend": {"anyOf": [{"$ref": "#/$defs/friend"}, {"type": "null"}]},
    },
    "required": ["name", "age", "traits", "friend"],
    "additionalProperties": False,
    "$defs": {
        "friend": {
            "type": "object",
            "properties": {"close": {"type": "boolean"}},
            "required": ["close"],
            "additionalProperties": False,
        }
    },
}
NOT_SCHEMAS: dict[str, Any] = {
    "an unknown type": {"type": "objekt"},
    "properties that are a list": {"type": "object", "properties": ["name"]},
    "a reference to nowhere": {"$ref": "#/$defs/nowhere"},
    "a broken pattern": {"type": "string", "pattern": "("},
}
NOT_GRAMMARS = {
    "no root": 'start ::= "a"',
    "an undefined rule": "root ::= other",
    "an open quotation": 'root ::= "a',
    "an open group": 'root ::= ("a" | "b"',
    "left recursion": 'root ::= root "a" | "b"',
    "backward bounds": 'root ::= "a"{3,1}',
    "a huge repetition": 'root ::= "a"{1000000000}',
    "noise": "%%%% \x00 ::= ::=",
}


class _Friend(msgspec.Struct, forbid_unknown_fields=True):
    close: bool


class _Person(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    age: int
    traits: list[str]
    friend: _Friend | None


SHAPES: dict[str, tuple[dict[str, Any], Any]] = {
    "a choice": ({"enum": ["Ann", "Ben"]}, Literal["Ann", "Ben"]),
    "a flag": ({"type": "boolean"}, bool),
    "a list": (
        {
            "type": "array",
            "items": {"type": "integer", "minimum": 0, "maximum": 9},
            "minItems": 1,
            "maxItems": 4,
        },
        Annotated[list[Annotated[int, Meta(ge=0, le=9)]], Meta(min_length=1, max_length=4)],
    ),
    "an object in a list": (
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"close": {"type": "boolean"}},
                "required": ["close"],
                "additionalProperties": False,
            },
            "maxItems": 2,
        },
        list[_Friend],
    ),
    "other letters": (
        {"enum": ["\u65e5\u672c\u8a9e \U0001f680 \u00e9t\u00e9"]},
        Literal["\u65e5\u672c\u8a9e \U0001f680 \u00e9t\u00e9"],
    ),
}


class ConstraintBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    @pytest.mark.parametrize("raw", [True, False], ids=["raw", "message"])
    def test_output_under_a_schema_parses_and_validates(self, subject: Subject, raw: bool) -> None:
        """If this fails: constrain the sampler; asking the model for JSON is not enough."""
        self.needs("schema")
        for seed in range(5):
            request = GenerateRequest.of(
                "Describe Ann.",
                raw=raw,
                schema=PERSON,
                max_tokens=300,
                sampling=self.warm(seed, temperature=1.5),
            )
            run = subject.run(request)
            assert run.finish.reason == "stop", run.text
            person = msgspec.json.decode(run.text.encode(), type=_Person)
            assert person.name in PERSON["properties"]["name"]["enum"]
            assert 1 <= person.age <= 99
            assert len(person.traits) <= 3

    @pytest.mark.parametrize("kind", sorted(SHAPES))
    def test_a_schema_of_any_shape_is_held_to(self, subject: Subject, kind: str) -> None:
        """If this fails: a schema need not be an object; and characters come whole in chunks."""
        self.needs("schema")
        schema, type_ = SHAPES[kind]
        request = self.raw(schema=schema, max_tokens=120, sampling=self.warm(4, temperature=1.5))
        run = subject.run(request)
        assert run.finish.reason == "stop", run.text
        msgspec.json.decode(run.text.encode(), type=type_)
        assert not any("\ufffd" in chunk.text for chunk in run.chunks)

    def test_a_schema_cut_by_max_tokens_ends_with_length(self, subject: Subject) -> None:
        """If this fails: report "length", so that half an object is not taken for a whole one."""
        self.needs("schema")
        run = subject.run(self.raw(schema=PERSON, max_tokens=3))
        assert run.finish.reason == "length"

    @pytest.mark.parametrize("kind", sorted(NOT_SCHEMAS))
    def test_a_schema_that_is_none_is_refused(self, subject: Subject, kind: str) -> None:
        """If this fails: check the schema first and raise `SchemaError`; never ignore it."""
        self.needs("schema")
        with pytest.raises(SchemaError):
            subject.run(self.raw(schema=NOT_SCHEMAS[kind], max_tokens=8))

    def test_output_under_a_grammar_matches_it(self, subject: Subject) -> None:
        """If this fails: hand the grammar to the engine's sampler."""
        self.needs("grammar")
        grammar = 'root ::= name ": " [0-9]{2,3} "."\nname ::= "Ann" | "Ben" # two people\n'
        for seed in range(3):
            run = subject.run(self.raw(grammar=grammar, max_tokens=60, sampling=self.warm(seed)))
            assert re.fullmatch(r"(Ann|Ben): [0-9]{2,3}\.", run.text)
            assert run.finish.reason == "stop"

    def test_a_grammar_may_ask_for_any_characters(self, subject: Subject) -> None:
        """If this fails: hold bytes back until they are a whole UTF-8 character."""
        self.needs("grammar")
        wanted = "\u201c\u65e5\u672c\u8a9e\u201d \u00e9t\u00e9 \U0001f680\U0001f469\u200d\U0001f680"
        run = subject.run(self.raw(grammar=f'root ::= "{wanted}"', max_tokens=80))
        assert run.text == wanted
        assert not any("\ufffd" in chunk.text for chunk in run.chunks)

    @pytest.mark.parametrize("kind", sorted(NOT_GRAMMARS))
    def test_a_grammar_that_is_none_is_refused(self, subject: Subject, kind: str) -> None:
        """If this fails: parse the grammar yourself first; native parsers crash or hang on it."""
        self.needs("grammar")
        with pytest.raises(SchemaError):
            subject.run(self.raw(grammar=NOT_GRAMMARS[kind], max_tokens=8))

    def test_a_constraint_that_is_not_claimed_is_refused(self, subject: Subject) -> None:
        """If this fails: raise `SchemaError` or `UsageError`; unconstrained text is worse."""
        constraints: dict[str, Any] = {"schema": PERSON, "grammar": 'root ::= "a"'}
        for kind, constraint in constraints.items():
            if not getattr(self.backend_class.capabilities, kind):
                with pytest.raises(InkstandError):
                    subject.run(self.raw(**{kind: constraint}, max_tokens=8))
        assert subject.run(self.raw(max_tokens=2)).finish.usage.completion_tokens == 2
