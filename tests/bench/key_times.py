"""How long it takes from a key to the frame that shows it, measured inside an application."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App

from inkstand.tui.editor.view import TextView


class KeyTimes:
    """Times the opening of a text, and every letter that is typed into it.

    A letter's time begins when the driver has read it and ends when the frame that shows it was
    handed to the terminal. Letters that come while a frame is waited for count like the others.

    Attributes:
        opened: Milliseconds until the text was to be seen; 0 before.
        keys: Milliseconds, in the order in which letters came.
        worked: The same, of this thread's CPU time: what is left of a wait on a machine that has
            nothing else to do.

    """

    def __init__(self, app: App[Any], view: TextView) -> None:
        self.opened = 0.0
        self.keys: list[float] = []
        self.worked: list[float] = []
        self._view = view
        self._began: float | None = None
        self._waiting: deque[tuple[int, float, float]] = deque()
        self._drawn = -1
        driver = app._driver
        assert driver is not None
        render, write = view.render_lines, driver.write

        def rendered(*arguments: Any) -> Any:
            strips = render(*arguments)
            self._drawn = view.editing.document.version
            return strips

        def written(data: str) -> None:
            write(data)
            self._seen(time.perf_counter())

        view.render_lines = rendered  # type: ignore[assignment, method-assign]
        driver.write = written  # type: ignore[method-assign]

    def heard(self, event: events.Key) -> None:
        """Begin to time a letter."""
        if self._waiting:
            version = self._waiting[-1][0] + 1
        else:
            version = self._view.editing.document.version + 1
        # The event was made when the driver had read it.
        age = time.monotonic() - event.time
        self._waiting.append((version, time.perf_counter() - age, time.thread_time()))

    async def opening(self, begin: Callable[[], Awaitable[Any]]) -> None:
        """Time what opens a text."""
        began = time.perf_counter()
        await begin()
        self._drawn, self._began = -1, began

    def _seen(self, now: float) -> None:
        if self._drawn < 0:
            return
        if self._began is not None:
            self.opened, self._began = (now - self._began) * 1000, None
        while self._waiting and self._waiting[0][0] <= self._drawn:
            _, began, worked = self._waiting.popleft()
            self.keys.append((now - began) * 1000)
            self.worked.append((time.thread_time() - worked) * 1000)
