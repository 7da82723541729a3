"""The key-value part of a GGUF header: typed, bounded, and without the vocabulary's text."""

from __future__ import annotations

import struct

import msgspec

from inkstand_sdk.gguf.cursor import Cursor, damaged

MAX_PAIRS = 65_536
MAX_KEY = 65_535
MAX_TEXT = 4 << 20
MAX_VOCABULARY = 1 << 20
VOCABULARY = "tokenizer.ggml.tokens"
KEPT_ITEMS = 1_024  # per-layer lists are kept, vocabularies are only measured

_STRING, _ARRAY, _BOOL = 8, 9, 7
_LAYOUTS = {
    code: struct.Struct(layout)
    for code, layout in {
        0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<B",
        10: "<Q", 11: "<q", 12: "<d",
    }.items()
}  # fmt: skip
_LENGTH = _LAYOUTS[10]
_CODE = _LAYOUTS[4]
INTEGER_TYPES = frozenset({0, 1, 2, 3, 4, 5, 10, 11})
_TYPE_NAMES = {6: "numbers", 12: "numbers", _BOOL: "flags", _STRING: "text"}


class ArrayInfo(msgspec.Struct, frozen=True):
    """An array in the header: its items' type code and number; short lists of numbers are kept."""

    type: int
    length: int
    items: tuple[int | float | bool, ...] = ()

    @property
    def item_kind(self) -> str:
        """What its items are, in a word."""
        return "whole numbers" if self.type in INTEGER_TYPES else _TYPE_NAMES[self.type]


Value = int | float | bool | str | ArrayInfo


def read_pairs(cursor: Cursor, count: int) -> dict[str, Value]:
    """The header's `count` keys with their values; raises `ModelFileError`."""
    if count > MAX_PAIRS:
        raise damaged(f"It announces {count:,} header entries; {MAX_PAIRS:,} is the limit.")
    pairs: dict[str, Value] = {}
    for _ in range(count):
        key = read_text(cursor, MAX_KEY, "the name of a header entry")
        if not key:
            raise damaged("A header entry has no name.")
        if key in pairs:
            raise damaged(f"The header entry {key!r} is there twice.")
        pairs[key] = _read_value(cursor, key)
    return pairs


def read_text(cursor: Cursor, limit: int, what: str) -> str:
    """A string of at most `limit` bytes; `what` names it in the error."""
    length = int(cursor.number(_LENGTH))
    if length > limit:
        raise damaged(f"The length of {what} is {length:,} bytes; {limit:,} is the limit.")
    try:
        return cursor.take(length).decode("utf-8")
    except UnicodeDecodeError:
        raise damaged(f"The bytes of {what} are not UTF-8 text.") from None


def _read_value(cursor: Cursor, key: str) -> Value:
    code = int(cursor.number(_CODE))
    if code == _STRING:
        return read_text(cursor, MAX_TEXT, f"the header entry {key!r}")
    if code == _ARRAY:
        return _read_array(cursor, key)
    if code not in _LAYOUTS:
        raise damaged(f"The header entry {key!r} has the unknown type {code}.")
    value = cursor.number(_LAYOUTS[code])
    if code != _BOOL:
        return value
    if value not in (0, 1):
        raise damaged(f"The header entry {key!r} should be yes or no and is {value}.")
    return bool(value)


def _read_array(cursor: Cursor, key: str) -> ArrayInfo:
    code = int(cursor.number(_CODE))
    length = int(cursor.number(_LENGTH))
    if code == _ARRAY:
        raise damaged(f"The header entry {key!r} is a list of lists, which no engine reads.")
    if code != _STRING and code not in _LAYOUTS:
        raise damaged(f"The header entry {key!r} is a list of the unknown type {code}.")
    item_size = _LENGTH.size if code == _STRING else _LAYOUTS[code].size
    if length * item_size > cursor.left:
        raise damaged(
            f"The header entry {key!r} announces {length:,} items, more than the file has room for."
        )
    if code == _STRING:
        _pass_strings(cursor, key, length)
        return ArrayInfo(code, length)
    if length > KEPT_ITEMS:
        cursor.skip(length * item_size)
        return ArrayInfo(code, length)
    layout = _LAYOUTS[code]
    items = tuple(value for (value,) in layout.iter_unpack(cursor.take(length * item_size)))
    return ArrayInfo(code, length, items)


def _pass_strings(cursor: Cursor, key: str, length: int) -> None:
    if key != VOCABULARY:
        cursor.skip_strings(length)
        return
    if length > MAX_VOCABULARY:
        raise damaged(f"Its vocabulary has {length:,} tokens; {MAX_VOCABULARY:,} is the limit.")
    twice = cursor.skip_distinct_strings(length)
    if twice is not None:
        raise damaged(f"The token {twice.decode(errors='replace')!r} is in its vocabulary twice.")
