"""PEFT adapters: the same text as PEFT itself, switched for each request, and checked first."""

from __future__ import annotations

import concurrent.futures
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")
pytest.importorskip("inkstand_transformers")

from inkstand_sdk import GenerateRequest, Model, Sampling
from inkstand_sdk.errors import ModelFileError, UsageError
from inkstand_sdk.messages import Adapter
from inkstand_transformers.backend import Transformers

PROMPT = "It was a dark night, and the"
pytestmark = pytest.mark.filterwarnings("ignore")


def text_of(backend: Transformers, *adapters: Adapter, prompt: str = PROMPT) -> str:
    asked = GenerateRequest.of(
        prompt, raw=True, max_tokens=16, sampling=Sampling(temperature=0), adapters=adapters
    )
    return "".join(chunk.text for chunk in backend.generate(asked, lambda: False))


def loaded(folder: Path, **settings: Any) -> Transformers:
    backend = Transformers()
    backend.load(
        Model(id="tiny", format="safetensors", path=str(folder)),
        Transformers.Settings(threads=1, **settings),
    )
    return backend


@pytest.fixture(scope="module")
def save_adapter(
    tiny: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., tuple[Path, str]]:
    """Writes a random adapter for the tiny Llama; gives its folder and what PEFT writes with it."""

    def save(kind: str, seed: int) -> tuple[Path, str]:
        import peft
        import torch
        import transformers

        torch.manual_seed(seed)
        base = transformers.AutoModelForCausalLM.from_pretrained(tiny("llama2")).eval()
        config: Any
        if kind == "lora":
            config = peft.LoraConfig(
                r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "down_proj"],
                init_lora_weights=False, task_type="CAUSAL_LM",
            )  # fmt: skip
        else:
            config = peft.PrefixTuningConfig(num_virtual_tokens=5, task_type="CAUSAL_LM")
        model = peft.get_peft_model(base, config).eval()
        folder = tmp_path_factory.mktemp("adapters") / f"{kind}{seed}"
        model.save_pretrained(folder)
        tokenizer = transformers.AutoTokenizer.from_pretrained(tiny("llama2"))
        ids = tokenizer(PROMPT, return_tensors="pt")["input_ids"]
        written = model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=16, do_sample=False
        )[0]
        return folder, tokenizer.decode(written[ids.shape[1] :], skip_special_tokens=True)

    return save


@pytest.fixture(scope="module")
def backend(tiny: Callable[[str], Path]) -> Iterator[Transformers]:
    backend = loaded(tiny("llama2"))
    yield backend
    backend.close()


def test_a_lora_adapter_writes_what_peft_writes_and_only_where_it_is_asked_for(
    backend: Transformers, save_adapter: Callable[..., tuple[Path, str]]
) -> None:
    plain = text_of(backend)
    folder, expected = save_adapter("lora", 1)
    assert expected != plain
    assert text_of(backend, Adapter(str(folder))) == expected
    assert text_of(backend) == plain
    assert text_of(backend, Adapter(str(folder), scale=0.0)) == plain
    assert text_of(backend, Adapter(str(folder), scale=0.5)) != expected


def test_requests_with_different_adapters_run_at_once_and_do_not_mix(
    backend: Transformers, save_adapter: Callable[..., tuple[Path, str]]
) -> None:
    one, first = save_adapter("lora", 2)
    other, second = save_adapter("lora", 3)
    plain = text_of(backend)
    sets = [(Adapter(str(one)),), (Adapter(str(other)),), ()] * 3
    with concurrent.futures.ThreadPoolExecutor(9) as pool:
        texts = list(pool.map(lambda adapters: text_of(backend, *adapters), sets))
    for text, expected in zip(texts, [first, second, plain] * 3, strict=True):
        assert text[:8] == expected[:8]


def test_an_adapter_from_the_settings_is_on_for_every_request(
    tiny: Callable[[str], Path], save_adapter: Callable[..., tuple[Path, str]]
) -> None:
    folder, expected = save_adapter("lora", 4)
    backend = loaded(tiny("llama2"), adapters=(str(folder),))
    try:
        assert text_of(backend) == expected
    finally:
        backend.close()


def test_an_adapter_may_be_named_by_its_file(
    backend: Transformers, save_adapter: Callable[..., tuple[Path, str]]
) -> None:
    folder, expected = save_adapter("lora", 1)
    assert text_of(backend, Adapter(str(folder / "adapter_model.safetensors"))) == expected
    with pytest.raises(UsageError, match="not a number"):
        text_of(backend, Adapter(str(folder), scale=float("nan")))


def test_a_lora_adapter_goes_on_rounded_weights_as_on_whole_ones(
    tiny: Callable[[str], Path], save_adapter: Callable[..., tuple[Path, str]]
) -> None:
    pytest.importorskip("torchao")
    folder, _ = save_adapter("lora", 1)
    first: dict[tuple[str, float], float] = {}
    for quantization in ("none", "int8"):
        backend = loaded(tiny("llama2"), quantization=quantization)
        try:
            for scale in (0.0, 1.0):
                asked = GenerateRequest.of(
                    PROMPT, raw=True, max_tokens=1, sampling=Sampling(temperature=0), logprobs=0,
                    adapters=(Adapter(str(folder), scale),),
                )  # fmt: skip
                chunks = list(backend.generate(asked, lambda: False))
                told = [token.logprob for chunk in chunks for token in chunk.logprobs]
                first[quantization, scale] = told[0]
        finally:
            backend.close()
    for scale in (0.0, 1.0):
        assert abs(first["none", scale] - first["int8", scale]) < 0.3
    assert first["int8", 0.0] != first["int8", 1.0]


def test_a_learned_prefix_writes_what_peft_writes(
    backend: Transformers, save_adapter: Callable[..., tuple[Path, str]]
) -> None:
    folder, expected = save_adapter("prefix", 5)
    plain = text_of(backend)
    assert text_of(backend, Adapter(str(folder))) == expected
    assert text_of(backend) == plain


def test_a_prefix_with_a_scale_is_refused(
    backend: Transformers, save_adapter: Callable[..., tuple[Path, str]]
) -> None:
    folder, _ = save_adapter("prefix", 5)
    with pytest.raises(UsageError, match="prefix"):
        text_of(backend, Adapter(str(folder), scale=0.5))


def damaged(kind: str, sound: Path, folder: Path) -> Path:
    """A copy of the adapter with something wrong."""
    import shutil

    shutil.copytree(sound, folder)
    weights = folder / "adapter_model.safetensors"
    config = folder / "adapter_config.json"
    said = json.loads(config.read_text())
    if kind == "a pickle":
        weights.rename(folder / "adapter_model.bin")
    elif kind == "cut off":
        weights.write_bytes(weights.read_bytes()[:-100])
    elif kind == "no config":
        config.unlink()
    elif kind == "another kind":
        config.write_text(json.dumps({**said, "peft_type": "IA3"}))
    elif kind == "layers that are not there":
        config.write_text(json.dumps({**said, "target_modules": ["nowhere"]}))
    elif kind == "another rank":
        config.write_text(json.dumps({**said, "r": 3}))
    return folder


@pytest.mark.parametrize(
    "kind",
    ["a pickle", "cut off", "no config", "another kind", "layers that are not there",
     "another rank"],
)  # fmt: skip
def test_what_is_no_adapter_of_this_model_is_refused_and_the_model_works_on(
    backend: Transformers,
    save_adapter: Callable[..., tuple[Path, str]],
    tmp_path: Path,
    kind: str,
) -> None:
    plain = text_of(backend)
    sound, expected = save_adapter("lora", 6)
    bad = damaged(kind, sound, tmp_path / "bad")
    with pytest.raises(ModelFileError) as caught:
        text_of(backend, Adapter(str(bad)))
    assert caught.value.cause
    assert caught.value.fix
    assert text_of(backend) == plain
    assert text_of(backend, Adapter(str(sound))) == expected


def test_a_missing_adapter_is_refused(backend: Transformers, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no adapter folder"):
        text_of(backend, Adapter(str(tmp_path / "missing")))
