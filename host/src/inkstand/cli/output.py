"""Results on standard output: JSON for programs, tables and paragraphs for people."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

from inkstand.cli.progress import STATUS

if TYPE_CHECKING:
    from rich.console import Console

# Rich takes 60 ms to import: it is only loaded to print tables for people.

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def console() -> Console:
    """A console on standard output, which is a terminal."""
    from rich.console import Console

    # NO_COLOR means bold and italic too: no escape codes at all.
    return Console(highlight=False, color_system=None if os.environ.get("NO_COLOR") else "auto")


_PIECE = 1 << 20


def print_json(value: Any) -> None:
    """Print a value (Structs included) as indented JSON."""
    STATUS.clear()
    data = msgspec.json.format(msgspec.json.encode(value), indent=2)
    # In pieces: what is said of a long book is hundreds of megabytes, and would be there thrice.
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), _PIECE):
        sys.stdout.write(decoder.decode(data[start : start + _PIECE]))
    sys.stdout.write("\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str = "") -> None:
    """Print rows under headings; `empty` is said if there are none."""
    found = list(rows)
    STATUS.clear()
    if not found:
        if empty:
            print(empty)
    elif sys.stdout.isatty():
        _print_styled(columns, found)
    else:
        from inkstand.cli.render import plain_table

        for line in plain_table(columns, found):
            print(line)


def _print_styled(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, no_wrap=place == 0, overflow="fold")
    for row in rows:
        # Text, not markup: a bracket in a plugin's words is only a bracket.
        table.add_row(*(Text(for_terminal(cell)) for cell in row))
    console().print(table)


def for_terminal(text: str) -> str:
    """Text as it may be written out: no model or file is to send a terminal control sequences."""
    if not sys.stdout.isatty():
        return text
    return "".join(
        character for character in text if character.isprintable() or character in "\n\t"
    )


def megabytes(count: int) -> str:
    """A number of bytes for people."""
    return f"{count / 1e6:,.1f} MB" if count < 1e9 else f"{count / 1e9:,.1f} GB"
