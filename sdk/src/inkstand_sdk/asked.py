"""What is wrong with a request, said before an engine has to find out."""

from __future__ import annotations

import re
from typing import Any

from inkstand_sdk import gbnf
from inkstand_sdk.errors import InputError, SchemaError, UsageError
from inkstand_sdk.gbnf.merging import Resolver
from inkstand_sdk.messages import GenerateRequest


def check_text(text: str, what: str) -> None:
    """Raise `InputError` if `text` cannot be written as UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"The {what} is not valid Unicode text.",
            f"At character {error.start} stands half of a surrogate pair, which is no character.",
            "Decode the text with the encoding that it was written in, or leave that out.",
        ) from None


def check_request(request: GenerateRequest) -> None:
    """Raise `UsageError` or `InputError` for a request that no engine could answer."""
    if request.schema is not None and request.grammar is not None:
        raise UsageError("A schema and a grammar were both given.", "", "Give one of them.")
    if request.max_tokens < 1:
        raise UsageError("At least one token must be asked for.", "", "Raise `max_tokens`.")
    if request.prompt is None and not request.messages:
        raise UsageError("There is nothing to answer.", "No message was given.", "Give a prompt.")
    if request.prompt == "":
        raise UsageError(
            "There is nothing to go on from.", "The raw prompt is empty.", "Give some text."
        )
    if "" in request.stop:
        raise UsageError(
            "A stop string is empty.", "It would stop before the first word.", "Leave it out."
        )
    for text in (request.prompt or "", *request.stop, request.grammar or ""):
        check_text(text, "prompt, a stop string or the grammar")
    for message in request.messages:
        check_text(message.text(), f"{message.role} message")


def check_schema(schema: Any) -> None:
    """Raise `SchemaError` unless `schema` is a JSON Schema (2020-12) that leads nowhere wrong.

    For servers, some of which do not say what they cannot follow. Needs jsonschema.
    """
    gbnf.check_schema(schema)
    resolver = Resolver(schema)
    for part in gbnf.subschemas(schema):
        reference, pattern = part.get("$ref"), part.get("pattern")
        if isinstance(reference, str) and not _names_anchor(reference):
            resolver.target(reference)
        if isinstance(pattern, str):
            try:
                re.compile(pattern)
            except re.error as error:
                raise SchemaError(
                    "The schema is not a valid JSON Schema.",
                    f"The pattern {pattern!r} is no regular expression: {error}.",
                    "Correct it.",
                ) from error


def _names_anchor(reference: str) -> bool:
    return reference.startswith("#") and not reference.startswith("#/")
