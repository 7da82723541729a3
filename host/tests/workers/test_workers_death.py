"""How workers die, and what is left: a typed error, a fresh worker, and nothing else."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand.workers.worker import Worker
from inkstand_sdk.errors import (
    Cancelled,
    InkstandError,
    LoadFailed,
    PluginError,
    WorkerCrashed,
    WorkerTimeout,
)
from inkstand_sdk.messages import Chunk, Finish, GenerateRequest, Usage
from inkstand_sdk.worker.protocol import RunTool, Write

BackendSpec = Callable[..., WorkerSpec]
Eventually = Callable[[Callable[[], bool]], None]


def stream(worker: Worker, prompt: str, cancel: CancelToken | None = None) -> Iterator[Chunk]:
    return worker.stream("generate", GenerateRequest(prompt=prompt), Chunk, cancel=cancel)


def text_of(worker: Worker, prompt: str) -> str:
    return "".join(chunk.text for chunk in stream(worker, prompt))


def zoo_tool(do: str) -> RunTool:
    return RunTool(tool="zoo-tool", engine="model", input={"do": do})


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGABRT", "SIGTERM"])
def test_a_worker_that_dies_is_an_error_with_its_signal_and_last_words_and_is_replaced(
    pool: WorkerPool, backend_spec: BackendSpec, name: str
) -> None:
    with pool.lease(backend_spec()) as worker:
        chunks = stream(worker, f"die {name}")
        assert next(chunks).text == "last words"
        with pytest.raises(WorkerCrashed) as caught:
            list(chunks)
        dead = worker.pid
    assert caught.value.data == {"pid": dead, "signal": getattr(signal, name)}
    assert caught.value.what == f"The worker of zoo:m was ended by {name} while it was writing."
    assert "said before dying" in caught.value.detail
    with pool.lease(backend_spec()) as worker:
        assert worker.pid != dead
        assert text_of(worker, "count A 2") == "A0 A1 "


def test_a_crash_in_native_code_leaves_its_python_stack_in_the_error(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    with pool.lease(backend_spec()) as worker, pytest.raises(WorkerCrashed) as caught:
        text_of(worker, "crash")
    assert caught.value.data["signal"] == signal.SIGSEGV
    assert "do_crash" in caught.value.detail


@pytest.mark.parametrize(
    ("do", "kind", "words"),
    [
        ("exit", PluginError, "The tool zoo-tool of inkstand-worker-zoo tried to end its process"),
        ("os_exit", WorkerCrashed, "ended with exit code 4 while the tool zoo-tool ran."),
        ("crash", WorkerCrashed, "was ended by SIGSEGV while the tool zoo-tool ran."),
    ],
)
def test_a_tool_that_ends_the_process_is_an_error_that_names_it_and_the_next_call_works(
    pool: WorkerPool, tool_spec: WorkerSpec, do: str, kind: type[InkstandError], words: str
) -> None:
    with pool.lease(tool_spec) as worker, pytest.raises(kind) as caught:
        worker.call("run_tool", zoo_tool(do), dict)
    assert words in caught.value.what
    with pool.lease(tool_spec) as worker:
        assert worker.call("run_tool", zoo_tool("pid"), dict) == {"text": str(worker.pid)}


def test_a_crash_names_all_that_ran_in_the_worker(
    pool: WorkerPool, tool_spec: WorkerSpec, backend_spec: BackendSpec
) -> None:
    waiting = threading.Event()
    errors: list[InkstandError] = []

    def wait() -> None:
        with pool.lease(tool_spec) as worker, pytest.raises(WorkerCrashed) as caught:
            worker.call("run_tool", zoo_tool("never"), dict, on_item=lambda _: waiting.set())
        errors.append(caught.value)

    thread = threading.Thread(target=wait)
    thread.start()
    waiting.wait()
    with pool.lease(tool_spec) as worker, pytest.raises(WorkerCrashed):
        worker.call("run_tool", zoo_tool("os_exit"), dict)
    thread.join()
    assert errors[0].data["exit_code"] == 4


@pytest.mark.parametrize(("load", "kind"), [("refuse", LoadFailed), ("segv", WorkerCrashed)])
def test_a_load_that_fails_is_an_error_and_leaves_no_process(
    pool: WorkerPool, backend_spec: BackendSpec, load: str, kind: type[InkstandError]
) -> None:
    for _ in range(2):
        with pytest.raises(kind), pool.lease(backend_spec(load=load)):
            pass
        assert pool.live() == []


def test_a_load_that_hangs_ends_when_it_is_cancelled(
    pool: WorkerPool, backend_spec: BackendSpec, eventually: Eventually
) -> None:
    cancel = CancelToken()
    caught: list[BaseException] = []

    def load() -> None:
        try:
            with pool.lease(backend_spec(load="hang"), cancel=cancel):
                pass
        except Cancelled as error:
            caught.append(error)

    thread = threading.Thread(target=load)
    thread.start()
    eventually(lambda: [worker.state for worker in pool.live()] == ["loading"])
    cancel.cancel()
    thread.join()
    assert len(caught) == 1
    assert pool.live() == []


def test_cancel_reaches_the_engine_which_ends_the_stream_itself(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    cancel = CancelToken()
    with pool.lease(backend_spec()) as worker:
        chunks = stream(worker, "forever", cancel)
        next(chunks)
        cancel.cancel()
        *_, last = chunks
        assert last.finish == Finish("cancelled", Usage(completion_tokens=1))
        assert text_of(worker, "pid") == str(worker.pid)


def test_a_backend_that_does_not_ask_is_stopped_at_its_next_token_and_keeps_its_worker(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    cancel = CancelToken()
    with pool.lease(backend_spec()) as worker:
        chunks = stream(worker, "deaf", cancel)
        next(chunks)
        cancel.cancel()
        *_, last = chunks
        assert last.finish is not None
        assert last.finish.reason == "cancelled"
        assert text_of(worker, "pid") == str(worker.pid)


def test_closing_a_stream_stops_the_engine(pool: WorkerPool, backend_spec: BackendSpec) -> None:
    with pool.lease(backend_spec(concurrency=1)) as worker:
        chunks = stream(worker, "forever")
        next(chunks)
        chunks.close()  # type: ignore[attr-defined]
        # With a concurrency of one this would wait forever for the first to end.
        assert text_of(worker, "pid") == str(worker.pid)


def test_a_backend_that_hangs_in_native_code_with_the_interpreter_lock_is_killed_on_cancel(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    cancel = CancelToken()
    with pool.lease(backend_spec()) as worker:
        hung = worker.pid
        chunks = stream(worker, "hang", cancel)
        assert next(chunks).text == "about to hang"
        cancel.cancel()
        with pytest.raises(Cancelled):
            list(chunks)
    assert is_gone(hung)
    with pool.lease(backend_spec()) as worker:
        assert text_of(worker, "count A 1") == "A0 "


def test_no_caller_waits_for_a_hung_worker_to_read(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    cancel = CancelToken()
    with pool.lease(backend_spec()) as worker:
        assert next(stream(worker, "hang", cancel)).text == "about to hang"
    with pool.lease(backend_spec()) as worker:
        hung = stream(worker, "hang")
        next(hung)
        # Far more than a pipe holds: its sender must still see the cancel.
        long = stream(worker, "count " + "x" * 5_000_000 + " 1", cancel)
        threading.Timer(0.1, cancel.cancel).start()
        with pytest.raises(Cancelled):
            next(long)
        with pytest.raises(WorkerCrashed) as caught:
            next(hung)
    assert "did not stop within 2 s of being cancelled" in caught.value.cause


def test_a_tool_that_checks_is_cancelled_and_one_that_never_returns_is_killed(
    pool: WorkerPool, tool_spec: WorkerSpec
) -> None:
    for do, survives in (("wait", True), ("never", False)):
        cancel = CancelToken()
        seen: list[Any] = []

        def begun(event: object, seen: list[Any] = seen, cancel: CancelToken = cancel) -> None:
            seen.append(event)
            cancel.cancel()

        with pool.lease(tool_spec) as worker, pytest.raises(Cancelled):
            worker.call("run_tool", zoo_tool(do), dict, on_item=begun, cancel=cancel)
        assert seen == [Write("waiting")]
        assert is_gone(worker.pid) is not survives


def test_a_call_beyond_its_time_limit_is_an_error_and_costs_the_worker_its_life(
    pool: WorkerPool, tool_spec: WorkerSpec
) -> None:
    with pool.lease(tool_spec) as worker, pytest.raises(WorkerTimeout, match="zoo-tool"):
        worker.call("run_tool", zoo_tool("never"), dict, timeout=0.05)
    assert is_gone(worker.pid)


def test_an_interpreter_that_says_no_hello_in_time_is_killed(
    make_pool: Callable[..., WorkerPool], tool_spec: WorkerSpec, tmp_path: Path
) -> None:
    import msgspec

    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho not a worker\nexec sleep 1000\n")
    fake.chmod(0o755)
    pool = make_pool(start_timeout=0.2)
    spec = msgspec.structs.replace(tool_spec, interpreter=str(fake))
    with pytest.raises(WorkerTimeout), pool.lease(spec):
        pass


def test_an_interpreter_without_the_sdk_is_an_error_with_its_words(
    pool: WorkerPool, tool_spec: WorkerSpec, tmp_path: Path
) -> None:
    import venv

    import msgspec

    venv.create(tmp_path / "bare", symlinks=os.name != "nt")
    bare = next((tmp_path / "bare").rglob(Path(sys.executable).name))
    spec = msgspec.structs.replace(tool_spec, interpreter=str(bare))
    with pytest.raises(WorkerCrashed) as caught, pool.lease(spec):
        pass
    assert "inkstand_sdk" in caught.value.detail


def test_a_plugin_that_closes_the_channel_is_an_error_and_not_a_wait_without_end(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    with pool.lease(backend_spec()) as worker, pytest.raises(WorkerCrashed) as caught:
        text_of(worker, "close")
    assert "The channel to the host broke" in caught.value.detail
    with pool.lease(backend_spec()) as worker:
        assert text_of(worker, "count A 1") == "A0 "


def test_what_a_worker_started_dies_with_it(
    pool: WorkerPool, backend_spec: BackendSpec, eventually: Eventually
) -> None:
    with pool.lease(backend_spec()) as worker:
        chunks = stream(worker, "orphan")
        child = int(next(chunks).text)
        with pytest.raises(WorkerCrashed) as caught:
            list(chunks)
    assert caught.value.data["exit_code"] == 5
    eventually(lambda: is_gone(child))


def test_fifty_kills_at_random_moments_lose_no_request_and_leak_nothing(
    pool: WorkerPool, backend_spec: BackendSpec, eventually: Eventually
) -> None:
    """A caller that retries once, as generation does, while its worker is killed over and over."""
    dice = random.Random(7)
    spec = backend_spec()
    expected = "".join(f"A{n} " for n in range(2000))
    outcomes: list[str] = []

    def ask() -> str:
        for attempt in range(2):
            shown = ""
            try:
                with pool.lease(spec) as worker:
                    for chunk in stream(worker, "count A 2000"):
                        shown += chunk.text
                return shown
            except WorkerCrashed as error:
                if shown or attempt or error.data["signal"] != signal.SIGKILL:
                    raise
        raise AssertionError("not reached")

    def kill_after(delay: float) -> threading.Timer:
        def kill() -> None:
            for live in pool.live():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(live.pid, signal.SIGKILL)

        timer = threading.Timer(delay, kill)
        timer.start()
        return timer

    assert ask() == expected
    descriptors, threads = psutil.Process().num_fds(), threading.active_count()
    for _ in range(50):
        killer = kill_after(dice.uniform(0, 0.12))
        try:
            assert ask() == expected
            outcomes.append("answered")
        except WorkerCrashed:
            outcomes.append("crashed")
        killer.join()
        assert ask() == expected
    assert len(outcomes) == 50
    eventually(lambda: psutil.Process().num_fds() <= descriptors)
    eventually(lambda: threading.active_count() <= threads)
    assert len(pool.live()) == 1


HOST = """
import sys
from pathlib import Path
import msgspec
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.messages import Chunk, GenerateRequest

folder, spec, prompt = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
pool = WorkerPool(folder / "state", folder / "log")
with pool.lease(msgspec.json.decode(spec, type=WorkerSpec)) as worker:
    for chunk in worker.stream("generate", GenerateRequest(prompt=prompt), Chunk):
        print(worker.pid, flush=True)
"""


@pytest.mark.parametrize("prompt", ["hang", "forever"])
def test_a_host_that_is_killed_leaves_no_worker_behind(
    pool: WorkerPool,
    backend_spec: BackendSpec,
    tmp_path: Path,
    eventually: Eventually,
    prompt: str,
) -> None:
    import msgspec

    spec = msgspec.json.encode(backend_spec()).decode()
    command = [sys.executable, "-c", HOST, str(tmp_path), spec, prompt]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        worker = int(host.stdout.readline())
        assert [(live.pid, live.host_pid) for live in pool.live()] == [(worker, host.pid)]
        host.kill()
        host.wait()
    eventually(lambda: is_gone(worker))
    assert pool.live() == []
