"""Several JSON Schemas that hold at once, as one: references followed, `allOf` joined."""

from __future__ import annotations

from typing import Any

from inkstand_sdk.errors import SchemaError

Part = dict[str, Any]

_NOTES = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
     "$comment", "$id", "$schema", "$anchor", "$defs", "definitions", "$vocabulary"}
)  # fmt: skip
_HIGHEST = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_LOWEST = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_DEEPEST = 64
_SIGNS = {
    "object": ("properties", "required", "additionalProperties", "minProperties", "maxProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems"),
    "string": ("pattern", "minLength", "maxLength", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


class Resolver:
    """Finds what a reference inside one document points to."""

    def __init__(self, root: Part) -> None:
        self._root = root

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
    ignored: set[str] = set()
    return _flat(schema, resolver, ignored, 0), ignored


def inferred_types(schema: Part) -> tuple[str, ...]:
    """The types that `schema` allows, or those that its keywords are about; ("any",) if none."""
    given = schema.get("type")
    if isinstance(given, str):
        return (given,)
    if given is not None:
        if not given:
            raise _contradiction()
        return tuple(given)
    found = tuple(kind for kind, signs in _SIGNS.items() if any(sign in schema for sign in signs))
    return found or ("any",)


def _flat(schema: Any, resolver: Resolver, ignored: set[str], depth: int) -> Part:
    if depth > _DEEPEST:
        raise SchemaError(
            "The engine cannot hold a model to this schema.",
            "Its references lead in a circle.",
            "Refer to something that has an end.",
        )
    if schema is True:
        return {}
    if schema is False:
        raise _contradiction()
    whole = {
        key: value
        for key, value in schema.items()
        if key not in _NOTES and key not in ("$ref", "allOf")
    }
    parts = list(schema.get("allOf", ()))
    if "$ref" in schema:
        parts.append(resolver.target(schema["$ref"]))
    for part in parts:
        whole = _join(whole, _flat(part, resolver, ignored, depth + 1), ignored)
    return whole


def _join(one: Part, other: Part, ignored: set[str]) -> Part:
    result = dict(one)
    for key, value in other.items():
        result[key] = _joined(key, result[key], value, ignored) if key in result else value
    return result


def _joined(key: str, one: Any, other: Any, ignored: set[str]) -> Any:
    if one == other:
        return one
    if key in _HIGHEST:
        return max(one, other)
    if key in _LOWEST:
        return min(one, other)
    match key:
        case "properties":
            both = {name: {"allOf": [one[name], other[name]]} for name in one if name in other}
            return {**one, **other, **both}
        case "required":
            return [*one, *(name for name in other if name not in one)]
        case "additionalProperties":
            return False if one is False or other is False else {"allOf": [one, other]}
        case "items":
            return {"allOf": [one, other]}
        case "enum":
            return [value for value in one if value in other]
        case "const":
            raise _contradiction()
        case "type":
            return _common_types(one, other)
    ignored.add(key)
    return one


def _common_types(one: str | list[str], other: str | list[str]) -> list[str]:
    first = [one] if isinstance(one, str) else one
    second = [other] if isinstance(other, str) else other
    found = [kind for kind in first if kind in second]
    if "integer" not in found and "integer" in {*first, *second}:
        found += ["integer"] if "number" in {*first, *second} else []
    if not found:
        raise _contradiction()
    return found


def _nowhere(reference: str, cause: str) -> SchemaError:
    return SchemaError(
        "The schema refers to something that is not there.",
        f"{cause}: {reference!r}.",
        "Correct the reference; definitions usually lie in $defs.",
    )


def _contradiction() -> SchemaError:
    return SchemaError(
        "The engine cannot hold a model to this schema.",
        "Parts of it contradict each other, so nothing satisfies it.",
        "Correct the schema.",
    )
