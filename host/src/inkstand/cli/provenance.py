"""`inkstand provenance`: whose words a manuscript is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkstand.cli.output import for_terminal, json_option, print_json, print_table
from inkstand.cli.progress import STATUS
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.workspace.provenance import Provenance, Shares

_NOT_SEEN = (
    "Only text that came as a proposal of a tool and was accepted is known: what was pasted from"
    " elsewhere, the output of inkstand generate included, counts as human."
)

_HOW = (
    "Inkstand keeps every sentence that a tool wrote and that was accepted into the manuscript."
    " Each sentence of the text as it is now was compared with these. One of the same words is"
    " the machine\u2019s. One that shares at least 60 % of its words, in their order, with a"
    " sentence of the machine\u2019s, or in which the machine changed words of a person\u2019s,"
    " is of both. Every other is a person\u2019s."
)
_NOT_TOLD = (
    "This tells nothing of text that reached the manuscript in another way, such as pasted from"
    " another program or from a model\u2019s output on the command line, or of ideas, outlines and"
    " advice."
)


@click.command("provenance")
@click.argument("path", default=".", type=click.Path())
@click.option("--report", is_flag=True, help="Print a report for a publisher, as Markdown.")
@click.option("--sentences", is_flag=True, help="List each sentence that is not only human.")
@json_option
@click.pass_obj
def command(state: State, *, path: str, report: bool, sentences: bool, as_json: bool) -> None:
    """Say whose words a text is: a person's, a machine's, or both.

    It is told from the words themselves, sentence by sentence, so it holds after sentences were
    moved, and after edits in any editor. Text that was pasted from elsewhere is not known.
    """
    where = Path(path).expanduser()
    STATUS.show("Comparing the text with what tools wrote", None)
    try:
        found = state.studio.desk(where).provenance(where)
    finally:
        STATUS.clear()
    if as_json:
        print_json(found)
    elif report:
        print(_report(found), end="")
    else:
        _print(found, sentences=sentences)
        print(_NOT_SEEN, file=sys.stderr)


def _print(found: Provenance, *, sentences: bool) -> None:
    rows = [[scene.label, scene.file, *_counts(scene.words)] for scene in found.scenes]
    rows.append(["In all", "", *_counts(found.words)])
    print_table(["Scene", "File", "Human", "Machine", "Both", "Words"], rows)
    if not sentences:
        return
    for scene in found.scenes:
        for each in scene.sentences:
            origin = "both" if each.origin == "edited" else each.origin
            line = each.line
            text = " ".join(each.text.split())
            head = f"{scene.file}:{line}, {origin}, proposal {each.proposal}"
            print(for_terminal(f"{head}: {text}"))


def _counts(words: Shares) -> list[str]:
    return [
        _with_share(words.human, words.all),
        _with_share(words.machine, words.all),
        _with_share(words.edited, words.all),
        f"{words.all:,}",
    ]


def _with_share(count: int, of: int) -> str:
    """A count and its share, which says 0 % or 100 % only where it is."""
    if not count or not of:
        return f"{count:,}"
    share = 100 * count / of
    if share < 0.1:
        return f"{count:,} (<0.1 %)"
    if count < of and share > 99.9:
        return f"{count:,} (>99.9 %)"
    return f"{count:,} ({share:.1f} %)"


def _report(found: Provenance) -> str:
    """The report that a publisher may ask for, as Markdown."""
    human, machine, both, words = _counts(found.words)
    lines = [
        f"# How \u201c{found.title}\u201d was written",
        "",
        f"Of {words} words:",
        "",
        f"- written by a person: {human}",
        f"- written by a machine and accepted as it was: {machine}",
        f"- in sentences that both had a part in: {both}",
        "",
        "| Scene | Human | Machine | Both | Words |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {_cell(scene.label)} | {' | '.join(_counts(scene.words))} |"
            for scene in found.scenes
        ),
        "",
        "## How this was found",
        "",
        _HOW,
        "",
        _NOT_TOLD,
        "",
    ]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
