"""`inkstand ignore`: findings of checks that the writer wants to see no more."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import click

from inkstand.cli.output import for_terminal, json_option, print_json, print_table
from inkstand.cli.proposals import folder_option
from inkstand.cli.state import State
from inkstand_sdk.errors import UsageError


@click.command("ignore")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--undo", is_flag=True, help="Show these findings again.")
@click.option("--note", default="", metavar="TEXT", help="Why, instead of what the check said.")
@folder_option
@json_option
@click.pass_obj
def command(
    state: State, *, ids: tuple[str, ...], undo: bool, note: str, folder: str, as_json: bool
) -> None:
    """See no more of a finding of a check, or list what is ignored.

    An ID stands under each finding; its beginning is enough. What you ignore is kept in the
    book's inkstand.toml, where you may edit it; of a plain folder or a single file Inkstand keeps
    it elsewhere, until the folder has an inkstand.toml.
    """
    ignored = state.studio.desk(folder).ignored
    if not ids:
        if undo or note:
            raise UsageError(
                "No finding was named.",
                "",
                "For example: inkstand ignore --undo eye_color-0a1b2c3d",
            )
        _list(ignored.listed(), as_json=as_json)
        return
    changed = ignored.remove(ids) if undo else ignored.add(ids, note)
    if as_json:
        print_json({"ids": list(changed), "ignored": not undo, "kept_in": str(ignored.kept_in)})
        return
    for id, said in changed.items():
        print(for_terminal(f"{'Shown again' if undo else 'Ignored'}: {id}  {said}".rstrip()))
    if not undo:
        print(for_terminal(f"It is kept in {ignored.kept_in}."), file=sys.stderr)


def _list(notes: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        print_json([{"id": id, "note": note} for id, note in notes.items()])
        return
    print_table(
        ["ID", "What it was"],
        [[id, for_terminal(note)] for id, note in notes.items()],
        empty="Nothing is ignored.",
    )
