"""Ctrl-C while something runs: stop it gently first, and at once when it is pressed again."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inkstand.jobs import CancelToken

PATIENCE = 10.0
"""Seconds that a program may take to end after Ctrl-C. Its workers end with it in any case."""


def end_on_interrupt() -> None:
    """Let Ctrl-C raise `KeyboardInterrupt`, and end the process if that has not ended it soon.

    An exception that comes at any moment may leave a lock held that the way out needs.
    """

    def handle(_number: int, _frame: FrameType | None) -> None:
        watchdog = threading.Timer(PATIENCE, _end)
        watchdog.daemon = True
        watchdog.start()
        raise KeyboardInterrupt

    main = threading.current_thread() is threading.main_thread()
    if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, handle)


def _end() -> None:
    # Straight to the descriptor: whoever holds the lock may hold that of the stream too.
    os.write(2, b"Stopped.\n")
    os._exit(130)


@contextmanager
def cancelled_by_interrupt() -> Iterator[CancelToken]:
    """A token that the first Ctrl-C within the context cancels."""
    from inkstand.jobs import CancelToken

    token = CancelToken()
    with stopped_by_interrupt(token.cancel):
        yield token


@contextmanager
def stopped_by_interrupt(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` at the first Ctrl-C within the context; the second raises `KeyboardInterrupt`.

    `stop` runs in a thread of its own: it may take locks that the interrupted code holds.
    """
    main = threading.current_thread() is threading.main_thread()
    # A program in the background is told to ignore Ctrl-C, and goes on ignoring it.
    if not main or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return

    def handle(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        threading.Thread(target=stop, name="interrupt", daemon=True).start()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
