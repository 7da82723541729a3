"""The one thread of this process that touches MLX.

MLX's streams and its random state belong to the thread that made them, so everything from the
import on happens in the same one.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_work: queue.SimpleQueue[Callable[[], None]] | None = None


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


def _queue() -> queue.SimpleQueue[Callable[[], None]]:
    global _work  # noqa: PLW0603 - one thread for the whole process is the point
    with _lock:
        if _work is None:
            _work = queue.SimpleQueue()
            # A daemon, so that a computation that never ends cannot keep the process.
            threading.Thread(target=_serve, args=(_work,), name="mlx", daemon=True).start()
        return _work


def _serve(work: queue.SimpleQueue[Callable[[], None]]) -> None:
    while True:
        work.get()()
