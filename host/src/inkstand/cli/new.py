"""`inkstand new`: a workspace to write in."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import quote

import click

from inkstand.cli.output import for_terminal, json_option, print_json
from inkstand.cli.state import State


@click.command("new")
@click.argument("name", type=click.Path())
@click.option("--title", default="", help="The book's title; the folder's name by default.")
@click.option("--author", default="", help="Who writes it.")
@click.option("--language", default="en", show_default=True, help="Its language: en, de, fr ...")
@click.option("--here", is_flag=True, help="Add what a folder lacks; nothing in it is changed.")
@json_option
@click.pass_obj
def command(
    state: State,
    *,
    name: str,
    title: str,
    author: str,
    language: str,
    here: bool,
    as_json: bool,
) -> None:
    """Make a workspace: a folder with a manuscript, a bible and settings.

    NAME is the folder; it has to be new or empty unless --here is given. Everything in it is plain
    text, to be written in any editor.
    """
    from inkstand_sdk.errors import UsageError

    if not name.strip():
        raise UsageError("The name is empty.", "", "For example: inkstand new my-novel")
    made = state.studio.desks.create(
        Path(name), title=title, author=author, language=language, here=here
    )
    if as_json:
        print_json(made)
        return
    if not made.files:
        print(for_terminal(f"{made.root} is a workspace already; nothing was added."))
        return
    print(for_terminal(f"{made.title} is in {made.root}:"))
    for file in made.files:
        print(f"  {for_terminal(file)}")
    folder = for_terminal(quote(name))
    print(
        f"Write in manuscript/, then see: inkstand status {folder}\n"
        f"To set a goal: inkstand status {folder} --goal total=80000",
        file=sys.stderr,
    )
