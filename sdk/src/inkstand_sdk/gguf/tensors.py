"""The tensor directory of a GGUF header: names, shapes, types, and places inside the file."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

import msgspec

from inkstand_sdk.gguf.cursor import Cursor, damaged
from inkstand_sdk.gguf.metadata import read_text

MAX_TENSORS = 100_000
MAX_NAME = 63  # ggml keeps 64 bytes with the closing zero
MAX_DIMENSIONS = 4
_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")

# ggml's type code: (name, values in a block, bytes of a block).
TYPES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2),
    26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17), 40: ("NVFP4", 64, 36), 41: ("Q1_0", 128, 18),
}  # fmt: skip


class TensorInfo(msgspec.Struct, frozen=True):
    """One tensor: its shape (innermost first), type, offset in the data part, and bytes."""

    name: str
    shape: tuple[int, ...]
    type: str
    offset: int
    size: int

    @property
    def elements(self) -> int:
        """How many values it holds."""
        return math.prod(self.shape)


def read_tensors(cursor: Cursor, count: int) -> tuple[TensorInfo, ...]:
    """The directory's `count` entries, each sound in itself; raises `ModelFileError`."""
    if count > MAX_TENSORS:
        raise damaged(f"It announces {count:,} tensors; {MAX_TENSORS:,} is the limit.")
    tensors: dict[str, TensorInfo] = {}
    for _ in range(count):
        tensor = _read_tensor(cursor)
        if tensor.name in tensors:
            raise damaged(f"The tensor {tensor.name!r} is there twice.")
        tensors[tensor.name] = tensor
    return tuple(tensors.values())


def check_places(tensors: Sequence[TensorInfo], data_size: int, alignment: int) -> None:
    """Refuse tensors that lie outside the data part, off their alignment, or on each other."""
    end = 0
    for tensor in sorted(tensors, key=lambda one: one.offset):
        if tensor.offset % alignment:
            raise damaged(
                f"The tensor {tensor.name!r} starts at {tensor.offset:,}, which is not a multiple"
                f" of the file's alignment {alignment}."
            )
        if tensor.offset < end:
            raise damaged(f"The tensor {tensor.name!r} overlaps the one before it.")
        end = tensor.offset + tensor.size
        if end > data_size:
            raise damaged(
                f"The tensor {tensor.name!r} reaches {end - data_size:,} bytes past the end of"
                " the file: it was cut off, or its header is wrong."
            )


def _read_tensor(cursor: Cursor) -> TensorInfo:
    name = read_text(cursor, MAX_NAME, "a tensor's name")
    dimensions = int(cursor.number(_U32))
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        raise damaged(f"The tensor {name!r} has {dimensions:,} dimensions; 1 to 4 are possible.")
    shape = tuple(int(cursor.number(_U64)) for _ in range(dimensions))
    code = int(cursor.number(_U32))
    offset = int(cursor.number(_U64))
    if code not in TYPES:
        raise damaged(f"The tensor {name!r} has the unknown type {code}.")
    type_name, block, block_size = TYPES[code]
    if min(shape) < 1 or math.prod(shape) >= 1 << 62:
        raise damaged(f"The tensor {name!r} has the impossible shape {shape}.")
    if shape[0] % block:
        raise damaged(
            f"The rows of tensor {name!r} hold {shape[0]:,} values, which {type_name}'s blocks of"
            f" {block} do not divide."
        )
    return TensorInfo(name, shape, type_name, offset, math.prod(shape) // block * block_size)
