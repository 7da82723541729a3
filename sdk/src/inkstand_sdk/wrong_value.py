"""What is wrong with a value, said to people who do not program."""

from __future__ import annotations

import re

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table of values",
    "null": "nothing",
}
_BOUNDS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}
_KIND = re.compile(r"Expected `([^`]+)`, got `([^`]+)`(?: - at `\$\.?([^`]*)`)?")
_BOUND = re.compile(r"Expected `(?:int|float)[^`]*` (<=|>=|<|>) (\S+)(?: - at `\$\.?([^`]*)`)?")


def in_words(error: Exception) -> str:
    """What msgspec says of a value that does not fit a Struct, in plain words where they are known.

    For example "temperature is text, not a number" or "top_p must be at most 1.0".
    """
    said = str(error)
    if found := _KIND.fullmatch(said):
        wanted, got, where = found.groups()
        return f"{where or 'it'} is {_kind(got)}, not {_kind(wanted)}"
    if found := _BOUND.fullmatch(said):
        sign, bound, where = found.groups()
        return f"{where or 'it'} must be {_BOUNDS[sign]} {bound}"
    return said


def _kind(name: str) -> str:
    kinds = [kind for kind in name.split(" | ") if kind != "null"] or ["null"]
    return " or ".join(_KINDS.get(kind, kind) for kind in kinds)
