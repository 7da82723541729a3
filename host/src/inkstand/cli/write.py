"""`inkstand`, `inkstand novel/`, `inkstand write`: the terminal UI, here or in a browser."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from inkstand.cli.state import State


@click.command("write")
@click.argument("path", required=False, type=click.Path())
@click.option("--web", is_flag=True, help="Open it in a browser on this machine instead.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="The port; any by default.")
@click.pass_context
def command(ctx: click.Context, *, path: str | None, web: bool, port: int) -> int:
    """Open the place to write: a folder, a file, or the workspace you are in.

    `inkstand` alone, or with a path, does the same.
    """
    # `inkstand --web PATH` is this command, too, and the options stand before it.
    before = ctx.parent.params if ctx.parent is not None else {}
    web, port = web or before.get("web", False), port or before.get("port", 0)
    return open_writing(ctx.obj, path, web=web, port=port)


def open_writing(state: State, path: str | None, *, web: bool = False, port: int = 0) -> int:
    """Open the terminal UI, or serve it to a browser; the exit status.

    Raises:
        InputError: there is no such file or folder, or the file is no text.
        UsageError: there is no terminal to show it in.

    """
    from inkstand_sdk.errors import UsageError

    where = Path(path).expanduser() if path is not None else _here()
    if where is not None:
        desk = state.studio.desk(where)
        if where.is_file():
            desk.draft(where)
    if web:
        from inkstand.tui.web import serve

        return serve(where, port, offline=state.offline)
    if not is_terminal():
        raise UsageError(
            "The place to write needs a terminal.",
            "Its input or output is a file or a pipe.",
            "Start it in a terminal, or in a browser: inkstand --web",
        )
    from inkstand.tui.launch import run

    studio = state.studio
    studio.path = where
    return run(studio, where)


def is_terminal() -> bool:
    """Whether there is a screen to draw on: a terminal, or the driver of the web server."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return "TEXTUAL_DRIVER" in os.environ or all(each.isatty() for each in streams)


def _here() -> Path | None:
    """The workspace around the current folder; None where there is none."""
    here = Path.cwd()
    around = (here, *here.parents)
    return next((each for each in around if (each / "inkstand.toml").is_file()), None)
