"""`read_header`: everything Inkstand needs to know of a GGUF file before an engine opens it."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from pathlib import Path

import msgspec

from inkstand_sdk.errors import ModelFileError
from inkstand_sdk.gguf.architecture import check_architecture
from inkstand_sdk.gguf.cursor import Cursor, damaged
from inkstand_sdk.gguf.metadata import ArrayInfo, Value, read_pairs
from inkstand_sdk.gguf.tensors import TensorInfo, check_places, read_tensors

_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
_VERSIONS = (2, 3)
_DEFAULT_ALIGNMENT = 32
_MAX_ALIGNMENT = 1 << 20

# llama.cpp's file type codes.
_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K",
    11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S",
    17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS",
    23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0",
    38: "MXFP4", 39: "NVFP4", 40: "Q1_0",
}  # fmt: skip


class GgufHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What a GGUF file says of itself. Numbers that it does not give are 0, texts empty.

    `type` is "model", "adapter" ...; `size` the bytes of the file; `data_offset` where the
    tensors begin; `heads` and `kv_heads` have one number for all layers or one for each;
    `metadata` holds every header entry, long lists as their type and length only.
    """

    path: str
    size: int
    version: int
    architecture: str
    type: str
    name: str
    quantization: str
    context_length: int
    block_count: int
    embedding_length: int
    heads: tuple[int, ...]
    kv_heads: tuple[int, ...]
    key_length: int
    value_length: int
    vocab_size: int
    tokenizer: str
    chat_template: str
    license: str
    split_count: int
    split_index: int
    data_offset: int
    tensors: tuple[TensorInfo, ...]
    metadata: dict[str, Value]

    @property
    def parameters(self) -> int:
        """How many weights the file holds."""
        return sum(tensor.elements for tensor in self.tensors)

    def cache_bytes_per_token(self, bytes_per_value: int = 2) -> int:
        """Memory that one token of context takes in the key-value cache (F16 unless told)."""
        kv_heads = self.kv_heads or self.heads
        if len(kv_heads) == 1:
            kv_heads = kv_heads * self.block_count
        return sum(kv_heads) * (self.key_length + self.value_length) * bytes_per_value


def read_header(path: str | os.PathLike[str]) -> GgufHeader:
    """Read and bound the header of the GGUF file at `path`; no tensor is read.

    Raises `ModelFileError` if the file is missing, not GGUF, cut off, or says what cannot be.
    """
    file_path = Path(path)
    try:
        with file_path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return _read(Cursor(file, size), str(path), size)
    except (OSError, ValueError) as error:
        raise _unreadable(file_path, error) from error


def _unreadable(path: Path, error: OSError | ValueError) -> ModelFileError:
    if isinstance(error, FileNotFoundError):
        return ModelFileError(
            f"There is no model file at {path}.",
            "It was moved or deleted, or the name is misspelled.",
            "Check the path; `inkstand models list` shows the models that are here.",
        )
    if isinstance(error, IsADirectoryError) or os.path.isdir(path):  # noqa: PTH112 - never raises
        return ModelFileError(
            f"{path} is a folder, not a model file.",
            "A GGUF model is one file.",
            "Name the .gguf file inside it.",
        )
    reason = getattr(error, "strerror", None) or str(error)
    return ModelFileError(
        f"The model file {str(path)!r} cannot be read.",
        f"The system says: {reason}.",
        "Check its permissions and the disk that it lies on.",
    )


def _read(cursor: Cursor, path: str, size: int) -> GgufHeader:
    version = _read_preamble(cursor)
    tensor_count = int(cursor.number(_U64))
    pairs = read_pairs(cursor, int(cursor.number(_U64)))
    tensors = read_tensors(cursor, tensor_count)
    alignment = _alignment(pairs)
    data_offset = -(-cursor.position // alignment) * alignment
    check_places(tensors, size - data_offset, alignment)
    architecture = _text(pairs, "general.architecture")
    of = Shape(pairs, architecture)
    embedding, heads = of.number("embedding_length"), of.numbers("attention.head_count")
    head_size = embedding // heads[0] if heads and heads[0] else 0
    header = GgufHeader(
        path=path,
        size=size,
        version=version,
        architecture=architecture,
        type=_text(pairs, "general.type") or "model",
        name=_text(pairs, "general.name"),
        quantization=_FILE_TYPES.get(_number(pairs, "general.file_type", -1), ""),
        context_length=of.number("context_length"),
        block_count=of.number("block_count"),
        embedding_length=embedding,
        heads=heads,
        kv_heads=of.numbers("attention.head_count_kv") or heads,
        key_length=of.number("attention.key_length") or head_size,
        value_length=of.number("attention.value_length") or head_size,
        vocab_size=_length(pairs, "tokenizer.ggml.tokens") or of.number("vocab_size"),
        tokenizer=_text(pairs, "tokenizer.ggml.model"),
        chat_template=_text(pairs, "tokenizer.chat_template"),
        license=_text(pairs, "general.license"),
        split_count=_number(pairs, "split.count"),
        split_index=_number(pairs, "split.no"),
        data_offset=data_offset,
        tensors=tensors,
        metadata=pairs,
    )
    check_architecture(header)
    return header


def _read_preamble(cursor: Cursor) -> int:
    magic = cursor.take(4) if cursor.left >= 4 else b""
    if magic != b"GGUF":
        raise ModelFileError(
            "This is not a GGUF model file.",
            "It is empty or too short."
            if not magic
            else f"It begins with {magic!r} where GGUF files begin with b'GGUF'.",
            "Models in other formats need another backend: `inkstand backends list`.",
        )
    version = int(cursor.number(_U32))
    if version in _VERSIONS:
        return version
    cause = f"It is written in version {version}; versions 2 and 3 can be read."
    if version and version & 0xFFFF == 0:
        cause = "It was written for a big-endian machine."
    raise ModelFileError(
        "This GGUF file cannot be read.", cause, "Get a newer conversion of the model."
    )


class Shape:
    """The header entries that begin with the architecture's name; a wrong kind is an error."""

    def __init__(self, pairs: Mapping[str, Value], architecture: str) -> None:
        self._pairs = pairs
        self._architecture = architecture

    def number(self, key: str) -> int:
        """A whole number, 0 if it is not there."""
        return _number(self._pairs, f"{self._architecture}.{key}")

    def numbers(self, key: str) -> tuple[int, ...]:
        """One whole number or one for each layer; empty if not there."""
        value = self._pairs.get(f"{self._architecture}.{key}")
        if isinstance(value, ArrayInfo):
            items = tuple(item for item in value.items if isinstance(item, int))
            if len(items) != value.length:
                raise damaged(f"{self._architecture}.{key} should be a short list of numbers.")
            return items
        return (self.number(key),) if value is not None else ()


def _alignment(pairs: Mapping[str, Value]) -> int:
    alignment = _number(pairs, "general.alignment", _DEFAULT_ALIGNMENT)
    if not 1 <= alignment <= _MAX_ALIGNMENT or alignment & (alignment - 1):
        raise damaged(f"Its alignment is {alignment}; a power of two is needed.")
    return alignment


def _text(pairs: Mapping[str, Value], key: str) -> str:
    value = pairs.get(key, "")
    if not isinstance(value, str):
        raise damaged(f"The header entry {key!r} should be text.")
    return value


def _number(pairs: Mapping[str, Value], key: str, default: int = 0) -> int:
    value = pairs.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise damaged(f"The header entry {key!r} should be a whole number.")
    return value


def _length(pairs: Mapping[str, Value], key: str) -> int:
    value = pairs.get(key)
    return value.length if isinstance(value, ArrayInfo) else 0
