"""`inkstand history`, `diff` and `restore`: what a text was, what changed, and the way back."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from inkstand.cli.moments import moment, shown
from inkstand.cli.output import for_terminal, json_option, print_json, print_table
from inkstand.cli.state import State
from inkstand.cli.word_marks import marked

if TYPE_CHECKING:
    from inkstand.workspace.history import Snapshot
    from inkstand.workspace.passages import Passage
    from inkstand.workspace.past import Past

_WHICH = (
    "Which snapshot: its ID, or a time, such as 2h, yesterday, 2026-01-31 or 2026-01-31T18:00,"
    " for the text as it was then."
)


@click.command("history")
@click.argument("path", required=False, type=click.Path())
@click.option("--show", "which", metavar="WHICH", help=f"Print a text. {_WHICH}")
@click.option("--last", "-n", type=click.IntRange(1), default=20, show_default=True)
@json_option
@click.pass_obj
def history(state: State, *, path: str | None, which: str | None, last: int, as_json: bool) -> None:
    """List the snapshots of a text, or the latest ones of a whole folder.

    Inkstand makes one before it changes a file, and one after. A file that was deleted since has
    its snapshots still.
    """
    if which is not None:
        if path is None:
            raise click.UsageError("Name the file, too: inkstand history PATH --show WHICH")
        past = _past(state, path)
        _print_text(past, _chosen(past, which), as_json=as_json)
        return
    is_folder = path is None or Path(path).is_dir()
    if is_folder:
        found = _of_folder(state, Path(path or "."), last)
    else:
        past = _past(state, str(path))
        found = past.snapshots(last) if past.is_there() else past.known()[:last]
    if as_json:
        print_json(found)
        return
    columns = ["ID", "When", "By", "Why", "Bytes"]
    print_table(
        [*columns, "File"] if is_folder else columns,
        [_row(each) + ([each.name] if is_folder else []) for each in found],
        empty="There is no snapshot yet. Inkstand makes one whenever it is about to change a file.",
    )


@click.command("diff")
@click.argument("path", type=click.Path())
@click.argument("old", required=False)
@click.argument("new", required=False)
@json_option
@click.pass_obj
def diff(state: State, *, path: str, old: str | None, new: str | None, as_json: bool) -> None:
    """Show by words what changed in a text.

    Without OLD it is compared with the latest snapshot that differs, and without NEW the file is
    taken as it is now. OLD and NEW are IDs of snapshots (inkstand history PATH) or times, such as
    2h, yesterday or 2026-01-31.
    """
    past = _past(state, path)
    first = past.before() if old is None else _chosen(past, old)
    second = None if new is None else _chosen(past, new)
    found = past.changes(first, second)
    if as_json:
        print_json({"old": first, "new": second, "passages": found})
        return
    _print_passages(found)
    if not found and past.data(first) != (past.now() if second is None else past.data(second)):
        print("The words are the same; line ends or encoding differ.", file=sys.stderr)
    elif not found:
        print("They are the same.", file=sys.stderr)
    elif second is None and not past.is_there():
        print(f"{for_terminal(past.name)} is deleted.", file=sys.stderr)


@click.command("restore")
@click.argument("path", type=click.Path())
@click.argument("which", required=False)
@click.option("--to", type=click.Path(), help="Write the old text into this new file instead.")
@json_option
@click.pass_obj
def restore(state: State, *, path: str, which: str | None, to: str | None, as_json: bool) -> None:
    """Make a text what it was, or bring a deleted file back.

    WHICH is the ID of a snapshot (inkstand history PATH) or a time, such as 2h, yesterday or
    2026-01-31; without it, the latest text that differs from that of today. What the file holds
    now is kept in the history first, so that nothing is lost.
    """
    past = _past(state, path)
    snapshot = past.before() if which is None else _chosen(past, which)
    if to is not None:
        past.copy(snapshot, Path(to).expanduser())
        if as_json:
            print_json({"snapshot": snapshot, "file": to})
        else:
            print(for_terminal(f"{to} is {past.name} as it was {_when(snapshot)}."))
        return
    saved = past.restore(snapshot)
    for note in saved.notes:
        print(f"Note: {note}", file=sys.stderr)
    if as_json:
        print_json({"snapshot": snapshot, "before": saved.before, "after": saved.after})
        return
    print(for_terminal(f"{past.name} is as it was {_when(snapshot)} (snapshot {snapshot.id})."))
    if saved.before and saved.before != saved.after:
        print(for_terminal(f"To undo that: inkstand restore {quote(path)} {saved.before}"))


commands = {"history": history, "diff": diff, "restore": restore}


def _past(state: State, path: str) -> Past:
    return state.studio.desks.past(Path(path))


def _of_folder(state: State, folder: Path, last: int) -> list[Snapshot]:
    desk = state.studio.desk(folder)
    below = desk.workspace.history_name(folder)
    return desk.history.latest(last, "" if below == "." else f"{below}/")


def _chosen(past: Past, which: str) -> Snapshot:
    """The snapshot that is meant by an ID or a time."""
    if which.isdecimal() and which.isascii():
        return past.get(int(which))
    text = which.strip().lower().removesuffix("ago").strip()
    try:
        at = datetime.fromtimestamp(moment(None, None, text)).astimezone()  # type: ignore[arg-type]
    except click.BadParameter as error:
        raise click.UsageError(
            f"{which!r} is no snapshot's ID and no time. Try 12, 2h, yesterday or 2026-01-31."
        ) from error
    if text == "yesterday" or len(text) == len("2026-01-31"):
        # A day is meant as it ended.
        at += timedelta(days=1) - timedelta(seconds=1)
    return past.at(at)


def _row(snapshot: Snapshot) -> list[str]:
    return [
        str(snapshot.id),
        _when(snapshot),
        snapshot.by,
        snapshot.why,
        f"{snapshot.size:,}",
    ]


def _when(snapshot: Snapshot) -> str:
    return shown(datetime.fromisoformat(snapshot.at).timestamp())


def _print_text(past: Past, snapshot: Snapshot, *, as_json: bool) -> None:
    if as_json:
        print_json({"snapshot": snapshot, "text": past.text(snapshot)})
    elif sys.stdout.isatty():
        text = for_terminal(past.text(snapshot))
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    else:
        # Another program gets the bytes of the file, whatever encoding it had.
        sys.stdout.flush()
        sys.stdout.buffer.write(past.data(snapshot))


def _print_passages(passages: list[Passage]) -> None:
    in_color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for passage in passages:
        head = f"Line {passage.new_line}:"
        print(click.style(head, dim=True) if in_color else head)
        text = marked(passage.pieces, color=in_color, whole=True)
        print(text.rstrip("\n"), end="\n\n")
