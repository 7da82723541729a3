"""What the conformance suite does not ask: other models, other engines' texts, many at once."""

from __future__ import annotations

import concurrent.futures
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")
pytest.importorskip("inkstand_transformers")

from inkstand_sdk import GenerateRequest, Model, Sampling
from inkstand_sdk.errors import InkstandError, PromptTooLong, UsageError
from inkstand_sdk.messages import Finish, Message
from inkstand_sdk.testing.backends import BackendSuite
from inkstand_transformers.backend import Transformers

pytestmark = pytest.mark.filterwarnings("ignore")
POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"
FOLDER = Path(__file__).parents[4] / "shared/models/pocket/hf"
GREEDY = Sampling(temperature=0)
TEMPLATE = (
    "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no system') }}"
    "{% endif %}<|{{ m['role'] }}|>{{ m['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def loaded(path: Path, **settings: Any) -> Transformers:
    backend = Transformers()
    kind = "gguf" if path.suffix == ".gguf" else "safetensors"
    backend.load(
        Model(id="tiny", format=kind, path=str(path)), Transformers.Settings(threads=1, **settings)
    )
    return backend


def run(backend: Transformers, request: GenerateRequest) -> tuple[str, Finish]:
    chunks = list(backend.generate(request, lambda: False))
    assert chunks[-1].finish is not None
    return "".join(chunk.text for chunk in chunks), chunks[-1].finish


class TestTransformersOnATinyLlama(BackendSuite):
    """Without a BOS token and without a chat template."""

    backend_class = Transformers

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, writer: Callable[[str], Path]) -> Model:
        return Model(id="llama", format="safetensors", path=str(writer("llama2")))


class TestTransformersOnATinyGpt(BackendSuite):
    """With both, another vocabulary, and learned positions."""

    backend_class = Transformers

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, writer: Callable[[str], Path]) -> Model:
        return Model(id="gpt2", format="safetensors", path=str(writer("gpt2")))


class TestTransformersOnT5(BackendSuite):
    backend_class = Transformers

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, writer: Callable[[str], Path]) -> Model:
        return Model(id="t5", format="safetensors", path=str(writer("t5")))


# What llama.cpp (xllamacpp 2026.10) writes greedily with the bundled pocket.gguf; the bool says
# whether the prompt is raw.
WRITTEN_BY_LLAMACPP = {
    ("It was a dark night, and the", True): " wind was so bright that it was so dark and soothing,"
    " that it was not so much as to be seen",
    ("She opened the door and", True): ' opened the door.\n"I am not going to sleep," she said.'
    '\n"I am not going to sleep',
    ("Describe Ann.", False): "'I am not so much obliged to you, Helen,' said I, 'and I am not a"
    " man, but",
}


@pytest.mark.parametrize("kind", ["the same file", "the unrounded weights"])
def test_greedy_text_is_what_llama_cpp_writes(kind: str) -> None:
    if kind != "the same file" and not FOLDER.is_dir():
        pytest.skip("the pocket model's safetensors are not here")
    backend = loaded(POCKET if kind == "the same file" else FOLDER)
    try:
        for (prompt, raw), expected in WRITTEN_BY_LLAMACPP.items():
            text, _ = run(
                backend, GenerateRequest.of(prompt, raw=raw, max_tokens=24, sampling=GREEDY)
            )
            # Weights that were not rounded to eight bits decide near ties otherwise, later on.
            length = len(expected) if kind == "the same file" else 60
            assert text[:length] == expected[:length]
    finally:
        backend.close()


@pytest.fixture(scope="module")
def backend(tiny: Callable[[str], Path]) -> Iterator[Transformers]:
    backend = loaded(tiny("llama2"), batch=4)
    yield backend
    backend.close()


def test_a_model_without_a_template_gets_a_plain_chat_form_and_it_is_said(
    tiny: Callable[[str], Path],
) -> None:
    backend = Transformers()
    told = backend.load(
        Model(id="tiny", format="safetensors", path=str(tiny("gpt2"))), Transformers.Settings()
    )
    try:
        assert not told.chat_template
        assert any("no chat template" in note for note in told.notes)
        _, finish = run(backend, GenerateRequest.of("Describe Ann.", max_tokens=4))
        plain = backend.count_tokens("Describe Ann.").count
        assert finish.usage.prompt_tokens > plain
    finally:
        backend.close()


def test_a_template_is_used_and_its_bos_token_is_not_doubled(
    save_model: Callable[..., Path], tmp_path: Path
) -> None:
    folder = save_model(tmp_path / "chat", "llama2", bos=True, template="<s>" + TEMPLATE)
    backend = loaded(folder)
    try:
        _, finish = run(backend, GenerateRequest.of("Ann", max_tokens=2, sampling=GREEDY))
        assert finish.usage.prompt_tokens == backend.count_tokens("Ann").count + 3
        _, raw = run(backend, GenerateRequest.of("Ann", raw=True, max_tokens=2, sampling=GREEDY))
        assert raw.usage.prompt_tokens == backend.count_tokens("Ann").count + 1
    finally:
        backend.close()


def test_an_answer_that_was_begun_is_gone_on_with(
    save_model: Callable[..., Path], tmp_path: Path
) -> None:
    folder = save_model(tmp_path / "chat", "llama2", template=TEMPLATE)
    backend = loaded(folder)
    try:
        begun = (Message.of("user", "Ann"), Message.of("assistant", "The old"))
        text, finish = run(backend, GenerateRequest(messages=begun, max_tokens=6, sampling=GREEDY))
        raw, _ = run(
            backend,
            GenerateRequest.of(
                "<|user|>Ann<|assistant|>The old", raw=True, max_tokens=6, sampling=GREEDY
            ),
        )
        assert (text, finish.reason) == (raw, "length")
    finally:
        backend.close()


def test_four_threads_hammer_one_model_and_each_gets_its_own(backend: Transformers) -> None:
    prompts = [f"The {word} of the" for word in ("king", "sea", "house", "bird", "garden", "wind")]
    alone = {}
    for prompt in prompts:
        asked = GenerateRequest.of(prompt, raw=True, max_tokens=24, sampling=GREEDY)
        alone[prompt] = run(backend, asked)[0]

    def hammer(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(25):
            prompt = chance.choice(prompts)
            kind = chance.random()
            asked = GenerateRequest.of(prompt, raw=True, max_tokens=24, sampling=GREEDY)
            if kind < 0.2:
                stream = backend.generate(asked, lambda: chance.random() < 0.2)
                next(stream)
                if kind < 0.1:
                    stream.close()  # type: ignore[attr-defined]
                else:
                    list(stream)
            elif kind < 0.3:
                with pytest.raises(PromptTooLong):
                    run(backend, GenerateRequest.of(prompt * 400, raw=True))
            else:
                text, finish = run(backend, asked)
                assert text[:10] == alone[prompt][:10]
                assert finish.usage.completion_tokens <= 24

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(hammer, range(4)))
    for prompt, text in alone.items():
        asked = GenerateRequest.of(prompt, raw=True, max_tokens=24, sampling=GREEDY)
        assert run(backend, asked)[0] == text


def test_a_template_that_refuses_says_why(save_model: Callable[..., Path], tmp_path: Path) -> None:
    backend = loaded(save_model(tmp_path / "chat", "llama2", template=TEMPLATE))
    messages = (Message.of("system", "Write prose."), Message.of("user", "Describe Ann."))
    try:
        with pytest.raises(UsageError, match="chat template") as caught:
            run(backend, GenerateRequest(messages=messages, max_tokens=8))
        assert "no system" in caught.value.cause
    finally:
        backend.close()


def test_bytes_that_make_no_character_are_left_out(
    save_model: Callable[..., Path], tmp_path: Path
) -> None:
    backend = loaded(save_model(tmp_path / "bytes", "gpt2", every_byte=True, seed=3))
    try:
        for seed in range(6):
            sampling = Sampling(temperature=2.0, seed=seed, top_k=0, top_p=1.0, min_p=0.0)
            asked = GenerateRequest.of("The king", raw=True, max_tokens=80, sampling=sampling)
            text, finish = run(backend, asked)
            assert "\ufffd" not in text
            text.encode()
            assert finish.usage.completion_tokens == 80 or finish.reason == "stop"
    finally:
        backend.close()


def test_a_long_prompt_is_told_as_it_is_evaluated_and_can_be_cancelled(
    save_model: Callable[..., Path], tmp_path: Path
) -> None:
    folder = save_model(tmp_path / "long", "llama2", max_position_embeddings=4096)
    backend = loaded(folder)
    try:
        asked = GenerateRequest.of("word " * 1000, raw=True, max_tokens=4, sampling=GREEDY)
        chunks = list(backend.generate(asked, lambda: False))
        told = [chunk.progress for chunk in chunks if chunk.progress]
        assert len(told) > 2
        assert told[-1].evaluated == told[-1].total
        stream = backend.generate(asked, lambda: True)
        assert [chunk.finish is not None for chunk in stream] == [True]
        begun = threading.Event()
        stream = backend.generate(asked, begun.is_set)
        last = next(stream)
        begun.set()
        *_, last = stream
        assert last.finish is not None
        assert last.finish.reason == "cancelled"
        assert last.finish.usage.completion_tokens == 0
    finally:
        backend.close()


def test_a_prompt_in_pieces_gives_the_same_text_as_in_one(
    save_model: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inkstand_transformers import decoder

    folder = save_model(tmp_path / "sliding", "gemma3", max_position_embeddings=512)
    asked = GenerateRequest.of("The old man said " * 12, raw=True, max_tokens=12, sampling=GREEDY)
    texts = []
    for size in (1000, 7):
        monkeypatch.setattr(decoder, "PROMPT_CHUNK", size)
        backend = loaded(folder)
        texts.append(run(backend, asked)[0])
        backend.close()
    assert texts[0] == texts[1]


def test_closing_ends_those_who_wait_with_an_error_and_leaves_no_thread(
    tiny: Callable[[str], Path],
) -> None:
    before = set(threading.enumerate())
    backend = loaded(tiny("llama2"), batch=1)
    asked = GenerateRequest.of("The king", raw=True, max_tokens=100_000, sampling=GREEDY)
    streams = [backend.generate(asked, lambda: False) for _ in range(3)]
    next(streams[0])
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        ends = [pool.submit(list, stream) for stream in streams]
        backend.close()
        outcomes = [end.exception() for end in ends]
    assert all(error is None or isinstance(error, InkstandError) for error in outcomes)
    left = set(threading.enumerate()) - before
    assert not [thread for thread in left if thread.name == "transformers-batch"]


def test_penalties_and_filters_change_what_is_drawn(backend: Transformers) -> None:
    def text(**fields: Any) -> str:
        sampling = Sampling(**{"temperature": 1.2, "seed": 5, "top_k": 0, "min_p": 0.0, **fields})
        asked = GenerateRequest.of("The king", raw=True, max_tokens=30, sampling=sampling)
        return run(backend, asked)[0]

    free = text()
    greedy = text(temperature=0)
    for fields in ({"top_k": 1}, {"top_p": 1e-6}, {"min_p": 1.0}):
        assert text(**fields) == greedy
    for fields in ({"typical_p": 0.2}, {"top_k": 3}, {"top_p": 0.3}, {"repeat_penalty": 5.0},
                   {"presence_penalty": 2.0}, {"frequency_penalty": 2.0}):  # fmt: skip
        assert text(**fields) != free


def test_a_seed_holds_from_one_load_to_the_next(tiny: Callable[[str], Path]) -> None:
    asked = GenerateRequest.of(
        "The king", raw=True, max_tokens=30, sampling=Sampling(temperature=1.0, seed=9)
    )
    texts = set()
    for _ in range(2):
        backend = loaded(tiny("mistral"))
        texts.add(run(backend, asked)[0])
        backend.close()
    assert len(texts) == 1


def test_int8_weights_write_and_int4_writes_or_says_why_not(tiny: Callable[[str], Path]) -> None:
    pytest.importorskip("torchao")
    asked = GenerateRequest.of("The king", raw=True, max_tokens=8, sampling=GREEDY)
    backend = loaded(tiny("llama2"), quantization="int8")
    assert run(backend, asked)[1].usage.completion_tokens == 8
    backend.close()
    backend = Transformers()
    told = _refusal(backend, tiny("llama2"), "int4")
    assert told is None or told.fix
    if told is None:
        assert run(backend, asked)[1].usage.completion_tokens == 8
    backend.close()


def _refusal(backend: Transformers, folder: Path, bits: Any) -> InkstandError | None:
    try:
        backend.load(
            Model(id="tiny", format="safetensors", path=str(folder)),
            Transformers.Settings(quantization=bits),
        )
    except InkstandError as error:
        return error
    return None


def test_half_precision_writes(tiny: Callable[[str], Path]) -> None:
    backend = loaded(tiny("llama2"), half_precision="on")
    asked = GenerateRequest.of("The king", raw=True, max_tokens=8, sampling=GREEDY)
    assert run(backend, asked)[1].usage.completion_tokens == 8
    backend.close()


def test_the_probe_imports_nothing_heavy_and_finds_the_library() -> None:
    found = Transformers.probe()
    assert found.ok
    assert found.version
    assert found.devices[0].kind == "cpu"


def test_how_much_is_loaded_is_told_up_to_the_end(tiny: Callable[[str], Path]) -> None:
    backend = Transformers()
    told: list[float] = []
    backend.on_loading = told.append
    backend.load(
        Model(id="tiny", format="safetensors", path=str(tiny("llama2"))),
        backend.Settings(threads=1),
    )
    backend.close()
    assert len(told) > 2
    assert (told[0], told[-1]) == (0, 1)
