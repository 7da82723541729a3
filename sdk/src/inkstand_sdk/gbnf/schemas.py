"""JSON Schemas before they become grammars: checked, and what is asked of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from inkstand_sdk.errors import SchemaError

_MAX_BYTES = 1 << 20
_MAX_DEPTH = 64
_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_LARGEST_INTEGER = 2**53 - 1
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions"})


def check_schema(schema: Any) -> None:
    """Raise `SchemaError` unless `schema` is a JSON Schema (2020-12) of a reasonable size.

    Needs jsonschema, which a backend that offers schemas requires itself.
    """
    import jsonschema

    if not isinstance(schema, dict):
        raise SchemaError(
            "The schema is not a JSON Schema.",
            "It should be a JSON object.",
            'The smallest useful one is {"type": "object", "properties": {...}}.',
        )
    if _depth(schema) > _MAX_DEPTH or len(dump(schema)) > _MAX_BYTES:
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


def kinds(schema: dict[str, Any]) -> list[str]:
    """The types that `schema` names itself; none if it does not say."""
    named = schema.get("type", [])
    return named if isinstance(named, list) else [named]


def missing_bounds(schema: dict[str, Any]) -> dict[str, int]:
    """The `minimum` and `maximum` that a number lacks, as wide as a double is exact.

    Nothing where a bound that is given lies further out.
    """
    if any(abs(schema[key]) > _LARGEST_INTEGER for key in _BOUNDS & schema.keys()):
        return {}
    widest = {"minimum": -_LARGEST_INTEGER, "maximum": _LARGEST_INTEGER}
    return {key: value for key, value in widest.items() if key not in schema}


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    """`schema` and every schema in it."""
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
                yield from subschemas(part)


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


def dump(schema: Any) -> str:
    """`schema` as compact JSON; raises `SchemaError` if it is none."""
    try:
        return json.dumps(schema, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise SchemaError(
            "The schema is not a JSON Schema.", f"It is not JSON: {error}.", "Correct it."
        ) from error
