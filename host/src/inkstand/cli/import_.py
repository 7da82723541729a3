"""`inkstand import`: a manuscript of another program becomes a workspace."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from inkstand.cli.interrupt import cancelled_by_interrupt
from inkstand.cli.output import for_terminal, json_option, print_json
from inkstand.cli.progress import STATUS
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.workspace.importing import Import

_SHOWN = 12


@click.command("import")
@click.argument("file", type=click.Path())
@click.option(
    "--into",
    type=click.Path(),
    metavar="DIR",
    help="The workspace to add to, or the folder of a new one; named after the title by default.",
)
@click.option(
    "--split",
    type=click.Choice(["chapter", "scene", "none"]),
    help="What gets a file of its own; by default chapters, or scenes that have titles.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@json_option
@click.pass_obj
def command(
    state: State, *, file: str, into: str | None, split: str | None, dry_run: bool, as_json: bool
) -> None:
    """Bring in a manuscript of another program, whole or not at all.

    FILE is Markdown, text, DOCX, ODT, EPUB, HTML, RTF, Fountain, Final Draft (.fdx), or the project
    folder of Scrivener or novelWriter. It is only read. What cannot be carried is listed.
    """
    try:
        with cancelled_by_interrupt() as cancel:
            made = state.studio.desks.import_file(
                Path(file),
                Path(into) if into is not None else None,
                split=split,
                dry_run=dry_run,
                progress=lambda fraction, message: STATUS.show(message, fraction),
                cancel=cancel,
            )
    finally:
        STATUS.clear()
    if as_json:
        print_json(made)
        return
    for note in made.notes:
        print(for_terminal(f"Note: {note}"), file=sys.stderr)
    _print(made, dry_run=dry_run)


def _print(made: Import, *, dry_run: bool) -> None:
    would = "would be" if dry_run else "is"
    where = f"added to {made.root}" if made.added else f"in {made.root}"
    print(for_terminal(f"{made.title} ({made.format}, {made.words:,} words) {would} {where}:"))
    for name in made.files[:_SHOWN]:
        print(f"  {for_terminal(name)}")
    if len(made.files) > _SHOWN:
        print(f"  ... and {len(made.files) - _SHOWN} more; --json has them all.")
    if not dry_run:
        print(f"See: inkstand status {for_terminal(quote(made.root))}", file=sys.stderr)
