"""Sending frames to a worker without ever waiting for it."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from queue import SimpleQueue
from typing import IO


class FrameSender:
    """Sends at once what the pipe takes, and the rest from a thread of its own.

    A worker that hangs does not read, and no caller may hang with it: whoever sends a long
    prompt must still see that it was cancelled.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._descriptor = pipe.fileno()
        self._queue: SimpleQueue[bytes | memoryview | None] = SimpleQueue()
        self._lock = threading.Lock()
        # Whether the thread has something to send, which later frames must not overtake.
        self._behind = sys.platform == "win32"
        if sys.platform != "win32":
            os.set_blocking(self._descriptor, False)

    def send(self, data: bytes) -> None:
        """Send one packed frame; silently lost if the worker is gone, as its end is told anyway."""
        with self._lock:
            rest: bytes | memoryview = data
            if not self._behind:
                rest = self._take(data)
                if not rest:
                    return
                self._behind = True
            self._queue.put(rest)

    def close(self) -> None:
        """Close the pipe after what is queued: the worker sees the end of its host."""
        self._queue.put(None)

    def run(self) -> None:
        """Send what is queued until closed, then close the pipe."""
        try:
            while (data := self._queue.get()) is not None:
                self._send_all(data)
                with self._lock:
                    if self._queue.empty() and sys.platform != "win32":
                        self._behind = False
        except OSError:
            return  # the worker is gone; its reader tells everyone
        finally:
            with self._lock:
                self._behind = True
                self._pipe.close()

    def _take(self, data: bytes | memoryview) -> memoryview:
        """What is left of `data` when the pipe takes no more."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except BlockingIOError:
            return rest
        except OSError:
            return rest[:0]
        return rest

    def _send_all(self, data: bytes | memoryview) -> None:
        rest = memoryview(data)
        while rest:
            if sys.platform != "win32":
                writable = select.poll()
                writable.register(self._descriptor, select.POLLOUT)
                writable.poll()
            with contextlib.suppress(BlockingIOError):  # room for less than a whole frame
                rest = rest[os.write(self._descriptor, rest) :]
