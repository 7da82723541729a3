"""Drawing with characters: lines of Braille dots, and words over them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
from rich.cells import cell_len
from textual.content import Content

from inkstand.tui.bible.speech import Tie

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of a Braille character's dots, by row and column."""
_CELL = (2, 4)
_LONGEST = 18


class Canvas:
    """A sheet of `width` by `height` cells, each of 2 by 4 dots."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._dots = [[0] * width for _ in range(height)]
        self._words: dict[tuple[int, int], str] = {}
        self._styles: dict[tuple[int, int], str] = {}

    def dot(self, x: int, y: int, style: str) -> None:
        """Set one dot, if it is on the sheet."""
        column, row = x // _CELL[0], y // _CELL[1]
        if 0 <= column < self.width and 0 <= row < self.height and x >= 0 and y >= 0:
            self._dots[row][column] |= _DOTS[y % _CELL[1]][x % _CELL[0]]
            self._styles[column, row] = style

    def line(
        self, start: tuple[float, float], end: tuple[float, float], weight: int, style: str
    ) -> None:
        """Draw a line between two places in cells; weight 0 is dotted, 1 to 3 so many dots wide."""
        (x0, y0), (x1, y1) = ((x * _CELL[0] + 0.5, y * _CELL[1] + 1.5) for x, y in (start, end))
        length = max(abs(x1 - x0), abs(y1 - y0), 1)
        is_flat = abs(x1 - x0) >= abs(y1 - y0)
        sides = {0: (0,), 1: (0,), 2: (0, 1), 3: (-1, 0, 1)}[weight]
        for step in range(int(length) + 1):
            if weight == 0 and step % 3:
                continue
            share = step / length
            x, y = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
            for side in sides:
                self.dot(round(x) + side * (not is_flat), round(y) + side * is_flat, style)

    def is_free(self, x: int, y: int, length: int) -> bool:
        """Whether no words stand in these cells, nor right beside them."""
        if not (0 <= y < self.height and x >= 0 and x + length <= self.width):
            return False
        return not any((column, y) in self._words for column in range(x - 1, x + length + 1))

    def write(self, x: int, y: int, words: str, style: str) -> None:
        """Set words over whatever is there; what leaves the sheet is lost."""
        column = x
        for character in words:
            if 0 <= column < self.width and 0 <= y < self.height:
                self._words[column, y] = character
                self._styles[column, y] = style
            width = cell_len(character)
            for covered in range(1, width):
                self._words[column + covered, y] = ""
            column += width

    def rows(self) -> list[Content]:
        """The sheet, row by row."""
        return [self._row(y) for y in range(self.height)]

    def _row(self, y: int) -> Content:
        parts: list[tuple[str, str]] = []
        for x in range(self.width):
            word = self._words.get((x, y))
            bits = self._dots[y][x]
            character = word if word is not None else chr(0x2800 + bits) if bits else " "
            style = self._styles.get((x, y), "") if character.strip() else ""
            if parts and parts[-1][1] == style:
                parts[-1] = (parts[-1][0] + character, style)
            else:
                parts.append((character, style))
        return Content.assemble(*parts)


class Node(msgspec.Struct, frozen=True):
    """Someone on the sheet: the name as it is written, and the middle of it, in cells."""

    name: str
    label: str
    x: float
    y: float


def around(names: Sequence[str], labels: dict[str, str], width: int, height: int) -> list[Node]:
    """People around an ellipse, the first at the top, the next ones to both sides of it."""
    shown = {name: _fitted(labels[name]) for name in names}
    widest = max((cell_len(label) for label in shown.values()), default=0)
    across = max(2.0, width / 2 - widest / 2 - 2)
    down = max(1.0, (height - 1) / 2 - 0.5)
    nodes = []
    for place, name in enumerate(names):
        angle = 2 * math.pi * place / len(names) - math.pi / 2
        x = (width - 1) / 2 + across * math.cos(angle)
        y = (height - 1) / 2 + down * math.sin(angle)
        nodes.append(Node(name, shown[name], x, y))
    return nodes


def graph(
    nodes: Sequence[Node], ties: Sequence[Tie], width: int, height: int, lit: Tie | None = None
) -> list[Content]:
    """People and lines between those who speak, the heavier the more they do.

    Args:
        nodes: The people.
        ties: Who speaks to whom.
        width: Columns.
        height: Rows.
        lit: The tie that stands out.

    """
    canvas = Canvas(width, height)
    places = {node.name: (node.x, node.y) for node in nodes}
    drawn = [tie for tie in ties if tie.one in places and tie.other in places]
    most = max((tie.lines for tie in drawn), default=1)
    for tie in sorted(drawn, key=lambda each: (each == lit, each.lines)):
        style = "$accent" if tie == lit else "$foreground 45%"
        canvas.line(places[tie.one], places[tie.other], _weight(tie.lines, most), style)
    for node in nodes:
        is_lit = lit is not None and node.name in (lit.one, lit.other)
        label = f" {node.label} "
        x = round(node.x - (cell_len(label) - 1) / 2)
        x = max(0, min(x, width - cell_len(label)))
        canvas.write(x, round(node.y), label, "bold $accent" if is_lit else "bold")
    for tie in sorted(drawn, key=lambda each: (each != lit, -each.lines)):
        _number(canvas, places[tie.one], places[tie.other], tie, is_lit=tie == lit)
    return canvas.rows()


def _number(
    canvas: Canvas, one: tuple[float, float], other: tuple[float, float], tie: Tie, *, is_lit: bool
) -> None:
    """How many lines, near the middle of where they are drawn, if there is room."""
    words = f"{tie.lines:,}"
    for share in (0.5, 0.4, 0.6, 0.33, 0.67):
        x = round(one[0] + (other[0] - one[0]) * share - (len(words) - 1) / 2)
        y = round(one[1] + (other[1] - one[1]) * share)
        if canvas.is_free(x, y, len(words)):
            canvas.write(x, y, words, "bold $accent" if is_lit else "$foreground 80%")
            return


def _weight(lines: int, most: int) -> int:
    """How heavy a line is: four steps, as a share of the heaviest."""
    share = lines / most
    return 0 if share < 0.08 else 1 if share < 0.35 else 2 if share < 0.7 else 3


def matrix(
    names: Sequence[str],
    labels: dict[str, str],
    ties: Sequence[Tie],
    width: int,
    lit: Tie | None = None,
) -> list[Content]:
    """Who (at the left) says how much to whom (above), for many people: a square of shades."""
    lines: dict[tuple[str, str], int] = {}
    for tie in ties:
        lines[tie.one, tie.other] = tie.there
        lines[tie.other, tie.one] = tie.back
    most = max(lines.values(), default=1)
    cell = len(f"{most}") + 1
    left = min(_LONGEST, max((cell_len(labels[name]) for name in names), default=0))
    fit = max(2, (width - left - 5) // cell)
    shown = list(names)[:fit]
    head = "".join(f"{place:>{cell}}" for place in range(1, len(shown) + 1))
    rows = [Content.styled(" " * (left + 5) + head, "$foreground 60%")]
    for place, name in enumerate(shown, start=1):
        is_lit = lit is not None and name in (lit.one, lit.other)
        parts: list[tuple[str, str]] = [
            (f"{place:>3}  ", "$foreground 60%"),
            (_padded(_fitted(labels[name]), left), "bold $accent" if is_lit else ""),
        ]
        for other in shown:
            count = lines.get((name, other), 0)
            is_tie = lit is not None and {name, other} == {lit.one, lit.other}
            style = "bold $accent" if is_tie else _heat(count, most)
            text = "·" if name == other else f"{count}" if count else ""
            parts.append((f"{text:>{cell}}", style if name != other else "$foreground 30%"))
        rows.append(Content.assemble(*parts))
    if len(shown) < len(names):
        left_out = len(names) - len(shown)
        rows.append(Content.styled(f"     and {left_out} more who say less", "$foreground 60%"))
    return rows


def _heat(count: int, most: int) -> str:
    share = count / most
    return f"$foreground {35 + round(65 * min(1.0, share * 2))}%"


def _fitted(label: str) -> str:
    return label if cell_len(label) <= _LONGEST else label[: _LONGEST - 1].rstrip() + "…"


def _padded(label: str, width: int) -> str:
    return label + " " * max(0, width - cell_len(label))
