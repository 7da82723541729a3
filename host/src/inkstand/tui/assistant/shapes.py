"""Any tool's output as lines to be shown, from the shape of its values alone.

Text becomes a paragraph, a list of texts bullets, a list of flat objects a table or, where that is
too wide, records; other objects cards that fold. An object with a `quote` is evidence, and a link
to the passage. No tool is known here by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from textual.content import Content

_QUOTE = "quote"
_SHORT = 60
_TITLE = 26
_LABEL = 24
_GAP = 2
_MUTED = "$foreground 60%"
_OPEN_LINES = 60
"""So many lines are shown unfolded; of more, cards fold."""
_TABLE_SHARE = 2
"""A column may be cut to fit, down to one part in so many of what it wants."""

Key = tuple[str | int, ...]


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A passage that a line leads to: `scene` counts the manuscript's from 0, -1 is another file;
    `start` and `end` are code points of its text.
    """

    quote: str
    scene: int = -1
    file: str = ""
    start: int = 0
    end: int = 0


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a result, which may be wrapped.

    `key` names what folds when the line is chosen, () where nothing does; `under` are the keys of
    what it lies in, the outermost first.
    """

    content: Content
    indent: int = 0
    link: Link | None = None
    key: Key = ()
    under: tuple[Key, ...] = ()


class Shaper:
    """Makes lines of one output.

    Args:
        width: Columns that there are.

    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._under: tuple[Key, ...] = ()

    def lines(self, output: Mapping[str, Any]) -> list[Line]:
        """The lines that show `output`."""
        found: list[Line] = []
        for name, value in output.items():
            if is_empty(value) and name != "findings":
                continue
            part = list(
                self._findings(value)
                if name == "findings" and are_findings(value)
                else self._section(name, value, 0, (name,))
            )
            if part and found and (len(part) > 1 or len(found) > 1):
                found.append(_blank())
            found += part
        return found

    # -- parts ----------------------------------------------------------------------------------

    def _section(self, name: str, value: Any, indent: int, key: Key) -> Iterator[Line]:
        if is_empty(value):
            return
        title = heading(name)
        if is_short(value) and not isinstance(value, Mapping):
            said = Content.assemble((f"{title}  ", _MUTED), cell(value))
            yield self._line(said, indent)
            return
        if isinstance(value, Mapping) and _QUOTE in value:
            yield self._line(Content.styled(title, _MUTED), indent)
            yield self._quoted(value, indent + _GAP)
            return
        if name == "text" and indent == 0:
            yield from self._value(value, indent, key)
            return
        if isinstance(value, Sequence) and not isinstance(value, str):
            title = f"{title} · {len(value):,}" if len(value) > 1 else title
        style = "bold $primary" if indent == 0 else "$primary"
        yield self._line(Content.styled(title, style), indent)
        yield from self._value(value, indent if indent == 0 else indent + _GAP, key)

    def _value(self, value: Any, indent: int, key: Key) -> Iterator[Line]:
        if is_scalar(value):
            yield from self._paragraphs(str(cell(value)), indent)
        elif isinstance(value, Mapping):
            yield from self._mapping(value, indent, key)
        elif all(map(is_scalar, value)):
            yield from self._bullets(value, indent)
        elif all(isinstance(each, Mapping) and _QUOTE in each for each in value):
            for each in value:
                yield self._quoted(each, indent)
        elif all(isinstance(each, Mapping) for each in value):
            yield from self._objects(value, indent, key)
        else:
            for place, each in enumerate(value):
                yield from self._value(each, indent, (*key, place))

    def _mapping(self, value: Mapping[str, Any], indent: int, key: Key) -> Iterator[Line]:
        if _QUOTE in value:
            yield self._quoted(value, indent)
            return
        for name, item in value.items():
            yield from self._section(str(name), item, indent + (not indent), (*key, str(name)))

    def _paragraphs(self, text: str, indent: int) -> Iterator[Line]:
        for paragraph in text.splitlines():
            yield self._line(Content(paragraph), indent)

    def _bullets(self, values: Sequence[Any], indent: int) -> Iterator[Line]:
        texts = [cell(value) for value in values]
        if len(texts) == 1 or (sum(map(len, texts)) < _SHORT * 2 and not any(map(_ends, texts))):
            yield self._line(Content(", ".join(texts)), indent)
            return
        for text in texts:
            yield self._line(Content.assemble(("· ", _MUTED), text), indent)

    # -- tables and cards ---------------------------------------------------------------------

    def _objects(
        self, values: Sequence[Mapping[str, Any]], indent: int, key: Key
    ) -> Iterator[Line]:
        columns = columns_of(values)
        flat = all(is_short(value.get(name)) for value in values for name in columns)
        if flat and columns:
            widths = self._widths(columns, values, indent)
            if widths is not None:
                yield from self._table(columns, values, widths, indent)
                return
        title = title_of(columns, values)
        if title and len(columns) == 2 and all(is_scalar(v.get(columns[1])) for v in values):
            for value in values:
                said = (f"{cell(value[title])}  ", "bold")
                yield self._line(Content.assemble(said, cell(value.get(columns[1]))), indent)
            return
        for place, value in enumerate(values):
            yield from self._card(value, title, place, indent, (*key, place))

    def _widths(
        self, columns: Sequence[str], values: Sequence[Mapping[str, Any]], indent: int
    ) -> list[int] | None:
        """How wide each column is; None where there is no room for a table."""
        wants = [
            max(len(heading(name)), *(len(cell(value.get(name))) for value in values))
            for name in columns
        ]
        room = self._width - indent - _GAP * (len(columns) - 1)
        if sum(wants) <= room:
            return wants
        widest = max(range(len(wants)), key=wants.__getitem__)
        left = room - (sum(wants) - wants[widest])
        if left * _TABLE_SHARE < wants[widest] or left < len(heading(columns[widest])):
            return None
        return [left if place == widest else want for place, want in enumerate(wants)]

    def _table(
        self,
        columns: Sequence[str],
        values: Sequence[Mapping[str, Any]],
        widths: Sequence[int],
        indent: int,
    ) -> Iterator[Line]:
        numeric = [
            all(isinstance(value.get(name), int | float | None) for value in values)
            for name in columns
        ]

        def row(cells: Sequence[str]) -> str:
            return (" " * _GAP).join(
                _fitted(text, width, right=right)
                for text, width, right in zip(cells, widths, numeric, strict=True)
            )

        yield self._line(Content.styled(row([heading(name) for name in columns]), _MUTED), indent)
        for value in values:
            yield self._line(Content(row([cell(value.get(name)) for name in columns])), indent)

    def _card(
        self, value: Mapping[str, Any], title: str, place: int, indent: int, key: Key
    ) -> Iterator[Line]:
        """One object: its title, its short values on one line, then everything else; it folds."""
        said = Content.styled(cell(value[title]) if title else _first_words(value), "bold")
        if not title:
            said = Content.assemble((f"{place + 1}  ", _MUTED), said)
        yield self._line(said, indent, key=key)
        before, self._under = self._under, (*self._under, key)
        rest = {name: item for name, item in value.items() if name != title and not is_empty(item)}
        short = {name: item for name, item in rest.items() if is_label(item)}
        if short:
            told = " · ".join(f"{heading(n).lower()} {cell(item)}" for n, item in short.items())
            yield self._line(Content.styled(told, _MUTED), indent + _GAP)
        texts: set[str] = set()
        for name, item in rest.items():
            if name in short:
                continue
            if isinstance(item, str):
                texts.add(" ".join(item.split()))
                yield from self._paragraphs(item, indent + _GAP)
            elif isinstance(item, Mapping) and _QUOTE in item:
                # A claim that is its own quotation needs its place, not the same words twice.
                repeated = " ".join(str(item[_QUOTE]).split()) in texts
                yield self._quoted(item, indent + _GAP, bare=repeated)
            else:
                yield from self._section(name, item, indent + _GAP, (*key, name))
        self._under = before

    # -- quotations -----------------------------------------------------------------------------

    def _quoted(self, value: Mapping[str, Any], indent: int, *, bare: bool = False) -> Line:
        quote = " ".join(str(value[_QUOTE]).split())
        label = value.get("label") or value.get("place") or value.get("file") or ""
        said = "" if bare else _in_marks(quote)
        place = f"{'' if bare else '  '}→ {label}" if label else ""
        content = Content.assemble((said, "italic"), (place, "$accent"))
        return self._line(content, indent, link=link_of(value))

    def _findings(self, findings: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
        if not findings:
            yield self._line(Content("Nothing was found."), 0)
        for place, finding in enumerate(findings):
            if place:
                yield _blank()
            said = Content.assemble((f"{place + 1}  ", _MUTED), (str(finding["summary"]), "bold"))
            key: Key = ("findings", place)
            yield self._line(said, 0, key=key)
            before, self._under = self._under, (*self._under, key)
            about = [str(finding["kind"]).replace("_", " ")]
            if "confidence" in finding:
                about.append(f"{float(finding['confidence']):.0%} sure")
            yield self._line(Content.styled(" · ".join(about), _MUTED), 3)
            for passage in finding["passages"]:
                yield self._quoted(passage, 3)
            self._under = before

    def _line(
        self, content: Content, indent: int, *, link: Link | None = None, key: Key = ()
    ) -> Line:
        return Line(content=content, indent=indent, link=link, key=key, under=self._under)


def folded_at_first(lines: Sequence[Line]) -> frozenset[Key]:
    """What is folded before the writer says otherwise: of a long result, all cards."""
    if len(lines) <= _OPEN_LINES:
        return frozenset()
    return frozenset(line.key for line in lines if line.key and line.key[0] != "findings")


def are_findings(value: Any) -> bool:
    """Whether a value is what the SDK calls findings; an empty list may be."""
    return isinstance(value, list | tuple) and all(
        isinstance(each, Mapping) and {"id", "kind", "summary", "passages"} <= each.keys()
        for each in value
    )


def link_of(value: Mapping[str, Any]) -> Link | None:
    """Where a quotation leads; None where it does not say."""
    scene, file = value.get("scene"), value.get("file")
    if not isinstance(scene, int) and not isinstance(file, str):
        return None
    start, end = value.get("start", 0), value.get("end", 0)
    return Link(
        quote=str(value[_QUOTE]),
        scene=scene if isinstance(scene, int) else -1,
        file=file if isinstance(file, str) else "",
        start=start if isinstance(start, int) else 0,
        end=end if isinstance(end, int) else 0,
    )


def heading(name: str) -> str:
    """A field's name as a title."""
    return name.replace("_", " ").replace("-", " ").strip().capitalize()


def columns_of(values: Sequence[Mapping[str, Any]]) -> list[str]:
    """The fields that are not empty in all of some objects, in their order."""
    names = dict.fromkeys(name for value in values for name in value)
    return [name for name in names if not all(is_empty(value.get(name)) for value in values)]


def title_of(columns: Sequence[str], values: Sequence[Mapping[str, Any]]) -> str:
    """The field that names each object: the first one, if it is a short text in all of them."""
    first = columns[0] if columns else ""
    named = all(isinstance(v.get(first), str) and v[first] and is_short(v[first]) for v in values)
    return first if first and named else ""


def is_scalar(value: Any) -> bool:
    """Whether a value is one text, number or truth, or none."""
    return value is None or isinstance(value, str | int | float | bool)


def is_short(value: Any) -> bool:
    """Whether a value fits into a cell of a table."""
    if isinstance(value, list | tuple):
        return all(map(is_scalar, value)) and len(cell(value)) < _SHORT
    return is_scalar(value) and len(str(value)) < _SHORT and "\n" not in str(value)


def is_label(value: Any) -> bool:
    """Whether a value reads well among others on one line."""
    return is_short(value) and len(cell(value)) <= _LABEL and not _ends(cell(value))


def is_empty(value: Any) -> bool:
    """Whether there is nothing to show."""
    if isinstance(value, Mapping):
        return all(map(is_empty, value.values()))
    return value is None or (isinstance(value, str | list | tuple) and not value)


def cell(value: Any) -> str:
    """A short value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    return str(value)


def _ends(text: str) -> bool:
    return text.endswith((".", "!", "?", "…"))


def _fitted(text: str, width: int, *, right: bool) -> str:
    text = text if len(text) <= width else f"{text[: max(0, width - 1)]}…"
    return text.rjust(width) if right else text.ljust(width)


def _in_marks(quote: str) -> str:
    """A quotation in marks, unless it has its own."""
    return quote if any(mark in quote for mark in '“”"«»') else f"“{quote}”"


def _first_words(value: Mapping[str, Any]) -> str:
    """How the first text of an object begins, which is to stand for it where it has no name."""
    text = next((item for item in value.values() if isinstance(item, str) and item), "")
    line = " ".join(text.split())
    return line if len(line) <= _TITLE else f"{line[:_TITLE].rsplit(' ', 1)[0]} …"


def _blank() -> Line:
    return Line(content=Content(""))
