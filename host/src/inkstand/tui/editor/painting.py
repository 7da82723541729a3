"""Rows of text drawn in cells: looks of Markdown, the selection, what was found, and the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from inkstand.tui.editor.clusters import TAB, clusters, is_plain, shown
from inkstand.tui.editor.marks import Span

Range = tuple[int, int]
_PLAIN = Style.null()


class RowLook(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be seen in a row beside its text; places are columns of its line.

    `base` is "text", "calm" or "front". `to_end` is whether the line end is selected too. `cursor`
    is the character that it is on; behind the row's end, it stands there.
    """

    base: str = "text"
    spans: Sequence[Span] = ()
    selected: Range | None = None
    to_end: bool = False
    found: Sequence[Range] = ()
    current: Range | None = None
    flash: Range | None = None
    cursor: Range | None = None


class Painter:
    """Draws rows with the styles of a theme.

    Args:
        styles: The style of each look: "text", "calm", "heading", "selection", "cursor" ...

    """

    def __init__(self, styles: dict[str, Style]) -> None:
        self._styles = styles
        self._combined: dict[tuple[str, ...], Style] = {}

    def row(
        self, line: str, start: int, end: int, look: RowLook, *, margin: int, width: int
    ) -> Strip:
        """A row of a line as a strip of `width` cells, its text `margin` cells from the left."""
        base = self._style((look.base,))
        segments = [Segment(" " * margin, base)] if margin else []
        cell = 0
        for begin, stop, looks in self._pieces(start, end, look):
            style = self._style((look.base, *looks))
            for text, cells in _drawn(line, begin, stop, cell):
                segments.append(Segment(text, style))
                cell += cells
        if look.cursor is not None and look.cursor[0] >= end:
            segments.append(Segment(" ", self._style((look.base, "cursor"))))
            cell += 1
        elif look.to_end:
            segments.append(Segment(" ", self._style((look.base, "selection"))))
            cell += 1
        rest = width - margin - cell
        if rest > 0:
            segments.append(Segment(" " * rest, base))
        strip = Strip(segments, margin + cell + max(0, rest))
        return strip if rest >= 0 else strip.crop(0, width)

    def blank(self, width: int) -> Strip:
        """A row without text."""
        return Strip([Segment(" " * width, self._style(("text",)))], width)

    def _style(self, looks: tuple[str, ...]) -> Style:
        style = self._combined.get(looks)
        if style is None:
            style = Style.combine(self._styles.get(look, _PLAIN) for look in looks)
            self._combined[looks] = style
        return style

    def _pieces(
        self, start: int, end: int, look: RowLook
    ) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """The row cut where its look changes."""
        layers: list[tuple[int, int, str]] = [
            (span.start, span.end, span.look)
            for span in look.spans
            if span.start < end and span.end > start
        ]
        layers += [(a, b, "found") for a, b in look.found if a < end and b > start]
        for name, given in (
            ("selection", look.selected),
            ("current", look.current),
            ("flash", look.flash),
        ):
            if given is not None and given[0] < end and given[1] > start:
                layers.append((*given, name))
        if look.cursor is not None and start <= look.cursor[0] < end:
            layers.append((*look.cursor, "cursor"))
        if not layers:
            if end > start:
                yield start, end, ()
            return
        cuts = {start, end}
        for a, b, _ in layers:
            cuts.update((max(a, start), min(b, end)))
        ordered = sorted(cuts)
        for a, b in pairwise(ordered):
            yield a, b, tuple(name for c, d, name in layers if c <= a and b <= d)


def _drawn(line: str, start: int, end: int, cell: int) -> Iterator[tuple[str, int]]:
    """Pieces of text to draw, and their cells; a cluster that is not plain is one by itself.

    Rich measures each piece alone, and would join some clusters that a reader does not.
    """
    if is_plain(line, start, end):
        yield line[start:end], end - start
        return
    plain: list[str] = []
    for _, cluster in clusters(line, start, end):
        if cluster == "\t":
            width = TAB - (cell + len(plain)) % TAB
            plain.extend(" " * width)
            continue
        text, width = shown(cluster)
        if len(text) == width == 1:
            plain.append(text)
            continue
        if plain:
            yield "".join(plain), len(plain)
            cell += len(plain)
            plain = []
        yield text, width
        cell += width
    if plain:
        yield "".join(plain), len(plain)
