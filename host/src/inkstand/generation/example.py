"""The shape of what a schema asks for: easier for a small model to follow than the schema."""

from __future__ import annotations

import json
from typing import Any

from inkstand.generation.schema import fault_of
from inkstand_sdk.errors import InkstandError

_MOST_DEEP = 8
_MOST_CHARACTERS = 1_000
_MOST_ITEMS = 5
_MOST_PARTS = 300
_PLAIN: dict[str, Any] = {
    "string": "...", "integer": 0, "number": 0, "boolean": True, "null": None,
}  # fmt: skip


class _NoShape(Exception):
    """There is no simple example."""


def example_of(schema: dict[str, Any]) -> str | None:
    """Compact JSON that satisfies `schema`; None where a simple example does not or is long."""
    try:
        value = _Shape(schema).value(schema, 0)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        sound = len(text) <= _MOST_CHARACTERS and fault_of(value, schema) is None
    # It is not needed: the schema itself stands in the prompt.
    except (_NoShape, InkstandError):
        return None
    return text if sound and isinstance(value, dict | list) else None


class _Shape:
    """Values for the parts of one schema; what refers to itself soon has too many."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._left = _MOST_PARTS

    def value(self, part: Any, depth: int) -> Any:
        self._left -= 1
        if not isinstance(part, dict) or depth > _MOST_DEEP or self._left < 0:
            raise _NoShape
        if "$ref" in part:
            return self.value(self._definition(part["$ref"]), depth + 1)
        if "const" in part:
            return part["const"]
        for key in ("enum", "anyOf", "oneOf", "allOf"):
            if part.get(key):
                first = part[key][0]
                return first if key == "enum" else self.value(first, depth + 1)
        kind = part.get("type", "object" if "properties" in part else None)
        return self._of_type(kind[0] if isinstance(kind, list) else kind, part, depth)

    def _of_type(self, kind: str | None, part: dict[str, Any], depth: int) -> Any:
        if kind == "object":
            return self._object(part, depth)
        if kind == "array":
            return self._array(part, depth)
        if kind in ("integer", "number") and "minimum" in part:
            return part["minimum"]
        if kind not in _PLAIN:
            raise _NoShape
        return _PLAIN[kind]

    def _object(self, part: dict[str, Any], depth: int) -> Any:
        needed = part.get("required", ())
        found = {}
        for name, schema in part.get("properties", {}).items():
            try:
                found[name] = self.value(schema, depth + 1)
            except _NoShape:
                if name in needed:
                    raise
        return found

    def _array(self, part: dict[str, Any], depth: int) -> Any:
        first = [self.value(item, depth + 1) for item in part.get("prefixItems", ())]
        least = max(part.get("minItems", 0), 0 if first else 1)
        if least > _MOST_ITEMS:
            raise _NoShape
        if len(first) < least and isinstance(part.get("items"), dict):
            item = self.value(part["items"], depth + 1)
            first += [item] * (least - len(first))
        return first

    def _definition(self, reference: Any) -> Any:
        head, _, name = str(reference).rpartition("/")
        if head not in ("#/$defs", "#/definitions"):
            raise _NoShape
        return self._root.get(head[2:], {}).get(name)
