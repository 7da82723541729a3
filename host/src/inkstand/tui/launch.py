"""The way into the terminal UI, and what is done when it comes down."""

from __future__ import annotations

import datetime as dt
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inkstand.studio import Studio
    from inkstand.tui.editor.open_file import Quit

_LOG = "tui-crash.log"
_LARGEST = 1_000_000


def run(studio: Studio, path: Path | None) -> int:
    """Run the application until the writer quits; the exit status.

    What is open is saved before anything else, also when the application crashes, when its
    terminal is closed, or when it is told to end.

    Args:
        studio: The application without a face.
        path: The folder or file to work on; None shows the first-run page.

    """
    from inkstand.tui.app import InkstandApp

    app = InkstandApp(studio, path)
    failure: BaseException | None = None
    try:
        app.run()
    # Whatever it is, the text comes first.
    except Exception as error:  # noqa: BLE001
        failure = error
    failure = app.crash or failure
    kept = _latest([*app.kept, *app.keep_now()])
    if failure is not None:
        _say(*_said_of_crash(failure, kept, studio.directories.log))
        return 1
    _say(*(_where(each) for each in kept if not each.saved))
    return app.return_code or 0


def _latest(kept: Sequence[Quit]) -> list[Quit]:
    """What became of each text in the end."""
    return list({each.path: each for each in kept}.values())


def _say(*lines: str) -> None:
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def _said_of_crash(error: BaseException, kept: Sequence[Quit], logs: Path) -> list[str]:
    """What the writer is told: first what became of the text, then what happened."""
    lines = ["Inkstand had to stop because of a fault of its own. Your text comes first:"]
    lines += [f"  {_where(each)}" for each in kept]
    lines += ["  There was nothing unsaved."] if not kept else []
    told = traceback.format_exception_only(error)[-1].strip()
    lines.append(f"What happened: {told}")
    try:
        logs.mkdir(parents=True, exist_ok=True)
        path = logs / _LOG
        is_large = path.exists() and path.stat().st_size > _LARGEST
        with path.open("w" if is_large else "a", encoding="utf-8", errors="replace") as log:
            log.write(f"\n{dt.datetime.now(dt.UTC).isoformat(timespec='seconds')}\n")
            log.writelines(traceback.format_exception(error))
        lines.append(f"The details are in {path}")
    except OSError:
        pass  # the disk may be what is wrong
    if os.environ.get("INKSTAND_DEBUG") == "1":
        lines += traceback.format_exception(error)
    lines.append("Start it again to go on: inkstand")
    return lines


def _where(each: Quit) -> str:
    if each.saved:
        return f"saved: {each.path}"
    if each.kept is not None:
        return (
            f"not saved: {each.path}. {each.error} What you typed is in {each.kept} and is offered"
            " at the next start."
        )
    return f"not saved: {each.path}. {each.error}"
