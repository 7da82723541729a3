"""What the GPT4All backend promises beyond the conformance suite."""

from __future__ import annotations

import concurrent.futures
import ctypes
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from inkstand_gpt4all import engine as engine_module
from inkstand_gpt4all.architectures import SUPPORTED
from inkstand_gpt4all.backend import Gpt4All
from inkstand_gpt4all.settings import Gpt4AllSettings
from inkstand_sdk import GenerateRequest, Message, Model, Sampling
from inkstand_sdk.errors import InkstandError, InputError, PromptTooLong, UsageError
from inkstand_sdk.testing.backend_case import GREEDY, Subject

from .conftest import BPE, BPE_TYPES, SPM, SPM_TYPES

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"
# What llama.cpp writes with the same file.
RECORDED = {
    "It was": " a long time before I could see the light of the night. I had seen",
    "The old man said": " he was a good man, and he was a good man, and he was",
    "Tell me about Ann.": " I was very glad to see her. I was so glad to see her,",
    "She opened the door and": ' opened the door.\n"I am not going to sleep," she said.',
}
PROBE_ALONE = """
import sys
from inkstand_gpt4all.backend import Gpt4All
probe = Gpt4All.probe()
assert probe.ok, probe
print(probe.version, "gpt4all" in sys.modules)
"""


def load(path: Path = POCKET, **settings: int) -> Subject:
    backend = Gpt4All()
    model = Model(id="model", format="gguf", path=str(path))
    return Subject(backend, backend.load(model, Gpt4AllSettings(**{"threads": 1, **settings})))


@pytest.fixture(scope="module")
def subject() -> Iterator[Subject]:
    loaded = load()
    yield loaded
    loaded.backend.close()


def raw(prompt: str, **fields: Any) -> GenerateRequest:
    return GenerateRequest.of(prompt, raw=True, **{"sampling": GREEDY, **fields})


@pytest.mark.parametrize("prompt", sorted(RECORDED))
def test_the_same_file_writes_the_same_as_in_llama_cpp(subject: Subject, prompt: str) -> None:
    assert subject.run(raw(prompt, max_tokens=16)).text == RECORDED[prompt]


def test_the_chat_template_gives_the_prompt_that_llama_cpp_makes_of_it(subject: Subject) -> None:
    run = subject.run(GenerateRequest.of("Write a scene.", max_tokens=8, sampling=GREEDY))
    assert run.finish.usage.prompt_tokens == 9
    written_out = "<s><|user|>Write a scene.<|assistant|>"
    assert subject.run(raw(written_out, max_tokens=8)).text == run.text
    assert run.text.startswith('"I am not a man,"')


def test_four_threads_may_hammer_one_instance(subject: Subject) -> None:
    def one(number: int) -> str:
        if number % 5 == 0:
            asked = iter(range(number + 2))
            return subject.run(raw("It was", max_tokens=200), lambda: not next(asked, 0)).text
        if number % 7 == 0:
            with pytest.raises(PromptTooLong):
                subject.run(raw("word " * 3_000, max_tokens=2))
            return ""
        subject.backend.count_tokens("some words " * number)
        return subject.run(raw("It was", max_tokens=6)).text

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(one, range(24)))
    assert {text for n, text in enumerate(texts) if n % 5 and n % 7} == {RECORDED["It was"][:27]}


def test_a_model_can_be_closed_while_it_writes() -> None:
    subject = load()
    stream = subject.backend.generate(raw("It was", max_tokens=900), lambda: False)
    next(iter(stream))
    subject.backend.close()
    with pytest.raises(InkstandError):
        subject.run(raw("It was", max_tokens=2))


def test_a_long_prompt_reports_progress_and_can_be_cancelled_between_batches(
    subject: Subject,
) -> None:
    prompt = " ".join(f"name{number}" for number in range(200))
    steps: list[int] = []
    for chunk in subject.backend.generate(raw(prompt, max_tokens=2), lambda: len(steps) > 1):
        if chunk.progress:
            steps.append(chunk.progress.evaluated)
        last = chunk
    assert steps == sorted(steps)
    assert last.finish is not None
    assert last.finish.reason == "cancelled"


def test_a_repeat_penalty_holds_at_temperature_zero_too(subject: Subject) -> None:
    prompt = "The old man said he was a good man, and he was a good man, and"
    plain = subject.run(raw(prompt, max_tokens=12)).text
    penalized = Sampling(temperature=0, repeat_penalty=1.8)
    assert subject.run(raw(prompt, max_tokens=12, sampling=penalized)).text != plain


def test_top_k_zero_keeps_all_tokens(subject: Subject) -> None:
    sampling = Sampling(temperature=5.0, top_k=0, top_p=1.0, min_p=0.0)
    texts = {subject.run(raw("It was", max_tokens=3, sampling=sampling)).text for _ in range(4)}
    assert len(texts) > 1


def test_a_zero_byte_is_refused_as_it_would_end_the_prompt(subject: Subject) -> None:
    with pytest.raises(InputError, match="zero byte"):
        subject.run(raw("It was\0 dark", max_tokens=2))


def test_nothing_of_an_earlier_prompt_is_left(subject: Subject) -> None:
    first = subject.run(raw("It was", max_tokens=8)).text
    subject.run(raw("A quite different prompt about ships", max_tokens=30))
    assert subject.run(raw("It was", max_tokens=8)).text == first


def test_the_network_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("A connection was tried.")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    subject = load()
    assert subject.run(raw("It was", max_tokens=2)).text
    subject.backend.close()


def test_the_probe_finds_the_library_without_importing_it() -> None:
    command = [sys.executable, "-c", PROBE_ALONE]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2.8.2", "False"]


def test_a_card_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VK_DRIVER_FILES", "/nonexistent")
    monkeypatch.setenv("VK_ICD_FILENAMES", "/nonexistent")
    with pytest.raises(InkstandError) as caught:
        load(gpu_layers=4)
    assert "`gpu_layers`" in caught.value.fix


def test_the_supported_architectures_are_those_that_the_library_accepts(tmp_path: Path) -> None:
    from gpt4all import _pyllmodel

    def accepts(architecture: str) -> bool:
        file = tmp_path / "model.gguf"
        writer = gguf.GGUFWriter(file, architecture)
        writer.add_name("model")
        writer.add_token_list(["a", "b"])
        writer.add_tensor("token_embd.weight", np.ones((2, 32), np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        library, error = _pyllmodel.llmodel, ctypes.c_char_p()
        model = library.llmodel_model_create2(
            str(file).encode(), b"kompute" if sys.platform != "darwin" else b"metal",
            ctypes.byref(error),
        )  # fmt: skip
        if model:
            library.llmodel_model_destroy(model)
        return bool(model)

    known = {*gguf.MODEL_ARCH_NAMES.values(), "newer"}
    assert {name for name in known if accepts(name)} == SUPPORTED


@pytest.mark.parametrize("bos", [None, 1])
def test_models_with_and_without_a_beginning_are_counted_right(
    make_model: Callable[..., Path], bos: int | None
) -> None:
    subject = load(make_model(SPM, SPM_TYPES, bos=bos))
    run = subject.run(raw("a b", max_tokens=4))
    counted = subject.backend.count_tokens("a b").count
    subject.backend.close()
    assert run.finish.usage.prompt_tokens == counted + (bos is not None)


def test_a_template_that_writes_the_beginning_does_not_double_it(
    make_model: Callable[..., Path],
) -> None:
    template = "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}"
    subject = load(make_model(SPM, SPM_TYPES, bos=1, template=template))
    run = subject.run(GenerateRequest.of("a b", max_tokens=2, sampling=GREEDY))
    bare = subject.run(raw("a b", max_tokens=2, sampling=GREEDY))
    subject.backend.close()
    assert run.finish.usage.prompt_tokens == bare.finish.usage.prompt_tokens


@pytest.mark.parametrize("vocabulary", [(SPM, SPM_TYPES), (BPE, BPE_TYPES)], ids=["spm", "bpe"])
def test_without_a_chat_template_messages_are_sent_in_a_plain_form(
    make_model: Callable[..., Path], vocabulary: tuple[list[str], list[int]]
) -> None:
    subject = load(make_model(*vocabulary))
    run = subject.run(GenerateRequest.of("a", max_tokens=3, sampling=GREEDY))
    counted = subject.backend.count_tokens("User:\na\n\nAssistant:\n").count
    subject.backend.close()
    assert not subject.loaded.chat_template
    assert "no chat template" in subject.loaded.notes[0]
    assert run.finish.usage.prompt_tokens == counted


def test_a_template_that_is_none_is_said_and_the_plain_form_used(
    make_model: Callable[..., Path],
) -> None:
    subject = load(make_model(BPE, BPE_TYPES, template="{% for x in %}"))
    run = subject.run(GenerateRequest.of("a", max_tokens=2, sampling=GREEDY))
    subject.backend.close()
    assert "cannot be read" in subject.loaded.notes[0]
    assert run.finish.usage.prompt_tokens > 10


@pytest.mark.parametrize(
    "template",
    ["{{ raise_exception('no') }}", "{{ messages.__class__.__mro__ }}", "{{ 1 / 0 }}"],
    ids=["refuses", "breaks out", "divides"],
)
def test_a_template_that_refuses_or_breaks_is_an_error(
    make_model: Callable[..., Path], template: str
) -> None:
    subject = load(make_model(BPE, BPE_TYPES, template=template))
    request = GenerateRequest(messages=(Message.of("user", "a"),), max_tokens=2)
    with pytest.raises(UsageError, match="template"):
        subject.run(request)
    subject.backend.close()


def test_without_the_tokenizers_functions_counts_are_estimates_and_nothing_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine_module, "llama_libraries", tuple)
    subject = load(context_length=256)
    assert not subject.backend.count_tokens("It was").exact
    run = subject.run(raw("It was", max_tokens=16))
    assert run.text == RECORDED["It was"]
    assert run.finish.usage.prompt_tokens == 2
    with pytest.raises(PromptTooLong):
        subject.run(raw("one two three " * 300, max_tokens=4))
    with pytest.raises(PromptTooLong):
        subject.run(raw("one two three " * 3_000, max_tokens=4))
    subject.backend.close()
