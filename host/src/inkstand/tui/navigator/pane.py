"""The navigator as a widget: a list that opens, closes, leads somewhere, and moves scenes."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events, getters
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inkstand.tui.app import InkstandApp
from inkstand.tui.messages import BookLoaded, News
from inkstand.tui.navigator.rows import NavigatorRow, rows

_UNSAVED = "•"


class Navigator(ScrollView, can_focus=True):
    """Parts, chapters and scenes with their words, and the names in the bible."""

    app = getters.app(InkstandApp)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "navigator--heading",
        "navigator--folder",
        "navigator--muted",
        "navigator--here",
        "navigator--cursor",
        "navigator--cursor-blurred",
        "navigator--unsaved",
    }
    DEFAULT_CSS: ClassVar[str] = """
    Navigator { background: $background; overflow-x: hidden; scrollbar-size-vertical: 1; }
    Navigator > .navigator--heading { color: $primary; text-style: bold; }
    Navigator > .navigator--folder { color: $foreground; text-style: bold; }
    Navigator > .navigator--muted { color: $foreground 60%; }
    Navigator > .navigator--here { color: $accent; }
    Navigator > .navigator--unsaved { color: $warning; }
    Navigator > .navigator--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground;
    }
    Navigator > .navigator--cursor-blurred { background: $block-cursor-blurred-background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="navigator.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="navigator.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="navigator.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="navigator.page_down"),
        Binding("home", "move(-100000)", "First", show=False, id="navigator.first"),
        Binding("end", "move(100000)", "Last", show=False, id="navigator.last"),
        Binding("enter", "open", "Open", id="navigator.open"),
        Binding("n", "new_scene", "New scene", id="navigator.new_scene"),
        Binding("space", "fold", "Open or close a part", show=False, id="navigator.toggle"),
        Binding("left,h", "close", "Close, or go up", show=False, id="navigator.close"),
        Binding("right,l", "unfold", "Open a part", show=False, id="navigator.unfold"),
        Binding("alt+up,K", "reorder(-1)", "Move scene up", id="navigator.scene_up"),
        Binding("alt+down,J", "reorder(1)", "Move scene down", id="navigator.scene_down"),
        Binding("o", "open_beside", "Open beside", id="navigator.open_beside"),
    ]

    class Opened(Message):
        """The writer wants to see a file.

        Args:
            file: The file.
            offset: Where, in code points.
            beside: Whether in the second text.

        """

        def __init__(self, file: Path, offset: int, *, beside: bool) -> None:
            super().__init__()
            self.file = file
            self.offset = offset
            self.beside = beside

    class MoveWanted(Message):
        """The writer wants a scene one place up (-1) or down (1)."""

        def __init__(self, scene: str, by: int) -> None:
            super().__init__()
            self.scene = scene
            self.by = by

    class NewWanted(Message):
        """The writer wants a new scene, after the one with that id, or at the end ("")."""

        def __init__(self, after: str) -> None:
            super().__init__()
            self.after = after

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[NavigatorRow] = []
        self._folded: set[str] = set()
        self._pointed_at = ""
        self._cursor = 0
        self._here: tuple[str, int] = ("", 0)
        self._unsaved: frozenset[str] = frozenset()

    def on_mount(self) -> None:
        """Listen for what is known of the book."""
        self.app.news.subscribe(self, self._heard)
        self._renew()

    def _heard(self, news: News) -> None:
        if isinstance(news, BookLoaded) and news.part in ("counts", "bible"):
            self._renew()

    def _renew(self) -> None:
        """Make the lines anew, the cursor where it was."""
        key = self._rows[self._cursor].key if self._cursor < len(self._rows) else ""
        self._rows = rows(self.app.status, self.app.entries, self._folded)
        places = {row.key: place for place, row in enumerate(self._rows)}
        pointed_at, self._pointed_at = f"scene {self._pointed_at}", ""
        if pointed_at in places:
            key = pointed_at
        self._cursor = places.get(key, min(self._cursor, max(0, len(self._rows) - 1)))
        self.virtual_size = Size(0, len(self._rows))
        self.refresh()

    def show_place(self, name: str, offset: int) -> None:
        """Mark the scene that the writer is in: a file as Inkstand names it, and code points."""
        if self._here == (name, offset):
            return
        before = self._row_here()
        self._here = (name, offset)
        after = self._row_here()
        if before != after:
            if after is not None and not self.has_focus:
                self._cursor = after
                self._scroll_to_cursor()
            self.refresh()

    def mark_unsaved(self, names: frozenset[str]) -> None:
        """Mark the files that hold what is not saved yet."""
        if names != self._unsaved:
            self._unsaved = names
            self.refresh()

    def point_at_soon(self, scene: str) -> None:
        """Put the cursor on the scene of that id when the scenes were counted again."""
        self._pointed_at = scene

    def _row_here(self) -> int | None:
        name, offset = self._here
        found = None
        for place, row in enumerate(self._rows):
            leads = row.kind in ("scene", "file", "page") and row.file == name
            if leads and (found is None or row.offset <= offset):
                found = place
        return found

    # -- drawing ----------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the list."""
        width = self.size.width
        place = y + self.scroll_offset.y
        base = self.rich_style
        if place >= len(self._rows):
            return Strip.blank(width, base)
        row = self._rows[place]
        style = base + self._style_of(row, place)
        muted = style if place == self._cursor and self.has_focus else style + self._of("muted")
        sign = "" if row.open is None else "▾ " if row.open else "▸ "
        right = f" {row.right} " if row.right else " "
        mark = _UNSAVED if row.file in self._unsaved and row.open is None else " "
        room = width - len(right) - len(mark)
        label = _fitted("  " * row.depth + sign + row.label, room)
        unsaved = style + self._of("unsaved") if mark == _UNSAVED else style
        return Strip(
            [Segment(mark, unsaved), Segment(label, style), Segment(right, muted)]
        ).adjust_cell_length(width, style)

    def _style_of(self, row: NavigatorRow, place: int) -> Style:
        if place == self._cursor and self.has_focus:
            return self._of("cursor")
        style = Style.null()
        if row.kind == "bible":
            style = self._of("heading")
        elif row.kind in ("part", "pages"):
            style = self._of("folder")
        elif row.kind == "note":
            style = self._of("muted")
        if place == self._row_here():
            style += self._of("here")
        if place == self._cursor:
            style += self._of("cursor-blurred")
        return style

    def _of(self, name: str) -> Style:
        """One look, without the background where that is the list's own."""
        look = self.get_component_rich_style(f"navigator--{name}")
        if name == "cursor":
            return Style(color=look.color, bgcolor=look.bgcolor)
        if name == "cursor-blurred":
            return Style(bgcolor=look.bgcolor)
        return Style(color=look.color, bold=look.bold or None)

    # -- moving about -----------------------------------------------------------------------

    def _put(self, place: int) -> None:
        place = max(0, min(place, len(self._rows) - 1))
        step = 1 if place >= self._cursor else -1
        while 0 < place < len(self._rows) - 1 and not self._rows[place].label:
            place += step
        self._cursor = place
        self._scroll_to_cursor()
        self.refresh()

    def _scroll_to_cursor(self) -> None:
        self.scroll_to_region(Region(0, self._cursor, 1, 1), animate=False, force=True)

    def action_move(self, by: int) -> None:
        """Go up or down."""
        self._put(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Go up or down by a page."""
        self._put(self._cursor + by * max(1, self.size.height - 1))

    def on_click(self, event: events.Click) -> None:
        """Open what was clicked."""
        place = event.y + self.scroll_offset.y
        if not 0 <= place < len(self._rows):
            return
        self._put(place)
        if self._rows[place].open is not None:
            self.action_fold()
        else:
            self.action_open()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Let the cursor go back to where the writer is."""
        here = self._row_here()
        if here is not None:
            self._cursor = here
        self.refresh()

    # -- what can be done -------------------------------------------------------------------

    @property
    def _row(self) -> NavigatorRow | None:
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    def action_open(self, *, beside: bool = False) -> None:
        """Show what the line leads to in the editor."""
        row = self._row
        if row is None:
            return
        if row.open is not None:
            self.action_fold()
        elif row.file:
            path = self.app.desk.workspace.root / row.file
            self.post_message(self.Opened(path, row.offset, beside=beside))

    def action_open_beside(self) -> None:
        """Show it in the second text."""
        self.action_open(beside=True)

    def action_fold(self) -> None:
        """Open or close what is below the line."""
        row = self._row
        if row is not None and row.open is not None:
            self._folded ^= {row.key}
            self._renew()

    def action_close(self) -> None:
        """Close what is below the line, or go to what it is below of."""
        row = self._row
        if row is None:
            return
        if row.open:
            self.action_fold()
            return
        above = range(self._cursor - 1, -1, -1)
        self._put(next((each for each in above if self._rows[each].depth < row.depth), 0))

    def action_unfold(self) -> None:
        """Open what is below the line."""
        row = self._row
        if row is not None and row.open is False:
            self.action_fold()

    def action_reorder(self, by: int) -> None:
        """Ask for the scene to be moved."""
        row = self._row
        if row is not None and row.scene:
            self.post_message(self.MoveWanted(row.scene, by))
        else:
            self.app.notify("Only scenes can be moved: go to one first.", timeout=4)

    def action_new_scene(self) -> None:
        """Ask for a new scene after this one."""
        row = self._row
        self.post_message(self.NewWanted(row.scene if row is not None else ""))


def _fitted(text: str, room: int) -> str:
    """Text in exactly so many cells."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= room:
        return set_cell_size(text, room)
    return set_cell_size(set_cell_size(text, max(0, room - 1)).rstrip() + "…", room)
