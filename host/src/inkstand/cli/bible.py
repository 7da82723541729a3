"""`inkstand bible`: the pages about a book's people, places, things and threads."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from inkstand.cli import cards
from inkstand.cli.cards import folder_option
from inkstand.cli.output import json_option, print_json, print_table
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.desk import Desk
    from inkstand_sdk.manuscript import Manuscript
    from inkstand_sdk.reader import Reading
    from inkstand_sdk.tool import BibleEntry

_WIDEST = 60


@click.group("bible")
def command() -> None:
    """Keep pages about your people, places, things and threads."""


@command.command("list", short_help="List the pages.")
@click.argument("kind", required=False)
@folder_option
@json_option
@click.pass_obj
def list_(state: State, kind: str | None, *, folder: str, as_json: bool) -> None:
    """List the pages, or those of one KIND: characters, places, things, threads, lore."""
    bible = _desk(state, folder).bible
    entries = list(bible.entries())
    if kind is not None:
        kinds = {each.kind for each in entries}
        wanted = kind if kind in kinds else bible.kind_named(kind)
        entries = [each for each in entries if each.kind == wanted]
    if as_json:
        print_json(entries)
        return
    print_table(
        ["Kind", "Name", "In a word", "File"],
        [[each.kind, _short(each.name), _in_a_word(each), each.file] for each in entries],
        empty='There is no page yet. Make one: inkstand bible new character "Ada Lovelace"',
    )


@command.command("show", short_help="Show a page, or how it is in one scene.")
@click.argument("name")
@click.option("--at", "scene", metavar="SCENE", help="As things are in this scene.")
@folder_option
@json_option
@click.pass_obj
def show(state: State, name: str, *, scene: str | None, folder: str, as_json: bool) -> None:
    """Show the page of NAME, which may also be an alias or a file.

    SCENE is a scene's title, its file, or its number.
    """
    desk = _desk(state, folder)
    entry = desk.bible.find(name)
    if scene is not None:
        entry = desk.bible.as_of(entry, scene, _manuscript(state, desk))
    if as_json:
        print_json(entry)
        return
    from inkstand.cli.render import print_output

    print(f"{entry.name} ({entry.kind}, {entry.file})")
    fields = {key: _spoken(value) for key, value in entry.fields.items() if key != "name"}
    if isinstance(others := fields.get("relationships"), dict):
        # Names are no headings: they keep their capitals.
        fields["relationships"] = [
            {"with": name, "what": _in_line(said)} for name, said in others.items()
        ]
    print_output({**fields, **({"text": entry.text} if entry.text else {})})


@command.command("new", short_help="Make a page, every field explained.")
@click.argument("kind")
@click.argument("name", default="")
@folder_option
@json_option
@click.pass_obj
def new(state: State, kind: str, name: str, *, folder: str, as_json: bool) -> None:
    """Make a page of a KIND (character, place, thing, thread, timeline, style, lore) with a NAME.

    It comes with every field that such a page may have, each explained. A page that is there
    already is never overwritten.
    """
    desk = _desk(state, folder)
    saved = desk.bible.new(kind, name)
    _print_saved(saved.name, saved.notes, "Made", as_json=as_json)


# A value may begin with a minus sign.
@command.command(
    "set",
    context_settings={"ignore_unknown_options": True},
    short_help="Change a field of a page, and nothing else in it.",
)
@click.argument("name")
@click.argument("field")
@click.argument("value")
@click.option("--shared", is_flag=True, help="Change a page of the series as well.")
@folder_option
@json_option
@click.pass_obj
def set_(
    state: State,
    name: str,
    field: str,
    value: str,
    *,
    shared: bool,
    folder: str,
    as_json: bool,
) -> None:
    """Give a FIELD of the page NAME another VALUE, and change nothing else in it.

    A field within another is named with a dot: voice.tics. The VALUE is a text, a number, or a
    list such as "[Ada, the Countess]"; an empty one leaves the field without any.
    """
    desk = _desk(state, folder)
    page = desk.bible.page(name)
    saver = state.studio.desk(page.path.parent).saver if shared and page.shared else None
    keys = tuple(part.strip() for part in field.split("."))
    saved = desk.bible.set(page, keys, desk.bible.value_of(value), saver=saver)
    _print_saved(page.file, saved.notes, "Changed", as_json=as_json)


@command.command("check", short_help="Check the pages, and compare them with the text.")
@folder_option
@json_option
@click.pass_obj
def check(state: State, *, folder: str, as_json: bool) -> int:
    """Check the pages: what is wrong in them, and how they agree with the text.

    The exit status is 1 if there are faults. Hints alone leave it 0.
    """
    desk = _desk(state, folder)
    manuscript, reading, notes = _text(state, desk)
    checked = desk.bible.check(manuscript, reading)
    if as_json:
        print_json({"pages": checked.pages, "findings": checked.findings, "notes": notes})
        return 1 if checked.faults else 0
    for each in checked.findings:
        fix = f" {each.fix}" if each.fix else ""
        print(f"{each.file}:{each.line}: {each.severity}: {each.what}.{fix}")
    hints = len(checked.findings) - checked.faults
    print(
        f"{_many(checked.pages, 'page')}: {_many(checked.faults, 'fault')}, {_many(hints, 'hint')}."
    )
    for note in notes:
        click.echo(f"Note: {note}", err=True)
    return 1 if checked.faults else 0


for _each in (cards.import_card, cards.export_card, cards.import_lorebook, cards.export_lorebook):
    command.add_command(_each)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _desk(state: State, folder: str) -> Desk:
    return state.studio.desk(Path(folder))


def _manuscript(state: State, desk: Desk) -> Manuscript:
    return state.studio.manuscript(desk.workspace.only or desk.workspace.root)


def _text(state: State, desk: Desk) -> tuple[Manuscript | None, Reading | None, list[str]]:
    """The text of the workspace and what it says, as far as there is one."""
    from inkstand_sdk.errors import InkstandError, InputError

    try:
        manuscript = _manuscript(state, desk)
    except InputError:
        return None, None, ["There is no text yet, so scenes and names were not compared."]
    from inkstand.cli.progress import STATUS

    try:
        reading = state.studio.read(manuscript, progress=_progress)
    except InkstandError as error:
        return manuscript, None, [f"Who is in the text is not known. {error}"]
    finally:
        STATUS.clear()
    return manuscript, reading, []


def _progress(fraction: float | None, message: str) -> None:
    from inkstand.cli.progress import STATUS

    STATUS.show(message or "Reading", fraction)


def _print_saved(file: str, notes: tuple[str, ...], did: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"file": file, "notes": notes})
        return
    print(f"{did} {file}.")
    for note in notes:
        click.echo(f"Note: {note}", err=True)
    if did == "Made":
        print(
            f"Fill in what you know, and leave the rest. See it: inkstand bible show {quote(file)}"
        )


def _in_a_word(entry: BibleEntry) -> str:
    for field in ("role", "part_of", "question", "owner", "appearance", "status"):
        if field in entry.fields:
            line = " ".join(str(_spoken(entry.fields[field])).split())
            return _short(line)
    return ""


def _short(line: str) -> str:
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 3]}..."


def _in_line(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _spoken(value: Any) -> Any:
    """A value of front matter for people: a fact as its text and when it holds."""
    if isinstance(value, dict) and "value" in value:
        inner = _spoken(value["value"])
        said = ", ".join(map(str, inner)) if isinstance(inner, list) else str(inner)
        when = [f"{bound} {value[bound]}" for bound in ("act", "from", "until") if bound in value]
        return f"{said} ({', '.join(when)})" if when else said
    if isinstance(value, dict):
        return {key: _spoken(inner) for key, inner in value.items()}
    if isinstance(value, list):
        spoken = [_spoken(item) for item in value]
        return spoken[0] if len(spoken) == 1 else spoken
    return value
