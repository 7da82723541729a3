"""A JSON Schema, checked before a server sees it: not every server says what it cannot follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from inkstand_sdk.errors import SchemaError

_MAX_DEPTH = 64


def check_schema(schema: Any) -> None:
    """Raise `SchemaError` unless `schema` is a JSON Schema (2020-12) that leads nowhere wrong."""
    import jsonschema

    if not isinstance(schema, dict):
        raise _wrong("It should be a JSON object.")
    try:
        parts = list(_parts(schema, 0))
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise _wrong(f"At {error.json_path}: {error.message}.") from error
    for part in parts:
        reference, pattern = part.get("$ref"), part.get("pattern")
        if isinstance(reference, str) and not _leads_somewhere(schema, reference):
            raise _wrong(f"The reference {reference!r} leads nowhere.")
        if isinstance(pattern, str):
            try:
                re.compile(pattern)
            except re.error as error:
                raise _wrong(f"The pattern {pattern!r} is none: {error}.") from error


def _parts(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _MAX_DEPTH:
        raise _wrong(f"It is nested more than {_MAX_DEPTH} levels deep.")
    if isinstance(value, dict):
        yield value
    children = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for child in children:
            yield from _parts(child, depth + 1)


def _leads_somewhere(schema: dict[str, Any], reference: str) -> bool:
    if not reference.startswith("#"):
        return False
    target: Any = schema
    for name in reference[1:].split("/")[1:]:
        name = name.replace("~1", "/").replace("~0", "~")  # noqa: PLW2901
        if isinstance(target, list) and name.isdecimal() and int(name) < len(target):
            target = target[int(name)]
        elif isinstance(target, dict) and name in target:
            target = target[name]
        else:
            return False
    return True


def _wrong(cause: str) -> SchemaError:
    return SchemaError(
        "The schema is not a valid JSON Schema.",
        cause,
        "Correct it; https://json-schema.org/learn shows the forms.",
    )
