"""Waiting for a worker, and telling meanwhile how much of its model is loaded."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from queue import SimpleQueue

from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand.workers.worker import Worker
from inkstand_sdk.messages import Chunk, LoadProgress

Lease = AbstractContextManager[Worker]


def leased(
    pool: WorkerPool, spec: WorkerSpec, cancel: CancelToken
) -> Generator[Chunk, None, Lease]:
    """Yield chunks with `loading` while the worker is started, and return the lease to enter.

    A warm worker is leased at once. Leaving the generator early gives the load up.

    Raises:
        InkstandError: what `WorkerPool.lease` raises.

    """
    if pool.is_warm(spec):
        return pool.lease(spec, cancel=cancel)
    waiting = _Waiting(pool, spec)
    with cancel.listening(waiting.cancel):
        try:
            while isinstance(event := waiting.events.get(), LoadProgress):
                yield Chunk(tokens=0, loading=event)
        except BaseException:
            waiting.give_up()
            raise
    if isinstance(event, BaseException):
        raise event
    return waiting.lease(event)


class _Waiting:
    """A lease that a thread of its own waits for.

    `events` has progress, and at last the worker or what kept it from being leased.
    """

    def __init__(self, pool: WorkerPool, spec: WorkerSpec) -> None:
        self.events: SimpleQueue[LoadProgress | Worker | BaseException] = SimpleQueue()
        self._token = CancelToken()
        self._held = ExitStack()
        self._thread = threading.Thread(
            target=self._wait, args=(pool, spec), name=f"wait for {spec.title}", daemon=True
        )
        self._thread.start()

    def cancel(self) -> None:
        """Give the load up: `events` then ends with `Cancelled`."""
        self._token.cancel()

    def give_up(self) -> None:
        """The same, and hand back what may have been leased by now."""
        self._token.cancel()
        self._thread.join()
        self._held.close()

    @contextmanager
    def lease(self, worker: Worker) -> Iterator[Worker]:
        """The worker, handed back at the end of the context."""
        with self._held:
            yield worker

    def _wait(self, pool: WorkerPool, spec: WorkerSpec) -> None:
        name = spec.model.id if spec.model is not None else spec.title

        def on_load(share: float | None) -> None:
            self.events.put(LoadProgress(name, share))

        try:
            worker = self._held.enter_context(pool.lease(spec, cancel=self._token, on_load=on_load))
        # Raised where it is waited for.
        except BaseException as error:  # noqa: BLE001
            self.events.put(error)
        else:
            self.events.put(worker)
