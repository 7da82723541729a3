"""JSON Schemas narrowed to what a model can finish: objects closed, integers bounded.

A small model that may invent properties, or add digits, does so until its tokens run out. So parts
that describe one object together are first joined, and then nothing else may stand in it. But for
the branches of a oneOf, which may overlap, every value of the closed schema is one of the given
schema; the check at the end stays the writer's own.
"""

from __future__ import annotations

import re
from typing import Any

from inkstand_sdk.errors import SchemaError
from inkstand_sdk.gbnf.merging import (
    NOTES,
    Contradiction,
    Part,
    Resolver,
    both,
    contradiction,
    joined,
)
from inkstand_sdk.gbnf.schemas import dump, kinds, missing_bounds

# Beside one of these, an object's other properties may come from another part of the schema.
_COMPOSING = frozenset(
    {
        "additionalProperties", "unevaluatedProperties", "anyOf", "oneOf", "if", "then", "else",
        "dependentSchemas", "$ref", "$dynamicRef",
    }
)  # fmt: skip
_OF_OBJECTS = frozenset(
    {
        "properties", "patternProperties", "additionalProperties", "unevaluatedProperties",
        "required", "dependentRequired", "minProperties", "maxProperties",
    }
)  # fmt: skip
_LISTING = frozenset({"enum", "const"})
_DEFINITIONS = ("$defs", "definitions")
# Keywords whose value is one schema, a list of schemas, or schemas by name.
_ONE = frozenset({"items", "additionalProperties", "contains"})
_LIST = frozenset({"anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"properties", "patternProperties", *_DEFINITIONS})
_A_DEFINITION = re.compile(r"#(/(\$defs|definitions)/[^/]+)?")
_MOST_JOINED = 2_000


def closed(schema: Any) -> Any:
    """`schema` with its open objects closed and its integers kept to what a double holds.

    The parts of an `allOf`, and what stands beside a `$ref`, become one schema. A branch that
    nothing satisfies is left out or becomes `false`.

    Raises:
        SchemaError: nothing satisfies the whole, its references lead nowhere or in a circle, or
            joining its parts never ends.

    """
    return _Closing(schema).whole() if isinstance(schema, dict) else schema


class _Closing:
    def __init__(self, root: Part) -> None:
        self._root = root
        self._resolver = Resolver(root)
        self._taken = set().union(*(root.get(key, {}) for key in _DEFINITIONS))
        self._names: dict[str, str] = {}  # a schema that was moved -> its name in $defs
        self._moved: Part = {}
        self._joined = 0

    def whole(self) -> Part:
        root = self._root
        definitions = {
            key: {
                name: self._in_place(part) if isinstance(part, dict) else part
                for name, part in root[key].items()
            }
            for key in _DEFINITIONS
            if key in root
        }
        rest = {key: value for key, value in root.items() if key not in _DEFINITIONS}
        found = self._in_place(rest)
        if not isinstance(found, dict):
            raise contradiction()
        if self._moved:
            definitions["$defs"] = {**definitions.get("$defs", {}), **self._moved}
        return {**found, **definitions}

    def _node(self, schema: Any) -> Any:
        if not isinstance(schema, dict):
            return schema
        # What refers may refer to itself; as a definition it is written once.
        if _is_composed(schema) and '"$ref"' in (text := dump(schema)):
            return self._reference_to(text, schema)
        return self._in_place(schema)

    def _in_place(self, schema: Part) -> Any:
        if not _is_composed(schema):
            return self._alone(schema)
        self._joined += 1
        if self._joined > _MOST_JOINED:
            raise SchemaError(
                "The engine cannot hold a model to this schema.",
                f"More than {_MOST_JOINED:,} of its parts would have to be joined.",
                "Use fewer allOf, anyOf and $ref beside other keywords.",
            )
        try:
            found = joined(schema, self._resolver)
        except Contradiction:
            return False
        for key in ("anyOf", "oneOf"):
            if key in found and _OF_OBJECTS & found.keys():
                return self._branches(key, found)
        return self._alone(found)

    def _branches(self, key: str, schema: Part) -> Any:
        """What stands beside an anyOf or oneOf, said in each of its branches instead."""
        rest = {name: value for name, value in schema.items() if name != key}
        branches = [self._node({"allOf": [rest, branch]}) for branch in schema[key]]
        possible = [branch for branch in branches if branch is not False]
        return {key: possible} if possible else False

    def _alone(self, schema: Part) -> Any:
        """`schema`, closed, where none of its parts must be joined."""
        schema = _with_every_name(schema)
        result = {key: self._value(key, value) for key, value in schema.items()}
        properties = result.get("properties", {})
        if any(properties.get(name) is False for name in result.get("required", ())):
            return False
        if any(result.get(key) == [] for key in ("anyOf", "oneOf")):
            return False
        if "integer" in kinds(result) and not _LISTING & result.keys():
            result |= missing_bounds(result)
        return result

    def _value(self, key: str, value: Any) -> Any:
        if key in _ONE:
            return self._node(value)
        if key in _LIST and isinstance(value, list):
            items = [self._node(item) for item in value]
            return items if key == "prefixItems" else [item for item in items if item is not False]
        if key in _NAMED and isinstance(value, dict):
            return self._by_name(value)
        if key == "$ref" and not _A_DEFINITION.fullmatch(value):
            # The place that it leads to may not be there any more when all is joined.
            return self._reference_to(value, self._resolver.target(value))["$ref"]
        return value

    def _by_name(self, schemas: Part) -> Part:
        return {name: self._node(item) for name, item in schemas.items()}

    def _reference_to(self, text: str, schema: Any) -> Part:
        if text not in self._names:
            number = len(self._names)
            while f"joined-{number}" in self._taken:
                number += 1
            name = self._names[text] = f"joined-{number}"
            self._taken.add(name)
            self._moved[name] = True  # keeps its place while it refers to itself
            self._moved[name] = self._in_place(schema) if isinstance(schema, dict) else schema
        return {"$ref": f"#/$defs/{self._names[text]}"}


def _is_composed(schema: Part) -> bool:
    """Whether `schema` has parts to be joined."""
    beside = schema.keys() - NOTES
    if "allOf" in schema or ("$ref" in schema and len(beside) > 1):
        return True
    return bool({"anyOf", "oneOf"} & beside and _OF_OBJECTS & beside)


def _with_every_name(schema: Part) -> Part:
    """`schema` with all properties that it names under `properties`, and no others, if it can be.

    Left open is what says itself which other properties it has.
    """
    others = schema.get("additionalProperties", schema.get("unevaluatedProperties", False))
    composing = _COMPOSING & _keywords(schema)
    if others is False:
        composing -= {"additionalProperties", "unevaluatedProperties"}
    patterns = schema.get("patternProperties", {})
    if composing or not ("properties" in schema or patterns):
        return schema
    open_otherwise = not {"additionalProperties", "unevaluatedProperties"} & schema.keys()
    missing: Any = {} if open_otherwise else False
    properties = {
        name: _under_patterns(name, value, patterns)
        for name, value in schema.get("properties", {}).items()
    }
    needed = schema.get("dependentRequired", {})
    named = [*schema.get("required", ()), *(name for names in needed.values() for name in names)]
    for name in named:
        if name not in properties:
            matches = any(re.search(pattern, name) for pattern in patterns)
            properties[name] = _under_patterns(name, {} if matches else missing, patterns)
    if open_otherwise and schema.get("minProperties", 0) > len(properties) and not patterns:
        return schema
    result = {**schema, "additionalProperties": False}
    result.pop("unevaluatedProperties", None)
    if properties and schema.get("minProperties", 0) <= len(properties):
        result.pop("patternProperties", None)
    return {**result, "properties": properties} if properties else result


def _under_patterns(name: str, value: Any, patterns: Part) -> Any:
    for pattern, more in patterns.items():
        if re.search(pattern, name):
            value = both(value, more)
    return value


def _keywords(schema: Part) -> set[str]:
    """The keywords of `schema` and of what could not be joined with it."""
    return set(schema).union(*schema.get("allOf", ())) - {"allOf"}
