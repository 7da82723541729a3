"""Schemas that nothing satisfies, as far as that can be told from what they say."""

from __future__ import annotations

import math
from typing import Any

from inkstand.generation.checking import TooMuch, faults_here
from inkstand_sdk.errors import InkstandError

_MOST_PARTS = 5_000
_MOST_VALUES = 1_000
_TYPES = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})
_SIZES = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
_SLOW = ('"pattern"', '"patternProperties"', '"uniqueItems"')


class _Enough(Exception):
    """More parts were looked at than is worth it."""


def contradiction(schema: Any) -> str | None:
    """Why nothing satisfies `schema`; None if something may.

    Args:
        schema: A valid one, all of whose references lead somewhere within it.

    """
    try:
        return _Search(schema).why(schema, ())
    except (_Enough, RecursionError):
        return None


class _Search:
    def __init__(self, root: Any) -> None:
        self._root = root
        self._left = _MOST_PARTS

    def why(self, schema: Any, within: tuple[str, ...]) -> str | None:
        """`within` are the references that lead here: what needs itself can have no end."""
        self._left -= 1
        if self._left < 0:
            raise _Enough
        if schema is False:
            return "A part of it that must hold is `false`."
        if not isinstance(schema, dict):
            return None
        parts = [schema, *schema.get("allOf", ())]
        return (
            self._denied(schema)
            or _bounds(parts)
            or self._listed(schema)
            or self._reference(schema, within)
            or self._branches(schema, within)
            or self._members(schema, within)
        )

    def _denied(self, schema: dict[str, Any]) -> str | None:
        denied = schema.get("not", False)
        return "It denies what everything satisfies." if denied is True or denied == {} else None

    def _listed(self, schema: dict[str, Any]) -> str | None:
        """Whether none of the values it lists satisfies the rest of it."""
        if "const" in schema:
            values = [schema["const"]]
        elif "enum" in schema:
            values = schema["enum"]
        else:
            return None
        if not values:
            return "It asks for one of no values."
        rest = {key: value for key, value in schema.items() if key not in ("const", "enum")}
        if "$ref" in str(rest) or any(name.strip('"') in str(rest) for name in _SLOW):
            return None
        try:
            if any(faults_here(value, rest) is None for value in values[:_MOST_VALUES]):
                return None
        except (TooMuch, InkstandError):
            return None
        return None if len(values) > _MOST_VALUES else "None of its values satisfies the rest."

    def _reference(self, schema: dict[str, Any], within: tuple[str, ...]) -> str | None:
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return None
        if reference in within:
            return f"What it calls {reference} must hold another of itself, without end."
        head, _, name = reference.rpartition("/")
        if head not in ("#/$defs", "#/definitions") or not isinstance(self._root, dict):
            return None
        target = self._root.get(head[2:], {}).get(name)
        return self.why(target, (*within, reference))

    def _branches(self, schema: dict[str, Any], within: tuple[str, ...]) -> str | None:
        for part in schema.get("allOf", ()):
            why = self.why(part, within)
            if why:
                return why
        for key in ("anyOf", "oneOf"):
            whys = [self.why(part, within) for part in schema.get(key, ())]
            if whys and all(whys):
                return f"None of its {key} can hold. {whys[0]}"
        return None

    def _members(self, schema: dict[str, Any], within: tuple[str, ...]) -> str | None:
        if schema.get("type") == "object":
            properties = schema.get("properties", {})
            closed = schema.get("additionalProperties") is False
            for name in schema.get("required", ()):
                if name in properties:
                    why = self.why(properties[name], within)
                elif closed and "patternProperties" not in schema:
                    why = "No others are allowed."
                else:
                    continue
                if why:
                    return f"It requires the property {name!r}, which cannot be. {why}"
        if schema.get("type") == "array":
            first = schema.get("prefixItems", ())[: schema.get("minItems", 0)]
            more = schema.get("minItems", 0) > len(schema.get("prefixItems", ()))
            needed = [*first, *([schema.get("items", True)] if more else [])]
            for item in needed:
                why = self.why(item, within)
                if why:
                    return f"It requires an item which cannot be. {why}"
        return None


def _bounds(parts: list[Any]) -> str | None:
    """Whether the types, or the bounds of the only type, of parts that all hold exclude another."""
    types = set(_TYPES)
    for part in parts:
        if isinstance(part, dict) and "type" in part:
            named = part["type"] if isinstance(part["type"], list) else [part["type"]]
            types &= {*named, *(("integer",) if "number" in named else ())}
    if not types:
        return "Its types exclude each other."
    parts = [part for part in parts if isinstance(part, dict)]
    if types <= {"integer", "number"} and not _has_number(parts, whole=types == {"integer"}):
        return "Between its bounds lies no number."
    if len(types) == 1:
        low, high = _SIZES.get(next(iter(types)), ("", ""))
        least = max((part.get(low, 0) for part in parts), default=0)
        if least > min((part.get(high, math.inf) for part in parts), default=math.inf):
            return f"Its {low} is more than its {high}."
    return None


def _has_number(parts: list[Any], *, whole: bool) -> bool:
    low: float = max(part.get("minimum", -math.inf) for part in parts)
    high: float = min(part.get("maximum", math.inf) for part in parts)
    above: float = max(part.get("exclusiveMinimum", -math.inf) for part in parts)
    below: float = min(part.get("exclusiveMaximum", math.inf) for part in parts)
    if low > high or above >= below or above >= high or low >= below:
        return False
    if not whole or (low == -math.inf and above == -math.inf):
        return True
    first: float = max(
        math.ceil(low) if low > -math.inf else low,
        math.floor(above) + 1 if above > -math.inf else above,
    )
    return first <= high and first < below
