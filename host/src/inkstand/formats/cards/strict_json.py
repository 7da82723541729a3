"""JSON from strangers: read within bounds, and refused where two programs would disagree on it."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from inkstand_sdk.errors import InputError

LARGEST = 32 * 2**20
"""Bytes of a JSON text at most."""
DEEPEST = 100
_MOST_VALUES = 1_000_000
_MOST_DIGITS = 1_000


def loads(data: bytes, name: str) -> Any:
    """The value that a JSON text is; numbers, nulls and the order of keys are kept.

    Args:
        data: The text in UTF-8, with or without a byte order mark.
        name: What to call it in errors.

    Raises:
        InputError: it is no JSON, is larger or deeper than a card can be, has a key twice, NaN, a
            number beyond all bounds, or halves of characters.

    """
    if len(data) > LARGEST:
        raise _refused(name, f"it is larger than {LARGEST // 2**20} MB", "No card is.")
    if data.count(b",") + data.count(b"[") + data.count(b"{") > _MOST_VALUES:
        raise _refused(name, "it holds more values than any card", "It may be made to do harm.")
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=_number,
            parse_int=_integer,
        )
    except UnicodeDecodeError as error:
        raise _refused(name, "it is not UTF-8", "It is no JSON, or damaged.") from error
    except RecursionError as error:
        raise _refused(name, "it is nested too deep", "It may be made to do harm.") from error
    except ValueError as error:
        raise _refused(
            name, f"it is no JSON: {error}", "It is damaged, or of another kind."
        ) from error
    _see_depth(value, name)
    try:
        dumps(value).decode("utf-8")
    except UnicodeEncodeError as error:
        cause = "A text in it was cut in the middle of a character."
        raise _refused(name, "it holds half of a character", cause) from error
    return value


def dumps(value: Any, *, indent: int | None = None) -> bytes:
    """A value as JSON in UTF-8, its keys in their order."""
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators
    )
    return text.encode("utf-8")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        left = dict(found)
        twice = next(key for key, _ in pairs if left.pop(key, pairs) is pairs)
        raise ValueError(f"the key {twice[:60]!r} stands there twice")
    return found


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"the number {text[:30]}... is beyond all bounds")
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:30]} is beyond all bounds")
    return number


def _see_depth(value: Any, name: str) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise _refused(name, "it is nested too deep", "It may be made to do harm.")


def _refused(name: str, what: str, cause: str) -> InputError:
    return InputError(f"{name} is not read: {what}.", cause, "Get it again from where it came.")
