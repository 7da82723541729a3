"""Which tools are checks: those whose output has findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inkstand.index import Descriptor

_PARTS = {"id", "kind", "summary", "passages"}


def is_check(tool: Descriptor) -> bool:
    """Whether a tool gives findings, by the schema of its output."""
    schema = tool.output_schema
    field = _resolved(schema, schema).get("properties", {}).get("findings", {})
    item = _resolved(field.get("items", {}), schema)
    return set(item.get("properties", {})) >= _PARTS


def _resolved(part: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """A part of a schema, or what it refers to."""
    if not isinstance(part, dict):
        return {}
    name = str(part.get("$ref", "")).rpartition("/")[2]
    found: dict[str, Any] = schema.get("$defs", {}).get(name, {}) if name else part
    return found
