"""Several JSON Schemas that hold at once, as one: references followed, `allOf` joined."""

from __future__ import annotations

import re
from typing import Any

from inkstand_sdk.errors import SchemaError

Part = dict[str, Any]

NOTES = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
     "$comment", "$id", "$schema", "$anchor", "$defs", "definitions", "$vocabulary"}
)  # fmt: skip
_HIGHEST = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_LOWEST = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_DEEPEST = 64
_MOST_JOINED = 100_000  # parts that hold the same part twice double at each level
_BRANCHING = frozenset({"anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "allOf"})
_SIGNS = {
    "object": ("properties", "required", "additionalProperties", "minProperties", "maxProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems"),
    "string": ("pattern", "minLength", "maxLength", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


class Contradiction(Exception):
    """Parts of a schema contradict each other, so nothing satisfies it."""


class Resolver:
    """Finds what a reference inside one document points to."""

    def __init__(self, root: Part) -> None:
        self._root = root
        self._joined = 0

    def count(self) -> None:
        """Note that a part was joined; raises `SchemaError` when that comes to no end."""
        self._joined += 1
        if self._joined > _MOST_JOINED:
            raise SchemaError(
                "The engine cannot hold a model to this schema.",
                f"More than {_MOST_JOINED:,} of its parts would have to be joined.",
                "Name a part once in $defs, and refer to it once.",
            )

    def target(self, reference: str) -> Any:
        """The schema at `reference`, such as "#/$defs/person"; raises `SchemaError`."""
        if reference != "#" and not reference.startswith("#/"):
            raise _nowhere(reference, "Only places in the schema itself can be referred to")
        found: Any = self._root
        for part in reference.removeprefix("#").split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and key.isdecimal() and int(key) < len(found):
                found = found[int(key)]
            elif isinstance(found, dict) and key in found:
                found = found[key]
            else:
                raise _nowhere(reference, "It leads nowhere")
        if not isinstance(found, dict | bool):
            raise _nowhere(reference, "It leads to what is no schema")
        return found


def merged(schema: Part, resolver: Resolver) -> tuple[Part, set[str]]:
    """`schema` without `$ref`, `allOf` and notes at its top, and the keywords that were lost."""
    try:
        found = joined(schema, resolver)
    except Contradiction:
        raise contradiction() from None
    return found, {key for part in found.pop("allOf", ()) for key in part}


def joined(schema: Part, resolver: Resolver) -> Part:
    """`schema` without `$ref` and notes at its top; `allOf` holds what has no common form.

    Raises:
        Contradiction: nothing satisfies it.
        SchemaError: a reference leads nowhere or in a circle.

    """
    return _flat(schema, resolver, 0)


def both(one: Any, other: Any) -> Any:
    """A schema for what satisfies both."""
    if one is False or other is False:
        return False
    if one is True or one in ({}, other):
        return other
    return one if other is True or other == {} else {"allOf": [one, other]}


def inferred_types(schema: Part) -> tuple[str, ...]:
    """The types that `schema` allows, or those that its keywords are about; ("any",) if none."""
    given = schema.get("type")
    if isinstance(given, str):
        return (given,)
    if given is not None:
        if not given:
            raise contradiction()
        return tuple(given)
    found = tuple(kind for kind, signs in _SIGNS.items() if any(sign in schema for sign in signs))
    return found or ("any",)


def _flat(schema: Any, resolver: Resolver, depth: int) -> Part:
    resolver.count()
    if depth > _DEEPEST:
        raise SchemaError(
            "The engine cannot hold a model to this schema.",
            "Its references lead in a circle.",
            "Refer to something that has an end.",
        )
    if schema is True:
        return {}
    if schema is False:
        raise Contradiction
    whole = {
        key: value
        for key, value in schema.items()
        if key not in NOTES and key not in ("$ref", "allOf")
    }
    parts = list(schema.get("allOf", ()))
    if "$ref" in schema:
        parts.append(resolver.target(schema["$ref"]))
    for part in parts:
        whole = _join(whole, _flat(part, resolver, depth + 1))
    if depth and whole.get("unevaluatedProperties") is False and not _BRANCHING & whole.keys():
        # Here all properties of this part are known; beside it there may be more.
        del whole["unevaluatedProperties"]
        whole["additionalProperties"] = False
    return whole


def _join(one: Part, other: Part) -> Part:
    result = {**other, **one}
    if properties := _properties(one, other):
        result["properties"] = properties
    left = [*one.get("allOf", ()), *other.get("allOf", ())]
    for key in one.keys() & other.keys() - {"properties", "allOf"}:
        if one[key] == other[key]:
            continue
        if (value := _joined(key, one[key], other[key])) is None:
            left.append({key: other[key]})
        else:
            result[key] = value
    return {**result, "allOf": left} if left else result


def _properties(one: Part, other: Part) -> Part:
    """The properties of both, each under all that both parts say about it."""
    names = {**one.get("properties", {}), **other.get("properties", {})}
    return {name: both(_property(one, name), _property(other, name)) for name in names}


def _property(part: Part, name: str) -> Any:
    """What `part` says about a property, as its own or as one of its others."""
    if name in part.get("properties", {}):
        return part["properties"][name]
    if any(re.search(pattern, name) for pattern in part.get("patternProperties", {})):
        return True  # the patterns stay and go on saying it
    return part.get("additionalProperties", True)


def _joined(key: str, one: Any, other: Any) -> Any:
    """One value for two of a keyword; None if there is none."""
    if key in _HIGHEST:
        return max(one, other)
    if key in _LOWEST:
        return min(one, other)
    match key:
        case "patternProperties":
            shared = {name: both(one[name], other[name]) for name in one if name in other}
            return {**one, **other, **shared}
        case "dependentRequired":
            shared = {name: [*one[name], *other[name]] for name in one if name in other}
            return {**one, **other, **shared}
        case "required":
            return [*one, *(name for name in other if name not in one)]
        case "additionalProperties" | "unevaluatedProperties" | "items":
            return both(one, other)
        case "uniqueItems":
            return one or other
        case "enum":
            if found := [value for value in one if value in other]:
                return found
            raise Contradiction
        case "const":
            raise Contradiction
        case "type":
            return _common_types(one, other)
    return None


def _common_types(one: str | list[str], other: str | list[str]) -> list[str]:
    first = [one] if isinstance(one, str) else one
    second = [other] if isinstance(other, str) else other
    found = [kind for kind in first if kind in second]
    if "integer" not in found and "integer" in {*first, *second}:
        found += ["integer"] if "number" in {*first, *second} else []
    if not found:
        raise Contradiction
    return found


def _nowhere(reference: str, cause: str) -> SchemaError:
    return SchemaError(
        "The schema refers to something that is not there.",
        f"{cause}: {reference!r}.",
        "Correct the reference; definitions usually lie in $defs.",
    )


def contradiction() -> SchemaError:
    """The error for a schema that nothing satisfies."""
    return SchemaError(
        "The engine cannot hold a model to this schema.",
        "Parts of it contradict each other, so nothing satisfies it.",
        "Correct the schema.",
    )
