"""What is typed into a field, as the value that it means; and values as they are typed.

Only text and numbers: no widget is needed to know it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from inkstand_sdk.settings import Field

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,_' \u00a0\u202f]\d{3})+")
_LARGEST = 2**63
"""What crosses to a worker as a whole number is smaller than this."""
_PLAIN = ("text", "file")


class Wrong(ValueError):
    """What was typed is no value of the field; the message says in a sentence what would be."""


def parsed(field: Field, typed: str) -> Any:
    """The value that was typed; `UNSET` where nothing was, and the default is meant.

    Args:
        field: A field of one text, number or file, or a list of them: one on each line.
        typed: What stands in its line.

    Raises:
        Wrong: it is no such value, or out of bounds.

    """
    if field.kind == "list":
        return _checked(field, [_item(field, line) for line in _lines(typed)])
    if not (typed if field.kind == "text" else typed.strip()):
        return blank(field)
    return _checked(field, _scalar(field.kind, typed))


def blank(field: Field) -> Any:
    """What it means that nothing is there. Raises `Wrong` where something has to be."""
    if field.optional:
        return None
    if field.required:
        raise Wrong("Choose one." if field.kind in ("choice", "flag") else "Fill this in.")
    return _checked(field, "") if field.kind in _PLAIN else UNSET


def shown(field: Field, value: Any) -> str:
    """A value as it would be typed; "" for None."""
    if value is None or value is UNSET:
        return ""
    if field.kind == "list":
        return "\n".join(shown(_of_item(field), item) for item in value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value)
    return msgspec.json.encode(value).decode("utf-8")


def bounds(field: Field) -> str:
    """In a few words, what a value has to be: "10 to 5,000", "at most 2"; "" where anything is."""
    low, high = field.minimum, field.maximum
    kind = field.kind
    if kind in _PLAIN:
        low = low if low and low > 1 else None
        unit = " characters"
    else:
        unit = ""
    if low is None and high is None:
        return ""
    if low is not None and high is not None and not _exclusive(field):
        return f"{_number(low)} to {_number(high)}{unit}"
    below = "less than" if field.exclusive_maximum else "at most"
    above = "more than" if field.exclusive_minimum else "at least"
    parts = [
        *([f"{above} {_number(low)}"] if low is not None else []),
        *([f"{below} {_number(high)}"] if high is not None else []),
    ]
    return " and ".join(parts) + unit


def explained(field: Field) -> str:
    """What a field is for, and what it takes."""
    text = field.help.strip() or field.title
    said = [text if text.endswith((".", "!", "?", "…")) else f"{text}."]
    if limits := bounds(field):
        said.append(f"{limits[0].upper()}{limits[1:]}.")
    if field.kind == "list" and not field.choices:
        said.append("One on each line.")
    return " ".join(said)


def _exclusive(field: Field) -> bool:
    return field.exclusive_minimum or field.exclusive_maximum


def _number(value: float) -> str:
    return f"{int(value):,}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:g}"


def _lines(typed: str) -> list[str]:
    return [line for line in re.split(r"\r\n|\r|\n", typed) if line.strip()]


def _of_item(field: Field) -> Field:
    return Field(
        name=field.name,
        kind=field.items or "text",
        title=field.title,
        choices=field.choices,
        fields=field.fields,
    )


def _item(field: Field, line: str) -> Any:
    item = _of_item(field)
    if item.kind == "flag":
        return _flag(line)
    if item.kind == "choice":
        if line.strip() not in item.choices:
            raise Wrong(f"{line.strip()!r} is none of {_listed(item.choices)}.")
        return line.strip()
    if item.kind in ("struct", "list"):
        return _json(line, dict if item.kind == "struct" else list)
    return _scalar(item.kind, line.strip())


def _json(line: str, kind: type) -> Any:
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Wrong(f"{line.strip()[:40]!r} is no JSON.") from error
    if not isinstance(value, kind):
        raise Wrong("Each line is a JSON " + ("object." if kind is dict else "list."))
    return value


def _flag(line: str) -> bool:
    word = line.strip().casefold()
    if word in ("yes", "true", "on", "1"):
        return True
    if word in ("no", "false", "off", "0"):
        return False
    raise Wrong(f"{line.strip()!r} is neither yes nor no.")


def _scalar(kind: str, typed: str) -> Any:
    if kind == "integer":
        return _integer(typed.strip())
    if kind == "number":
        return _float(typed.strip())
    return typed.strip() if kind == "file" else typed


def _integer(typed: str) -> int:
    text = re.sub(r"[^\d+-]", "", typed) if _GROUPED.fullmatch(typed) else typed
    if not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        raise Wrong("That is no whole number.")
    if len(text) > 20 or not -_LARGEST <= int(text) < 2 * _LARGEST:
        raise Wrong("That number is too large.")
    return int(text)


def _float(typed: str) -> float:
    text = typed.replace(",", ".") if typed.count(",") == 1 and "." not in typed else typed
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value) or math.isinf(value):
        raise Wrong("That is no number.")
    return value


def _checked(field: Field, value: Any) -> Any:
    """The value itself, if it keeps within the field's bounds."""
    size: float
    if isinstance(value, str):
        size, unit = len(value), "characters"
    elif isinstance(value, list):
        size, unit = len(value), "lines"
    else:
        size, unit = value, ""
    low, high = field.minimum, field.maximum
    if low is not None and (size < low or (field.exclusive_minimum and size == low)):
        if isinstance(value, str) and not value:
            raise Wrong("Fill this in.")
        raise Wrong(_out_of_bounds(field, unit, size))
    if high is not None and (size > high or (field.exclusive_maximum and size == high)):
        raise Wrong(_out_of_bounds(field, unit, size))
    if field.pattern and isinstance(value, str) and not _fits(field.pattern, value):
        raise Wrong("It does not have the form that is asked for.")
    return value


def _out_of_bounds(field: Field, unit: str, size: float) -> str:
    limits = bounds(field)
    if not unit:
        return f"It is {limits}." if limits else "It is out of bounds."
    limits = limits.removesuffix(" characters") or f"at least {_number(field.minimum or 0)}"
    return f"It takes {limits} {unit}, and has {_number(size)}."


def _fits(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True  # the tool itself will say


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
