"""What is sent to an endpoint, what its answers become, and what happens when it fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

pytest.importorskip("openai")
pytest.importorskip("inkstand_openai")
pytest.importorskip("keyring")

import keyring
from keyring.backends import fail

from inkstand_openai.backend import OpenAIBackend
from inkstand_openai.settings import OPENAI, OpenAISettings, Price
from inkstand_sdk import Chunk, GenerateRequest, Model
from inkstand_sdk.errors import (
    EngineError,
    InkstandError,
    LoadFailed,
    NotFound,
    PromptTooLong,
    RateLimited,
    SchemaError,
    TimedOut,
    Unavailable,
    UsageError,
)
from inkstand_sdk.messages import Finish, Message, Sampling
from inkstand_sdk.settings import form
from inkstand_sdk.testing.servers import Fault, OpenAIServer
from inkstand_sdk.testing.servers.faults import Kind

PROMPT = "It was a dark night, and the"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture
def backend() -> Iterator[OpenAIBackend]:
    backend = OpenAIBackend()
    yield backend
    backend.close()


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a machine without a desktop: no keyring, and nothing in the environment."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call,unused-ignore]
    yield
    keyring.set_keyring(before)


def load(backend: OpenAIBackend, server: OpenAIServer, model: str = "toy", **fields: Any) -> Any:
    chosen = OpenAISettings(base_url=server.url, **{"key_name": "", **fields})
    return backend.load(Model(id=model, format="remote"), chosen)


def request_of(**fields: Any) -> GenerateRequest:
    greedy = {"max_tokens": 12, "sampling": Sampling(temperature=0)}
    return GenerateRequest.of(PROMPT, raw=True, **{**greedy, **fields})


def write(backend: OpenAIBackend, **fields: Any) -> tuple[str, Finish]:
    chunks: list[Chunk] = list(backend.generate(request_of(**fields), lambda: False))
    finish = chunks[-1].finish
    assert finish is not None
    return "".join(chunk.text for chunk in chunks), finish


def test_messages_go_to_chat_and_raw_prompts_to_completions(
    server: OpenAIServer, backend: OpenAIBackend
) -> None:
    load(backend, server)
    turns = (Message.of("system", "Write prose."), Message.of("user", "Go on."))
    list(backend.generate(GenerateRequest(messages=turns, max_tokens=3), lambda: False))
    write(backend)
    chat, raw = server.asked("/v1/chat/completions")[0], server.asked("/v1/completions")[0]
    assert chat["messages"] == [
        {"role": "system", "content": "Write prose."},
        {"role": "user", "content": "Go on."},
    ]
    assert raw["prompt"] == PROMPT
    for body in (chat, raw):
        assert body["stream"] is True
        assert body["stream_options"] == {"include_usage": True}


def test_the_sampling_that_the_protocol_has_is_sent(
    server: OpenAIServer, backend: OpenAIBackend
) -> None:
    load(backend, server)
    sampling = Sampling(
        temperature=0.7, top_p=0.8, presence_penalty=0.1, frequency_penalty=0.2, seed=5, top_k=9
    )
    _, finish = write(backend, sampling=sampling, stop=("\x01",) * 6)
    body = server.asked("/v1/completions")[0]
    assert {name: body[name] for name in OpenAIBackend.capabilities.sampling} == {
        "temperature": 0.7, "top_p": 0.8, "presence_penalty": 0.1, "frequency_penalty": 0.2,
        "seed": 5,
    }  # fmt: skip
    assert "top_k" not in body
    assert len(body["stop"]) == 4
    assert finish.unsupported == ("top_k",)


def test_a_schema_is_sent_strict_where_strictness_is_possible(
    server: OpenAIServer, backend: OpenAIBackend
) -> None:
    load(backend, server)
    closed = {
        "type": "object",
        "properties": {"age": {"type": "integer"}},
        "required": ["age"],
        "additionalProperties": False,
    }
    text, finish = write(backend, schema=closed, max_tokens=60)
    assert json.loads(text)["age"] >= 0
    assert any("sent as a message" in note for note in finish.notes)
    write(backend, schema={**closed, "required": []}, max_tokens=60)
    sent = [body["response_format"]["json_schema"] for body in server.asked("/v1/chat/completions")]
    assert [one["strict"] for one in sent] == [True, False]


def test_costs_follow_the_price_table(server: OpenAIServer, backend: OpenAIBackend) -> None:
    prices = (Price("other", 9, 9), Price("toy", input=2.0, output=10.0, cached_input=0.5))
    load(backend, server, prices=prices)
    usage = write(backend)[1].usage
    assert usage.cached_tokens > 0
    fresh = usage.prompt_tokens - usage.cached_tokens
    assert usage.cost == pytest.approx((fresh * 2 + usage.cached_tokens * 0.5 + 12 * 10) / 1e6)
    assert msgspec.convert({"model": "x", "input": 1, "output": 2}, Price).cached_input is None
    assert {field.name for field in form(OpenAISettings)} >= {"prices", "headers", "key_env"}


def test_a_server_that_counts_nothing_is_told_of(backend: OpenAIBackend) -> None:
    with OpenAIServer(counts=False) as server:
        load(backend, server)
        _, finish = write(backend)
    assert not finish.usage.exact
    assert finish.usage.completion_tokens == 12
    assert any("estimates" in note for note in finish.notes)


def test_a_server_that_knows_no_log_probabilities_is_told_of(backend: OpenAIBackend) -> None:
    with OpenAIServer(tells_logprobs=False) as server:
        load(backend, server)
        assert write(backend, logprobs=2)[1].unsupported == ("logprobs",)
        assert write(backend)[1].unsupported == ()


def test_an_answer_that_does_not_fit_is_clipped_and_told_once(
    server: OpenAIServer, backend: OpenAIBackend
) -> None:
    load(backend, server)
    _, finish = write(backend, max_tokens=9_000)
    assert finish.reason == "length"
    told = [note for note in finish.notes if "9,000" in note]
    assert len(told) == 1
    assert "had room for" in told[0]


@pytest.mark.parametrize(
    ("kind", "after"),
    [(kind, after) for kind in ("drop", "half_character", "garbage", "error", "silent_end")
     for after in (0, 3)],
)  # fmt: skip
def test_an_answer_that_fails_midway_is_an_error_after_what_was_written(
    server: OpenAIServer, backend: OpenAIBackend, kind: Kind, after: int
) -> None:
    load(backend, server)
    whole, _ = write(backend)
    server.faults.append(Fault(kind=kind, after=after))
    shown: list[str] = []
    with pytest.raises(EngineError) as caught:
        shown.extend(chunk.text for chunk in backend.generate(request_of(), lambda: False))
    assert caught.value.cause
    assert caught.value.fix
    written = "".join(shown)
    assert whole.startswith(written)
    assert bool(written) == bool(after)
    assert "\ufffd" not in written
    assert write(backend)[0] == whole


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b'{"error":{"message":"no slot is free","code":503}}', "application/json", Unavailable),
        (b'{"error":{"message":"slow down","code":429}}', "application/json", RateLimited),
        (b'{"error":"plain words"}', "application/json", EngineError),
        (b"{}", "application/json", EngineError),
        (b"<html>Welcome</html>", "text/html", EngineError),
        (b"", "application/json", EngineError),
        (b'data: {"error":{"message":"overloaded"}}\n\n', "text/event-stream", Unavailable),
        (b"[1, 2]", "application/json; charset=utf-8", EngineError),
    ],
)
def test_an_error_with_status_200_is_an_error(
    server: OpenAIServer,
    backend: OpenAIBackend,
    body: bytes,
    kind: str,
    expected: type[EngineError],
) -> None:
    load(backend, server)
    fault = Fault(kind="status", status=200, headers={"Content-Type": kind}, body=body)
    server.faults.append(fault)
    with pytest.raises(EngineError) as caught:
        write(backend)
    assert type(caught.value) is expected
    assert caught.value.cause


def test_an_answer_in_one_piece_is_taken(server: OpenAIServer, backend: OpenAIBackend) -> None:
    load(backend, server)
    whole = {
        "choices": [{"index": 0, "text": " end.", "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 2},
    }
    server.faults.append(Fault(kind="status", status=200, body=json.dumps(whole).encode()))
    text, finish = write(backend)
    assert (text, finish.reason, finish.usage.prompt_tokens) == (" end.", "stop", 7)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, {"message": "temperature must be at most 2"}, UsageError),
        (400, {"message": "Invalid schema for response_format 'answer'"}, SchemaError),
        (403, {"message": "country not supported"}, LoadFailed),
        (404, {"message": "This is a chat model"}, NotFound),
        (302, {"message": ""}, LoadFailed),
        (501, {"message": "not built yet"}, Unavailable),
    ],
)
def test_a_refusal_becomes_a_typed_error(
    server: OpenAIServer,
    backend: OpenAIBackend,
    status: int,
    body: dict[str, str],
    expected: type[InkstandError],
) -> None:
    load(backend, server)
    fault = Fault(
        kind="status", status=status, body=json.dumps({"error": body}).encode(),
        headers={"Location": "http://elsewhere.example.com/"},
    )  # fmt: skip
    server.faults.append(fault)
    with pytest.raises(expected) as caught:
        write(backend)
    assert caught.value.fix
    assert body["message"] in caught.value.cause


@pytest.mark.parametrize(
    ("message", "fields", "over_by"),
    [
        (
            (
                "maximum context length is 8,192 tokens. However, you requested 9000 tokens"
                " (8500 in the messages, 500 in the completion)."
            ),
            {"code": "context_length_exceeded"},
            309,
        ),
        (
            "maximum context length is 4096 tokens. However, your request has 5000 input tokens.",
            {},
            905,
        ),
        (
            (
                "Input tokens exceed the configured limit of 272000 tokens. Your messages"
                " resulted in 300000 tokens."
            ),
            {"code": "context_length_exceeded"},
            28001,
        ),
        (
            "request (4476 tokens) exceeds the available context size (4096 tokens)",
            {"type": "exceed_context_size_error", "n_prompt_tokens": 4476, "n_ctx": 4096},
            381,
        ),
    ],
)
def test_a_prompt_that_is_too_long_says_by_how_much(
    server: OpenAIServer,
    backend: OpenAIBackend,
    message: str,
    fields: dict[str, Any],
    over_by: int,
) -> None:
    load(backend, server)
    body = json.dumps({"error": {"message": message, **fields}}).encode()
    server.faults.append(Fault(kind="status", status=400, body=body))
    with pytest.raises(PromptTooLong) as caught:
        write(backend)
    assert caught.value.data["over_by"] == over_by


def test_a_prompt_that_is_too_long_by_no_number_is_still_told_apart(
    server: OpenAIServer, backend: OpenAIBackend
) -> None:
    load(backend, server)
    body = b'{"error":{"message":"too much","code":"context_length_exceeded"}}'
    server.faults.append(Fault(kind="status", status=400, body=body))
    with pytest.raises(PromptTooLong, match="does not say by how much"):
        write(backend)


@pytest.mark.parametrize("after", [0, 2])
def test_a_cancel_hangs_up_even_when_nothing_comes(
    server: OpenAIServer, backend: OpenAIBackend, after: int
) -> None:
    load(backend, server)
    server.faults.append(Fault(kind="hang", after=after))
    chunks = list(backend.generate(request_of(), server.hanging.is_set))
    assert chunks[-1].finish is not None
    assert chunks[-1].finish.reason == "cancelled"
    assert server.left.wait(10)
    assert write(backend)[0]


def test_a_silent_server_is_given_up_after_the_time_and_not_paid_twice(
    server: OpenAIServer, backend: OpenAIBackend
) -> None:
    load(backend, server, timeout=0.3)
    server.faults.append(Fault(kind="hang"))
    with pytest.raises(TimedOut, match=r"within 0\.3 seconds"):
        write(backend)
    assert len(server.asked("/v1/completions")) == 1


def test_a_request_may_have_its_own_time_limit(
    server: OpenAIServer, backend: OpenAIBackend
) -> None:
    load(backend, server)
    server.faults.extend([Fault(kind="hang"), Fault(kind="hang", after=2)])
    for _ in range(2):
        with pytest.raises(TimedOut, match=r"within 0\.2 seconds"):
            write(backend, timeout=0.2)


def test_a_server_that_has_gone_is_unavailable(backend: OpenAIBackend) -> None:
    with OpenAIServer() as server:
        load(backend, server, max_retries=1)
    with pytest.raises(Unavailable, match="Nothing answers at http://127"):
        write(backend)


def test_a_server_that_is_not_there_is_one_clear_sentence(backend: OpenAIBackend) -> None:
    with OpenAIServer() as gone:
        pass
    with pytest.raises(LoadFailed, match="Nothing answers at http://127"):
        load(backend, gone)


def test_the_context_is_taken_from_where_servers_tell_it(backend: OpenAIBackend) -> None:
    for told in ({"max_model_len": 777}, {"meta": {"n_ctx": 777, "n_ctx_train": 9000}}):
        with OpenAIServer(announces=told) as server:
            assert load(backend, server).context_length == 777
            backend.close()
    with OpenAIServer() as server:
        assert load(backend, server).context_length == 0


def test_a_model_that_is_not_listed_is_noted_and_then_refused(
    server: OpenAIServer, backend: OpenAIBackend
) -> None:
    loaded = load(backend, server, "tyo")
    assert any("tyo" in note for note in loaded.notes)
    with pytest.raises(NotFound, match="tyo"):
        write(backend)


def test_openai_itself_is_remote_and_wants_a_key(backend: OpenAIBackend) -> None:
    assert OpenAIBackend.capabilities.remote
    with pytest.raises(LoadFailed, match="no key") as caught:
        backend.load(Model(id="x", format="remote"), OpenAISettings(base_url=OPENAI))
    assert "no keyring" in caught.value.cause
    assert "keyring set inkstand openai" in caught.value.fix
