"""Writes a GGUF model as a folder of safetensors, for engines that read only those.

What such a model says differs from what the GGUF file does (the rows of its attention are in
another order), which does not matter to how fast it says it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

_VERSION = 1  # goes up with every change of what is written
_NORMAL, _CONTROL = 1, 3
_NAMES = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
}


def model_folder(gguf: Path) -> Path:
    """The folder for a Llama with byte-level BPE, in the user's cache; written if need be."""
    from platformdirs import user_cache_path

    cache = user_cache_path("inkstand", appauthor=False) / "bench"
    folder = cache / f"{gguf.stem}-folder-{_VERSION}"
    if not folder.exists():
        aside = folder.with_suffix(".new")
        aside.mkdir(parents=True, exist_ok=True)
        _write(gguf, aside)
        aside.replace(folder)
    return folder


def _write(path: Path, folder: Path) -> None:
    import gguf

    reader = gguf.GGUFReader(path)
    values = {name: field.contents() for name, field in reader.fields.items()}
    weights = {
        _renamed(tensor.name): gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        for tensor in reader.tensors
    }
    _safetensors(folder / "model.safetensors", weights)
    described = {
        "config.json": _config(values, tied="lm_head.weight" not in weights),
        "tokenizer.json": _tokenizer(values),
        "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast"},
    }
    for name, content in described.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")


def _renamed(name: str) -> str:
    if layer := re.fullmatch(r"blk\.(\d+)\.(\w+)\.weight", name):
        return f"model.layers.{layer[1]}.{_NAMES[layer[2]]}.weight"
    return f"{_NAMES[name.removesuffix('.weight')]}.weight"


def _config(values: dict[str, Any], *, tied: bool) -> dict[str, Any]:
    def value(key: str, default: Any = None) -> Any:
        return values.get(f"llama.{key}", default)

    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": value("embedding_length"),
        "intermediate_size": value("feed_forward_length"),
        "num_hidden_layers": value("block_count"),
        "num_attention_heads": value("attention.head_count"),
        "num_key_value_heads": value("attention.head_count_kv"),
        "rms_norm_eps": value("attention.layer_norm_rms_epsilon"),
        "rope_theta": value("rope.freq_base", 10_000.0),
        "max_position_embeddings": value("context_length"),
        "vocab_size": len(values["tokenizer.ggml.tokens"]),
        "eos_token_id": values["tokenizer.ggml.eos_token_id"],
        "tie_word_embeddings": tied,
        "dtype": "float32",
    }


def _tokenizer(values: dict[str, Any]) -> dict[str, Any]:
    tokens, kinds = values["tokenizer.ggml.tokens"], values["tokenizer.ggml.token_type"]
    bytes_of_text = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return {
        "version": "1.0",
        "added_tokens": [
            {"id": number, "content": token, "special": kind == _CONTROL, **flags}
            for number, (token, kind) in enumerate(zip(tokens, kinds, strict=True))
            if kind != _NORMAL
        ],
        "pre_tokenizer": {**bytes_of_text, "trim_offsets": True},
        "decoder": {**bytes_of_text, "trim_offsets": True},
        "model": {
            "type": "BPE",
            "vocab": {token: number for number, token in enumerate(tokens)},
            "merges": [merge.split(" ") for merge in values["tokenizer.ggml.merges"]],
        },
    }


def _safetensors(path: Path, weights: dict[str, Any]) -> None:
    """The form: the header's length in 8 bytes, the header as JSON, the numbers."""
    header: dict[str, Any] = {"__metadata__": {"format": "mlx"}}
    end = 0
    for name, values in weights.items():
        begin, end = end, end + values.size * 4
        header[name] = {
            "dtype": "F32", "shape": list(values.shape), "data_offsets": [begin, end]
        }  # fmt: skip
    described = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(len(described).to_bytes(8, "little") + described)
        for values in weights.values():
            file.write(values.astype("<f4").tobytes())
