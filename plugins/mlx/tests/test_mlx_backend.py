"""What the MLX backend promises beyond the conformance suite."""

from __future__ import annotations

import concurrent.futures
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from inkstand_mlx import engine_thread
from inkstand_mlx.backend import Mlx
from inkstand_mlx.settings import MlxSettings
from inkstand_sdk import Chunk, GenerateRequest, Model, Sampling
from inkstand_sdk.errors import InkstandError, LoadFailed, PromptTooLong, UsageError
from inkstand_sdk.messages import Adapter
from inkstand_sdk.testing.backend_case import GREEDY, Subject

POCKET = Path(__file__).parents[4] / "shared/models/pocket/hf"
# What llama.cpp writes with the same weights as a GGUF file.
RECORDED = {
    "It was": " a long time before I could see the light of the night. I had seen",
    "It was a dark night, and the": " wind was so bright that it was so dark and",
    "The old man said": " he was a good man, and he was a good man, and he was",
}
SENTENCE = "the old sea was dark and cold ,"


def load(path: Path, **settings: Any) -> Subject:
    backend = Mlx()
    model = Model(id="model", format="safetensors", path=str(path))
    return Subject(backend, backend.load(model, MlxSettings(**settings)))


@pytest.fixture(scope="module")
def tiny(make_model: Callable[..., Path]) -> Iterator[Subject]:
    loaded = load(make_model())
    yield loaded
    loaded.backend.close()


@pytest.fixture(scope="module")
def pocket() -> Iterator[Subject]:
    if not POCKET.is_dir():
        pytest.skip("the pocket model's safetensors are not here")
    loaded = load(POCKET)
    yield loaded
    loaded.backend.close()


def raw(prompt: str, **fields: Any) -> GenerateRequest:
    return GenerateRequest.of(prompt, raw=True, **{"sampling": GREEDY, **fields})


@pytest.mark.parametrize("prompt", sorted(RECORDED))
def test_the_same_weights_write_the_same_as_in_llama_cpp(pocket: Subject, prompt: str) -> None:
    assert pocket.run(raw(prompt, max_tokens=16)).text.startswith(RECORDED[prompt])


def test_the_chat_template_gives_the_prompt_that_llama_cpp_makes_of_it(pocket: Subject) -> None:
    run = pocket.run(GenerateRequest.of("Write a scene.", max_tokens=12, sampling=GREEDY))
    assert run.finish.usage.prompt_tokens == 9
    assert run.text.startswith('"I am not a man," said the')


def test_a_shared_beginning_is_evaluated_once_and_changes_nothing(tiny: Subject) -> None:
    beginning = f"{SENTENCE} so they went home again . " * 3
    first = tiny.run(raw(f"{beginning} a bird", max_tokens=6))
    again = tiny.run(raw(f"{beginning} a bird", max_tokens=6))
    other = tiny.run(raw(f"{beginning} the sea", max_tokens=6))
    usage = other.finish.usage
    assert first.text == again.text
    assert usage.cached_tokens >= usage.prompt_tokens - 2
    tiny.run(raw("cold", max_tokens=1))
    assert tiny.run(raw(f"{beginning} the sea", max_tokens=6)).text == other.text


def test_penalties_see_the_part_of_the_prompt_that_is_in_the_cache(tiny: Subject) -> None:
    sampling = Sampling(temperature=0, repeat_penalty=3.0, presence_penalty=2.0)
    request = raw(f"{SENTENCE} so they went home", max_tokens=8, sampling=sampling)
    tiny.run(raw("bird", max_tokens=1))
    fresh = tiny.run(request)
    cached = tiny.run(request)
    assert fresh.finish.usage.cached_tokens < cached.finish.usage.cached_tokens
    assert cached.text == fresh.text


def test_the_prompt_cache_can_be_switched_off(make_model: Callable[..., Path]) -> None:
    subject = load(make_model(), prompt_cache=False)
    for _ in range(2):
        assert subject.run(raw(SENTENCE, max_tokens=2)).finish.usage.cached_tokens == 0
    subject.backend.close()


def test_a_cancelled_prompt_leaves_nothing_wrong_in_the_cache(
    make_model: Callable[..., Path],
) -> None:
    subject = load(make_model(), batch=16)
    prompt = " ".join([SENTENCE] * 12)
    whole = subject.run(raw(prompt, max_tokens=5)).text
    subject.run(raw("bird", max_tokens=1))
    seen: list[Chunk] = []
    for chunk in subject.backend.generate(raw(prompt, max_tokens=5), lambda: len(seen) > 2):
        seen.append(chunk)
    assert seen[-1].finish is not None
    assert seen[-1].finish.reason == "cancelled"
    steps = [chunk.progress.evaluated for chunk in seen if chunk.progress]
    assert steps == sorted(steps)
    assert subject.run(raw(prompt, max_tokens=5)).text == whole
    subject.backend.close()


def test_an_adapter_changes_the_text_and_is_gone_for_the_next_request(
    tiny: Subject, make_adapter: Callable[..., Path]
) -> None:
    folder = make_adapter()
    bare = tiny.run(raw(SENTENCE, max_tokens=12)).text
    with_it = tiny.run(raw(SENTENCE, max_tokens=12, adapters=(Adapter(str(folder)),))).text
    assert with_it != bare
    assert tiny.run(raw(SENTENCE, max_tokens=12)).text == bare
    as_file = Adapter(str(folder / "adapters.safetensors"))
    assert tiny.run(raw(SENTENCE, max_tokens=12, adapters=(as_file,))).text == with_it
    nothing = Adapter(str(folder), scale=0.0)
    assert tiny.run(raw(SENTENCE, max_tokens=12, adapters=(nothing,))).text == bare


def test_an_adapter_for_another_model_is_refused_and_leaves_the_model_as_it_was(
    tiny: Subject, make_adapter: Callable[..., Path]
) -> None:
    bare = tiny.run(raw(SENTENCE, max_tokens=8)).text
    with pytest.raises(InkstandError, match="does not fit"):
        tiny.run(raw(SENTENCE, adapters=(Adapter(str(make_adapter(width=32))),)))
    assert tiny.run(raw(SENTENCE, max_tokens=8)).text == bare


def test_two_adapters_or_one_of_peft_are_refused(
    tiny: Subject, make_adapter: Callable[..., Path], tmp_path: Path
) -> None:
    one = Adapter(str(make_adapter()))
    with pytest.raises(UsageError, match="one LoRA adapter"):
        tiny.run(raw(SENTENCE, adapters=(one, one)))
    (tmp_path / "adapter_config.json").write_text('{"peft_type": "LORA"}')
    (tmp_path / "adapter_model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    with pytest.raises(InkstandError, match="PEFT"):
        tiny.run(raw(SENTENCE, adapters=(Adapter(str(tmp_path)),)))


@pytest.mark.parametrize("bits", ["int8", "int4"])
def test_a_model_can_be_quantized_while_it_is_loaded(
    make_model: Callable[..., Path], make_adapter: Callable[..., Path], bits: str
) -> None:
    subject = load(make_model(), quantization=bits)
    adapter = Adapter(str(make_adapter()))
    bare = subject.run(raw(SENTENCE, max_tokens=6)).text
    assert subject.run(raw(SENTENCE, max_tokens=6, adapters=(adapter,))).text
    assert subject.run(raw(SENTENCE, max_tokens=6)).text == bare
    subject.backend.close()


def test_a_quantized_folder_is_loaded_as_it_is(
    make_model: Callable[..., Path], tmp_path: Path
) -> None:
    source = make_model()

    def quantize() -> None:
        from mlx_lm import utils

        model, config = utils.load_model(source)
        model, config = utils.quantize_model(model, config, 64, 4)
        utils.save_model(tmp_path, model)
        utils.save_config(config, tmp_path / "config.json")

    engine_thread.run(quantize)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    subject = load(tmp_path, quantization="int8")
    run = subject.run(raw(SENTENCE, max_tokens=4))
    subject.backend.close()
    assert run.text
    assert any("quantized already" in note for note in subject.loaded.notes)


@pytest.mark.parametrize("bos", [False, True])
def test_models_with_and_without_a_beginning_are_counted_right(
    make_model: Callable[..., Path], bos: bool
) -> None:
    subject = load(make_model(bos=bos))
    run = subject.run(raw(SENTENCE, max_tokens=2))
    counted = subject.backend.count_tokens(SENTENCE).count
    subject.backend.close()
    assert run.finish.usage.prompt_tokens == counted + bos


def test_without_a_chat_template_messages_are_sent_in_a_plain_form(tiny: Subject) -> None:
    run = tiny.run(GenerateRequest.of("the sea", max_tokens=2, sampling=GREEDY))
    assert not tiny.loaded.chat_template
    assert "no chat template" in tiny.loaded.notes[-1]
    assert run.finish.usage.prompt_tokens == 4


def test_a_template_that_refuses_is_an_error(make_model: Callable[..., Path]) -> None:
    subject = load(make_model(template="{{ raise_exception('no') }}"))
    with pytest.raises(UsageError, match="template"):
        subject.run(GenerateRequest.of("the sea", max_tokens=2))
    subject.backend.close()


def test_four_threads_may_hammer_one_instance(tiny: Subject) -> None:
    expected = tiny.run(raw(SENTENCE, max_tokens=6)).text

    def one(number: int) -> str:
        if number % 5 == 0:
            asked = iter(range(number + 2))
            return tiny.run(raw("sea", max_tokens=100), lambda: not next(asked, 0)).text
        if number % 7 == 0:
            with pytest.raises(PromptTooLong):
                tiny.run(raw("bird " * 500, max_tokens=2))
            return ""
        tiny.backend.count_tokens("the sea " * number)
        return tiny.run(raw(SENTENCE, max_tokens=6)).text

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(one, range(24)))
    assert {text for n, text in enumerate(texts) if n % 5 and n % 7} == {expected}


def test_a_request_in_line_can_be_cancelled_before_its_turn(tiny: Subject) -> None:
    running = tiny.backend.generate(raw("sea", max_tokens=100), lambda: False)
    next(iter(running))
    asked = iter([False, False])
    waiting = tiny.run(raw("bird", max_tokens=100), lambda: next(asked, True))
    assert waiting.finish.reason == "cancelled"
    running.close()  # type: ignore[attr-defined]


def test_the_same_seed_draws_the_same_after_other_requests(tiny: Subject) -> None:
    def drawn() -> str:
        return tiny.run(raw("sea", max_tokens=12, sampling=Sampling(temperature=2, seed=9))).text

    first = drawn()
    tiny.run(raw("bird", max_tokens=5, sampling=Sampling(temperature=2)))
    assert drawn() == first


def test_two_models_may_live_in_one_process(tiny: Subject, make_model: Callable[..., Path]) -> None:
    expected = tiny.run(raw(SENTENCE, max_tokens=6)).text
    other = load(make_model(bos=True))
    other.run(raw(SENTENCE, max_tokens=6))
    assert tiny.run(raw(SENTENCE, max_tokens=6)).text == expected
    other.backend.close()
    assert tiny.run(raw(SENTENCE, max_tokens=6)).text == expected


def test_the_network_is_never_asked(
    make_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("A connection was tried.")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    load(make_model()).backend.close()
    assert os.environ["HF_HUB_OFFLINE"] == "1"


@pytest.mark.parametrize("method", ["gptq", "awq"])
def test_weights_that_are_not_quantized_as_the_config_says_are_refused_with_a_way_out(
    make_model: Callable[..., Path], method: str
) -> None:
    config = {"quantization_config": {"quant_method": method, "bits": 4, "group_size": 128}}
    with pytest.raises(InkstandError, match=method) as caught:
        load(make_model(config=config))
    assert "GGUF" in caught.value.fix


def test_a_config_that_lacks_what_mlx_wants_is_told_what(
    make_model: Callable[..., Path],
) -> None:
    folder = make_model()
    config = json.loads((folder / "config.json").read_text())
    del config["num_attention_heads"]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(InkstandError, match="num_attention_heads"):
        load(folder)


def test_a_device_that_is_not_there_is_said(make_model: Callable[..., Path]) -> None:
    wanted = "cuda" if sys.platform == "darwin" else "mps"
    with pytest.raises(LoadFailed, match="no device"):
        load(make_model(), device=wanted)


def test_a_process_that_used_it_ends_well(make_model: Callable[..., Path]) -> None:
    code = (
        "import sys; from inkstand_mlx.backend import Mlx; from inkstand_sdk import *\n"
        "backend = Mlx()\n"
        "model = Model(id='m', format='safetensors', path=sys.argv[1])\n"
        "backend.load(model, Mlx.Settings())\n"
        "stream = backend.generate(GenerateRequest.of('sea', max_tokens=90), lambda: False)\n"
        "next(stream)\n"
    )
    command = [sys.executable, "-c", code, str(make_model())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_longer_context_than_the_models_is_not_given_and_it_is_said(
    make_model: Callable[..., Path],
) -> None:
    subject = load(make_model(), context_length=4_000)
    subject.backend.close()
    assert subject.loaded.context_length == 128
    assert "128" in subject.loaded.notes[0]


def test_a_tokenizer_that_knows_more_than_the_model_is_an_error(
    make_model: Callable[..., Path],
) -> None:
    folder = make_model()
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"]["beyond"] = 900
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    subject = load(folder)
    with pytest.raises(InkstandError, match="does not know a token"):
        subject.run(raw("beyond", max_tokens=2))
    subject.backend.close()


@pytest.mark.parametrize("quantization", ["none", "int4"])
def test_how_much_is_loaded_is_told_up_to_the_end(
    make_model: Callable[..., Path], quantization: Literal["none", "int4"]
) -> None:
    backend = Mlx()
    told: list[float] = []
    backend.on_loading = told.append
    model = Model(id="model", format="safetensors", path=str(make_model()))
    backend.load(model, backend.Settings(quantization=quantization))
    backend.close()
    assert len(told) > 2
    assert told[-1] == 1


LLAMA_3 = {
    "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}  # fmt: skip


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"rope_theta": 20.0}, {"rope_theta": 20.0, "rope_type": "default"}),
        ({"rope_theta": 20.0, "rope_scaling": LLAMA_3}, {"rope_theta": 20.0, **LLAMA_3}),
    ],
    ids=["another base", "scaled"],
)
def test_positions_are_read_as_transformers_writes_them_since_version_5(
    make_model: Callable[..., Path], older: dict[str, Any], newer: dict[str, Any]
) -> None:
    forms: tuple[dict[str, Any], ...] = ({}, older, {"rope_theta": None, "rope_parameters": newer})
    texts = []
    for config in forms:
        subject = load(make_model(config=config))
        texts.append(subject.run(raw(SENTENCE, max_tokens=40)).text)
        subject.backend.close()
    assert texts[1] == texts[2]
    assert texts[1] != texts[0]
