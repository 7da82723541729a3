"""Any tool's output for people, from the shape of its values alone.

Text becomes a paragraph, a list of texts bullets, a list of flat objects a table, other objects
sections. An object with a `quote` is evidence and is shown as a quotation with its place. No tool
is known here by name: what a plugin returns is shown as well as what we ship.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

_EVIDENCE = "quote"
_WIDEST_CELL = 60
_NUMBERS = (int, float)


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
        yield from _section(name, value, 0)


def print_output(output: Mapping[str, Any]) -> None:
    """Print an output on standard output: styled on a terminal, plain elsewhere."""
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from inkstand.cli.output import console

    target = console()
    for item in rendered(output):
        if isinstance(item, Grid):
            table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
            for place, column in enumerate(item.columns):
                numeric = all(_is_number(row[place]) for row in item.rows)
                table.add_column(column, justify="right" if numeric else "left", overflow="fold")
            for row in item.rows:
                table.add_row(*(Text(cell) for cell in row))
            target.print(Padding(table, (0, 0, 0, item.indent), expand=False))
        else:
            target.print(Padding(Text(item.text, style=item.style), (0, 0, 0, item.indent)))


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
    if all(isinstance(value, _NUMBERS) for value in values) or sum(map(len, texts)) < 200:
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
    for place, value in enumerate(values):
        if place:
            yield Line("")
        yield from _titled(value, indent)


def _titled(value: Mapping[str, Any], indent: int) -> Iterator[Line | Grid]:
    """An object under its first short text, with the rest of its short values on one line."""
    title = next(
        (name for name, item in value.items() if isinstance(item, str) and _short(item) and item),
        None,
    )
    inner = indent
    if title is not None:
        yield Line(_cell(value[title]), "bold", indent)
        inner = indent + 2
    rest = {name: item for name, item in value.items() if name != title and not _empty(item)}
    short = {name: item for name, item in rest.items() if _short(item)}
    if short:
        parts = [f"{name.replace('_', ' ')} {_cell(item)}" for name, item in short.items()]
        yield Line(" · ".join(parts), "dim", inner)
    for name, item in rest.items():
        if name in short:
            continue
        if isinstance(item, Mapping) and _EVIDENCE in item:
            yield Line(_evidence(item), indent=inner)
        elif isinstance(item, str):
            yield from _value(item, inner)
        else:
            yield from _section(name, item, inner)


def _evidence(value: Mapping[str, Any]) -> str:
    quote = " ".join(str(value[_EVIDENCE]).split())
    place = value.get("label") or value.get("place") or value.get("scene")
    where = f"  ({place})" if place not in (None, "") else ""
    marks = ("", "") if quote.startswith(("“", '"', "‘")) else ("“", "”")
    return f"{marks[0]}{quote}{marks[1]}{where}"


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
