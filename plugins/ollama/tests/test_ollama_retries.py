"""An Ollama that is busy: asked again, as long as that may help."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("httpx")
pytest.importorskip("inkstand_ollama")

from inkstand_ollama.backend import Ollama
from inkstand_ollama.settings import OllamaSettings
from inkstand_sdk import GenerateRequest, Model
from inkstand_sdk.errors import EngineError, InkstandError, RateLimited, Unavailable, UsageError
from inkstand_sdk.testing.servers import Fault, OllamaServer

BUSY = b'{"error":"server busy, please try again. maximum pending requests exceeded"}'
PATH = "/api/generate"


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer() as server:
        yield server


@pytest.fixture
def backend() -> Iterator[Ollama]:
    backend = Ollama()
    yield backend
    backend.close()


def load(backend: Ollama, server: OllamaServer, **fields: Any) -> None:
    backend.load(Model(id="toy", format="remote"), OllamaSettings(base_url=server.url, **fields))


def request_of() -> GenerateRequest:
    return GenerateRequest.of("It was a dark night", raw=True, max_tokens=12)


def write(backend: Ollama) -> str:
    return "".join(chunk.text for chunk in backend.generate(request_of(), lambda: False))


@pytest.mark.parametrize("status", [429, 503])
def test_three_refusals_and_then_an_answer_are_an_answer(
    server: OllamaServer, backend: Ollama, status: int
) -> None:
    load(backend, server)
    asked = len(server.asked(PATH))
    fault = Fault(kind="status", status=status, headers={"Retry-After": "0.01"}, body=BUSY)
    server.faults.extend([fault] * 3)
    assert write(backend)
    assert len(server.asked(PATH)) - asked == 4


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [(429, b'{"error":"slow down"}', RateLimited), (503, BUSY, RateLimited),
     (503, b'{"error":"shutting down"}', Unavailable)],
)  # fmt: skip
def test_tries_end_at_the_number_that_was_set(
    server: OllamaServer,
    backend: Ollama,
    status: int,
    body: bytes,
    expected: type[InkstandError],
) -> None:
    load(backend, server, max_retries=1)
    fault = Fault(kind="status", status=status, headers={"Retry-After": "0.01"}, body=body)
    server.faults.extend([fault] * 3)
    with pytest.raises(expected) as caught:
        write(backend)
    assert "2 times" in caught.value.cause
    assert caught.value.data["retry_after"] == 0.01
    assert len(server.faults) == 1


def test_a_wait_that_is_too_long_is_an_error_at_once(server: OllamaServer, backend: Ollama) -> None:
    load(backend, server, max_wait=1.0)
    server.faults.append(Fault(kind="status", status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(RateLimited) as caught:
        write(backend)
    assert caught.value.data["retry_after"] == 3600


def test_other_failures_are_not_tried_again(server: OllamaServer, backend: Ollama) -> None:
    load(backend, server)
    asked = len(server.asked(PATH))
    server.faults.append(Fault(kind="status", status=500, body=b'{"error":"it has died"}'))
    with pytest.raises(InkstandError, match="reported an error"):
        write(backend)
    assert len(server.asked(PATH)) - asked == 1


def test_a_cancel_ends_the_wait_for_another_try(server: OllamaServer, backend: Ollama) -> None:
    load(backend, server)
    asked = len(server.asked(PATH))
    server.faults.append(Fault(kind="status", status=429, headers={"Retry-After": "100"}))
    chunks = list(backend.generate(request_of(), lambda: len(server.asked(PATH)) > asked))
    assert chunks[-1].finish is not None
    assert chunks[-1].finish.reason == "cancelled"


def test_an_ollama_that_was_stopped_is_unavailable(backend: Ollama) -> None:
    with OllamaServer() as server:
        load(backend, server)
    with pytest.raises(Unavailable):
        write(backend)


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [(200, {"message": "on fire", "type": "server_error"}, EngineError),
     (500, {"message": "on fire"}, EngineError), (401, {"message": "no key"}, UsageError),
     (403, "on fire", UsageError)],
)  # fmt: skip
def test_an_error_as_others_wrap_it_is_told_in_its_own_words(
    server: OllamaServer, backend: Ollama, status: int, error: Any, expected: type[InkstandError]
) -> None:
    load(backend, server, max_retries=0)
    body = json.dumps({"error": error}).encode()
    server.faults.append(Fault(kind="status", status=status, body=body))
    with pytest.raises(expected) as caught:
        write(backend)
    words = error if isinstance(error, str) else error["message"]
    assert caught.value.cause.startswith(f"It says: {words}.")
