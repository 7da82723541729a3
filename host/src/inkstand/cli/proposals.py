"""`inkstand proposals`: what tools wrote for a manuscript, to be accepted or rejected."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, TypeVar

import click

from inkstand.cli.moments import shown
from inkstand.cli.output import for_terminal, json_option, print_json, print_table
from inkstand.cli.state import State
from inkstand.cli.word_marks import marked

if TYPE_CHECKING:
    from inkstand.workspace.proposal_store import Proposal
    from inkstand.workspace.proposals import Proposals, ShownHunk
    from inkstand.workspace.saving import Saved

_AROUND = 120
folder_option = click.option(
    "--in", "folder", default=".", metavar="PATH", help="The folder of the book, or a file of it."
)
Command = TypeVar("Command", bound=Callable[..., object])


def _numbers(_context: click.Context, option: click.Parameter, typed: tuple[str, ...]) -> list[int]:
    """Numbers as they are typed: `--hunk 1,3 --hunk 5-7`."""
    name = option.opts[0]
    found: list[int] = []
    for part in ",".join(typed).split(","):
        first, dash, last = (each.strip() for each in part.partition("-"))
        if not part.strip():
            continue
        if not _is_number(first) or (dash and not _is_number(last)):
            raise click.UsageError(f"{name} takes numbers, such as 2 or 1,3 or 2-4: {part!r}.")
        end = int(last) if dash else int(first)
        if end - int(first) > 10_000:
            raise click.UsageError(f"{name} {part.strip()} are too many.")
        found += range(int(first), end + 1)
    if typed and not found:
        raise click.UsageError(f"{name} takes numbers, such as 2 or 1,3 or 2-4.")
    return found


def of_a_part(command: Command) -> Command:
    """What the commands take that work on a proposal or a part of it."""
    for add in (
        json_option,
        folder_option,
        click.option(
            "--sentence",
            "sentences",
            metavar="N[,N...]",
            multiple=True,
            callback=_numbers,
            help="Only these sentences.",
        ),
        click.option(
            "--hunk",
            "hunks",
            metavar="N[,N...]",
            multiple=True,
            callback=_numbers,
            help="Only these changes.",
        ),
        click.argument("number", metavar="ID", type=int),
    ):
        command = add(command)
    return command


@click.group("proposals")
def command() -> None:
    """See what tools wrote for your manuscript; accept or reject it.

    Nothing that a tool wrote is in your files before you accept it.
    """


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Those accepted or rejected, too.")
@folder_option
@json_option
@click.pass_obj
def list_(state: State, *, everything: bool, folder: str, as_json: bool) -> None:
    """List the proposals that wait."""
    found = _proposals(state, folder).listed(everything=everything)
    if as_json:
        print_json(found)
        return
    print_table(
        ["ID", "When", "Status", "Tool", "File", "Words", "Title"],
        [_row(each) for each in found],
        empty="No proposal waits."
        + ("" if everything else " See the others: inkstand proposals list --all"),
    )


@command.command("show")
@click.argument("number", metavar="ID", type=int)
@folder_option
@json_option
@click.pass_obj
def show(state: State, number: int, *, folder: str, as_json: bool) -> None:
    """Show by words what a proposal would change."""
    proposals = _proposals(state, folder)
    proposal = proposals.get(number)
    hunks = proposals.hunks(proposal, _AROUND)
    if as_json:
        print_json({"proposal": proposal, "hunks": hunks})
        return
    _print_head(proposal)
    in_color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for hunk in hunks:
        _print_hunk(hunk, proposal, in_color=in_color)
    if any(unit.state == "waiting" for unit in proposal.units):
        print(
            f"Accept it: inkstand proposals accept {number}{_inside(folder)}"
            " (or only --hunk N, or --sentence N)",
            file=sys.stderr,
        )


@command.command("accept")
@of_a_part
@click.pass_obj
def accept(
    state: State,
    number: int,
    *,
    hunks: list[int],
    sentences: list[int],
    folder: str,
    as_json: bool,
) -> None:
    """Write a proposal into its file, or only some of its hunks or sentences.

    What the file held before is kept in its history. What you do not take still waits.
    """
    done = _proposals(state, folder).accept(number, hunks=hunks, sentences=sentences)
    if _told(done.proposal, done.saved, as_json=as_json):
        return
    part = "" if done.proposal.status == "accepted" else "A part of "
    word = "proposal" if part else "Proposal"
    print(for_terminal(f"{part}{word} {number} is in {done.saved.name}."))
    _print_rest(done.proposal)
    print(f"To undo that: inkstand proposals undo {number}{_inside(folder)}")


@command.command("undo")
@of_a_part
@click.pass_obj
def undo(
    state: State,
    number: int,
    *,
    hunks: list[int],
    sentences: list[int],
    folder: str,
    as_json: bool,
) -> None:
    """Take what you accepted out of the file again: the proposal waits as before.

    What you wrote elsewhere in the file since then stays.
    """
    done = _proposals(state, folder).take_back(number, hunks=hunks, sentences=sentences)
    saved = done.saved
    if _told(done.proposal, saved, as_json=as_json):
        return
    name = done.proposal.file
    part = "" if done.proposal.status == "waiting" else "a part of "
    if saved is None:
        print(for_terminal(f"It was not in {name} any more; nothing was written."))
    else:
        took = f"{part}proposal {number} is out of {name}."
        print(for_terminal(took[0].upper() + took[1:]))
    _print_rest(done.proposal)


@command.command("reject")
@of_a_part
@click.pass_obj
def reject(
    state: State,
    number: int,
    *,
    hunks: list[int],
    sentences: list[int],
    folder: str,
    as_json: bool,
) -> None:
    """Lay a proposal aside, or only some of its hunks or sentences.

    Its text is kept, and can still be shown.
    """
    rejected = _proposals(state, folder).reject(number, hunks=hunks, sentences=sentences)
    if as_json:
        print_json(rejected)
        return
    if any(unit.state == "waiting" for unit in rejected.units):
        print(f"A part of proposal {number} is rejected.")
        _print_rest(rejected)
    else:
        is_part = any(unit.state == "accepted" for unit in rejected.units)
        stays = " What you accepted of it stays in the file." if is_part else ""
        print(f"{'The rest of proposal' if is_part else 'Proposal'} {number} is rejected.{stays}")
    print(f"Its text is kept: inkstand proposals show {number}", file=sys.stderr)


def _told(proposal: Proposal, saved: Saved | None, *, as_json: bool) -> bool:
    """Print the notes of what was written, and all of it as JSON; whether all is said."""
    for note in saved.notes if saved is not None else ():
        print(f"Note: {note}", file=sys.stderr)
    if as_json:
        snapshots = (0, 0) if saved is None else (saved.before, saved.after)
        print_json({"proposal": proposal, "before": snapshots[0], "after": snapshots[1]})
    return as_json


def _print_rest(proposal: Proposal) -> None:
    """Say how much of a proposal waits."""
    rest = len({unit.hunk for unit in proposal.units if unit.state == "waiting"})
    if not rest:
        return
    if proposal.status == "waiting" and all(unit.state == "waiting" for unit in proposal.units):
        print(f"Proposal {proposal.id} waits again.")
    else:
        waits = "hunk of it still waits" if rest == 1 else "hunks of it still wait"
        print(f"{rest} {waits}, whole or in part.")


def _inside(folder: str) -> str:
    """The option that leads to the same book."""
    return "" if folder == "." else f" --in {quote(folder)}"


def _proposals(state: State, folder: str) -> Proposals:
    return state.studio.desk(Path(folder).expanduser()).proposals


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _row(proposal: Proposal) -> list[str]:
    return [
        str(proposal.id),
        _when(proposal),
        proposal.status,
        proposal.tool,
        proposal.file,
        f"{len(proposal.text.split()):,}",
        proposal.title,
    ]


def _when(proposal: Proposal) -> str:
    return shown(datetime.fromisoformat(proposal.at).timestamp())


def _print_head(proposal: Proposal) -> None:
    title = f" ({proposal.title})" if proposal.title else ""
    print(for_terminal(f"Proposal {proposal.id}{title} for {proposal.file}: {proposal.status}"))
    by = ", ".join(each for each in (proposal.tool, proposal.model) if each)
    print(for_terminal(f"Made {_when(proposal)}{f' by {by}' if by else ''}."))
    if proposal.why:
        print(for_terminal(proposal.why))
    for request in proposal.requests[:3]:
        print(f"What the model was sent: inkstand receipt {request}")
    print()


def _print_hunk(hunk: ShownHunk, proposal: Proposal, *, in_color: bool) -> None:
    numbers = sorted({unit.sentence for unit in hunk.units})
    sentences = (
        f"sentence {numbers[0]}" if len(numbers) == 1 else f"sentences {numbers[0]}-{numbers[-1]}"
    )
    states = {unit.state for unit in hunk.units}
    state = "" if states == {"waiting"} else f" [{', '.join(sorted(states))}]"
    where = "new file" if proposal.is_new else f"line {hunk.line}"
    head = f"Hunk {hunk.hunk}, {sentences}, {where}:{state}"
    print(click.style(head, dim=True) if in_color else head)
    print(marked(hunk.pieces, color=in_color).strip("\n"))
    if len(numbers) > 1:
        for unit in hunk.units:
            mark = "" if unit.state == "waiting" else f" [{unit.state}]"
            first = " ".join(unit.text.split())
            print(for_terminal(f"  {unit.sentence}. {first}{mark}"))
    print()
