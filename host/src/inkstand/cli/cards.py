"""`inkstand bible import-card` and its like: the cards and lorebooks of chat programs."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import quote

import click

from inkstand.cli.output import for_terminal, json_option, print_json
from inkstand.cli.progress import STATUS
from inkstand.cli.state import State

folder_option = click.option(
    "--in", "folder", default=".", metavar="FOLDER", help="The folder of the book."
)
_force = click.option("--force", is_flag=True, help="Replace OUT if it is there.")


@click.command("import-card", short_help="Make a page of a character card.")
@click.argument("file", type=click.Path())
@folder_option
@json_option
@click.pass_obj
def import_card(state: State, *, file: str, folder: str, as_json: bool) -> None:
    """Make a page of the character card in FILE: a PNG picture, JSON or .charx.

    The card itself is kept beside the page, so that exporting gives all of it back.
    """
    made = state.studio.desk(Path(folder)).bible.import_card(Path(file))
    if as_json:
        print_json(made)
        return
    print(for_terminal(f"{made.name} has a page now: {made.file}"))
    _say(made.notes)
    print(for_terminal(f"See it: inkstand bible show {quote(made.name)}"), file=sys.stderr)


@click.command("export-card", short_help="Write a page as a character card.")
@click.argument("name")
@click.argument("out", type=click.Path())
@click.option("--image", type=click.Path(), metavar="FILE", help="The PNG picture to put it in.")
@_force
@folder_option
@json_option
@click.pass_obj
def export_card(
    state: State, *, name: str, out: str, image: str | None, force: bool, folder: str, as_json: bool
) -> None:
    """Write the page of NAME as a character card to OUT, which ends in .png, .json or .charx.

    A PNG file gets the card as V2 and as V3, for older and newer programs.
    """
    bible = state.studio.desk(Path(folder)).bible
    picture = None if image is None else Path(image)
    made = bible.export_card(name, Path(out), image=picture, force=force)
    if as_json:
        print_json(made)
        return
    print(for_terminal(f"{made.name} is in {made.file}."))
    _say(made.notes)


@click.command("import-lorebook", short_help="Make pages of a lorebook.")
@click.argument("file", type=click.Path())
@click.option("--name", default="", help="What to call the book.")
@folder_option
@json_option
@click.pass_obj
def import_lorebook(state: State, *, file: str, name: str, folder: str, as_json: bool) -> None:
    """Make pages of the lorebook in FILE: world info, a V3 lorebook, or a card that has one.

    Each entry becomes a page below bible/lore/, all of them or none.
    """
    bible = state.studio.desk(Path(folder)).bible
    try:
        made = bible.import_lorebook(
            Path(file), name, progress=lambda done, said: STATUS.show(said, done)
        )
    finally:
        STATUS.clear()
    if as_json:
        print_json(made)
        return
    print(for_terminal(f"{made.name}: {made.pages} pages in {made.folder}"))
    _say(made.notes)


@click.command("export-lorebook", short_help="Write pages of lore as a lorebook.")
@click.argument("out", type=click.Path())
@click.option("--book", "name", default="", metavar="NAME", help="Which one, if there are several.")
@click.option(
    "--form",
    type=click.Choice(["world_info", "lorebook_v3"]),
    help="SillyTavern's form or that of V3; without it, the one in which the book came.",
)
@_force
@folder_option
@json_option
@click.pass_obj
def export_lorebook(
    state: State, *, out: str, name: str, form: str | None, force: bool, folder: str, as_json: bool
) -> None:
    """Write the pages of a book of lore to OUT, a JSON file."""
    bible = state.studio.desk(Path(folder)).bible
    made = bible.export_lorebook(Path(out), name=name, form=form, force=force)
    if as_json:
        print_json(made)
        return
    print(for_terminal(f"{made.entries} entries are in {made.file}."))


def _say(notes: tuple[str, ...]) -> None:
    for note in notes:
        print(for_terminal(f"Note: {note}"), file=sys.stderr)
