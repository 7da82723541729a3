"""`inkstand watch`: what other programs change, as it happens."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkstand.cli.interrupt import stopped_by_interrupt
from inkstand.cli.output import for_terminal, json_option
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.workspace.watching import Changed


@click.command("watch")
@click.argument("path", required=False, type=click.Path())
@json_option
@click.pass_obj
def command(state: State, *, path: str | None, as_json: bool) -> None:
    """Print a line whenever a text is changed, with its words, until Ctrl-C.

    PATH is a folder or a file; the current folder by default. Write in any editor meanwhile.
    With --json each line is an object.
    """
    where = Path(path or ".").expanduser()
    desk = state.studio.desk(where)
    status = desk.status()
    if not as_json:
        print(
            f"Watching {for_terminal(status.path)}: {status.count.words:,} words."
            " Stop with Ctrl-C.",
            file=sys.stderr,
            flush=True,
        )
    job = desk.watch()
    try:
        with stopped_by_interrupt(job.cancel):
            for change in job.events():
                _print_json(change) if as_json else _print(change)
    finally:
        job.cancel()
    job.result()


def _print_json(change: Changed) -> None:
    import msgspec

    sys.stdout.write(msgspec.json.encode(change).decode() + "\n")
    sys.stdout.flush()


def _print(change: Changed) -> None:
    at = datetime.now().astimezone().strftime("%H:%M:%S")
    for file in change.files:
        if file.kind == "removed":
            what = f"removed ({file.before:,} words)"
        elif file.kind == "added":
            what = f"added, {file.words:,} words"
        else:
            what = f"{file.words:,} words ({file.words - file.before:+,})"
        print(for_terminal(f"{at}  {file.name}: {what}"))
    print(f"{at}  In all {change.words:,} words, {change.today:+,} today.", flush=True)
