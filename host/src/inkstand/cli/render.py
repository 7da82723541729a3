"""Any tool's output for people, from the shape of its values alone.

Text becomes a paragraph, a list of texts bullets, a list of flat objects a table, other objects
sections. An object with a `quote` is evidence and is shown as a quotation with its place; what
the SDK calls findings are told one by one. No tool is known here by name: what a plugin returns
is shown as well as what we ship.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from inkstand.cli.findings import are_findings, finding_lines
from inkstand.cli.progress import STATUS

_EVIDENCE = "quote"
_WIDEST_CELL = 60
_NUMBERS = (int, float)
# Where speech begins and ends in a passage; ’ within a word or at its end is an apostrophe.
_OPENING = re.compile(r"""[“«]|(?<![^\s—(-])["‘]""")
_CLOSING = re.compile(r"""[”»]|(?<=[,.!?…—-])["’](?!\w)""")
_PAIRS = {mark: pair for pair in ("“”", "«»", "‘’", '""') for mark in pair}


class Line(msgspec.Struct, frozen=True):
    """A line of the rendering: its style is a Rich style name, its indent in spaces."""

    text: str
    style: str = ""
    indent: int = 0


class Grid(msgspec.Struct, frozen=True):
    """A table of the rendering."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    indent: int = 0


def rendered(output: Mapping[str, Any]) -> Iterator[Line | Grid]:
    """The lines and tables that show `output`."""
    for name, value in output.items():
        if name == "findings" and are_findings(value):
            for text, style, indent in finding_lines(value):
                yield Line(text, style, indent)
            continue
        yield from _section(name, value, 0)


def print_output(output: Mapping[str, Any]) -> None:
    """Print an output on standard output: styled on a terminal, plain text elsewhere."""
    items = list(rendered(output))
    STATUS.clear()
    while items and isinstance(items[0], Line) and not items[0].text:
        items.pop(0)
    if sys.stdout.isatty():
        _print_styled(items)
        return
    for item in items:
        lines = [item.text] if isinstance(item, Line) else plain_table(item.columns, item.rows)
        for line in lines:
            print(" " * item.indent + line if line else "")


def plain_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table as lines of text, columns aligned by two spaces and nothing cut off."""
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    for row in (columns, *rows):
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(padded).rstrip()


def _print_styled(items: Sequence[Line | Grid]) -> None:
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from inkstand.cli.output import console, for_terminal

    target = console()
    for item in items:
        if isinstance(item, Line):
            target.print(
                Padding(Text(for_terminal(item.text), style=item.style), (0, 0, 0, item.indent))
            )
            continue
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for place, column in enumerate(item.columns):
            numeric = all(_is_number(row[place]) for row in item.rows)
            table.add_column(column, justify="right" if numeric else "left", overflow="fold")
        for row in item.rows:
            table.add_row(*(Text(for_terminal(cell)) for cell in row))
        target.print(Padding(table, (0, 0, 0, item.indent), expand=False))


def _section(name: str, value: Any, indent: int) -> Iterator[Line | Grid]:
    if _empty(value):
        return
    heading = name.replace("_", " ").capitalize()
    if _scalar(value) and "\n" not in str(value) and len(str(value)) < _WIDEST_CELL:
        yield Line(f"{heading}: {_cell(value)}", indent=indent)
        return
    if indent == 0:
        yield Line("")
    yield Line(heading, "bold" if indent == 0 else "italic", indent)
    yield from _value(value, indent + 2)


def _value(value: Any, indent: int) -> Iterator[Line | Grid]:
    if _scalar(value):
        for line in str(value).splitlines() or [""]:
            yield Line(line, indent=indent)
    elif isinstance(value, Mapping):
        yield from _mapping(value, indent)
    elif all(_scalar(item) for item in value):
        yield from _bullets(value, indent)
    elif all(isinstance(item, Mapping) and _EVIDENCE in item for item in value):
        for item in value:
            yield Line(_evidence(item), indent=indent)
    elif all(isinstance(item, Mapping) for item in value):
        yield from _objects(value, indent)
    else:
        for item in value:
            yield from _value(item, indent)


def _bullets(values: Sequence[Any], indent: int) -> Iterator[Line]:
    texts = [_cell(value) for value in values]
    if len(texts) == 1:
        yield Line(texts[0], indent=indent)
        return
    sentences = any(text.endswith((".", "!", "?")) for text in texts)
    if all(isinstance(value, _NUMBERS) for value in values) or (
        sum(map(len, texts)) < 200 and not sentences
    ):
        yield Line(", ".join(texts), indent=indent)
        return
    for text in texts:
        yield Line(f"• {text}", indent=indent)


def _mapping(value: Mapping[str, Any], indent: int) -> Iterator[Line | Grid]:
    if _EVIDENCE in value:
        yield Line(_evidence(value), indent=indent)
        return
    for name, item in value.items():
        yield from _section(name, item, indent)


def _objects(values: Sequence[Mapping[str, Any]], indent: int) -> Iterator[Line | Grid]:
    columns = list(dict.fromkeys(name for value in values for name in value))
    columns = [name for name in columns if not all(_empty(value.get(name)) for value in values)]
    if columns and all(_short(value.get(name)) for value in values for name in columns):
        yield Grid(
            tuple(name.replace("_", " ").capitalize() for name in columns),
            tuple(tuple(_cell(value.get(name)) for name in columns) for value in values),
            indent,
        )
        return
    title = _title_of(columns, values)
    if title and len(columns) == 2 and all(_scalar(value.get(columns[1])) for value in values):
        for value in values:
            yield Line(f"{_cell(value[title])}: {_cell(value.get(columns[1]))}", indent=indent)
        return
    short = [name for name in columns if name != title and all(_short(v.get(name)) for v in values)]
    for place, value in enumerate(values):
        if place:
            yield Line("")
        yield from _object(value, title, short, indent)


def _title_of(columns: Sequence[str], values: Sequence[Mapping[str, Any]]) -> str:
    """The field that names each object: the first one, if it is a short text in all of them."""
    if not columns:
        return ""
    first = columns[0]
    named = all(isinstance(v.get(first), str) and v[first] and _short(v[first]) for v in values)
    return first if named else ""


def _object(
    value: Mapping[str, Any], title: str, short: Sequence[str], indent: int
) -> Iterator[Line | Grid]:
    """One object: its title, its short values on one line, then everything else."""
    inner = indent
    if title:
        yield Line(_cell(value[title]), "bold", indent)
        inner = indent + 2
    parts = [f"{name.replace('_', ' ')} {_cell(value[name])}" for name in short if value.get(name)]
    if parts:
        yield Line(" · ".join(parts), "dim", inner)
    rest = {
        name: item
        for name, item in value.items()
        if name != title and name not in short and not _empty(item)
    }
    said: set[str] = set()
    for name, item in rest.items():
        if isinstance(item, str):
            said.add(" ".join(item.split()))
            yield from _value(item, inner)
        elif isinstance(item, Mapping) and _EVIDENCE in item:
            # A claim that is its own quotation needs its place, not the same words twice.
            yield Line(_evidence(item, repeated=item[_EVIDENCE] in said), indent=inner)
        elif len(rest) == 1 and not isinstance(item, Mapping):
            yield from _value(item, inner)
        else:
            yield from _section(name, item, inner)


def _evidence(value: Mapping[str, Any], *, repeated: bool = False) -> str:
    quote = " ".join(str(value[_EVIDENCE]).split())
    place = value.get("label") or value.get("place") or value.get("scene")
    where = f"({place})" if place not in (None, "") else ""
    if repeated and where:
        return where
    return f"{_marked(quote)}  {where}".rstrip()


def _marked(quote: str) -> str:
    """A quotation in marks. Speech has its own, less the outer ones where it begins or ends it."""
    opened = [match.start() for match in _OPENING.finditer(quote)]
    closed = [match.start() for match in _CLOSING.finditer(quote)]
    within = bool(closed) and (not opened or closed[0] < opened[0])
    if not within and not any(mark in quote for mark in '“”"«»'):
        return f"“{quote}”"
    start = _PAIRS[quote[closed[0]]][0] if within else ""
    end = ""
    if opened and (not closed or closed[-1] < opened[-1]):
        end = _PAIRS[quote[opened[-1]]][1]
    return f"{start}{quote}{end}"


def _scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _short(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_scalar(item) for item in value) and len(_cell(value)) < _WIDEST_CELL
    return _scalar(value) and len(str(value)) < _WIDEST_CELL and "\n" not in str(value)


def _empty(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_empty(item) for item in value.values())
    return value is None or (isinstance(value, str | list | tuple) and not value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, list | tuple):
        return ", ".join(_cell(item) for item in value)
    return str(value)


def _is_number(text: str) -> bool:
    return text.replace(".", "").replace(",", "").replace("%", "").lstrip("-").isdecimal()
