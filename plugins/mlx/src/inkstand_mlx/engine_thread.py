"""The one thread of this process that touches MLX.

MLX's streams and its random state belong to the thread that made them, so everything from the
import on happens in the same one.
"""

from __future__ import annotations

import atexit
import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

_PATIENCE = 10.0  # seconds for the thread to end with the process

_lock = threading.Lock()
_work: queue.SimpleQueue[Callable[[], None] | None] | None = None
_ending = threading.Event()


def ending() -> bool:
    """Whether the process is about to end, so that long work should."""
    return _ending.is_set()


def run(work: Callable[[], T]) -> T:
    """The result of `work`, done in that thread after all that was given to it before."""
    return submit(work).result()


def submit(work: Callable[[], T]) -> Future[T]:
    """Have `work` done in that thread; its result or exception comes with the future."""
    future: Future[T] = Future()

    def task() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            future.set_exception(error)

    _queue().put(task)
    return future


def _queue() -> queue.SimpleQueue[Callable[[], None] | None]:
    global _work  # noqa: PLW0603 - one thread for the whole process is the point
    with _lock:
        if _work is None:
            _work = queue.SimpleQueue()
            # A daemon, so that a computation that never ends cannot keep the process.
            thread = threading.Thread(target=_serve, args=(_work,), name="mlx", daemon=True)
            thread.start()
            atexit.register(_end, thread, _work)
        return _work


def _serve(work: queue.SimpleQueue[Callable[[], None] | None]) -> None:
    while (task := work.get()) is not None:
        task()
    if "mlx.core" in sys.modules:
        import mlx.core as mx

        # A stream that still has something to do when its thread ends aborts the process.
        mx.synchronize()
        mx.clear_streams()


def _end(thread: threading.Thread, work: queue.SimpleQueue[Callable[[], None] | None]) -> None:
    """MLX aborts a process that ends while it is at work."""
    _ending.set()
    work.put(None)
    thread.join(_PATIENCE)
