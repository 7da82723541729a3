"""JSON in a text that is not JSON: found where it stands, or mended, and never made up.

What is found or mended must satisfy the schema, and every name and value in it must stand in the
text, in that order: a library that mends JSON also fills gaps.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import msgspec

from inkstand.generation import aside
from inkstand.generation.schema import fault_of

# json_repair (22 ms) is only loaded by the process that mends.

_MOST_CHARACTERS = 100_000
_MOST_FOUND = 20
_MOST_TRIED = 2_000
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"^[ \t]*```[\w+-]*[ \t]*\n(.*?)^[ \t]*```", re.DOTALL | re.MULTILINE)
_OPENING = re.compile(r"[{\[]")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NO_NUMBER = re.compile(r"[-+]?(?:nan|inf|infinity)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": " ", "r": " ", "t": " ", "b": " ", "f": " "}
_QUOTES = str.maketrans(dict.fromkeys("'‘’‚‛“”„‟`«»", '"'))
_WHOLE = re.compile(r"[\"'”’}\]][\s,]*\Z")
_SPACE = re.compile(r"[\s\x00-\x1f]+")
_WORDS: dict[Any, re.Pattern[str]] = {
    True: re.compile(r"\btrue\b", re.IGNORECASE),
    False: re.compile(r"\bfalse\b", re.IGNORECASE),
    None: re.compile(r"\b(?:null|none)\b", re.IGNORECASE),
}


class Mended(msgspec.Struct, frozen=True):
    """A value that satisfies the schema."""

    value: Any


def mended(text: str, schema: dict[str, Any]) -> Mended | None:
    """The value that `text` must mean; None if there is none, or it would be a guess.

    Args:
        text: What a model wrote to its end: nothing of it was cut off.
        schema: What the value satisfies.

    Raises:
        SchemaError: the schema cannot be applied.

    """
    text = _THOUGHTS.sub("", text).strip()
    if not text or len(text) > _MOST_CHARACTERS:
        return None
    for value in _candidates(text, schema):
        if _passable(value) and fault_of(value, schema) is None:
            return Mended(value)
    return None


def mend(payload: str) -> list[Any]:
    """What the process of its own makes of broken texts: for each a list of one value, or none."""
    from json_repair import loads

    found: list[Any] = []
    for text in json.loads(payload):
        value: Any = None
        # It raises whatever its code comes upon in garbage.
        with suppress(Exception):
            value = loads(text)
        sound = isinstance(value, dict if text.startswith("{") else list) and _in_text(value, text)
        found.append([value] if sound else [])
    return found


def _candidates(text: str, schema: dict[str, Any]) -> Iterator[Any]:
    fenced = [inner.strip() for inner in _FENCE.findall(text)]
    for inner in fenced:
        with suppress(msgspec.MsgspecError, RecursionError):
            yield msgspec.json.decode(inner)
    yield from _standing(text)
    spans = [_span(part) for part in (*fenced[:3], text)]
    wanted = list(dict.fromkeys(span for span in spans if span))
    if wanted:
        with suppress(TimeoutError):
            for values in aside.done("mend", wanted):
                yield from values
    # Words are a string only where a string is asked for, and where they are no broken JSON.
    if text[0] not in "{[" and (
        schema.get("type") == "string" or {"enum", "const"} & schema.keys()
    ):
        bare = fenced[0] if len(fenced) == 1 else text
        yield bare
        yield bare.strip("\"'`“”‘’*. \n")


def _standing(text: str) -> Iterator[Any]:
    """The objects and arrays that stand in a text as JSON, in order."""
    decoder = json.JSONDecoder()
    found = tried = at = 0
    while found < _MOST_FOUND and tried < _MOST_TRIED and (opening := _OPENING.search(text, at)):
        tried += 1
        at = opening.end()
        try:
            value, at = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            continue
        found += 1
        yield value


def _span(text: str) -> str:
    """From the first bracket of a text to the last that closes it.

    To the end if none does, and the text ends with a whole value: half of one is not to be taken
    for what was meant. Empty if there is no such span.
    """
    opening = _OPENING.search(text)
    if opening is None:
        return ""
    end = text.rfind("}" if opening[0] == "{" else "]")
    if end > opening.start():
        return text[opening.start() : end + 1]
    return text[opening.start() :] if _WHOLE.search(text) else ""


def _passable(value: Any) -> bool:
    """Whether it is what JSON can say: no NaN, no infinity, no half of a surrogate pair."""
    try:
        return bool(msgspec.json.decode(msgspec.json.encode(value)) == value)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError):
        return False


def _in_text(value: Any, text: str) -> bool:
    """Whether all that is in `value` stands in `text`, in that order."""
    text = _plain(text)
    at = 0
    for leaf in _leaves(value):
        at = _after(leaf, text, at)
        if at < 0:
            return False
    return True


def _after(leaf: Any, text: str, at: int) -> int:
    """Where `leaf` ends in `text`, looked for from `at` on; -1 if it is not there."""
    if isinstance(leaf, str):
        wanted = _plain(leaf, escaped=False)
        if not leaf or _NO_NUMBER.fullmatch(leaf):
            wanted = f'"{wanted}"'  # it is a text only where it was quoted
        found = text.find(wanted, at)
        return found + len(wanted) if found >= 0 else -1
    if leaf is None or isinstance(leaf, bool):
        match = _WORDS[leaf].search(text, at)
        return match.end() if match else -1
    for match in _NUMBER.finditer(text, at):
        if float(match[0]) == leaf:
            return match.end()
    return -1


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _plain(text: str, *, escaped: bool = True) -> str:
    """A text without white space and escapes, all its quotes alike."""
    if escaped:
        text = _ESCAPE.sub(_unescaped, text)
    return _SPACE.sub("", text.translate(_QUOTES).replace("\\", ""))


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1]
    if len(code) == 5:
        return chr(int(code[1:], 16))
    return _ESCAPED.get(code, code)
