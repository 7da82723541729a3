"""JSON Schemas on the way in, and the values that must satisfy them on the way out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from inkstand.generation.checking import (
    Fault,
    TooMuch,
    fault_of_form,
    faults_aside,
    faults_here,
)
from inkstand.generation.contradicting import contradiction
from inkstand_sdk.errors import SchemaError

# jsonschema (60 ms) is only loaded for requests that carry a schema.

_MOST_BYTES = 1_000_000
_MOST_DEEP = 64
# A pattern can be made to match for ever, and many items take long to compare: what is checked
# with these is checked in a process of its own, which can be ended.
_SLOW = frozenset({"pattern", "patternProperties", "uniqueItems"})


def check(schema: Any) -> None:
    """Raise `SchemaError` unless `schema` is a JSON Schema (draft 2020-12) that can be satisfied.

    Not everything that cannot be satisfied is known beforehand; what can be told soon is.
    """
    if not isinstance(schema, dict):
        raise SchemaError(
            "The schema is not a JSON object.",
            f"It is {type(schema).__name__}.",
            'A schema looks like {"type": "object", "properties": {...}}.',
        )
    _check_size(schema)
    _check_form(schema)
    _check_patterns(schema)
    for reference in dict.fromkeys(_references(schema)):
        if not reference.startswith("#"):
            raise SchemaError(
                f"The schema refers to {reference}.",
                "Only references within the schema (#/$defs/...) are followed.",
                "Put the referred schema under $defs.",
            )
        _check_reference(reference, schema)
    why = contradiction(schema)
    if why is not None:
        raise SchemaError(
            "Nothing can satisfy the schema.", why, "Correct the schema.", unsatisfiable=True
        )


def _check_size(schema: dict[str, Any]) -> None:
    try:
        size = len(msgspec.json.encode(schema))
        deep = _depth(schema)
    except (TypeError, UnicodeError, OverflowError) as error:
        raise SchemaError(
            f"The schema cannot be written as JSON: {error}.", "", "Use plain JSON values."
        ) from error
    except RecursionError:
        size, deep = 0, _MOST_DEEP + 1
    if deep > _MOST_DEEP:
        raise SchemaError(
            "The schema is nested too deeply.",
            f"At most {_MOST_DEEP} levels can be followed.",
            "Describe its parts under $defs, and refer to them.",
        )
    if size > _MOST_BYTES:
        raise SchemaError(
            "The schema is too large.",
            f"At most {_MOST_BYTES:,} bytes can be followed.",
            "Split the task, and ask for less in one generation.",
        )


def _check_form(schema: dict[str, Any]) -> None:
    try:
        fault = fault_of_form(schema)
    except TooMuch as error:
        raise SchemaError(
            "The schema is too large to be checked.", str(error), "Use a smaller one."
        ) from error
    if fault is not None:
        raise SchemaError(
            f"The schema is not a valid JSON Schema: {fault.message}.",
            f"The fault is at {fault.where}.",
            "See https://json-schema.org/understanding-json-schema",
        )


def _check_patterns(value: Any) -> None:
    """Raise `SchemaError` for a pattern that is no regular expression."""
    if isinstance(value, list):
        for item in value:
            _check_patterns(item)
        return
    if not isinstance(value, dict):
        return
    named = value.get("patternProperties")
    for pattern in (value.get("pattern"), *(named if isinstance(named, dict) else ())):
        try:
            re.compile(pattern if isinstance(pattern, str) else "")
        except (re.error, OverflowError, RecursionError) as error:
            raise SchemaError(
                f"The pattern {pattern!r} in the schema is no regular expression: {error}.",
                "Patterns are read as Python reads them.",
                "Correct it, or leave it out.",
            ) from error
    for name, item in value.items():
        if name not in ("const", "enum", "default", "examples"):
            _check_patterns(item)


def _depth(schema: Any) -> int:
    """How deeply `schema` is nested, counted level by level so that no depth overflows."""
    depth, level = 0, [schema]
    while level and depth <= _MOST_DEEP:
        depth += 1
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return depth


def _names(value: Any) -> set[str]:
    """All names in a schema, wherever they stand."""
    if isinstance(value, list):
        return set().union(*(_names(item) for item in value))
    if isinstance(value, dict):
        return set(value).union(*(_names(item) for item in value.values()))
    return set()


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in ("$ref", "$dynamicRef") and isinstance(item, str):
                yield item
            elif name not in ("const", "enum", "default", "examples"):
                yield from _references(item)


def _check_reference(reference: str, schema: dict[str, Any]) -> None:
    """Raise `SchemaError` if `reference` leads nowhere, or to itself without end."""
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    resource = DRAFT202012.create_resource(schema)
    # A registry that knows this schema alone, and fetches nothing.
    resolver = Registry().with_resource(resource.id() or "", resource).resolver_with_root(resource)
    seen: set[str] = set()
    target: Any = {"$ref": reference}
    while isinstance(target, dict) and isinstance(target.get("$ref"), str):
        reference = target["$ref"]
        if reference in seen:
            raise SchemaError(
                f"The schema's {reference} refers to itself without end.",
                "Nothing could ever satisfy or break it.",
                "Check its $ref entries.",
            )
        seen.add(reference)
        try:
            target = resolver.lookup(reference).contents
        # A pointer may step into what is no object, or no such item.
        except (Unresolvable, LookupError, TypeError, ValueError) as error:
            raise SchemaError(
                f"The schema refers to {reference}, which is not in it.",
                "The name after # may be misspelled.",
                "Check its $ref entries.",
            ) from error


def fault_of(value: Any, schema: dict[str, Any]) -> Fault | None:
    """What keeps `value` from satisfying a schema that `check` accepted; None if it does.

    It ends soon whatever the schema and the value are: the steps are counted, and where a pattern
    takes part it is done in a process that is ended after some seconds.

    Raises:
        SchemaError: the schema cannot be applied, or that takes too long.

    """
    try:
        msgspec.msgpack.encode(value)  # as it goes to whoever asked
    except (OverflowError, UnicodeError, RecursionError) as error:
        return Fault(f"it holds what cannot be passed on: {error}", "an unknown place")
    check_it = faults_aside if _names(schema) & _SLOW else faults_here
    try:
        return check_it(value, schema)
    except TooMuch as error:
        raise SchemaError(
            "The model's JSON could not be checked against the schema in time.",
            str(error),
            "Simplify the schema: its patterns first, then anyOf, allOf and references.",
        ) from error
