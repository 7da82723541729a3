"""A table of styled cells whose columns are as wide as what stands in them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable

Cell = Content | str


class StyledTable(DataTable[Content]):
    """Rows with a cursor; a row that is shown again keeps the cursor.

    Args:
        titles: What stands above the columns.
        id: The widget's name.

    """

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS: ClassVar[str] = """
    StyledTable { height: auto; background: $background; }
    StyledTable:focus { background-tint: $background 0%; }
    StyledTable > .datatable--header, StyledTable:focus > .datatable--header {
        background: $background; color: $foreground 60%; text-style: none;
    }
    StyledTable > .datatable--cursor { background: $background; color: $foreground; }
    StyledTable:focus > .datatable--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground;
    }
    """

    def __init__(self, *titles: str, id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", zebra_stripes=False)
        self.titles = titles
        self._keys: list[Hashable] = []

    def show(self, rows: Sequence[Sequence[Cell]], keys: Sequence[Hashable] = ()) -> None:
        """Show these rows and no others; each is known by its key, or by its first cell."""
        at = self.cursor_row
        before = self._keys[at] if 0 <= at < len(self._keys) else None
        cells = [[Content(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
        self.clear(columns=True)
        for column, title in enumerate(self.titles):
            # Textual does not measure styled cells by itself.
            widths = (row[column].cell_length for row in cells)
            self.add_column(title, width=max([len(title), *widths]))
        for row in cells:
            self.add_row(*row)
        self._keys = list(keys) or [row[0].plain for row in cells]
        if before in self._keys:
            self.move_cursor(row=self._keys.index(before))
