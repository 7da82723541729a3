"""A JSON Schema as a grammar for the engine's constrained decoding (llguidance).

Two facts shape this module. llguidance lets white space run on for ever unless told otherwise;
and it writes unconstrained text, without an error, when it cannot read a schema. So a schema is
checked first, whether its grammar took hold is asked once (`Engine.constrains`), and what it
does not enforce is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from inkstand_sdk.errors import SchemaError

_MAX_BYTES = 1 << 20
_MAX_DEPTH = 64
# Keywords that the engine passes over; the result is still checked against them afterwards.
NOT_ENFORCED = frozenset(
    {
        "not", "if", "then", "else", "uniqueItems", "contains", "minContains", "maxContains",
        "propertyNames", "dependentRequired", "dependentSchemas", "unevaluatedItems",
        "unevaluatedProperties",
    }
)  # fmt: skip
# Beside one of these, an object's other properties may come from another part of the schema.
_COMPOSING = frozenset(
    {
        "additionalProperties", "patternProperties", "unevaluatedProperties", "allOf", "anyOf",
        "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependentRequired", "$ref",
        "$dynamicRef", "minProperties",
    }
)  # fmt: skip
# Keywords whose value is one schema, a list of schemas, or schemas by name.
_ONE = frozenset({"items", "additionalProperties", "contains"})
_LIST = frozenset({"anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions"})


def check_schema(schema: Any) -> None:
    """Raise `SchemaError` unless `schema` is a JSON Schema (2020-12) of a reasonable size."""
    import jsonschema

    if not isinstance(schema, dict):
        raise SchemaError(
            "The schema is not a JSON Schema.",
            "It should be a JSON object.",
            'The smallest useful one is {"type": "object", "properties": {...}}.',
        )
    if _depth(schema) > _MAX_DEPTH or len(_dump(schema)) > _MAX_BYTES:
        raise SchemaError(
            "The schema is too large.",
            f"At most {_MAX_DEPTH} levels and {_MAX_BYTES:,} bytes can be followed.",
            "Split the task, and ask for less in one generation.",
        )
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise SchemaError(
            "The schema is not a valid JSON Schema.",
            f"At {error.json_path}: {error.message}.",
            "Correct it; https://json-schema.org/learn shows the forms.",
        ) from error


def schema_grammar(schema: dict[str, Any], *, prefix: str = "") -> str:
    """The engine's grammar for `schema`, whose text begins with the literal `prefix`."""
    # The parts of an allOf describe one object together, so none of them may be closed.
    composed = any("allOf" in part for part in _schemas(schema))
    constrained = dict(schema) if composed else _closed(schema)
    constrained["x-guidance"] = {
        "whitespace_flexible": False,
        "lenient": True,
        "coerce_one_of": True,
    }
    literal = f"{json.dumps(prefix)} " if prefix else ""
    return f"%llguidance {{}}\nstart: {literal}%json {_dump(constrained)}"


def not_enforced(schema: Any) -> list[str]:
    """The keywords in `schema` that the engine passes over, sorted."""
    return sorted({key for part in _schemas(schema) for key in part} & NOT_ENFORCED)


def cannot_constrain() -> SchemaError:
    """The error for a schema that the engine's grammar compiler refuses."""
    return SchemaError(
        "The engine cannot hold a model to this schema.",
        "A reference leads nowhere, or a pattern or number in it is of a kind that the grammar"
        " compiler does not know.",
        "Simplify the schema: types, enums, bounds, arrays, objects and $defs always work.",
    )


def _closed(schema: Any) -> Any:
    """`schema` with its open objects closed.

    What is not said to be allowed is not asked for: a small model that may invent properties
    does so until its tokens run out. Every value of the closed schema is one of the given schema,
    so the check at the end stays the writer's own.
    """
    if not isinstance(schema, dict):
        return schema
    result = {key: _closed_value(key, value) for key, value in schema.items()}
    if "properties" in result and not _COMPOSING & result.keys():
        result["additionalProperties"] = False
    return result


def _closed_value(key: str, value: Any) -> Any:
    if key in _ONE:
        return _closed(value)
    if key in _LIST and isinstance(value, list):
        return [_closed(item) for item in value]
    if key in _NAMED and isinstance(value, dict):
        return {name: _closed(item) for name, item in value.items()}
    return value


def _schemas(schema: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(schema, dict):
        return
    yield schema
    for key, value in schema.items():
        if key in _NAMED and isinstance(value, dict):
            parts = list(value.values())
        elif isinstance(value, list):
            parts = value
        else:
            parts = [value]
        if key not in ("const", "enum", "default", "examples"):
            for part in parts:
                yield from _schemas(part)


def _depth(schema: Any) -> int:
    """How deeply `schema` is nested, counted level by level so that no depth overflows."""
    depth, level = 0, [schema]
    while level and depth <= _MAX_DEPTH * 2:
        depth += 1
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return depth


def _dump(schema: Any) -> str:
    try:
        return json.dumps(schema, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise SchemaError(
            "The schema is not a JSON Schema.", f"It is not JSON: {error}.", "Correct it."
        ) from error
