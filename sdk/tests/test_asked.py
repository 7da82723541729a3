"""Schemas are checked before a server sees them: what leads nowhere is refused."""

from __future__ import annotations

from typing import Any

import pytest

from inkstand_sdk.asked import check_schema
from inkstand_sdk.errors import SchemaError


def nested(levels: int) -> dict[str, Any]:
    """Arrays in arrays."""
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "array", "items": schema}
    return schema


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {"type": "text"},
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/missing"}}},
        {"$ref": "https://example.com/schema"},
        {"type": "string", "pattern": "("},
        {"type": "string", "default": float("nan")},
        nested(100),
    ],
    ids=lambda schema: str(schema)[:40],
)
def test_a_schema_that_leads_nowhere_is_refused(schema: Any) -> None:
    with pytest.raises(SchemaError) as caught:
        check_schema(schema)
    assert caught.value.cause
    assert caught.value.fix


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object", "properties": {"pattern": {"type": "string"}, "$ref": {}}},
        {"const": {"pattern": "(", "$ref": "#/nowhere"}},
        {"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "integer"}}},
        {"$ref": "#here", "$defs": {"a": {"$anchor": "here", "type": "integer"}}},
        nested(20),
    ],
    ids=lambda schema: str(schema)[:40],
)
def test_a_sound_schema_goes_through(schema: Any) -> None:
    check_schema(schema)
