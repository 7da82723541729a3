"""JSON Schemas on the way in, and the text that must satisfy them on the way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from inkstand_sdk.errors import OutputInvalid, SchemaError

# jsonschema (60 ms) is only loaded for requests that carry a schema.

_MOST_BYTES = 1_000_000


def check(schema: Any) -> None:
    """Raise `SchemaError` unless `schema` is a JSON Schema (draft 2020-12) of a sane size."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError as Invalid

    if not isinstance(schema, dict):
        raise SchemaError(
            "The schema is not a JSON object.",
            f"It is {type(schema).__name__}.",
            'A schema looks like {"type": "object", "properties": {...}}.',
        )
    try:
        if len(msgspec.json.encode(schema)) > _MOST_BYTES:
            raise SchemaError("The schema is larger than 1 MB.", "", "Use a smaller one.")
        Draft202012Validator.check_schema(schema)
    except (TypeError, UnicodeError, OverflowError) as error:
        raise SchemaError(
            f"The schema cannot be written as JSON: {error}.", "", "Use plain JSON values."
        ) from error
    except Invalid as error:
        where = "/".join(str(step) for step in error.absolute_path) or "its top level"
        raise SchemaError(
            f"The schema is not a valid JSON Schema: {error.message}.",
            f"The fault is at {where}.",
            "See https://json-schema.org/understanding-json-schema",
        ) from error
    except RecursionError as error:
        raise SchemaError("The schema is nested too deeply.", "", "Use a flatter one.") from error
    for reference in _references(schema):
        if not reference.startswith("#"):
            raise SchemaError(
                f"The schema refers to {reference}.",
                "Only references within the schema (#/$defs/...) are followed.",
                "Put the referred schema under $defs.",
            )
        _check_reference(reference, schema)


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


def decode(text: str, schema: dict[str, Any], *, cut: bool) -> Any:
    """The value that `text` is, validated.

    Args:
        text: What the model wrote.
        schema: A schema that `check` accepted.
        cut: Whether generation ended at the token limit; such a text is a failure even if what
            there is happens to be valid.

    Raises:
        OutputInvalid: with the raw text in `data["text"]`.

    """
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    if cut:
        raise OutputInvalid(
            "The model's JSON was cut off at the token limit.",
            "The answer needs more tokens than it was given.",
            "Raise --max-tokens, or ask for less in the schema.",
            text=text,
        )
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise OutputInvalid(
            f"The model did not write valid JSON: {error}.",
            "Its engine does not constrain the output, or failed to.",
            "Try again, another seed, or another model.",
            text=text,
        ) from error
    try:
        # An empty registry: nothing is ever fetched.
        validator = Draft202012Validator(schema, registry=Registry())
        fault = next(validator.iter_errors(value), None)
    except (Unresolvable, RecursionError, OverflowError) as error:
        raise SchemaError(
            f"The schema cannot be applied: {error}.",
            "It refers to a part that is not there, or to itself without end.",
            "Check its $ref entries.",
        ) from error
    if fault is not None:
        where = "/".join(str(step) for step in fault.absolute_path) or "the top level"
        raise OutputInvalid(
            f"The model's JSON does not satisfy the schema: {fault.message}.",
            f"The fault is at {where}.",
            "Try again, another seed, or another model.",
            text=text,
        )
    return value
