"""The whole application, timing itself, beside an assistant that writes and a tool that reads.

    python -m tests.bench.timed_app RESULT BOOK SCENE MODEL

F11 sets the model `replay:MODEL` and the tool going, F12 opens the scene, and F10 has the model
answer ten times, one after another. What was reached is told by lines in RESULT.log, and the
figures are in RESULT when Ctrl+Q ends it.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from tests.bench.key_times import KeyTimes
from textual import events

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp
from inkstand.tui.assistant import instructing
from inkstand.tui.assistant.start_page import StartPage
from inkstand.tui.assistant.work import Chosen
from inkstand.tui.background import follow, run_blocking
from inkstand.tui.text_pane import TextPane

ANSWERS = 10
_READER = "continuity"
_SHARE = 100
"""Tokens after which an assistant is at work."""


class TimedApp(InkstandApp):
    """What is measured."""

    CSS_PATH = str(Path(inspect.getfile(InkstandApp)).with_name("app.tcss"))

    def __init__(self, studio: Studio, book: Path, scene: Path, model: str, result: Path) -> None:
        super().__init__(studio, book)
        self._scene, self._model, self._result = scene, model, result
        self._times: KeyTimes | None = None
        self._memory: list[float] = []
        self._from = (0.0, 0)
        self._speed = 0.0
        self._reads = self._all = 0

    def on_mount(self) -> None:
        """Wait until it can begin."""
        self.run_worker(self._wait())

    async def on_event(self, event: events.Event) -> None:
        """Time letters, and take what the benchmark wants."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            wanted = {"f10": self._answers, "f11": self._beside, "f12": self._open}.get(event.key)
            if wanted is not None:
                self.run_worker(wanted())
                return
            if event.key == "ctrl+q" and self._from[0]:
                since, before = self._from
                self._speed = (self._tokens - before) / (time.monotonic() - since)
            if event.is_printable and self._times is not None:
                self._times.heard(event)
        await super().on_event(event)

    def tell(self, what: str) -> None:
        """Say how far it is."""
        with self._result.with_suffix(".log").open("a", encoding="utf-8") as log:
            log.write(f"{what}\n")

    def figures(self) -> dict[str, object]:
        """What was measured."""
        times = self._times
        return {
            "opened": times.opened if times else 0.0,
            "keys": times.keys if times else [],
            "worked": times.worked if times else [],
            "memory": self._memory,
            "speed": self._speed,
            "reads": self._reads,
            "tokens": self._all,
        }

    async def _wait(self) -> None:
        await _until(lambda: self.status and self.tools and self.write_screen and self._text.file)
        self._times = KeyTimes(self, self._text.editor.view)
        self.tell("ready")

    @property
    def _text(self) -> TextPane:
        assert self.write_screen is not None
        return self.write_screen.text_pane

    @property
    def _tokens(self) -> int:
        take = self.write_screen.assistant.run_page.chosen if self.write_screen else None
        return take._tokens if take is not None else 0

    async def _open(self) -> None:
        screen, times = self.write_screen, self._times
        assert screen is not None
        assert times is not None
        await times.opening(lambda: screen.show_passage(self._scene, 3_000))
        await _until(lambda: times.opened)
        self.tell("open")

    async def _beside(self) -> None:
        await self._ask()
        self.run_worker(self._read())
        await self._written(_SHARE)
        self._text.reach()
        self._from = (time.monotonic(), self._tokens)
        self.tell("beside")

    async def _ask(self) -> None:
        assert self.write_screen is not None
        chosen = Chosen(model=f"replay:{self._model}")
        self.write_screen.assistant.start.post_message(StartPage.Asked("Tell me.", chosen))
        await asyncio.sleep(0.2)

    async def _written(self, tokens: int) -> None:
        """Wait until so many tokens of an answer are there, or all of it."""
        assert self.write_screen is not None
        page = self.write_screen.assistant.run_page
        await _until(lambda: (take := page.chosen) and (take._tokens >= tokens or take.is_over))
        take = page.chosen
        if take is not None and take.error is not None:
            raise take.error

    async def _read(self) -> None:
        while True:
            job = await run_blocking(self.studio.run_tool, _READER, {}, manuscript=self.path)
            async for batch in follow(job):
                self._reads += len(batch)

    async def _answers(self) -> None:
        assert self.write_screen is not None
        for _ in range(ANSWERS):
            await self._ask()
            await self._written(sys.maxsize)
            self._memory.append(psutil.Process().memory_info().rss / 1e6)
            self._all += self._tokens
            self.tell(f"answer {len(self._memory)}")
        self.tell("answered")


async def _until(holds: Callable[[], object]) -> None:
    while not holds():  # noqa: ASYNC110  what is waited for tells nobody
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    # An answer has no end but that of the model's name.
    instructing._MOST_ANSWER = 10_000_000
    result, book, scene = map(Path, sys.argv[1:4])
    with Studio(book) as studio:
        app = TimedApp(studio, book, scene, sys.argv[4], result)
        app.run()
    if app.crash is not None:
        raise app.crash
    result.write_text(json.dumps(app.figures()), encoding="utf-8")
