"""Ctrl-C while something runs: stop it gently first, and at once when it is pressed again."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


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
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Thread(target=stop, name="interrupt", daemon=True).start()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
