"""An editor beside a pane into which an assistant streams, timing itself from key to paint.

    python tests/bench/typing_app.py TIMES.json SCENE [stream]

It opens the scene when its first key comes, and ends with Ctrl+Q. A key's time begins when the
driver has read it and ends when the frame that shows it was handed to the terminal.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Log

from inkstand.studio import Studio
from inkstand.tui.editor.editor import Editor
from inkstand.tui.editor.view import TextView

TOKENS_S = 500
FRAMES_S = 30
_SAID = "the ferry came in late and nobody on the quay knew why"


class TypingApp(App[None]):
    """What is measured: `times` holds milliseconds, of the opening first."""

    CSS = "Editor { width: 3fr; } Log { width: 2fr; }"

    def __init__(self, studio: Studio, scene: Path, *, streams: bool) -> None:
        super().__init__()
        self.studio, self.scene, self.streams = studio, scene, streams
        self.times: list[float] = []
        self._began: float | None = None
        self._drawn = False
        self._version = -1

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Editor(self.studio.desk(self.scene))
            yield Log()

    def on_mount(self) -> None:
        self._watch_frames()
        self.query_one(TextView).focus()
        if self.streams:
            self.run_worker(self._stream())

    def _watch_frames(self) -> None:
        view, driver = self.query_one(TextView), self._driver
        render, write = view.render_lines, driver.write  # type: ignore[union-attr]

        def rendered(*arguments: Any) -> Any:
            strips = render(*arguments)
            if self._began is not None and view.editing.document.version != self._version:
                self._drawn = True
            return strips

        def written(data: str) -> None:
            write(data)
            if self._drawn and self._began is not None:
                self.times.append((time.perf_counter() - self._began) * 1000)
                self._began, self._drawn = None, False

        view.render_lines = rendered  # type: ignore[assignment, method-assign]
        driver.write = written  # type: ignore[union-attr, method-assign]

    async def on_event(self, event: events.Event) -> None:
        is_new = isinstance(event, events.Key) and not event.is_forwarded and not self._began
        if is_new and event.key == "f12":  # type: ignore[attr-defined]
            self._began, self._version = time.perf_counter(), -1
            await self.query_one(Editor).open(self.scene)
            return
        if is_new and event.key != "ctrl+q":  # type: ignore[attr-defined]
            # The event was made when the driver had read it.
            self._began = time.perf_counter() - (time.monotonic() - event.time)
            self._version = self.query_one(TextView).editing.document.version
        await super().on_event(event)

    async def _stream(self) -> None:
        # Only text: what Markdown costs beside it is measured with the assistant's own pane.
        log, words = self.query_one(Log), _SAID.split()
        count = 0
        while True:
            tokens = [words[(count + each) % len(words)] for each in range(TOKENS_S // FRAMES_S)]
            count += len(tokens)
            log.write(" ".join(tokens) + ("\n" if count % 40 < len(tokens) else " "))
            await asyncio.sleep(1 / FRAMES_S)


if __name__ == "__main__":
    with Studio(sys.argv[2]) as studio:
        app = TypingApp(studio, Path(sys.argv[2]), streams="stream" in sys.argv)
        app.run()
    Path(sys.argv[1]).write_text(json.dumps(app.times), encoding="utf-8")
