"""The text and what a Reader says of it, read in the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from inkstand.jobs import CancelToken, Job
from inkstand.tui.background import follow, run_blocking
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.reader import Reading

if TYPE_CHECKING:
    from inkstand.studio import Studio

Tell = Callable[[str, float | None], None]


class BookText(msgspec.Struct, frozen=True):
    """A manuscript, and its reading: of the same scenes."""

    manuscript: Manuscript
    reading: Reading


async def read_book(studio: Studio, path: Path, tell: Tell) -> BookText:
    """Read the text at a path; whoever cancels this stops the Reader.

    Raises:
        InkstandError: it cannot be read.

    """

    def work(cancel: CancelToken, emit: Callable[[Any], None]) -> BookText:
        manuscript = studio.manuscript(path)
        reading = studio.read(
            manuscript, progress=lambda share, said: emit((said, share)), cancel=cancel
        )
        return BookText(manuscript, reading)

    job = Job(work, name="read for the bible")
    async for batch in follow(job):
        said, share = batch[-1]
        tell(said or "Reading the book", share)
    return await run_blocking(job.result)
