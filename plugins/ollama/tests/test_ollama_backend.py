"""What is sent to Ollama, what its answers become, and what happens when it fails."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx")
pytest.importorskip("inkstand_ollama")

from inkstand_ollama.address import address
from inkstand_ollama.backend import Ollama
from inkstand_ollama.embedder import OllamaEmbedder
from inkstand_ollama.settings import OllamaEmbedderSettings, OllamaSettings
from inkstand_ollama.source import OllamaSource
from inkstand_sdk import Chunk, GenerateRequest, Model
from inkstand_sdk.backend_settings import VARIABLE
from inkstand_sdk.errors import (
    Cancelled,
    EngineError,
    InkstandError,
    InputError,
    LoadFailed,
    NotFound,
    OutOfMemory,
    PromptTooLong,
    TimedOut,
    UsageError,
)
from inkstand_sdk.messages import Mirostat, Sampling
from inkstand_sdk.testing.servers import Fault, OllamaServer
from inkstand_sdk.testing.servers.faults import Kind

PROMPT = "It was a dark night, and the"


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer() as server:
        yield server


@pytest.fixture
def backend() -> Iterator[Ollama]:
    backend = Ollama()
    yield backend
    backend.close()


def load(backend: Ollama, server: OllamaServer, model: str = "toy", **settings: Any) -> Any:
    chosen = OllamaSettings(base_url=server.url, **settings)
    return backend.load(Model(id=model, format="remote"), chosen)


def write(backend: Ollama, **fields: Any) -> list[Chunk]:
    fields.setdefault("sampling", Sampling(temperature=0))
    request = GenerateRequest.of(PROMPT, raw=True, **{"max_tokens": 12, **fields})
    return list(backend.generate(request, lambda: False))


def test_the_context_is_always_set_and_nothing_may_be_cut(
    server: OllamaServer, backend: Ollama
) -> None:
    loaded = load(backend, server, keep_alive=90, threads=3, gpu_layers=0)
    write(backend)
    list(backend.generate(GenerateRequest.of("Hello.", max_tokens=3), lambda: False))
    bodies = [*server.asked("/api/generate"), *server.asked("/api/chat")]
    assert len(bodies) == 3
    assert loaded.context_length == server.trained
    for body in bodies:
        assert body["options"]["num_ctx"] == server.trained
        assert body["options"]["num_thread"] == 3
        assert body["options"]["num_gpu"] == 0
        assert body["keep_alive"] == "90s"
    for body in bodies[1:]:
        assert body["truncate"] is False
        assert body["shift"] is False


@pytest.mark.parametrize(
    ("trained", "wanted", "given"), [(131_072, 0, 8192), (131_072, 20_000, 20_000), (2048, 0, 2048)]
)
def test_the_context_is_the_wanted_one_or_a_sensible_one(
    server: OllamaServer, backend: Ollama, trained: int, wanted: int, given: int
) -> None:
    server.trained = trained
    assert load(backend, server, context_length=wanted).context_length == given


def test_a_context_beyond_the_model_is_told(server: OllamaServer, backend: Ollama) -> None:
    loaded = load(backend, server, context_length=100_000)
    assert loaded.context_length == server.trained
    assert any("100,000" in note and "4,096" in note for note in loaded.notes)


def test_the_sampling_reaches_ollama_under_its_names(server: OllamaServer, backend: Ollama) -> None:
    load(backend, server)
    sampling = Sampling(
        temperature=0.7, top_p=0.8, top_k=30, min_p=0.05, typical_p=0.9, repeat_penalty=1.2,
        presence_penalty=0.1, frequency_penalty=0.2, seed=5, mirostat=Mirostat(),
    )  # fmt: skip
    finish = write(backend, sampling=sampling, stop=("\x01",))[-1].finish
    options = server.asked("/api/generate")[-1]["options"]
    expected = {**sampling.given(), "stop": ["\x01"], "num_predict": 12}
    expected.pop("mirostat")
    assert {name: options[name] for name in expected} == expected
    assert "mirostat" not in options
    assert finish is not None
    assert finish.unsupported == ("mirostat",)


def test_seeds_reach_the_engine(server: OllamaServer, backend: Ollama) -> None:
    load(backend, server)

    def text(seed: int) -> str:
        chunks = write(backend, sampling=Sampling(temperature=1.0, seed=seed))
        return "".join(chunk.text for chunk in chunks)

    assert text(1) == text(1)
    assert len({text(seed) for seed in range(4)}) > 1


def test_counts_and_times_come_from_ollama(server: OllamaServer, backend: Ollama) -> None:
    load(backend, server)
    finish = write(backend)[-1].finish
    assert finish is not None
    assert finish.usage.exact
    assert finish.usage.completion_tokens == 12
    assert finish.usage.prompt_tokens > 4
    assert finish.usage.generate_ms == 12.0
    assert finish.usage.prompt_ms == 2.0


def test_a_model_that_thinks_is_asked_not_to(server: OllamaServer, backend: Ollama) -> None:
    load(backend, server, "thinker:1b")
    write(backend)
    assert server.asked("/api/generate")[-1]["think"] is False


@pytest.mark.parametrize(
    ("kind", "after"),
    [(kind, after) for kind in ("drop", "half_character", "garbage", "error", "silent_end")
     for after in (0, 3)],
)  # fmt: skip
def test_an_answer_that_fails_midway_is_an_error_after_what_was_written(
    server: OllamaServer, backend: Ollama, kind: Kind, after: int
) -> None:
    load(backend, server)
    whole = "".join(chunk.text for chunk in write(backend))
    server.faults.append(Fault(kind=kind, after=after))
    shown: list[str] = []
    with pytest.raises(EngineError) as caught:
        shown.extend(chunk.text for chunk in backend.generate(_request(), lambda: False))
    assert caught.value.cause
    assert caught.value.fix
    written = "".join(shown)
    assert whole.startswith(written)
    assert "\ufffd" not in written
    assert "".join(chunk.text for chunk in write(backend)) == whole


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (500, b'{"error":"model requires more system memory (9 GiB) than is available"}',
         OutOfMemory),
        (500, b'{"error":"llama runner process has terminated"}', EngineError),
        (400, b'{"error":"invalid something"}', UsageError),
        (200, b'{"error":"something went wrong"}', EngineError),
        (502, b"<html>Bad Gateway</html>", EngineError),
    ],
)  # fmt: skip
def test_a_refusal_becomes_a_typed_error_with_ollamas_words(
    server: OllamaServer,
    backend: Ollama,
    status: int,
    body: bytes,
    expected: type[InkstandError],
) -> None:
    load(backend, server)
    server.faults.append(Fault(kind="status", status=status, body=body))
    with pytest.raises(expected) as caught:
        write(backend)
    assert caught.value.cause.endswith(".")
    assert caught.value.fix


def test_a_refused_prompt_says_the_numbers_if_the_engine_tells_them(
    server: OllamaServer, backend: Ollama
) -> None:
    load(backend, server)
    words = b'{"error":"request (4476 tokens) exceeds the available context size (4096 tokens)"}'
    server.faults.append(Fault(kind="status", status=400, body=words))
    with pytest.raises(PromptTooLong) as caught:
        write(backend)
    assert caught.value.data["over_by"] == 381


def test_a_prompt_that_an_old_ollama_cut_is_an_error(backend: Ollama) -> None:
    with OllamaServer(truncates=True, version="0.5.7") as old:
        loaded = load(backend, old, context_length=256)
        assert any("Upgrade" in note for note in loaded.notes)
        long = GenerateRequest.of("one two three four " * 300, raw=True, max_tokens=4)
        with pytest.raises(PromptTooLong, match="cut off"):
            list(backend.generate(long, lambda: False))
        assert write(backend)[-1].finish is not None


def test_an_old_ollama_that_knows_no_log_probabilities_is_told_of(backend: Ollama) -> None:
    with OllamaServer(truncates=True, version="0.5.7") as old:
        load(backend, old)
        finish = write(backend, logprobs=2)[-1].finish
        assert finish is not None
        assert finish.unsupported == ("logprobs",)


@pytest.mark.parametrize("after", [0, 2])
def test_a_cancel_hangs_up_even_when_nothing_comes(
    server: OllamaServer, backend: Ollama, after: int
) -> None:
    load(backend, server)
    server.faults.append(Fault(kind="hang", after=after))
    chunks = list(backend.generate(_request(), server.hanging.is_set))
    assert chunks[-1].finish is not None
    assert chunks[-1].finish.reason == "cancelled"
    assert server.left.wait(10)
    assert write(backend)[-1].finish is not None


def test_closing_while_a_request_runs_ends_it(server: OllamaServer, backend: Ollama) -> None:
    load(backend, server)
    server.faults.append(Fault(kind="hang", after=1))
    stream = iter(backend.generate(_request(), lambda: False))
    next(stream)
    backend.close()
    with pytest.raises((EngineError, Cancelled)):
        list(stream)
    assert server.left.wait(10)


def test_a_silent_ollama_is_given_up_after_the_time_that_was_set(
    server: OllamaServer, backend: Ollama
) -> None:
    load(backend, server, timeout=0.2)
    server.faults.append(Fault(kind="hang"))
    with pytest.raises(TimedOut, match="in time"):
        write(backend)


def test_a_request_may_have_its_own_time_limit(server: OllamaServer, backend: Ollama) -> None:
    load(backend, server)
    server.faults.extend([Fault(kind="hang"), Fault(kind="hang", after=2)])
    for _ in range(2):
        with pytest.raises(TimedOut, match="in time"):
            write(backend, timeout=0.2)


def test_a_model_that_was_not_pulled_is_named_with_the_command(
    server: OllamaServer, backend: Ollama
) -> None:
    with pytest.raises(NotFound) as caught:
        load(backend, server, "llama9")
    assert "ollama pull llama9" in caught.value.fix


def test_a_model_that_does_not_write_is_refused(server: OllamaServer, backend: Ollama) -> None:
    with pytest.raises(LoadFailed, match="does not write"):
        load(backend, server, "embed")


def test_a_cloud_model_is_refused_unless_it_is_allowed(
    server: OllamaServer, backend: Ollama
) -> None:
    with pytest.raises(UsageError, match=r"ollama\.com"):
        load(backend, server, "far:cloud")
    assert server.asked("/api/generate") == []
    assert load(backend, server, "far:cloud", allow_remote=True)


def test_an_ollama_elsewhere_is_refused_unless_it_is_allowed() -> None:
    settings = OllamaSettings(base_url="http://gpu.example.com:11434")
    with pytest.raises(UsageError, match="not on this machine") as caught:
        Ollama().load(Model(id="toy", format="remote"), settings)
    assert "allow_remote" in caught.value.fix
    assert address(settings.base_url, allow_remote=True) == settings.base_url


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:9000", "http://127.0.0.1:9000"),
        (":9000", "http://127.0.0.1:9000"),
        ("[::]:9000", "http://[::1]:9000"),
        ("localhost", "http://localhost:11434"),
        ("http://localhost:9000/", "http://localhost:9000"),
    ],
)
def test_the_environments_address_to_listen_on_becomes_one_to_connect_to(
    monkeypatch: pytest.MonkeyPatch, host: str, url: str
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", host)
    assert address("", allow_remote=False) == url


@pytest.mark.skipif(sys.platform == "win32", reason="a command there needs a suffix")
@pytest.mark.parametrize("installed", [True, False])
def test_an_ollama_that_is_down_is_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, installed: bool
) -> None:
    with OllamaServer() as server:
        url = server.url
    command = tmp_path / "ollama"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path) if installed else str(tmp_path / "empty"))
    with pytest.raises(LoadFailed) as caught:
        Ollama().load(Model(id="toy", format="remote"), OllamaSettings(base_url=url))
    assert ("installed but not running" in caught.value.what) is installed
    assert ("ollama serve" in caught.value.fix) or not installed
    monkeypatch.setenv("OLLAMA_HOST", url)
    probe = Ollama.probe()
    assert probe.ok
    assert url in probe.notes[0]
    assert OllamaSource().models() == ()


def test_the_source_lists_what_writes_here(
    server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", server.url)
    assert OllamaSource.probe().notes == ()
    models = {model.id: model for model in OllamaSource().models()}
    assert sorted(models) == ["thinker:1b", "toy:latest"]
    assert models["toy:latest"].context_length == server.trained
    assert models["toy:latest"].format in Ollama.capabilities.formats


def test_the_address_that_is_set_is_asked_before_the_environments(
    server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OllamaServer() as gone:
        pass
    monkeypatch.setenv("OLLAMA_HOST", gone.url)
    monkeypatch.setenv(VARIABLE, json.dumps({"ollama": {"base_url": server.url}}))
    assert Ollama.probe().notes == ()
    assert {model.id for model in OllamaSource().models()} == {"thinker:1b", "toy:latest"}
    elsewhere = {"base_url": "http://gpu.example.com:11434"}
    monkeypatch.setenv(VARIABLE, json.dumps({"ollama": elsewhere}))
    assert "not on this machine" in Ollama.probe().notes[0]
    assert OllamaSource().models() == ()


def test_texts_are_embedded_in_order_and_never_cut(server: OllamaServer) -> None:
    embedder = OllamaEmbedder()
    embedder.load(OllamaEmbedderSettings(model="embed", base_url=server.url))
    assert embedder.embed(["a", "bcd"]) == [[1.0, 1.0], [3.0, 1.0]]
    assert embedder.embed([]) == []
    assert server.asked("/api/embed")[0]["truncate"] is False
    embedder.close()
    embedder.close()
    with pytest.raises(LoadFailed):
        embedder.embed(["a"])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"grammar": 'root ::= "a"'}, UsageError),
        ({"stop": ("",)}, UsageError),
        ({"stop": ("\ud800",)}, InputError),
    ],
)
def test_a_request_that_cannot_be_sent_is_refused_before(
    server: OllamaServer, backend: Ollama, fields: dict[str, Any], expected: type[InkstandError]
) -> None:
    load(backend, server)
    asked = len(server.seen)
    with pytest.raises(expected):
        write(backend, **fields)
    assert len(server.seen) == asked


def _request() -> GenerateRequest:
    return GenerateRequest.of(PROMPT, raw=True, max_tokens=12, sampling=Sampling(temperature=0))
