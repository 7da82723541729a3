"""A check at work: run, followed, and what it found kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inkstand.tui.background import follow, run_blocking

if TYPE_CHECKING:
    from inkstand.desk import Desk
    from inkstand.index import Descriptor
    from inkstand.studio import Studio

Tell = Callable[[str, float | None], None]


async def run_check(
    studio: Studio, desk: Desk, path: Path, tool: Descriptor, values: Mapping[str, Any], tell: Tell
) -> None:
    """Run a check on a text and keep what it finds; whoever cancels this stops the check.

    Raises:
        InkstandError: whatever went wrong.

    """
    text = await run_blocking(desk.checked.text_at, path)
    title = tool.title or tool.name
    start = partial(studio.run_tool, tool.name, dict(values), manuscript=path)
    job = await run_blocking(start)
    async for batch in follow(job):
        for event in batch:
            said = getattr(event, "message", None)
            if said is not None:
                tell(f"{title}: {said}", getattr(event, "fraction", None))
    outcome = await run_blocking(job.result)
    await run_blocking(
        desk.checked.keep,
        tool.name,
        outcome.output,
        title=title,
        values=values,
        text=text,
        notes=outcome.notes,
    )
