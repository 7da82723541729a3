"""Progress reports as items of a call."""

from __future__ import annotations

import time

from inkstand_sdk.errors import Cancelled
from inkstand_sdk.messages import LoadProgress
from inkstand_sdk.worker.peer import Incoming
from inkstand_sdk.worker.protocol import Progress

_INTERVAL = 1 / 60


class ProgressItems:
    """`progress(fraction, message)` as items of a call; raises `Cancelled` when it is given up.

    The same message again is told at most sixty times a second, whatever a plugin does.
    """

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming
        self._message: str | None = None
        self._next = 0.0

    def __call__(self, fraction: float | None, message: str = "") -> None:
        """Report, or raise `Cancelled`."""
        if self._incoming.cancelled():
            raise Cancelled
        now = time.monotonic()
        if message == self._message and now < self._next and fraction != 1:
            return
        self._message, self._next = message, now + _INTERVAL
        if fraction is not None:
            fraction = min(1.0, max(0.0, float(fraction)))
        self._incoming.item(Progress(fraction, message))


class LoadItems:
    """`loading(share)` as items of the call `load`, at most sixty a second."""

    def __init__(self, incoming: Incoming, model: str) -> None:
        self._incoming = incoming
        self._model = model
        self._next = 0.0

    def __call__(self, share: float) -> None:
        """Report."""
        now = time.monotonic()
        if now < self._next and share < 1:
            return
        self._next = now + _INTERVAL
        self._incoming.item(LoadProgress(self._model, min(1.0, max(0.0, float(share)))))
