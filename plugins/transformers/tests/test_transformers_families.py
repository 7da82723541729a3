"""Each family of models: what the batch writes is what transformers' own generation writes."""

from __future__ import annotations

import concurrent.futures
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")
pytest.importorskip("inkstand_transformers")

from inkstand_sdk import GenerateRequest, Model, Sampling
from inkstand_transformers.backend import Transformers

PROMPTS = (
    "It was a dark night, and the",
    "The king",
    "She looked at him and laughed. There were two birds in the garden, one red and one blue;",
    "The old man said that the sea",
)
FAMILIES = (
    "gpt2", "llama2", "llama3", "tinyllama", "mistral", "mixtral", "phi2", "phi3", "falcon",
    "falcon-alibi", "mpt", "qwen2", "qwen3", "qwen3-moe", "gemma1", "gemma2", "gemma3", "gpt-neox",
    "opt", "bloom", "stablelm", "olmo2", "starcoder2", "cohere", "t5", "bart",
)  # fmt: skip
LENGTH = 20


def request(prompt: str, **fields: Any) -> GenerateRequest:
    return GenerateRequest.of(
        prompt, raw=True, **{"max_tokens": LENGTH, "sampling": Sampling(temperature=0), **fields}
    )


def text_of(backend: Transformers, asked: GenerateRequest) -> str:
    return "".join(chunk.text for chunk in backend.generate(asked, lambda: False))


def own_tokens(folder: Path, prompt: str) -> tuple[str, int]:
    """What transformers' own greedy generation writes, and how many tokens that is."""
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    config = transformers.AutoConfig.from_pretrained(folder)
    auto = (
        transformers.AutoModelForSeq2SeqLM
        if config.is_encoder_decoder
        else transformers.AutoModelForCausalLM
    )
    model = auto.from_pretrained(folder, dtype=torch.float32).eval()
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    written = model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=LENGTH, do_sample=False
    )[0]
    fresh = written[1:] if config.is_encoder_decoder else written[ids.shape[1] :]
    return tokenizer.decode(fresh, skip_special_tokens=True), len(fresh)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_writes_alone_and_in_a_batch_what_transformers_writes(
    family: str, tiny: Callable[[str], Path]
) -> None:
    logging.getLogger("transformers").setLevel(logging.ERROR)
    folder = tiny(family)
    backend = Transformers()
    backend.load(
        Model(id=family, format="safetensors", path=str(folder)), Transformers.Settings(threads=1)
    )
    try:
        alone = [text_of(backend, request(prompt)) for prompt in PROMPTS]
        with concurrent.futures.ThreadPoolExecutor(len(PROMPTS)) as pool:
            together = list(pool.map(lambda prompt: text_of(backend, request(prompt)), PROMPTS))
    finally:
        backend.close()
    assert alone == [own_tokens(folder, prompt)[0] for prompt in PROMPTS]
    assert len("".join(alone)) > 20
    for one, other in zip(alone, together, strict=True):
        # A batch rounds differently, and what is written after a near tie differs from there on.
        assert other[:12] == one[:12]
