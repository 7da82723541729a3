"""Telling plugins what happened, without making anybody wait for them."""

from __future__ import annotations

import logging
import threading
from queue import Full, Queue
from typing import Any

from inkstand.generation.hooks import Hooks
from inkstand_sdk.messages import Event

HOOK = "inkstand_event"
_MOST_WAITING = 1000
_LAST_SECONDS = 2.0


class Events:
    """Passes events to the plugins that implement `inkstand_event`, from a thread of its own.

    Events are news, not work: when nobody listens none is kept, and when a listener is slower
    than they come the newest are dropped.
    """

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._waiting: Queue[Event | None] = Queue(_MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False

    def tell(self, name: str, data: dict[str, Any]) -> None:
        """Pass on that something happened; returns at once and never raises."""
        if self._closed or not self._hooks.takers(HOOK):
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="events", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait(Event(name, data))
        except Full:
            logging.getLogger(__name__).warning("the event %s was dropped", name)

    def close(self) -> None:
        """Let the listeners have what is waiting, for two seconds at most."""
        self._closed = True
        if self._thread is None:
            return
        try:
            self._waiting.put_nowait(None)
        except Full:
            return
        self._thread.join(_LAST_SECONDS)

    def _run(self) -> None:
        while (event := self._waiting.get()) is not None:
            _, notes = self._hooks.passed_through(HOOK, event)
            for note in notes:
                logging.getLogger(__name__).warning("%s", note)
