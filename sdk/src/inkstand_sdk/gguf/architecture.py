"""Bounds on what a model's header says of its shape: engines abort on numbers outside them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from inkstand_sdk.gguf.cursor import damaged
from inkstand_sdk.gguf.metadata import INTEGER_TYPES, VOCABULARY, ArrayInfo

if TYPE_CHECKING:
    from inkstand_sdk.gguf.header import GgufHeader

MAX_BLOCKS = 512
MAX_HEADS = 4_096
MAX_EMBEDDING = 1 << 20
MIN_CONTEXT = 8
MAX_CONTEXT = 1 << 28
_NOT_WEIGHTS = frozenset({"I8", "I16", "I32", "I64", "F64", "Q8_1", "Q8_K"})
_STRINGS, _FLOATS = frozenset({8}), frozenset({6})
# Lists beside the vocabulary: the type codes that their items may have.
_TOKEN_LISTS = {"scores": _FLOATS, "token_type": INTEGER_TYPES}


def check_architecture(header: GgufHeader) -> None:
    """Refuse a header whose numbers no model can have; raises `ModelFileError`."""
    if header.split_index > 0:
        return  # only the first part of a split model describes it
    if not header.architecture:
        raise damaged("It does not name the architecture of the model.")
    if not header.tensors:
        raise damaged("It holds no weights, only a vocabulary or nothing at all.")
    _check_fractions(header)
    if header.type == "model":
        _check_shape(header)
        _check_vocabulary(header)
        _check_weights(header)


def _check_fractions(header: GgufHeader) -> None:
    for key, value in header.metadata.items():
        if not isinstance(value, float):
            continue
        if not math.isfinite(value) or (key.endswith("epsilon") and not 0 <= value < 1):
            raise damaged(f"Its {key} is {value}, which no model has.")


def _check_shape(header: GgufHeader) -> None:
    _bound(header, "block_count", header.block_count, MAX_BLOCKS)
    _bound(header, "embedding_length", header.embedding_length, MAX_EMBEDDING)
    _bound(header, "context_length", header.context_length, MAX_CONTEXT, MIN_CONTEXT)
    for key, heads in (("head_count", header.heads), ("head_count_kv", header.kv_heads)):
        if len(heads) > 1 and len(heads) < header.block_count:
            raise damaged(f"attention.{key} lists {len(heads)} of {header.block_count} layers.")
        # A hybrid model's list may hold zeros (layers without attention), but not only zeros.
        if heads and (min(heads) < 0 or not 1 <= max(heads) <= MAX_HEADS):
            raise damaged(f"Its attention.{key} is {max(heads):,}; 1 to {MAX_HEADS:,} is possible.")
    for key, length in (("key", header.key_length), ("value", header.value_length)):
        if header.heads and not 1 <= length <= MAX_EMBEDDING:
            raise damaged(f"Its attention heads have the impossible {key} length {length:,}.")


def _check_weights(header: GgufHeader) -> None:
    """Engines compute with these types unasked, and abort on others."""
    for tensor in header.tensors:
        if not tensor.name.endswith(".weight"):
            continue
        if ("norm" in tensor.name and tensor.type != "F32") or tensor.type in _NOT_WEIGHTS:
            raise damaged(f"The tensor {tensor.name!r} cannot be of the type {tensor.type}.")


def _bound(header: GgufHeader, key: str, value: int, limit: int, least: int = 1) -> None:
    if not least <= value <= limit:
        raise damaged(
            f"Its {header.architecture}.{key} is {value:,}; {least} to {limit:,} is possible."
        )


def _check_vocabulary(header: GgufHeader) -> None:
    tokens = header.metadata.get(VOCABULARY)
    if tokens is None:
        return
    if not isinstance(tokens, ArrayInfo) or tokens.type not in _STRINGS:
        raise damaged("Its vocabulary is not a list of tokens.")
    if tokens.length == 0:
        raise damaged("Its vocabulary is empty.")
    for name, types in _TOKEN_LISTS.items():
        listed = header.metadata.get(f"tokenizer.ggml.{name}")
        if listed is None:
            continue
        if not isinstance(listed, ArrayInfo) or listed.type not in types:
            raise damaged(f"tokenizer.ggml.{name} is not a list of numbers.")
        if listed.length != tokens.length:
            raise damaged(
                f"tokenizer.ggml.{name} has {listed.length:,} entries for {tokens.length:,} tokens."
            )
    merges = header.metadata.get("tokenizer.ggml.merges")
    if merges is not None and not (isinstance(merges, ArrayInfo) and merges.type in _STRINGS):
        raise damaged("tokenizer.ggml.merges is not a list of text.")
