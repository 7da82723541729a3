"""Who gets a worker when, and which workers are kept: places, keep-alive, memory, listing."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import LiveWorker, WorkerSpec
from inkstand.workers.worker import Worker
from inkstand_sdk.errors import Cancelled, LoadFailed, OutOfMemory
from inkstand_sdk.messages import Chunk, GenerateRequest
from inkstand_sdk.worker.protocol import RunTool

BackendSpec = Callable[..., WorkerSpec]
MakePool = Callable[..., WorkerPool]
Eventually = Callable[[Callable[[], bool]], None]


def text_of(worker: Worker, prompt: str) -> str:
    chunks = worker.stream("generate", GenerateRequest(prompt=prompt), Chunk)
    return "".join(chunk.text for chunk in chunks)


def pid_of(pool: WorkerPool, spec: WorkerSpec) -> int:
    with pool.lease(spec) as worker:
        return worker.pid


def waiting(pool: WorkerPool, key: str) -> int:
    return len(pool._queues.get(key, ()))


def test_leases_beyond_the_concurrency_wait_and_are_served_in_order(
    pool: WorkerPool, backend_spec: BackendSpec, eventually: Eventually
) -> None:
    spec = backend_spec(concurrency=1)
    served: list[int] = []

    def lease(index: int) -> None:
        with pool.lease(spec):
            served.append(index)

    threads = []
    with pool.lease(spec):
        for index in range(5):
            threads.append(threading.Thread(target=lease, args=(index,)))
            threads[-1].start()
            eventually(lambda index=index: waiting(pool, spec.key) == index + 1)  # type: ignore[misc]
        assert served == []
    for thread in threads:
        thread.join()
    assert served == [0, 1, 2, 3, 4]
    assert pool._queues == {}


def test_a_lease_that_waits_can_be_cancelled(
    pool: WorkerPool, backend_spec: BackendSpec, eventually: Eventually
) -> None:
    spec, cancel = backend_spec(concurrency=1), CancelToken()
    errors: list[Cancelled] = []

    def lease() -> None:
        with pytest.raises(Cancelled) as caught, pool.lease(spec, cancel=cancel):
            pass
        errors.append(caught.value)

    with pool.lease(spec):
        thread = threading.Thread(target=lease)
        thread.start()
        eventually(lambda: waiting(pool, spec.key) == 1)
        cancel.cancel()
        thread.join()
        assert len(errors) == 1
    assert pid_of(pool, spec)


def test_leases_made_at_once_share_one_start(pool: WorkerPool, backend_spec: BackendSpec) -> None:
    pids: set[int] = set()
    loads: list[float] = []
    spec = backend_spec(concurrency=4)

    def lease() -> None:
        with pool.lease(spec) as worker:
            pids.add(worker.pid)
            loads.append(worker.load_ms)

    threads = [threading.Thread(target=lease) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pids) == 1
    assert sorted(load > 0 for load in loads) == [False] * 11 + [True]


def test_leases_that_wait_for_a_load_share_its_failure(
    make_pool: MakePool, backend_spec: BackendSpec
) -> None:
    events: list[str] = []
    pool = make_pool(on_event=lambda name, _data: events.append(name))
    spec = backend_spec(load="refuse")
    errors: list[LoadFailed] = []
    together = threading.Barrier(6)

    def lease() -> None:
        together.wait()
        with pytest.raises(LoadFailed) as caught, pool.lease(spec):
            pass
        errors.append(caught.value)

    threads = [threading.Thread(target=lease) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [error.detail for error in errors] == ["come back tomorrow"] * 6
    assert len(events) < 6
    assert set(events) == {"worker.stopped"}


def test_other_settings_are_another_worker_if_the_key_says_so(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    assert pid_of(pool, backend_spec("a")) != pid_of(pool, backend_spec("b"))
    assert {live.title for live in pool.live()} == {"zoo:a", "zoo:b"}


def test_an_idle_worker_is_stopped_after_its_keep_alive_and_a_busy_one_is_not(
    make_pool: MakePool, backend_spec: BackendSpec, eventually: Eventually
) -> None:
    events: list[tuple[str, Any]] = []
    pool = make_pool(keep_alive=0.05, on_event=lambda *event: events.append(event))
    with pool.lease(backend_spec("busy")) as busy:
        pid = pid_of(pool, backend_spec("idle"))
        eventually(lambda: [live.pid for live in pool.live()] == [busy.pid])
        assert text_of(busy, "pid") == str(busy.pid)
    eventually(lambda: not psutil.pid_exists(pid))
    eventually(lambda: pool.live() == [])
    eventually(lambda: len(events) == 4)
    stopped = [data for name, data in events if name == "worker.stopped"]
    assert [data["why"] for data in stopped] == ["It was idle."] * 2


def test_a_spec_may_have_its_own_keep_alive(
    pool: WorkerPool, backend_spec: BackendSpec, eventually: Eventually
) -> None:
    spec = msgspec.structs.replace(backend_spec(), keep_alive=0.0)
    kept = pid_of(pool, backend_spec("kept"))
    pid_of(pool, spec)
    eventually(lambda: [live.pid for live in pool.live()] == [kept])


def test_the_least_recently_used_idle_worker_goes_when_memory_is_needed(
    make_pool: MakePool, backend_spec: BackendSpec
) -> None:
    pool = make_pool(ram_budget=300_000_000)

    def model(name: str) -> WorkerSpec:
        return backend_spec(name, memory=120_000_000, megabytes=100)

    first, second = pid_of(pool, model("a")), pid_of(pool, model("b"))
    assert pid_of(pool, model("a")) == first
    third = pid_of(pool, model("c"))
    assert {live.pid for live in pool.live()} == {first, third}
    assert not psutil.pid_exists(second)


def test_a_model_that_does_not_fit_beside_busy_ones_is_an_error_with_numbers(
    make_pool: MakePool, backend_spec: BackendSpec
) -> None:
    pool = make_pool(ram_budget=200_000_000)
    with pool.lease(backend_spec("a", memory=120_000_000, megabytes=100)) as busy:
        with pytest.raises(OutOfMemory, match="120 MB") as caught:
            pid_of(pool, backend_spec("b", memory=120_000_000))
        assert caught.value.data["budget"] == 200_000_000
        assert [live.pid for live in pool.live()] == [busy.pid]


def test_idle_workers_of_another_process_make_room_too(
    make_pool: MakePool, backend_spec: BackendSpec, eventually: Eventually
) -> None:
    """Two pools stand for two processes; the one that owns the worker just sees it end."""
    owner, other = make_pool(), make_pool(ram_budget=200_000_000)
    first = pid_of(owner, backend_spec("a", memory=120_000_000, megabytes=100))
    second = pid_of(other, backend_spec("b", memory=120_000_000))
    assert [live.pid for live in other.live()] == [second]
    assert not psutil.pid_exists(first)
    # The owner starts a fresh one when it needs it again.
    assert pid_of(owner, backend_spec("a")) != first


def test_stop_ends_a_worker_by_title_or_process_id_or_all(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    pids = [pid_of(pool, backend_spec(name)) for name in "abc"]
    assert [live.pid for live in pool.stop("zoo:b")] == [pids[1]]
    assert [live.pid for live in pool.stop(pids[0])] == [pids[0]]
    assert pool.stop("zoo:nosuch") == []
    assert [live.pid for live in pool.stop()] == [pids[2]]
    assert pool.live() == []
    assert not any(psutil.pid_exists(pid) for pid in pids)


HOST = """
import sys
from pathlib import Path
import msgspec
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand.workers.worker import Worker
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import Chunk, GenerateRequest

folder, spec = Path(sys.argv[1]), sys.argv[2]
with WorkerPool(folder / "state", folder / "log") as pool:
    for line in sys.stdin:
        try:
            with pool.lease(msgspec.json.decode(spec, type=WorkerSpec)) as worker:
                for chunk in worker.stream("generate", GenerateRequest(prompt=line.strip()), Chunk):
                    if chunk.text:
                        print(worker.pid, flush=True)
        except InkstandError as error:
            print(type(error).__name__, flush=True)
        print("done", flush=True)
"""


class OtherHost:
    """Another Inkstand process, told what to generate line by line."""

    def __init__(self, folder: Path, spec: WorkerSpec) -> None:
        command = [sys.executable, "-c", HOST, str(folder), msgspec.json.encode(spec).decode()]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, prompt: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(prompt + "\n")
        self.process.stdin.flush()

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def __enter__(self) -> OtherHost:
        return self

    def __exit__(self, *_: object) -> None:
        with self.process:
            assert self.process.stdin is not None
            self.process.stdin.close()
            self.process.wait()


def test_two_processes_see_each_others_workers(
    pool: WorkerPool, backend_spec: BackendSpec, tmp_path: Path, eventually: Eventually
) -> None:
    mine = pid_of(pool, backend_spec("mine"))
    with OtherHost(tmp_path, backend_spec("other")) as host:
        host.ask("forever")
        other = int(host.line())
        seen = {live.pid: live for live in pool.live()}
        assert set(seen) == {mine, other}
        assert seen[other].host_pid == host.process.pid
        assert (seen[mine].state, seen[other].state) == ("idle", "busy")
        assert all(live.rss > 1_000_000 for live in seen.values())
        assert seen[other].model == "other"
        assert isinstance(seen[other], LiveWorker)
        assert [live.pid for live in pool.stop("zoo:other")] == [other]
        lines = iter(host.line, "done")
        assert [line for line in lines if line != str(other)] == ["Cancelled"]
        # What was stopped is started afresh when it is needed again.
        host.ask("pid")
        fresh = int(host.line())
        assert fresh != other
        assert host.line() == "done"
        eventually(lambda: {live.pid: live.state for live in pool.live()}[fresh] == "idle")
    assert [live.pid for live in pool.live()] == [mine]


def test_an_idle_worker_that_another_process_has_claimed_is_not_leased(
    make_pool: MakePool, backend_spec: BackendSpec
) -> None:
    pool = make_pool()
    first = pid_of(pool, backend_spec())
    (found,) = pool._live.found()
    assert pool._live.claim(found)
    with pool.lease(backend_spec()) as worker:
        assert worker.pid != first
        assert text_of(worker, "count A 1") == "A0 "


def test_closing_ends_a_load_that_hangs(
    make_pool: MakePool, backend_spec: BackendSpec, eventually: Eventually
) -> None:
    pool = make_pool()
    errors: list[Cancelled] = []

    def load() -> None:
        with pytest.raises(Cancelled) as caught, pool.lease(backend_spec(load="hang")):
            pass
        errors.append(caught.value)

    thread = threading.Thread(target=load)
    thread.start()
    eventually(lambda: len(pool.live()) == 1)
    pool.close()
    thread.join()
    assert len(errors) == 1
    assert pool.live() == []


def test_a_closed_pool_gives_no_lease_and_stops_what_runs(
    make_pool: MakePool, backend_spec: BackendSpec, tool_spec: WorkerSpec
) -> None:
    pool = make_pool()
    running = threading.Event()
    errors: list[Cancelled] = []

    def run() -> None:
        call = RunTool(tool="zoo-tool", engine="model", input={"do": "never"})
        with pool.lease(tool_spec) as worker, pytest.raises(Cancelled) as caught:
            worker.call("run_tool", call, dict, on_item=lambda _: running.set())
        errors.append(caught.value)

    thread = threading.Thread(target=run)
    thread.start()
    running.wait()
    pool.close()
    thread.join()
    assert errors[0].cause == "Inkstand is closing."
    with pytest.raises(Cancelled, match="closing"), pool.lease(backend_spec()):
        pass
    pool.close()
