"""What the UI knows of the open book: read after the first paint, and again when it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from inkstand.tui.background import follow, run_blocking
from inkstand.tui.messages import (
    BibleChanged,
    BookLoaded,
    ManuscriptChanged,
    News,
    ProposalsChanged,
    SettingsChanged,
)
from inkstand_sdk.errors import InkstandError

if TYPE_CHECKING:
    from inkstand.desk import Desk
    from inkstand.index import Descriptor
    from inkstand.studio import Studio
    from inkstand.workspace.counts import DayCount
    from inkstand.workspace.status import Status
    from inkstand_sdk.tool import BibleEntry

_GATHER_S = 0.15
"""How long changes are gathered before the book is counted again."""


class Standing(msgspec.Struct, frozen=True):
    """What would write now: the model, the preset, and where a prompt would go.

    `where` is "local only", "offline", or "sends to" the backends that do.
    """

    model: str = ""
    preset: str = ""
    where: str = ""


class Book:
    """The open book as its parts were last read.

    Args:
        studio: The application without a face.
        desk: The desk of its workspace.
        told: Told of what was read, and of what changed on the disk.
        failed: Told of what could not be read.

    Attributes:
        counted: Set when the words were counted for the first time, or could not be.
        status: Words, goals and scenes; None until they are counted.
        days: Words of the last days.
        entries: The pages of the bible.
        tools: The tools that can be used.
        standing: What would write now.

    """

    def __init__(
        self,
        studio: Studio,
        desk: Desk,
        told: Callable[[News], Any],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._studio = studio
        self._desk = desk
        self._told = told
        self._failed = failed
        self._wanted: set[str] = set()
        self._there = asyncio.Event()
        self.counted = asyncio.Event()
        self.status: Status | None = None
        self.days: tuple[DayCount, ...] = ()
        self.entries: tuple[BibleEntry, ...] = ()
        self.tools: list[Descriptor] = []
        self.standing = Standing()

    def hear(self, news: News) -> None:
        """Read again what news say has changed."""
        if isinstance(news, ManuscriptChanged | ProposalsChanged):
            self.want("counts")
        if isinstance(news, BibleChanged):
            self.want("bible")
        if isinstance(news, SettingsChanged):
            self.want("tools", "standing")

    def want(self, *parts: str) -> None:
        """Have parts read again soon."""
        self._wanted.update(parts)
        self._there.set()

    async def keep_up(self) -> None:
        """Read everything, and then again whatever is wanted, until cancelled."""
        readers = {
            "counts": self._read_counts,
            "bible": self._read_bible,
            "tools": self._read_tools,
            "standing": self._read_standing,
        }
        self.want(*readers)
        while True:
            await self._there.wait()
            self._there.clear()
            for part, read in readers.items():
                if part not in self._wanted:
                    continue
                self._wanted.discard(part)
                try:
                    await run_blocking(read)
                # Whatever is wrong with one part, the others are kept up.
                except Exception as error:  # noqa: BLE001
                    self._failed(error)
                else:
                    self._told(BookLoaded(part))
                if part == "counts":
                    self.counted.set()
            await asyncio.sleep(_GATHER_S)

    async def watch(self) -> None:
        """Tell of what other programs change, until cancelled."""
        with suppress(InkstandError, OSError):
            async for changes in follow(await run_blocking(self._desk.watch)):
                root = self._desk.workspace.root
                files = [root / file.name for change in changes for file in change.files]
                self._told(ManuscriptChanged(*files))

    def _read_counts(self) -> None:
        self.status = self._desk.status()
        self.days = self._desk.counts.days(14)

    def _read_bible(self) -> None:
        self.entries = self._desk.bible.entries()

    def _read_tools(self) -> None:
        self.tools = self._studio.tools()

    def _read_standing(self) -> None:
        self.standing = standing(self._studio)


def standing(studio: Studio) -> Standing:
    """What would write now, by the settings. Blocks while plugins are examined."""
    try:
        model = studio.resolve().model.id
    except InkstandError:
        model = "no model"
    senders = () if studio.offline else studio.library.senders()
    where = f"sends to {', '.join(senders)}" if senders else "local only"
    return Standing(model, studio.config.models.preset, "offline" if studio.offline else where)
