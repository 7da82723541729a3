"""A trained checkpoint as a GGUF file, Q8_0 with norms in F32.

python to_gguf.py BUILD/checkpoint.safetensors BUILD/tokenizer.json pocket.gguf
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import gguf
import numpy as np
from checkpoint import load_model
from gguf.quants import quantize
from model import Pocket, Shape
from numpy.typing import NDArray
from tokens import BEGIN, CHAT_TEMPLATE, END, SPECIAL

_NAMES = {
    "attention_norm.weight": "attn_norm.weight",
    "attention.q.weight": "attn_q.weight",
    "attention.k.weight": "attn_k.weight",
    "attention.v.weight": "attn_v.weight",
    "attention.output.weight": "attn_output.weight",
    "feed_norm.weight": "ffn_norm.weight",
    "gate.weight": "ffn_gate.weight",
    "up.weight": "ffn_up.weight",
    "down.weight": "ffn_down.weight",
}
_BLOCK_SIZE = 32  # Q8_0 quantizes rows in blocks of so many values


def write_gguf(model: Pocket, tokenizer: Path, path: Path) -> None:
    """Write `model` with its tokenizer and chat template."""
    writer = gguf.GGUFWriter(path, "llama")
    _add_shape(writer, model.shape)
    _add_tokenizer(writer, tokenizer)
    for name, parameter in model.named_parameters():
        _add_tensor(writer, name, parameter.detach().numpy(), model.shape)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_shape(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_name("Pocket")
    writer.add_license("MIT")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.embedding)
    writer.add_block_count(shape.blocks)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_rope_dimension_count(shape.head_size)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)


def _add_tokenizer(writer: gguf.GGUFWriter, path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))["model"]
    tokens = sorted(content["vocab"], key=content["vocab"].__getitem__)
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([control if token in SPECIAL else normal for token in tokens])
    merges = content["merges"]
    writer.add_token_merges([one if isinstance(one, str) else " ".join(one) for one in merges])
    writer.add_bos_token_id(BEGIN)
    writer.add_eos_token_id(END)
    writer.add_pad_token_id(END)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def _add_tensor(
    writer: gguf.GGUFWriter, name: str, values: NDArray[np.float32], shape: Shape
) -> None:
    values = values.astype(np.float32)
    if name.startswith("blocks."):
        _, block, rest = name.split(".", 2)
        name = f"blk.{block}.{_NAMES[rest]}"
        if rest == "attention.q.weight":
            values = _interleaved(values, shape.heads)
        elif rest == "attention.k.weight":
            values = _interleaved(values, shape.kv_heads)
    else:
        name = {"embedding.weight": "token_embd.weight", "norm.weight": "output_norm.weight"}[name]
    if values.ndim == 1 or values.shape[-1] % _BLOCK_SIZE:
        writer.add_tensor(name, values)
        return
    kind = gguf.GGMLQuantizationType.Q8_0
    writer.add_tensor(name, quantize(values, kind), raw_dtype=kind)


def _interleaved(values: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows reordered from rotated halves, as trained, to rotated pairs, as llama.cpp wants."""
    rows, columns = values.shape
    return (
        values.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)
    )


if __name__ == "__main__":
    write_gguf(load_model(Path(sys.argv[1]))[0], Path(sys.argv[2]), Path(sys.argv[3]))
