"""Safetensors files: what the header says, read and bounded before any engine sees the file.

Format: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
import math
import os
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from inkstand_sdk.errors import ModelFileError

_LENGTH_BYTES = 8
_MAX_HEADER = 100_000_000  # the format's own limit, in bytes
_MAX_DIMENSIONS = 16
_MAX_NUMBER = (1 << 63) - 1
_METADATA = "__metadata__"
# Bits of one value of each type.
_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "U16": 16, "I16": 16, "U32": 32, "I32": 32, "U64": 64, "I64": 64,
    "F16": 16, "BF16": 16, "F32": 32, "F64": 64, "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
}  # fmt: skip


class StoredTensor(msgspec.Struct, frozen=True):
    """A tensor of a file: `begin` and `end` are bytes after the header."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def elements(self) -> int:
        """How many values it has."""
        return math.prod(self.shape)


class SafetensorsHeader(msgspec.Struct, frozen=True):
    """What a safetensors file says of itself; `size` is the file's, in bytes."""

    path: str
    size: int
    data_offset: int
    tensors: tuple[StoredTensor, ...]
    metadata: dict[str, str]

    @property
    def parameters(self) -> int:
        """How many values the file holds."""
        return sum(tensor.elements for tensor in self.tensors)


def read_safetensors_header(path: str | os.PathLike[str]) -> SafetensorsHeader:
    """Read and bound the header of the safetensors file at `path`; no tensor is read.

    Raises `ModelFileError` if the file is missing, not safetensors, cut off, or says what cannot
    be.
    """
    file_path = Path(path)
    try:
        with file_path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            text = _header_text(file, size)
    except FileNotFoundError as error:
        raise ModelFileError(
            f"There is no model file at {file_path}.",
            "It was moved or deleted, or the name is misspelled.",
            "Check the path; `inkstand models list` shows the models that are here.",
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ModelFileError(
            f"The model file {str(path)!r} cannot be read.",
            f"The system says: {reason}.",
            "Check its permissions and the disk that it lies on.",
        ) from error
    offset = _LENGTH_BYTES + len(text)
    entries = _entries(text)
    metadata = _metadata(entries.pop(_METADATA, {}))
    tensors = tuple(_tensor(name, entry) for name, entry in entries.items())
    _check_places(tensors, size - offset)
    return SafetensorsHeader(str(path), size, offset, tensors, metadata)


def _header_text(file: BinaryIO, size: int) -> bytes:
    length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
    if size <= _LENGTH_BYTES:
        raise _damaged("It ends before its header begins.")
    if not 2 <= length <= _MAX_HEADER:
        raise _damaged(f"Its header would be {length:,} bytes long, so it is no safetensors file.")
    if length > size - _LENGTH_BYTES:
        raise _damaged(f"Its header has {length:,} bytes, and the file ends before that.")
    text = file.read(length)
    if len(text) != length:
        raise _damaged("It became shorter while it was read.")
    if not text.startswith(b"{"):
        raise _damaged("Its header does not begin as one, so it is no safetensors file.")
    return text


def _entries(text: bytes) -> dict[str, Any]:
    try:
        entries = json.loads(text.decode("utf-8"), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise _damaged(f"Its header is not JSON: {str(error)[:200]}.") from error
    assert isinstance(entries, dict)  # it begins with a brace
    return entries


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) != len(pairs):
        raise ValueError("a name stands in it twice")
    return entries


def _metadata(entry: Any) -> dict[str, str]:
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        raise _damaged("Its metadata is not a table of texts.")
    return entry


def _tensor(name: str, entry: Any) -> StoredTensor:
    if not isinstance(entry, dict):
        raise _damaged(f"The entry of the tensor {name[:80]!r} is no table.")
    dtype = entry.get("dtype")
    if not isinstance(dtype, str) or dtype not in _BITS:
        raise _damaged(f"The tensor {name[:80]!r} has the unknown type {str(dtype)[:40]!r}.")
    shape = _numbers(name, entry.get("shape"))
    place = _numbers(name, entry.get("data_offsets"))
    if len(shape) > _MAX_DIMENSIONS or len(place) != 2 or place[0] > place[1]:
        raise _damaged(f"The shape or the place of the tensor {name[:80]!r} cannot be.")
    bits = math.prod(shape) * _BITS[dtype]
    if bits % 8 or bits // 8 != place[1] - place[0]:
        raise _damaged(
            f"The tensor {name[:80]!r} needs {bits // 8:,} bytes and has {place[1] - place[0]:,}."
        )
    return StoredTensor(name, dtype, shape, place[0], place[1])


def _numbers(name: str, value: Any) -> tuple[int, ...]:
    sound = isinstance(value, list) and all(
        type(number) is int and 0 <= number <= _MAX_NUMBER for number in value
    )
    if not sound:
        raise _damaged(f"The shape or the place of the tensor {name[:80]!r} is no list of numbers.")
    return tuple(value)


def _check_places(tensors: tuple[StoredTensor, ...], room: int) -> None:
    """The tensors fill the rest of the file, without overlap and without a gap."""
    ordered = sorted(tensors, key=lambda tensor: (tensor.begin, tensor.end))
    for before, after in pairwise(ordered):
        if after.begin < before.end:
            raise _damaged(f"The tensors {before.name[:80]!r} and {after.name[:80]!r} overlap.")
        if after.begin > before.end:
            raise _damaged(f"Before the tensor {after.name[:80]!r} is a gap.")
    begin, end = (ordered[0].begin, ordered[-1].end) if ordered else (0, 0)
    if begin != 0:
        raise _damaged("Its first tensor does not begin where the header ends.")
    if end > room:
        raise _damaged(f"{end - room:,} bytes are missing at its end: it was cut off.")
    if end < room:
        raise _damaged(f"{room - end:,} bytes at its end belong to no tensor.")


def _damaged(cause: str) -> ModelFileError:
    return ModelFileError(
        "The safetensors file is damaged, or is something else.", cause, "Get the file again."
    )
