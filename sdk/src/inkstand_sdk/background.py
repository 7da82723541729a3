"""An event loop on a thread of its own, for backends that talk to a server.

A blocking read cannot be called off from another thread; a task can. So the talking is done by
tasks, and the generator that the worker iterates waits for their items and looks all the while
whether it is still wanted: cancelling closes the connection at once, in whatever state it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import CancelledError
from typing import Any, Generic, TypeVar

from inkstand_sdk.errors import Cancelled, EngineError

T = TypeVar("T")

_LOOK = 0.05  # seconds between two looks whether to stop, while nothing comes
_PATIENCE = 2.0  # seconds that a cancelled task is given to close its connection


class Background:
    """Runs coroutines for threads that cannot. Safe to use from any number of threads."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        # A daemon, so that a server that never answers cannot keep the process from ending.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._lock = threading.Lock()
        self._closed = False
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`; blocks until it is there.

        Raises:
            EngineError: this was closed, before or meanwhile.

        """
        with self._lock:
            if self._closed:
                work.close()
                raise _closed()
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except CancelledError:
            raise _closed() from None

    def stream(
        self, items: Callable[[], AsyncIterator[T]], cancelled: Callable[[], bool]
    ) -> Iterator[T]:
        """The items of an asynchronous iterator, as they come.

        When this iterator is closed, or `cancelled` says so, the other is cancelled and its end
        awaited.

        Raises:
            Cancelled: `cancelled` said so.
            EngineError: this was closed, before or meanwhile.

        """
        with self._lock:
            if self._closed:
                raise _closed()
            flow = _Flow(items, self._loop)
        try:
            while True:
                if cancelled():
                    raise Cancelled
                try:
                    item = flow.arrived.get(timeout=_LOOK)
                except queue.Empty:
                    continue
                if not isinstance(item, _End):
                    yield item
                elif item.error is None:
                    return
                elif isinstance(item.error, asyncio.CancelledError):
                    raise _closed()
                else:
                    raise item.error
        finally:
            flow.stop()

    def close(self) -> None:
        """Cancel what runs and end the thread. May be called twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        stopping = asyncio.run_coroutine_threadsafe(_cancel_the_others(), self._loop)
        try:
            stopping.result(_PATIENCE)
        except TimeoutError:
            stopping.cancel()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()


class _End:
    """Marks the end of a flow; `error` is what ended it, if that was not its own end."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class _Flow(Generic[T]):
    """A task that puts the items of an asynchronous iterator into a queue, and at last an end."""

    def __init__(
        self, items: Callable[[], AsyncIterator[T]], loop: asyncio.AbstractEventLoop
    ) -> None:
        self.arrived: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
        self._items = items
        self._loop = loop
        self._task: asyncio.Task[None] | None = None
        self._over = threading.Event()
        loop.call_soon_threadsafe(self._start)

    def stop(self) -> None:
        """End the task and wait until it has let go of its connection."""
        if not self._over.is_set():
            with contextlib.suppress(RuntimeError):  # the loop has been closed
                self._loop.call_soon_threadsafe(self._cancel)
                self._over.wait(_PATIENCE)

    def _start(self) -> None:
        self._task = self._loop.create_task(self._pump())
        self._task.add_done_callback(self._end)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _pump(self) -> None:
        iterator = self._items()
        try:
            async for item in iterator:
                self.arrived.put(item)
        finally:
            close = getattr(iterator, "aclose", None)
            if close is not None:
                await close()

    def _end(self, task: asyncio.Task[None]) -> None:
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        self.arrived.put(_End(error))
        self._over.set()


async def _cancel_the_others() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _closed() -> EngineError:
    return EngineError("The model was closed.", "", "Load it again.")
