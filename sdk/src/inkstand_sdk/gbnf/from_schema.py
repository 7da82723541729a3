"""A JSON Schema as a GBNF grammar, for engines that constrain by grammar alone.

What the grammar lets through is compact JSON that satisfies the schema. Where several texts would
do, it may admit fewer of them: objects are closed, optional escapes are left out. What a grammar
cannot say (that items differ, that a property is absent if another is there) is not enforced and
is named, so that the result is checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from inkstand_sdk.errors import SchemaError
from inkstand_sdk.gbnf.check import check_grammar
from inkstand_sdk.gbnf.closing import closed
from inkstand_sdk.gbnf.merging import Part, Resolver, inferred_types, merged
from inkstand_sdk.gbnf.pattern import NotExpressible, pattern_body, quoted
from inkstand_sdk.gbnf.ranges import integers, numbers
from inkstand_sdk.gbnf.schemas import check_schema

_MOST_REPEATED = 1_000
_NOT_ENFORCED = frozenset(
    {
        "not", "if", "then", "else", "uniqueItems", "contains", "minContains", "maxContains",
        "propertyNames", "dependentRequired", "dependentSchemas", "unevaluatedItems",
        "unevaluatedProperties", "multipleOf", "patternProperties", "$dynamicRef",
    }
)  # fmt: skip
_PRIMITIVES = {
    "char": r'[^"\\\x00-\x1F\x7F] | "\\" ["\\/bfnrt]',
    "string": r'"\"" char* "\""',
    "number": r'"-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?',
    "value": 'object | array | string | number | "true" | "false" | "null"',
    "object": '"{" (string ":" value ("," string ":" value)*)? "}"',
    "array": '"[" (value ("," value)*)? "]"',
}
_NEEDS = {"string": ("char",), "value": ("object", "array", "string", "number")}
_DATE = '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])'
_TIME = '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] "Z"'
_HEX = "[0-9a-f]"
_FORMATS = {
    "date": _DATE,
    "time": _TIME,
    "date-time": f'{_DATE} "T" {_TIME}',
    "uuid": f'{_HEX}{{8}} "-" {_HEX}{{4}} "-" {_HEX}{{4}} "-" {_HEX}{{4}} "-" {_HEX}{{12}}',
}


class SchemaGrammar(msgspec.Struct, frozen=True):
    """A grammar, and the keywords of its schema that it does not enforce, sorted."""

    grammar: str | None
    not_enforced: tuple[str, ...] = ()


def schema_to_gbnf(schema: dict[str, Any]) -> SchemaGrammar:
    """The grammar for `schema`.

    Raises:
        SchemaError: it is no JSON Schema, refers to what is not in it, or nothing satisfies it.

    """
    check_schema(schema)
    writer = _Writer(closed(schema))
    grammar = writer.whole()
    try:
        check_grammar(grammar)
    except SchemaError as error:
        raise _cannot(f"As a grammar it is not sound. {error.cause}") from error
    return SchemaGrammar(grammar, tuple(sorted(writer.ignored)))


class _Writer:
    def __init__(self, schema: Part) -> None:
        self._root = schema
        self._resolver = Resolver(schema)
        self._rules: dict[str, str] = {}
        self._references: dict[str, str] = {}
        self.ignored: set[str] = set()

    def whole(self) -> str:
        root = self._expression(self._root)
        rules = {"root": root, **self._rules}
        return "".join(f"{name} ::= {body}\n" for name, body in rules.items())

    def _expression(self, schema: Any) -> str:
        """GBNF for one value: a rule's name, or something in parentheses."""
        if schema is True or schema == {}:
            return self._primitive("value")
        if schema is False:
            raise _cannot("Somewhere it is `false`, which no value satisfies.")
        if set(schema) == {"$ref"}:
            return self._reference(schema["$ref"])
        schema, ignored = merged(schema, self._resolver)
        self.ignored |= ignored | (_NOT_ENFORCED & schema.keys())
        return f"({self._alternatives(schema)})"

    def _reference(self, reference: str) -> str:
        if reference not in self._references:
            name = self._references[reference] = f"ref-{len(self._references)}"
            self._rules[name] = ""  # keeps its place while it refers to itself
            self._rules[name] = self._expression(self._resolver.target(reference))
        return self._references[reference]

    def _alternatives(self, schema: Part) -> str:
        if "const" in schema:
            return _literal(schema["const"])
        if "enum" in schema:
            if not schema["enum"]:
                raise _cannot("It asks for one of no values.")
            return " | ".join(_literal(value) for value in schema["enum"])
        for key in ("anyOf", "oneOf"):
            if key in schema:
                rest = {name: value for name, value in schema.items() if name != key}
                if key == "oneOf" and len(schema[key]) > 1:
                    self.ignored.add("oneOf")
                return " | ".join(self._expression(_both(rest, part)) for part in schema[key])
        types = inferred_types(schema)
        return " | ".join(self._of_type(kind, schema) for kind in types)

    def _of_type(self, kind: str, schema: Part) -> str:
        match kind:
            case "object":
                return self._object(schema)
            case "array":
                return self._array(schema)
            case "string":
                return self._string(schema)
            case "integer" | "number":
                return self._number(kind, schema)
            case "boolean":
                return '"true" | "false"'
            case "null":
                return '"null"'
        return self._primitive("value")

    def _object(self, schema: Part) -> str:
        properties = dict(schema.get("properties", {}))
        others = schema.get("additionalProperties", True)
        required = schema.get("required", ())
        properties.update({name: others for name in required if name not in properties})
        if not properties:
            return self._map(schema, others)
        for key in ("minProperties", "maxProperties"):
            if key in schema:
                self.ignored.add(key)
        members = [
            (self._rule(f'{_literal(name)} ":" {self._expression(value)}'), name in required)
            for name, value in properties.items()
            if value is not False
        ]
        return f'"{{" {self._members(members)} "}}"'

    def _members(self, members: Sequence[tuple[str, bool]]) -> str:
        """The members in order, the optional ones maybe; a comma stands between any two.

        Built from the end: `tail` is what may follow a member, `first` what a list can begin with.
        """
        tail, first = "", ""
        for rule, needed in reversed(members):
            begun = f"{rule} {tail}".strip()
            first = begun if needed else f"({begun} | {first})" if first else f"({begun})?"
            tail = f'"," {rule} {tail}' if needed else f'("," {rule})? {tail}'
            tail, first = self._rule(tail.strip()), self._rule(first)
        return first

    def _map(self, schema: Part, others: Any) -> str:
        least, most = schema.get("minProperties", 0), schema.get("maxProperties")
        if others is False:
            if least:
                raise _cannot("It asks for properties and allows none.")
            return '"{" "}"'
        member = self._rule(f'{self._primitive("string")} ":" {self._expression(others)}')
        return f'"{{" {self._listed(member, least, most, "maxProperties")} "}}"'

    def _array(self, schema: Part) -> str:
        first = [self._expression(item) for item in schema.get("prefixItems", ())]
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        if most is not None:
            first = first[:most]
        items = schema.get("items", True) if "items" in schema or not first else False
        beginning = ' "," '.join(first)
        if items is False:
            if least > len(first):
                raise _cannot("It asks for more items than it allows.")
            return f'"[" {beginning} "]"'
        item = self._rule(self._expression(items))
        rest = None if most is None else most - len(first)
        if not first:
            return f'"[" {self._listed(item, least, rest, "maxItems")} "]"'
        repeat = self._bounds(max(least - len(first), 0), rest, "maxItems")
        return f'"[" {beginning} ("," {item}){repeat} "]"'

    def _listed(self, item: str, least: int, most: int | None, keyword: str) -> str:
        if most == 0:
            if least:
                raise _cannot("Its bounds leave nothing.")
            return '""'
        following = None if most is None else most - 1
        some = f'{item} ("," {item}){self._bounds(max(least - 1, 0), following, keyword)}'
        return some if least else f"({some})?"

    def _bounds(self, least: int, most: int | None, keyword: str) -> str:
        if most is not None and most < least:
            raise _cannot("A lower bound in it lies above the upper one.")
        if most is not None and most > _MOST_REPEATED:
            self.ignored.add(keyword)
            most = None
        return f"{{{least},}}" if most is None else f"{{{least},{most}}}"

    def _string(self, schema: Part) -> str:
        lengths = "minLength" in schema or "maxLength" in schema
        if "pattern" in schema:
            body = self._pattern(schema["pattern"])
            if body:
                self.ignored |= {"minLength", "maxLength"} & schema.keys()
                return f'"\\"" {body} "\\""'
        if schema.get("format") in _FORMATS and not lengths:
            return f'"\\"" {_FORMATS[schema["format"]]} "\\""'
        if not lengths:
            return self._primitive("string")
        bounds = self._bounds(schema.get("minLength", 0), schema.get("maxLength"), "maxLength")
        return f'"\\"" {self._primitive("char")}{bounds} "\\""'

    def _pattern(self, pattern: str) -> str:
        try:
            return pattern_body(pattern)
        except re.error as error:
            raise SchemaError(
                "The schema is not a valid JSON Schema.",
                f"The pattern {pattern!r} is no regular expression: {error}.",
                "Correct it.",
            ) from error
        except NotExpressible:
            self.ignored.add("pattern")
            return ""

    def _number(self, kind: str, schema: Part) -> str:
        low, open_low = _tightest(schema, "minimum", "exclusiveMinimum", max)
        high, open_high = _tightest(schema, "maximum", "exclusiveMaximum", min)
        if kind == "integer":
            low = low + 1 if low is not None and open_low and low == int(low) else low
            high = high - 1 if high is not None and open_high and high == int(high) else high
            found = integers(low, high)
            if not found:
                raise _cannot("Between its bounds lies no whole number.")
            return found
        if low is None and high is None:
            return self._primitive("number")
        found = numbers(low, high, open_low=open_low, open_high=open_high)
        if found:
            return found
        self.ignored |= schema.keys() & {
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"
        }  # fmt: skip
        return self._primitive("number")

    def _primitive(self, name: str) -> str:
        if name not in self._rules:
            self._rules[name] = _PRIMITIVES[name]
            for needed in _NEEDS.get(name, ()):
                self._primitive(needed)
        return name

    def _rule(self, body: str) -> str:
        name = f"part-{len(self._rules)}"
        self._rules[name] = body
        return name


def _both(rest: dict[str, Any], part: Any) -> Any:
    """What satisfies `rest` and `part`; notes beside an anyOf bind nothing."""
    if not rest or part is False:
        return part
    return rest if part is True else {"allOf": [rest, part]}


def _tightest(
    schema: Part, closed_key: str, open_key: str, choose: Any
) -> tuple[float | None, bool]:
    """The bound that counts, and whether it is itself left out."""
    bounds = [(schema[key], key == open_key) for key in (closed_key, open_key) if key in schema]
    if not bounds:
        return None, False
    value = choose(bound for bound, _ in bounds)
    return value, any(is_open for bound, is_open in bounds if bound == value)


def _literal(value: Any) -> str:
    return quoted(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))


def _cannot(cause: str) -> SchemaError:
    return SchemaError(
        "The engine cannot hold a model to this schema.",
        cause,
        "Simplify the schema: types, enums, bounds, arrays, objects and $defs always work.",
    )
