"""The Python SDK on a real host: `inkstand_sdk.open()` and its twin for asyncio."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import inkstand_sdk
from inkstand.studio import Studio
from inkstand_sdk.async_client import AsyncClient
from inkstand_sdk.client import Client, Value
from inkstand_sdk.errors import InkstandError, NotFound, PluginError, UsageError
from inkstand_sdk.messages import GenerateRequest

MODEL = "scripted:small"


@pytest.fixture
def client(studio: Studio) -> Client:
    return Client(studio)


def test_open_finds_the_host_by_its_entry_point(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INKSTAND_HOME", str(tmp_path))
    with inkstand_sdk.open(tmp_path, offline=True) as opened:
        assert isinstance(opened, Client)
        host: Any = opened._host
        assert (host.path, host.offline) == (tmp_path, True)


def test_a_generation_is_an_iterator_of_chunks_with_a_result(client: Client) -> None:
    generating = client.generate("say one two", model=MODEL, temperature=0.5, max_tokens=9)
    assert "".join(chunk.text for chunk in generating) == "one two "
    assert generating.result.finish == "stop"


def test_fields_of_a_request_and_of_sampling_may_be_given(client: Client) -> None:
    result = client.generate("request", model=MODEL, seed=3, max_tokens=7, raw=True).result
    assert '"seed":3' in result.text
    assert '"max_tokens":7' in result.text


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"temprature": 1}, "Did you mean temperature"),
        ({"temperature": -1}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"prompt": "x"}, "no field 'prompt'"),
    ],
)
def test_a_wrong_field_is_told(client: Client, fields: dict[str, Any], hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        client.generate("say x", model=MODEL, **fields)


def test_fields_beside_a_request_are_refused(client: Client) -> None:
    with pytest.raises(UsageError, match="max_tokens"):
        client.generate(GenerateRequest.of("say x"), model=MODEL, max_tokens=3)


def test_tools_are_functions(client: Client) -> None:
    output = client.tools.script(text="ab", times=2, name="Ada")
    assert (output.text, output.name, output.items) == ("abab", "Ada", [])
    assert output.value["text"] == output["text"] == "abab"
    assert "script" in dir(client.tools)
    assert "analysis-only" in list(client.tools)
    with pytest.raises(AttributeError, match="no field 'txt'; it has text"):
        _ = output.txt


def test_a_tool_with_a_hyphen_is_called_with_an_underscore(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "book.md"
    path.write_text("Ada came.")
    assert client.tools.analysis_only(path=path).text == "book"


def test_a_tool_that_is_not_there_is_an_attribute_error(client: Client) -> None:
    assert not hasattr(client.tools, "scritp")
    assert not hasattr(client.tools, "_repr_html_")
    with pytest.raises(AttributeError, match="Did you mean 'script'"):
        client.tools.scritp()
    with pytest.raises(NotFound):
        client.tools.run("scritp")


def test_a_tools_events_can_be_followed(client: Client) -> None:
    events: list[Any] = []
    client.tools.script(do="generate", text="say hi", model=MODEL, on_event=events.append)
    assert len(events) >= 2


def test_an_error_in_a_follower_stops_the_tool(
    client: Client, studio: Studio, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    def fail(_event: Any) -> None:
        raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        client.tools.script(do="wait", on_event=fail)
    eventually(lambda: all(worker.state == "idle" for worker in studio.live_workers()))


def test_a_tools_error_is_raised(client: Client) -> None:
    with pytest.raises(PluginError, match="a mistake"):
        client.tools.script(do="raise")


def test_what_is_installed_can_be_asked(client: Client) -> None:
    assert {backend.name for backend in client.backends} == {"scripted", "faraway", "faulty"}
    assert "small" in [entry.model.id for entry in client.models]
    assert any(row.distribution == "inkstand-scripted" for row in client.plugins)


def test_leaving_the_context_stops_all_workers(studio: Studio) -> None:
    with Client(studio) as client:
        assert client.generate("say x", model=MODEL).result.text == "x "
        assert studio.live_workers()
        pool = studio.pool
    assert pool.live() == []
    with pytest.raises(UsageError, match="closed"):
        studio.live_workers()


def test_a_value_can_be_copied_and_compared() -> None:
    value = Value({"a": {"b": [1, {"c": 2}]}, "value": 3})
    assert value.a.b[1].c == 2
    assert copy.copy(value) == value == copy.deepcopy(value)
    assert value["value"] == 3
    assert "a" in dir(value)


def test_the_async_twin_streams_and_answers(client: Client) -> None:
    async def body() -> None:
        twin = AsyncClient(client)
        chunks = [chunk async for chunk in twin.generate("say one two", model=MODEL)]
        assert "".join(chunk.text for chunk in chunks) == "one two "
        assert chunks[-1].finish is not None
        assert (await twin.result("say x", model=MODEL)).text == "x "
        assert (await twin.tools.script(text="a", name="n")).name == "n"
        assert "script" in await twin.tools.names()
        assert len(await twin.backends()) == 3
        assert await twin.models()
        assert await twin.plugins()
        answers = await asyncio.gather(*(twin.result(f"say {n}", model=MODEL) for n in range(4)))
        assert [answer.text for answer in answers] == ["0 ", "1 ", "2 ", "3 "]

    asyncio.run(body())


def test_leaving_an_async_stream_early_leaves_no_worker_busy(
    client: Client, studio: Studio, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    async def body() -> None:
        stream = AsyncClient(client).generate("forever", model=MODEL)
        async for _ in stream:
            break
        await stream.aclose()  # type: ignore[attr-defined]

    asyncio.run(body())
    eventually(lambda: all(worker.state == "idle" for worker in studio.live_workers()))


@pytest.mark.parametrize("kind", ["stream", "result", "tool", "generating tool"])
def test_cancelling_a_task_stops_its_work(
    client: Client, studio: Studio, eventually: Callable[[Callable[[], bool]], None], kind: str
) -> None:
    def busy() -> list[Any]:
        return [worker for worker in studio.live_workers() if worker.state == "busy"]

    async def body() -> None:
        twin = AsyncClient(client)

        async def stream() -> None:
            async for _ in twin.generate("forever", model=MODEL):
                pass

        work: Any = {
            "stream": stream,
            "result": lambda: twin.result("forever", model=MODEL),
            "tool": lambda: twin.tools.script(do="wait"),
            "generating tool": lambda: twin.tools.run(
                "script", do="generate", text="forever", model=MODEL
            ),
        }[kind]
        task = asyncio.ensure_future(work())
        while not await asyncio.to_thread(busy):
            assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(body())
    eventually(lambda: not busy())


def test_an_error_crosses_into_asyncio(client: Client) -> None:
    async def body() -> None:
        twin = AsyncClient(client)
        with pytest.raises(InkstandError, match="out of ink"):
            async for _ in twin.generate("fail_after x", model=MODEL):
                pass
        with pytest.raises(NotFound):
            await twin.tools.run("scritp")
        async with twin:
            pass

    asyncio.run(body())
