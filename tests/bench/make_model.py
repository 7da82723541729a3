"""Writes the model that is measured: about 100 million random weights, as Q8_0 or F16.

Speed does not depend on what weights say, so random ones do, and nothing needs to be downloaded.
The tokenizer is the pocket model's. Tokens that would blur a measurement (those that end a text,
and those that are only a part of a character) have no weight, so that greedy sampling never takes
them: every text is as long as was asked for, and every token of it is a chunk.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).parents[2]
TOKENIZER = ROOT / "plugins/pocket/src/inkstand_pocket/pocket.gguf"
CONTEXT = 4096

Precision = Literal["Q8_0", "F16"]

_VERSION = 1  # goes up with every change of what is written
_SEED = 20
_LAYERS, _WIDTH, _FEED_FORWARD = 15, 768, 2048
_HEADS, _KEY_HEADS = 12, 4
_SPREAD = 0.02
_NORMAL_TOKEN = 1
_SPACE = "Ġ"  # how byte-level BPE writes a space


def bench_model(precision: Precision = "Q8_0") -> Path:
    """The model's file, in the user's cache; written if it is not there yet."""
    from platformdirs import user_cache_path

    path = (
        user_cache_path("inkstand", appauthor=False)
        / "bench"
        / f"bench-100m-{precision.lower()}-{_VERSION}.gguf"
    )
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".new")
        _write(aside, precision)
        aside.replace(path)
    return path


def _write(path: Path, precision: Precision) -> None:
    import gguf

    tokenizer = gguf.GGUFReader(TOKENIZER)
    tokens = _value(tokenizer, "tokens")
    types = _value(tokenizer, "token_type")
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Random weights for benchmarks")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KEY_HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(gguf.LlamaFileType[f"MOSTLY_{precision}"])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(_value(tokenizer, "merges"))
    writer.add_bos_token_id(_value(tokenizer, "bos_token_id"))
    writer.add_eos_token_id(_value(tokenizer, "eos_token_id"))
    writer.add_add_bos_token(False)
    for name, weights in _tensors(_clear(tokens, types)):
        if weights.ndim == 1:
            writer.add_tensor(name, weights)
            continue
        kind = gguf.GGMLQuantizationType[precision]
        writer.add_tensor(name, gguf.quants.quantize(weights, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _value(reader: Any, key: str) -> Any:
    return reader.fields[f"tokenizer.ggml.{key}"].contents()


def _clear(tokens: Sequence[str], types: Sequence[int]) -> list[bool]:
    """Whether each token is text of whole characters."""
    return [
        kind == _NORMAL_TOKEN and token.replace(_SPACE, "").isascii()
        for token, kind in zip(tokens, types, strict=True)
    ]


def _tensors(clear: list[bool]) -> Iterator[tuple[str, Any]]:
    """Each tensor's name and its weights as float32, rows first."""
    import numpy as np

    random = np.random.default_rng(_SEED)

    def matrix(rows: int, columns: int) -> Any:
        return random.standard_normal((rows, columns), dtype=np.float32) * _SPREAD

    ones = np.ones(_WIDTH, dtype=np.float32)
    key_width = _WIDTH // _HEADS * _KEY_HEADS
    yield "token_embd.weight", matrix(len(clear), _WIDTH)
    for layer in range(_LAYERS):
        yield f"blk.{layer}.attn_norm.weight", ones
        yield f"blk.{layer}.attn_q.weight", matrix(_WIDTH, _WIDTH)
        yield f"blk.{layer}.attn_k.weight", matrix(key_width, _WIDTH)
        yield f"blk.{layer}.attn_v.weight", matrix(key_width, _WIDTH)
        yield f"blk.{layer}.attn_output.weight", matrix(_WIDTH, _WIDTH)
        yield f"blk.{layer}.ffn_norm.weight", ones
        yield f"blk.{layer}.ffn_gate.weight", matrix(_FEED_FORWARD, _WIDTH)
        yield f"blk.{layer}.ffn_up.weight", matrix(_FEED_FORWARD, _WIDTH)
        yield f"blk.{layer}.ffn_down.weight", matrix(_WIDTH, _FEED_FORWARD)
    yield "output_norm.weight", ones
    yield "output.weight", matrix(len(clear), _WIDTH) * np.array(clear, dtype=np.float32)[:, None]


if __name__ == "__main__":
    sys.stdout.write(f"{bench_model()}\n")
