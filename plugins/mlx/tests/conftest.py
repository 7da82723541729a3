"""Where the engine is not installed, there is nothing to test. A tiny model where it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

_NEEDED = ("mlx_lm", "inkstand_mlx", "safetensors", "tokenizers", "numpy")
collect_ignore_glob = [] if all(map(find_spec, _NEEDED)) else ["test_*.py"]

WIDTH, INNER, LAYERS = 64, 128, 2
WORDS = (
    "the", "old", "sea", "was", "dark", "and", "cold", ",", "so", "they", "went", "home", "again",
    ".", "a", "bird", "sang",
)  # fmt: skip
CONFIG: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": WIDTH,
    "intermediate_size": INNER,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-5,
    "max_position_embeddings": 128,
    "rope_theta": 10000.0,
    "tie_word_embeddings": False,
    "eos_token_id": 1,
}


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write a folder with a Llama of random weights whose tokens are words."""
    import numpy as np
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    def make(
        *,
        template: str = "",
        bos: bool = False,
        inner: int = INNER,
        config: dict[str, Any] | None = None,
    ) -> Path:
        folder = tmp_path_factory.mktemp("tiny")
        names = ["<unk>", "</s>", "<s>", *WORDS]
        vocabulary = {name: number for number, name in enumerate(names)}
        tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
        tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        tokenizer.add_special_tokens(names[:3])
        if bos:
            tokenizer.post_processor = processors.TemplateProcessing(
                single="<s> $A", special_tokens=[("<s>", vocabulary["<s>"])]
            )
        tokenizer.save(str(folder / "tokenizer.json"))
        described = {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "eos_token": "</s>",
            "unk_token": "<unk>",
            **({"bos_token": "<s>"} if bos else {}),
            **({"chat_template": template} if template else {}),
        }
        (folder / "tokenizer_config.json").write_text(json.dumps(described))
        sizes = {"vocab_size": len(names), "intermediate_size": inner}
        whole = {**CONFIG, **sizes, **(config or {})}
        whole = {name: value for name, value in whole.items() if value is not None}
        (folder / "config.json").write_text(json.dumps(whole))
        random = np.random.default_rng(3)

        def weights(*shape: int) -> Any:
            values = random.standard_normal(shape) * 0.2 if len(shape) > 1 else np.ones(shape)
            return values.astype(np.float32)

        tensors = {
            "model.embed_tokens.weight": weights(len(names), WIDTH),
            "lm_head.weight": weights(len(names), WIDTH),
            "model.norm.weight": weights(WIDTH),
        }
        for layer in range(LAYERS):
            for name, shape in {
                "input_layernorm": (WIDTH,),
                "post_attention_layernorm": (WIDTH,),
                "self_attn.q_proj": (WIDTH, WIDTH),
                "self_attn.k_proj": (WIDTH // 2, WIDTH),
                "self_attn.v_proj": (WIDTH // 2, WIDTH),
                "self_attn.o_proj": (WIDTH, WIDTH),
                "mlp.gate_proj": (inner, WIDTH),
                "mlp.up_proj": (inner, WIDTH),
                "mlp.down_proj": (WIDTH, inner),
            }.items():
                tensors[f"model.layers.{layer}.{name}.weight"] = weights(*shape)
        save_file(tensors, str(folder / "model.safetensors"), metadata={"format": "mlx"})
        return folder

    return make


@pytest.fixture(scope="session")
def make_adapter(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write a LoRA adapter for that model in mlx-lm's form, on its query projections."""
    import numpy as np
    from safetensors.numpy import save_file

    def make(*, width: int = WIDTH, rank: int = 4) -> Path:
        folder = tmp_path_factory.mktemp("adapter")
        parameters = {
            "rank": rank, "scale": 8.0, "dropout": 0.0, "keys": ["self_attn.q_proj"],
        }  # fmt: skip
        described = {"fine_tune_type": "lora", "num_layers": LAYERS, "lora_parameters": parameters}
        (folder / "adapter_config.json").write_text(json.dumps(described))
        random = np.random.default_rng(5)
        tensors = {}
        for layer in range(LAYERS):
            name = f"model.layers.{layer}.self_attn.q_proj"
            for part, shape in (("lora_a", (width, rank)), ("lora_b", (rank, WIDTH))):
                values = random.standard_normal(shape)
                tensors[f"{name}.{part}"] = values.astype(np.float32)
        save_file(tensors, str(folder / "adapters.safetensors"))
        return folder

    return make
