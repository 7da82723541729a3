"""An engine that writes faster than anybody reads: what it wrote waits, and does not pile up."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand.workers.worker import Worker
from inkstand_sdk.errors import WorkerCrashed
from inkstand_sdk.messages import Chunk, GenerateRequest, TokenCount
from inkstand_sdk.worker.peer import MANY

BackendSpec = Callable[..., WorkerSpec]
COUNT = 10 * MANY
WHOLE = "".join(f"A{i} " for i in range(COUNT))


def begun(worker: Worker, cancel: CancelToken | None = None) -> Iterator[Chunk]:
    """A stream of which nobody takes more than the first chunk, when too much is waiting."""
    request = GenerateRequest(prompt=f"count A {COUNT}")
    stream: Iterator[Chunk] = worker.stream("generate", request, Chunk, cancel=cancel)
    assert next(stream).text == "A0 "
    deadline = time.monotonic() + 60
    while waiting(worker) <= MANY:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return stream


def waiting(worker: Worker) -> int:
    calls = worker._of.connection._peer.open_calls()
    return max((call.replies.qsize() for call in calls), default=0)


def test_what_nobody_reads_waits_and_comes_whole(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    with pool.lease(backend_spec()) as worker:
        stream = begun(worker)
        assert waiting(worker) == MANY + 1
        text = "A0 "
        for chunk in stream:
            assert waiting(worker) <= MANY + 1
            text += chunk.text
    assert text == WHOLE


def test_another_call_is_answered_while_a_stream_waits(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    with pool.lease(backend_spec()) as worker:
        stream = begun(worker)
        assert worker.call("count_tokens", "12345678", TokenCount) == TokenCount(2, exact=False)
        assert "A0 " + "".join(chunk.text for chunk in stream) == WHOLE


def test_a_stream_that_waits_can_be_left_and_its_worker_goes_on(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    cancel = CancelToken()
    with pool.lease(backend_spec()) as worker:
        stream = begun(worker, cancel)
        cancel.cancel()
        left = [chunk.text for chunk in stream]
        assert len(left) < COUNT
        request = GenerateRequest(prompt="count B 2")
        assert "".join(c.text for c in worker.stream("generate", request, Chunk)) == "B0 B1 "


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals like it")
def test_the_death_of_a_worker_is_told_after_what_it_wrote(
    pool: WorkerPool, backend_spec: BackendSpec
) -> None:
    with pool.lease(backend_spec()) as worker:
        stream = begun(worker)
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(WorkerCrashed):
            for _ in stream:
                pass
