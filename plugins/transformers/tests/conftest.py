"""Tiny models with random weights, one for each family, made once for a test session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TEXT = (
    "It was a dark night, and the wind went over the hill. The old man said that the sea was"
    " near, and that the house of the king stood by the water. She looked at him and laughed."
    " There were two birds in the garden, one red and one blue; they sang until the morning came."
)
CONTEXT = 160
SIZE: dict[str, Any] = {
    "vocab_size": 320,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": CONTEXT,
    "initializer_range": 0.3,
    "bos_token_id": 0,
    "eos_token_id": 1,
    "pad_token_id": 1,
}
EXPERTS = {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32}
# Family -> the config's class in transformers, and what it wants beyond or other than SIZE.
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "gpt2": ("GPT2Config", {"n_positions": CONTEXT, "n_embd": 32, "n_layer": 2, "n_head": 4}),
    "llama2": ("LlamaConfig", {}),
    "llama3": (
        "LlamaConfig",
        {
            "rope_parameters": {
                "rope_type": "llama3",
                "rope_theta": 500000.0,
                "factor": 8.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 64,
            }
        },
    ),
    "tinyllama": ("LlamaConfig", {"num_key_value_heads": 1, "tie_word_embeddings": True}),
    "mistral": ("MistralConfig", {"sliding_window": 8}),
    "mixtral": ("MixtralConfig", {"num_local_experts": 4, "num_experts_per_tok": 2}),
    "phi2": ("PhiConfig", {"partial_rotary_factor": 0.5}),
    "phi3": ("Phi3Config", {"sliding_window": 8}),
    "falcon": ("FalconConfig", {"new_decoder_architecture": True, "num_kv_heads": 2}),
    "falcon-alibi": ("FalconConfig", {"alibi": True, "multi_query": True}),
    "mpt": ("MptConfig", {"d_model": 32, "n_heads": 4, "n_layers": 2, "max_seq_len": CONTEXT}),
    "qwen2": ("Qwen2Config", {}),
    "qwen3": ("Qwen3Config", {}),
    "qwen3-moe": ("Qwen3MoeConfig", EXPERTS),
    "gemma1": ("GemmaConfig", {}),
    "gemma2": ("Gemma2Config", {"sliding_window": 8}),
    "gemma3": ("Gemma3TextConfig", {"sliding_window": 8}),
    "gpt-neox": ("GPTNeoXConfig", {}),
    "opt": ("OPTConfig", {"ffn_dim": 64, "word_embed_proj_dim": 32}),
    "bloom": ("BloomConfig", {"n_layer": 2, "n_head": 4}),
    "stablelm": ("StableLmConfig", {}),
    "olmo2": ("Olmo2Config", {}),
    "starcoder2": ("Starcoder2Config", {"sliding_window": 8}),
    "cohere": ("CohereConfig", {}),
    "lfm2": ("Lfm2Config", {}),
    "mamba": ("MambaConfig", {}),
    "t5": (
        "T5Config",
        {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4,
         "n_positions": CONTEXT // 2, "decoder_start_token_id": 1, "initializer_factor": 8.0},
    ),
    "bart": (
        "BartConfig",
        {"d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_ffn_dim": 64,
         "decoder_ffn_dim": 64, "encoder_attention_heads": 4, "decoder_attention_heads": 4,
         "init_std": 0.3, "decoder_start_token_id": 1, "forced_eos_token_id": None},
    ),
}  # fmt: skip


@pytest.fixture(scope="session")
def make_tokenizer() -> Callable[..., Any]:
    """Makes a byte-level tokenizer, of printable ASCII or, with `every_byte`, of anything."""

    def make(*, every_byte: bool = False, bos: bool = False, template: str = "") -> Any:
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
        from transformers import PreTrainedTokenizerFast

        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet() if every_byte else []
        trainer = trainers.BpeTrainer(
            vocab_size=320,
            special_tokens=["<s>", "</s>", "<|user|>", "<|assistant|>"],
            initial_alphabet=[*alphabet, *(chr(code) for code in range(33, 127))],
            show_progress=False,
        )
        tokenizer.train_from_iterator([TEXT] * 4, trainer)
        if bos:
            tokenizer.post_processor = processors.TemplateProcessing(
                single="<s> $A", special_tokens=[("<s>", 0)]
            )
        fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="</s>")
        fast.add_special_tokens({"additional_special_tokens": ["<s>", "<|user|>", "<|assistant|>"]})
        if template:
            fast.chat_template = template
        return fast

    return make


@pytest.fixture(scope="session")
def save_model(make_tokenizer: Callable[..., Any]) -> Callable[..., Path]:
    """Writes a random model of a family into a folder; other config values may be given.

    `ascii_first` makes one that can write anything, and writes ASCII if it is let.
    """

    def save(
        folder: Path, family: str, *, seed: int = 1, ascii_first: bool = False, **options: Any
    ) -> Path:
        import torch
        import transformers

        kinds = ("every_byte", "bos", "template")
        tokenizer = make_tokenizer(**{key: options.pop(key) for key in kinds if key in options})
        name, special = FAMILIES[family]
        values = {**SIZE, **special, **options}
        if family.startswith("falcon"):
            del values["head_dim"]  # it works its own out
        config = getattr(transformers, name)(**values)
        auto = (
            transformers.AutoModelForSeq2SeqLM
            if config.is_encoder_decoder
            else transformers.AutoModelForCausalLM
        )
        torch.manual_seed(seed)
        model = auto.from_config(config).float()
        if ascii_first:
            tokens = [tokenizer.decode([token]) for token in range(len(tokenizer))]
            rare = [token for token, text in enumerate(tokens) if not text.isascii() or not text]
            weights = model.get_output_embeddings().weight
            with torch.no_grad():
                weights[rare] = 0.0
                weights[1] = 0.0  # nor does it end its text early
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return folder

    return save


@pytest.fixture(scope="session")
def tiny(
    tmp_path_factory: pytest.TempPathFactory, save_model: Callable[..., Path]
) -> Callable[[str], Path]:
    """The folder of the tiny model of a family, made when it is first asked for."""
    made: dict[str, Path] = {}

    def folder(family: str) -> Path:
        if family not in made:
            made[family] = save_model(tmp_path_factory.mktemp("models") / family, family)
        return made[family]

    return folder


TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


@pytest.fixture(scope="session")
def writer(
    tmp_path_factory: pytest.TempPathFactory, save_model: Callable[..., Path]
) -> Callable[[str], Path]:
    """The folder of a model of a family that can write anything: for the conformance suite.

    The Llama has neither a BOS token nor a template, the GPT-2 has both.
    """
    options_of: dict[str, dict[str, Any]] = {
        "gpt2": {"bos": True, "template": TEMPLATE},
        "t5": {"initializer_factor": 2.0},  # less sure of itself, so that seeds matter
    }
    made: dict[str, Path] = {}

    def folder(family: str) -> Path:
        if family not in made:
            options = options_of.get(family, {})
            made[family] = save_model(
                tmp_path_factory.mktemp("writers") / family,
                family,
                every_byte=True,
                ascii_first=True,
                **options,
            )
        return made[family]

    return folder
