"""Models of random weights as GGUF: other vocabularies than the pocket model's, in half a megabyte.

What they write is noise, and bytes that are no character, so a suite on one of them sets
`writes_characters = False`. Needs the libraries gguf and numpy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

Vocabulary = Literal["bytes", "sentencepiece"]

CONTEXT = 512  # tokens
_WIDTH, _INNER, _HEADS, _KEY_HEADS, _LAYERS = 64, 128, 4, 2, 2
_SEED = 9
_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6
_PIECES = (
    "\u2581", "e", "t", "a", "o", "n", "i", "s", "h", "r", "d", "th", "\u2581t", "\u2581th",
    "\u2581the", "he", "in", "\u2581a", "and", "\u2581and", "\u2581was", "\u2581dark", "k", "g",
    "w", ",", ".", "I", "\u2581It",
)  # fmt: skip
_MERGES = ["t h", "th e", "i n", "a n", "an d", "\u0120 the", "\u0120 a", "o r"]


def write_tiny_gguf(path: Path, vocabulary: Vocabulary) -> Path:
    """Write a Llama without a chat template to `path`, and give the path.

    Args:
        path: Where; ends in ".gguf".
        vocabulary: "bytes" is byte-level BPE without a token that begins a text; "sentencepiece"
            has one, falls back to bytes, and puts a blank before a text.

    """
    import gguf

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(vocabulary)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_INNER)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KEY_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_rope_freq_base(10_000.0)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    size, silent = (_add_bytes if vocabulary == "bytes" else _add_sentencepiece)(writer)
    writer.add_vocab_size(size)
    for name, weights in _tensors(size, silent).items():
        writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_bytes(writer: Any) -> tuple[int, int]:
    """Byte-level BPE; how many tokens, and how many of the first are never to be written."""
    tokens = ["<|end|>", *_byte_letters(), *(merge.replace(" ", "") for merge in _MERGES)]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([_CONTROL] + [_NORMAL] * (len(tokens) - 1))
    writer.add_token_merges(_MERGES)
    writer.add_eos_token_id(0)
    writer.add_add_bos_token(False)
    return len(tokens), 1


def _add_sentencepiece(writer: Any) -> tuple[int, int]:
    special = ["<unk>", "<s>", "</s>"]
    single = [f"<0x{byte:02X}>" for byte in range(256)]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([*special, *single, *_PIECES])
    kinds = [_UNKNOWN, _CONTROL, _CONTROL, *[_BYTE] * 256, *[_NORMAL] * len(_PIECES)]
    writer.add_token_types(kinds)
    writer.add_token_scores([*[0.0] * 259, *(-float(place) for place in range(len(_PIECES)))])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(True)
    return len(kinds), len(special)


def _byte_letters() -> list[str]:
    """The letter that stands for each byte in byte-level BPE, from GPT-2's code."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in shown]
    letters = {byte: chr(byte) for byte in shown}
    letters |= {byte: chr(256 + place) for place, byte in enumerate(others)}
    return [letters[byte] for byte in range(256)]


def _tensors(size: int, silent: int) -> dict[str, Any]:
    import numpy as np

    random = np.random.default_rng(_SEED)

    def matrix(rows: int, columns: int, spread: float = 0.25) -> Any:
        return (random.standard_normal((rows, columns)) * spread).astype(np.float32)

    ones = np.ones(_WIDTH, dtype=np.float32)
    key_width = _WIDTH // _HEADS * _KEY_HEADS
    tensors = {"token_embd.weight": matrix(size, _WIDTH, 1.0), "output_norm.weight": ones}
    for layer in range(_LAYERS):
        tensors |= {
            f"blk.{layer}.attn_norm.weight": ones,
            f"blk.{layer}.attn_q.weight": matrix(_WIDTH, _WIDTH),
            f"blk.{layer}.attn_k.weight": matrix(key_width, _WIDTH),
            f"blk.{layer}.attn_v.weight": matrix(key_width, _WIDTH),
            f"blk.{layer}.attn_output.weight": matrix(_WIDTH, _WIDTH),
            f"blk.{layer}.ffn_norm.weight": ones,
            f"blk.{layer}.ffn_gate.weight": matrix(_INNER, _WIDTH),
            f"blk.{layer}.ffn_up.weight": matrix(_INNER, _WIDTH),
            f"blk.{layer}.ffn_down.weight": matrix(_WIDTH, _INNER),
        }
    output = matrix(size, _WIDTH, 0.5)
    output[:silent] = 0.0
    return {**tensors, "output.weight": output}
