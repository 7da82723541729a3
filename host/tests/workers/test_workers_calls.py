"""What a worker is asked and answers, with real processes in an environment of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

import inkstand_sdk
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand.workers.worker import Worker
from inkstand_sdk.capabilities import BackendCapabilities
from inkstand_sdk.errors import (
    ErrorInfo,
    InkstandError,
    InputError,
    NotFound,
    PluginError,
    UsageError,
)
from inkstand_sdk.manuscript import Manuscript, Scene
from inkstand_sdk.messages import Chunk, GenerateRequest, GenerateResult, TokenCount
from inkstand_sdk.reader import Reading
from inkstand_sdk.worker.protocol import (
    ContextGenerate,
    Hook,
    Progress,
    Read,
    RunTool,
    ToolEvent,
    Write,
)

BackendSpec = Callable[..., WorkerSpec]


def request(prompt: str, **fields: Any) -> GenerateRequest:
    return GenerateRequest(prompt=prompt, **fields)


def text_of(worker: Worker, prompt: str, **fields: Any) -> str:
    return "".join(
        chunk.text for chunk in worker.stream("generate", request(prompt, **fields), Chunk)
    )


def zoo_tool(do: str, **input: Any) -> RunTool:
    return RunTool(tool="zoo-tool", engine="model", input={"do": do, **input})


def generate_with(pool: WorkerPool, spec: WorkerSpec) -> dict[str, Callable[[msgspec.Raw], Any]]:
    """The callback `ctx.generate` as a host would serve it: by another worker."""

    def generate(raw: msgspec.Raw) -> GenerateResult:
        asked = msgspec.msgpack.decode(raw, type=ContextGenerate)
        with pool.lease(spec) as worker:
            text = "".join(c.text for c in worker.stream("generate", asked.request, Chunk))
        return GenerateResult(text=text, finish="stop", model="m", backend="zoo")

    return {"ctx.generate": generate}


def test_a_worker_greets_and_says_what_it_serves(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    with pool.lease(backend_spec()) as worker:
        assert worker.hello.sdk == inkstand_sdk.__version__
        assert worker.hello.pid == worker.pid
        assert worker.opened.version == "2.5"
        assert worker.opened.capabilities == BackendCapabilities(concurrency=2)
        assert worker.loaded is not None
        assert worker.loaded.notes == ("m",)
        assert worker.load_ms > 0
        assert worker.call("memory", None, int) > 1_000_000
    with pool.lease(backend_spec()) as warm:
        assert warm.load_ms == 0.0


def test_a_stream_gives_every_chunk_in_order_and_one_finish_at_the_end(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    with pool.lease(backend_spec()) as worker:
        chunks = list(worker.stream("generate", request("count A 1000"), Chunk))
    assert "".join(c.text for c in chunks) == "".join(f"A{i} " for i in range(1000))
    assert [c.finish is not None for c in chunks] == [False] * 1000 + [True]


def test_a_backend_that_yields_no_finish_gets_one(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    with pool.lease(backend_spec()) as worker:
        *_, last = worker.stream("generate", request("pid"), Chunk)
        assert last.finish is not None
        assert last.finish.reason == "stop"
        assert last.finish.usage.completion_tokens == 1
        *_, last = worker.stream("generate", request("pid", max_tokens=1), Chunk)
        assert last.finish is not None
        assert last.finish.reason == "length"


def test_tokens_that_end_within_a_character_are_put_together(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    text = "Ünïcode – 🖋️ 漢字"
    with pool.lease(backend_spec()) as worker:
        chunks = list(worker.stream("generate", request(f"halves {text}"), Chunk))
    assert "".join(c.text for c in chunks) == text
    assert sum(c.tokens for c in chunks) == len(text.encode())
    assert all(c.text for c in chunks[:-1])


def test_eight_streams_at_once_do_not_mix(pool: WorkerPool, backend_spec: BackendSpec) -> None:
    texts: dict[int, str] = {}
    spec = backend_spec(concurrency=8)

    def stream(index: int) -> None:
        with pool.lease(spec) as worker:
            texts[index] = text_of(worker, f"count {index}: 3000")

    threads = [threading.Thread(target=stream, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == {i: "".join(f"{i}:{n} " for n in range(3000)) for i in range(8)}
    assert len(pool.live()) == 1


def test_what_is_written_to_descriptors_one_and_two_goes_to_the_log_and_corrupts_nothing(
    pool: WorkerPool, backend_spec: BackendSpec, tmp_path: Path
) -> None:
    with pool.lease(backend_spec()) as worker:
        # The last item is how much a plugin can read from standard input: nothing.
        assert text_of(worker, "noise") == "".join(f"{i} " for i in range(200)) + "0"
    (log,) = (tmp_path / "log").glob("worker-*.log")
    said = log.read_bytes()
    assert said.count(b"noise on one") == said.count(b"noise on two") == 200
    assert said.count(b"print \\ud800 odd") == 200
    assert b"from a child" in said


def test_a_long_prompt_and_a_long_answer_pass_whole(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    long = "é" * 3_000_000
    with pool.lease(backend_spec()) as worker:
        assert text_of(worker, f"count {long} 1") == f"{long}0 "


def test_tokens_are_counted_by_the_backend(pool: WorkerPool, backend_spec: BackendSpec) -> None:
    with pool.lease(backend_spec()) as worker:
        assert worker.call("count_tokens", "12345678", TokenCount) == TokenCount(2, exact=False)


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("raise", "The backend zoo of inkstand-worker-zoo failed: ValueError: zoo fault"),
        ("exit", "The backend zoo of inkstand-worker-zoo tried to end its process"),
        ("garbage", "The backend zoo of inkstand-worker-zoo gave str instead of a Chunk."),
        ("unknown", "The backend zoo of inkstand-worker-zoo failed: AttributeError"),
    ],
)
def test_a_backend_that_fails_is_an_error_that_names_it_and_its_worker_goes_on(
    pool: WorkerPool, backend_spec: BackendSpec, prompt: str, words: str
) -> None:
    with pool.lease(backend_spec()) as worker:
        with pytest.raises(PluginError) as caught:
            text_of(worker, prompt)
        assert caught.value.what.startswith(words)
        assert text_of(worker, "count B 2") == "B0 B1 "
        assert text_of(worker, "pid") == str(worker.pid)


def test_the_traceback_of_a_failing_plugin_is_in_the_detail(
    pool: WorkerPool, tool_spec: WorkerSpec
) -> None:
    with pool.lease(tool_spec) as worker, pytest.raises(PluginError) as caught:
        worker.call("run_tool", zoo_tool("raise"), dict)
    assert "do_raise" in caught.value.detail
    assert "KeyError: 'zoo fault'" in caught.value.detail


def test_an_error_meant_for_the_user_arrives_as_it_was_raised(
    pool: WorkerPool, tool_spec: WorkerSpec
) -> None:
    with pool.lease(tool_spec) as worker, pytest.raises(InputError) as caught:
        worker.call("run_tool", zoo_tool("say"), dict)
    assert (caught.value.cause, caught.value.fix) == ("A cause.", "A fix.")
    assert caught.value.data == {"wrapped": {"n": 1}}


def test_a_tool_generates_through_the_host_with_another_worker(
    pool: WorkerPool, tool_spec: WorkerSpec, backend_spec: BackendSpec
) -> None:
    events: list[ToolEvent] = []
    with pool.lease(tool_spec) as worker:
        output = worker.call(
            "run_tool",
            zoo_tool("generate", text="count N 3", times=2),
            dict,
            on_item=events.append,
            callbacks=generate_with(pool, backend_spec()),
        )
    assert output == {"text": "N0 N1 N2  | N0 N1 N2 "}
    assert events == [Progress(0.5, "half"), Write("Here it is: ")]


def test_a_tool_may_call_the_host_from_several_threads_at_once(
    pool: WorkerPool, tool_spec: WorkerSpec, backend_spec: BackendSpec
) -> None:
    with pool.lease(tool_spec) as worker:
        output = worker.call(
            "run_tool",
            zoo_tool("many", times=6),
            dict,
            callbacks=generate_with(pool, backend_spec()),
        )
    expected = ["".join(f"T{t}.{n} " for n in range(50)) for t in range(6)]
    assert output["text"].splitlines() == expected


def test_a_tool_gets_the_manuscript_once_however_large(
    pool: WorkerPool, tool_spec: WorkerSpec
) -> None:
    asked = []
    scene = Scene(index=0, id="a", text="word " * 500_000)

    def manuscript(_raw: msgspec.Raw) -> Manuscript:
        asked.append(1)
        return Manuscript(title="Long", scenes=(scene,))

    with pool.lease(tool_spec) as worker:
        output = worker.call(
            "run_tool", zoo_tool("manuscript"), dict, callbacks={"ctx.manuscript": manuscript}
        )
    assert output == {"text": "Long: 2500000"}
    assert asked == [1]


def test_a_structured_answer_is_constrained_decoded_and_asked_for_again(
    pool: WorkerPool, tool_spec: WorkerSpec
) -> None:
    answers = iter(["not JSON", '{"text": "done"}'])

    def generate(raw: msgspec.Raw) -> GenerateResult:
        asked = msgspec.msgpack.decode(raw, type=ContextGenerate)
        assert asked.request.schema is not None
        assert asked.show is False
        return GenerateResult(text=next(answers), finish="stop", model="m", backend="b")

    with pool.lease(tool_spec) as worker:
        output = worker.call(
            "run_tool", zoo_tool("structured"), dict, callbacks={"ctx.generate": generate}
        )
    assert output == {"text": "done"}


def test_an_error_of_the_host_reaches_the_tool_and_comes_back(
    pool: WorkerPool, tool_spec: WorkerSpec
) -> None:
    def generate(_raw: msgspec.Raw) -> GenerateResult:
        raise NotFound("There is no model.")

    with pool.lease(tool_spec) as worker:
        with pytest.raises(NotFound, match="There is no model"):
            worker.call(
                "run_tool", zoo_tool("generate"), dict, callbacks={"ctx.generate": generate}
            )
        with pytest.raises(UsageError, match="does not answer"):
            worker.call("run_tool", zoo_tool("generate"), dict)


@pytest.mark.parametrize(
    ("do", "words"),
    [
        ("wrong", "gave dict instead of ZooOutput"),
        ("invalid", "gave a ZooOutput that is not valid"),
    ],
)
def test_output_that_is_not_what_the_tool_declares_is_refused(
    pool: WorkerPool, tool_spec: WorkerSpec, do: str, words: str
) -> None:
    with pool.lease(tool_spec) as worker, pytest.raises(PluginError, match=words):
        worker.call("run_tool", zoo_tool(do), dict)


def test_input_that_the_tool_does_not_take_is_a_usage_error(
    pool: WorkerPool, tool_spec: WorkerSpec
) -> None:
    with pool.lease(tool_spec) as worker:
        with pytest.raises(UsageError, match="times"):
            worker.call("run_tool", zoo_tool("generate", times="many"), dict)
        with pytest.raises(NotFound, match="zoo-tool"):
            worker.call("run_tool", RunTool(tool="nosuch", engine="model"), dict)
        with pytest.raises(UsageError, match="does not know the call"):
            worker.call("generate", request("count A 1"), None)


def test_a_reader_reads_in_the_same_worker_and_its_progress_does_not_flood_the_host(
    pool: WorkerPool, tool_spec: WorkerSpec
) -> None:
    events: list[Progress] = []
    manuscript = Manuscript(title="T", scenes=(), language="en")
    with pool.lease(tool_spec) as tool, pool.lease(tool_spec) as reader:
        assert tool.pid == reader.pid
        reading = reader.call(
            "read",
            Read(reader="zoo-reader", manuscript=manuscript),
            Reading,
            on_item=events.append,
        )
    assert reading == Reading(language="en", reader="zoo-reader", version="1")
    assert events[0] == Progress(0.0, "reading")
    assert len(events) < 1000


def test_a_hook_changes_leaves_or_fails_by_name(pool: WorkerPool, tool_spec: WorkerSpec) -> None:
    def ask(prompt: str) -> Any:
        body = msgspec.Raw(msgspec.msgpack.encode(request(prompt)))
        hook = Hook(hook="inkstand_before_generate", body=body)
        return worker.call("hook", hook, GenerateRequest | None)

    with pool.lease(tool_spec) as worker:
        assert ask("shout") == request("SHOUT")
        assert ask("leave") is None
        with pytest.raises(PluginError, match="inkstand_before_generate of inkstand-worker-zoo"):
            ask("raise")
        with pytest.raises(PluginError, match="gave str instead of GenerateRequest"):
            ask("garbage")


def test_implementations_of_a_hook_are_asked_in_turn_and_one_that_fails_is_skipped(
    pool: WorkerPool, tool_spec: WorkerSpec
) -> None:
    skipped: list[ErrorInfo] = []

    def ask(prompt: str) -> Any:
        body = msgspec.Raw(msgspec.msgpack.encode(request(prompt)))
        hook = Hook(hook="inkstand_before_generate", body=body)
        return worker.call(
            "hook", hook, GenerateRequest | None, on_item=skipped.append, item_type=ErrorInfo
        )

    with pool.lease(msgspec.structs.replace(tool_spec, entry_points=("second", "zoo"))) as worker:
        assert ask("shout") == request("SHOUT!")
        assert skipped == []
        assert ask("raise") == request("raise!")
    assert [error.code for error in skipped] == ["plugin"]


def test_a_worker_sees_nothing_of_the_hosts_environment(
    pool: WorkerPool,
    tool_spec: WorkerSpec,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "msgspec.py").write_text("raise RuntimeError('the wrong msgspec')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pool.lease(tool_spec) as worker:
        executable, *path = worker.call("run_tool", zoo_tool("path"), dict)["text"].splitlines()
    assert executable == tool_spec.interpreter
    environment = Path(executable).parent.parent
    site = [entry for entry in path if entry.endswith("site-packages")]
    assert site
    assert all(Path(entry).is_relative_to(environment) for entry in site)
    assert str(tmp_path) not in path
    assert "" not in path


def test_a_plugin_that_is_not_installed_there_is_an_error_that_names_it(
    pool: WorkerPool, tool_spec: WorkerSpec
) -> None:
    spec = msgspec.structs.replace(tool_spec, key="other", distribution="inkstand-nosuch")
    with pytest.raises(PluginError, match="inkstand-nosuch"), pool.lease(spec):
        pass
    assert pool.live() == []


def test_an_interpreter_that_is_not_there_is_an_error(
    pool: WorkerPool, tool_spec: WorkerSpec
) -> None:
    spec = msgspec.structs.replace(tool_spec, interpreter="/nowhere/python")
    with pytest.raises(InkstandError, match="could not be started"), pool.lease(spec):
        pass
