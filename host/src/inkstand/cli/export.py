"""`inkstand export`: a manuscript into a file for readers, editors and other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkstand.cli.interrupt import cancelled_by_interrupt
from inkstand.cli.output import for_terminal, json_option, print_json
from inkstand.cli.progress import STATUS
from inkstand.cli.state import State

if TYPE_CHECKING:
    from inkstand.exporting import Exported

_FORMATS = "docx, shunn, epub, odt, html, pdf, markdown, text, fountain, fdx"


@click.command("export")
@click.argument("paths", nargs=-1, required=True, metavar="[PATH] OUT", type=click.Path())
@click.option(
    "--to",
    "to",
    metavar="FORMAT",
    help=f"{_FORMATS}; by default what OUT ends in. shunn is a manuscript for editors, as DOCX.",
)
@click.option("--title", default="", help="The title, for that in inkstand.toml.")
@click.option("--author", multiple=True, help="An author, for those in inkstand.toml; repeatable.")
@click.option("--chapter", multiple=True, help="Only this chapter: heading or number; repeatable.")
@click.option("--scenes", default="", metavar="N-M,N", help="Only these scenes, from 1.")
@click.option(
    "--style",
    type=click.Choice(["book", "shunn"]),
    default="book",
    help="For DOCX and PDF: as a book, or as a manuscript for editors.",
)
@click.option(
    "--font",
    type=click.Choice(["times", "courier"]),
    default="times",
    help="The typeface of a manuscript.",
)
@click.option("--underline", is_flag=True, help="In a manuscript, underline what is in italics.")
@click.option("--force", "-f", is_flag=True, help="Replace OUT if it is there.")
@json_option
@click.pass_obj
def command(
    state: State,
    /,
    paths: tuple[str, ...],
    *,
    to: str | None,
    title: str,
    author: tuple[str, ...],
    chapter: tuple[str, ...],
    scenes: str,
    style: str,
    font: str,
    underline: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write a manuscript as DOCX, EPUB, PDF and other formats.

    PATH is a file or folder, the current folder if it is left out; OUT the file to write, or "-"
    for standard output. Chapters, scene breaks, emphasis and footnotes go with it; front matter,
    comments, [[notes]] and the bible stay here. What a format cannot carry is listed.
    """
    if len(paths) > 2:
        raise click.UsageError("Give a manuscript and one file to write: [PATH] OUT.")
    path, out = (paths[0], paths[1]) if len(paths) == 2 else (".", paths[0])
    named = to or Path(out).suffix.removeprefix(".")
    if not named:
        raise click.UsageError(f"Which format? Use --to with one of {_FORMATS}.")
    if out == "-" and as_json:
        raise click.UsageError("With --json, name a file: standard output is for one of both.")
    try:
        with cancelled_by_interrupt() as cancel:
            done, data = state.studio.desk(path).export(
                Path(path),
                out,
                named,
                title=title,
                authors=author,
                chapters=chapter,
                scenes=scenes,
                style=style,
                font=font,
                underline=underline,
                force=force,
                progress=STATUS.show,
                cancel=cancel,
            )
    finally:
        STATUS.clear()
    if as_json:
        print_json(done)
    elif out == "-":
        _print_text(data)
    else:
        print(for_terminal(_sentence(done)))
    for note in done.notes:
        print(f"Note: {for_terminal(note)}", file=sys.stderr)


def _print_text(data: bytes) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(for_terminal(data.decode("utf-8")))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def _sentence(done: Exported) -> str:
    chapters = f"{done.chapters:,} chapter{'s' if done.chapters != 1 else ''}"
    size = max(1, round(done.bytes / 1_000))
    return f"{done.file}: {done.title}, {chapters}, {done.words:,} words, {size:,} KB"
