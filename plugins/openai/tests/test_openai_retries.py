"""Servers that are busy: asked again, as long as that may help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("openai")
pytest.importorskip("inkstand_openai")

from inkstand_openai.backend import OpenAIBackend
from inkstand_openai.settings import OpenAISettings
from inkstand_sdk import GenerateRequest, Model
from inkstand_sdk.errors import RateLimited
from inkstand_sdk.testing.servers import Fault, OpenAIServer

BUSY = b'{"error":{"message":"slow down","type":"rate_limit"}}'


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture
def backend() -> Iterator[OpenAIBackend]:
    backend = OpenAIBackend()
    yield backend
    backend.close()


def load(backend: OpenAIBackend, server: OpenAIServer, **fields: Any) -> None:
    settings = OpenAISettings(base_url=server.url, key_name="", key_env="", **fields)
    backend.load(Model(id="toy", format="remote"), settings)


def request_of() -> GenerateRequest:
    return GenerateRequest.of("It was a dark night", raw=True, max_tokens=12)


def write(backend: OpenAIBackend) -> str:
    return "".join(chunk.text for chunk in backend.generate(request_of(), lambda: False))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again_after_the_time_it_wants(
    server: OpenAIServer, backend: OpenAIBackend, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = _recorded_waits(monkeypatch)
    load(backend, server)
    for seconds in ("0.03", "0.01", "0.02"):
        fault = Fault(kind="status", status=status, headers={"Retry-After": seconds}, body=BUSY)
        server.faults.append(fault)
    assert write(backend)
    assert waits == [0.03, 0.01, 0.02]
    assert len(server.asked("/v1/completions")) == 4


def test_without_a_time_the_waits_grow(
    server: OpenAIServer, backend: OpenAIBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = _recorded_waits(monkeypatch, really=False)
    load(backend, server)
    server.faults.extend([Fault(kind="status", status=429, body=BUSY)] * 4)
    write(backend)
    assert len(waits) == 4
    assert waits == sorted(waits)
    assert 0.3 < waits[0] <= 0.5


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Retry-After": "3600"}, BUSY),
        ({"x-should-retry": "false"}, BUSY),
        ({}, b'{"error":{"message":"pay first","code":"insufficient_quota"}}'),
    ],
    ids=["too long a wait", "the server says no", "the quota is used up"],
)
def test_what_waiting_does_not_help_is_an_error_at_once(
    server: OpenAIServer, backend: OpenAIBackend, headers: dict[str, str], body: bytes
) -> None:
    load(backend, server)
    server.faults.append(Fault(kind="status", status=429, headers=headers, body=body))
    with pytest.raises(RateLimited, match="busy or the quota") as caught:
        write(backend)
    assert caught.value.data.get("retry_after") == (3600 if "Retry-After" in headers else None)
    assert len(server.asked("/v1/completions")) == 1


def test_tries_end_at_the_number_that_was_set(server: OpenAIServer, backend: OpenAIBackend) -> None:
    load(backend, server, max_retries=1)
    fault = Fault(kind="status", status=429, headers={"Retry-After": "0.01"}, body=BUSY)
    server.faults.extend([fault] * 3)
    with pytest.raises(RateLimited) as caught:
        write(backend)
    assert caught.value.data["retry_after"] == 0.01
    assert "slow down" in caught.value.cause
    assert "2 times" in caught.value.cause
    assert len(server.faults) == 1


def test_a_cancel_ends_the_wait_for_another_try(
    server: OpenAIServer, backend: OpenAIBackend
) -> None:
    load(backend, server)
    fault = Fault(kind="status", status=429, headers={"Retry-After": "100"}, body=BUSY)
    server.faults.append(fault)
    chunks = list(backend.generate(request_of(), lambda: bool(server.asked("/v1/completions"))))
    assert chunks[-1].finish is not None
    assert chunks[-1].finish.reason == "cancelled"


def _recorded_waits(monkeypatch: pytest.MonkeyPatch, *, really: bool = True) -> list[float]:
    """The waits before another try, as they are asked for; they are cut short unless `really`."""
    from inkstand_openai import endpoint
    from inkstand_sdk.retry import wait_before as true_wait

    waits: list[float] = []

    def recording(*arguments: Any) -> float | None:
        wait = true_wait(*arguments)
        if wait is not None:
            waits.append(wait)
        return wait if really or wait is None else 0.0

    monkeypatch.setattr(endpoint, "wait_before", recording)
    return waits
