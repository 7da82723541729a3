"""Where the engine is not installed, there is nothing to test. Tiny models where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

_NEEDED = ("gpt4all", "inkstand_gpt4all", "gguf", "numpy")
collect_ignore_glob = [] if all(map(find_spec, _NEEDED)) else ["test_*.py"]

NORMAL, UNKNOWN, CONTROL, UNUSED, BYTE = 1, 2, 3, 5, 6
BYTES = [f"<0x{value:02X}>" for value in range(256)]
SPM = ["<unk>", "<s>", "</s>", *BYTES, "\u2581", "a", "b", "\u2581a", "</e>"]
SPM_TYPES = [UNKNOWN, CONTROL, CONTROL, *[BYTE] * 256, *[NORMAL] * 4, CONTROL]


def _byte_letters() -> list[str]:
    """The letters that byte-level BPE writes the 256 bytes with."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [value for value in range(256) if value not in plain]
    return [chr(value) for value in plain] + [chr(256 + n) for n in range(len(others))]


BPE = [*_byte_letters(), "ab", "</e>"]
BPE_TYPES = [*[NORMAL] * 257, CONTROL]


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write a Llama of two layers with random weights, and a vocabulary as asked for."""
    import gguf
    import numpy as np

    def make(
        tokens: Sequence[str],
        types: Sequence[int],
        *,
        bos: int | None = None,
        template: str = "",
        architecture: str = "llama",
        extra: Callable[[Any], None] = lambda writer: None,
    ) -> Path:
        path = tmp_path_factory.mktemp("model") / "tiny.gguf"
        random = np.random.default_rng(1)
        width, inner, layers = 32, 64, 2
        writer = gguf.GGUFWriter(path, architecture)
        writer.add_name("tiny")
        writer.add_context_length(64)
        writer.add_embedding_length(width)
        writer.add_block_count(layers)
        writer.add_feed_forward_length(inner)
        writer.add_head_count(4)
        writer.add_head_count_kv(2)
        writer.add_layer_norm_rms_eps(1e-5)
        writer.add_rope_dimension_count(8)
        writer.add_tokenizer_model("llama" if "<0x00>" in tokens else "gpt2")
        writer.add_tokenizer_pre("default")
        writer.add_token_list(list(tokens))
        writer.add_token_types(list(types))
        if "<0x00>" in tokens:
            writer.add_token_scores([0.0] * len(tokens))
        else:
            writer.add_token_merges(["a b"])
        writer.add_add_bos_token(bos is not None)
        if bos is not None:
            writer.add_bos_token_id(bos)
        writer.add_eos_token_id(len(tokens) - 1)
        if template:
            writer.add_chat_template(template)
        extra(writer)

        def weights(name: str, *shape: int) -> None:
            values = random.standard_normal(shape) * 0.2 if len(shape) > 1 else np.ones(shape)
            writer.add_tensor(f"{name}.weight", values.astype(np.float32))

        for name in ("token_embd", "output"):
            weights(name, len(tokens), width)
        weights("output_norm", width)
        for layer in range(layers):
            for name, shape in {
                "attn_norm": (width,), "ffn_norm": (width,), "attn_q": (width, width),
                "attn_k": (16, width), "attn_v": (16, width), "attn_output": (width, width),
                "ffn_gate": (inner, width), "ffn_up": (inner, width), "ffn_down": (width, inner),
            }.items():  # fmt: skip
                weights(f"blk.{layer}.{name}", *shape)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path

    return make
