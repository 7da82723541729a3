"""The long lists of a GGUF header, which `read_header` only measures."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from inkstand_sdk.gguf import GgufHeader
from inkstand_sdk.gguf.cursor import Cursor, damaged
from inkstand_sdk.gguf.metadata import ArrayInfo

_LENGTH = struct.Struct("<Q")
_CODES = struct.Struct("<II")
_ARRAY, _STRING = 9, 8
_NUMBERS = {
    code: struct.Struct(layout)
    for code, layout in {
        0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 10: "<Q", 11: "<q",
    }.items()
}  # fmt: skip


def text_list(header: GgufHeader, key: str) -> Iterator[bytes]:
    """The texts listed under `key`; raises `ModelFileError`."""
    info = header.metadata.get(key)
    if not isinstance(info, ArrayInfo) or info.type != _STRING:
        return
    with Path(header.path).open("rb") as file:
        cursor = _after(file, header, key, info)
        for _ in range(info.length):
            yield cursor.take(int(cursor.number(_LENGTH)))


def number_list(header: GgufHeader, key: str) -> Iterator[int]:
    """The whole numbers listed under `key`; raises `ModelFileError`."""
    info = header.metadata.get(key)
    if not isinstance(info, ArrayInfo) or info.type not in _NUMBERS:
        return
    layout = _NUMBERS[info.type]
    with Path(header.path).open("rb") as file:
        cursor = _after(file, header, key, info)
        for (number,) in layout.iter_unpack(cursor.take(layout.size * info.length)):
            yield number


def _after(file: BinaryIO, header: GgufHeader, key: str, info: ArrayInfo) -> Cursor:
    """A cursor at the first item of the list."""
    beginning = file.read(header.data_offset)
    name = key.encode()
    mark = (
        _LENGTH.pack(len(name)) + name + _CODES.pack(_ARRAY, info.type) + _LENGTH.pack(info.length)
    )
    place = beginning.find(mark)
    if place < 0 or beginning.find(mark, place + 1) >= 0:
        raise damaged(f"The list {key!r} is not where it should be.")
    cursor = Cursor(file, header.data_offset)
    cursor.skip(place + len(mark))
    return cursor
