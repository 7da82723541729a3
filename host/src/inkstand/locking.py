"""A lock between processes, held on an open file."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator

_PATIENCE_S = 1.0


@contextlib.contextmanager
def locked(descriptor: int, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock of an open file; waits for whoever has it.

    It goes with the descriptor: close that at the end of the context. `on_wait` is called, on
    another thread, when the wait has been a second long.

    Raises:
        OSError: the file system knows no locks, or on Windows the wait was ten seconds long.

    """
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            with _telling(on_wait):
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        return
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with _telling(on_wait):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield


@contextlib.contextmanager
def _telling(on_wait: Callable[[], None]) -> Iterator[None]:
    timer = threading.Timer(_PATIENCE_S, on_wait)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
