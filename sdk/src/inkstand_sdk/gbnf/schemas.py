"""JSON Schemas before they become grammars: checked, bounded, and with their objects closed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from inkstand_sdk.errors import SchemaError

_MAX_BYTES = 1 << 20
_MAX_DEPTH = 64
# Beside one of these, an object's other properties may come from another part of the schema.
_COMPOSING = frozenset(
    {
        "additionalProperties", "patternProperties", "unevaluatedProperties", "allOf", "anyOf",
        "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependentRequired", "$ref",
        "$dynamicRef", "minProperties",
    }
)  # fmt: skip
_LISTING = frozenset({"enum", "const"})
_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_LARGEST_INTEGER = 2**53 - 1
# Keywords whose value is one schema, a list of schemas, or schemas by name.
_ONE = frozenset({"items", "additionalProperties", "contains"})
_LIST = frozenset({"anyOf", "oneOf", "prefixItems"})
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


def closed(schema: Any) -> Any:
    """`schema` with its open objects closed and its integers kept to what a double holds.

    What is not said to be allowed is not asked for: a small model that may invent properties, or
    add digits, does so until its tokens run out. Every value of the closed schema is one of the
    given schema, so the check at the end stays the writer's own.
    """
    if not isinstance(schema, dict):
        return schema
    result = {key: _closed_value(key, value) for key, value in schema.items()}
    if "properties" in result and not _COMPOSING & result.keys():
        result["additionalProperties"] = False
    if "integer" in kinds(result) and not _LISTING & result.keys():
        result |= missing_bounds(result)
    return result


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


def _closed_value(key: str, value: Any) -> Any:
    if key in _ONE:
        return closed(value)
    if key in _LIST and isinstance(value, list):
        return [closed(item) for item in value]
    if key in _NAMED and isinstance(value, dict):
        return {name: closed(item) for name, item in value.items()}
    return value


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
