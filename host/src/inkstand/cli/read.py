"""`inkstand read`: what a manuscript says, by the reader of its language."""

from __future__ import annotations

import sys

import click

from inkstand.cli.interrupt import stopped_by_interrupt
from inkstand.cli.output import json_option, print_json
from inkstand.cli.progress import STATUS
from inkstand.cli.run import manuscript_at
from inkstand.cli.state import State


@click.command("read")
@click.argument("path", required=False, metavar="[PATH|-]")
@click.option(
    "--part",
    "parts",
    multiple=True,
    type=click.Choice(["cast", "facts", "scenes", "curves", "style", "voices", "remarks"]),
    help="Print that part in full; may be given more than once.",
)
@json_option
@click.pass_obj
def command(state: State, path: str | None, *, parts: tuple[str, ...], as_json: bool) -> None:
    """Read a manuscript: its people, who says what, its scenes.

    JSON has everything that is found, whatever parts are named.
    """
    from inkstand.jobs import CancelToken
    from inkstand_sdk.errors import UsageError

    manuscript = manuscript_at(state, path)
    if manuscript is None:
        raise UsageError("There is no text to read.", "", "For example: inkstand read novel.md")
    cancel = CancelToken()
    try:
        with stopped_by_interrupt(cancel.cancel):
            reading = state.studio.read(
                manuscript,
                progress=lambda fraction, message: STATUS.show(message, fraction),
                cancel=cancel,
            )
    finally:
        STATUS.clear()
    for note in (*manuscript.notes, *reading.notes):
        print(f"Note: {note}", file=sys.stderr)
    if as_json:
        from inkstand.cli.reading_json import as_file_offsets

        print_json(as_file_offsets(manuscript, reading))
    else:
        from inkstand.cli.reading_tables import print_reading

        print_reading(manuscript, reading, parts)
