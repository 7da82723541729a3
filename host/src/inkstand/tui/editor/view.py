"""The text on the screen: rows in a measure, scrolled to where the writer is."""

from __future__ import annotations

from bisect import bisect_right
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inkstand.tui.editor import motions
from inkstand.tui.editor.buffer import bare
from inkstand.tui.editor.clusters import next_cluster
from inkstand.tui.editor.document import Document
from inkstand.tui.editor.editing import Editing, no_sentences
from inkstand.tui.editor.marks import front_lines, spans_of
from inkstand.tui.editor.painting import Painter, Range, RowLook

_LOOKS = """
text calm front heading mark rule quote emphasis strong struck code comment found current flash
selection cursor
"""
LOOKS = tuple(_LOOKS.split())
_FLASH_S = 1.2
_MARGIN_ROWS = 2
"""Rows above and below the cursor that stay in sight."""


class TextView(ScrollView, can_focus=True, inherit_bindings=False):
    """The rows of a document, with a cursor. What keys mean is decided above it."""

    DEFAULT_CSS: ClassVar[str] = """
    TextView {
        width: 1fr; height: 1fr;
        background: $background; color: $foreground;
        overflow-x: hidden; overflow-y: auto;
        scrollbar-size-vertical: 1; scrollbar-background: $background;
        scrollbar-color: $panel; scrollbar-background-hover: $background;
        & .editor--text { color: $foreground; background: $background; }
        & .editor--calm { color: $foreground 52%; background: $background; }
        & .editor--front { color: $foreground 45%; background: $background; }
        & .editor--heading { text-style: bold; color: $primary; }
        & .editor--mark { color: $foreground 38%; }
        & .editor--rule { color: $foreground 38%; }
        & .editor--quote { text-style: italic; }
        & .editor--emphasis { text-style: italic; }
        & .editor--strong { text-style: bold; }
        & .editor--struck { text-style: strike; }
        & .editor--code { color: $secondary; }
        & .editor--comment { color: $foreground 38%; text-style: italic; }
        & .editor--found { background: $warning 30%; }
        & .editor--current { background: $warning; color: $background; }
        & .editor--flash { background: $accent 45%; }
        & .editor--selection { background: $primary 40%; }
        & .editor--cursor { text-style: reverse; }
    }
    TextView.-unfocused .editor--cursor { text-style: underline; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"editor--{look}" for look in LOOKS}

    measure: reactive[int] = reactive(72, init=False)
    focus_mode: reactive[bool] = reactive(default=True, init=False)
    typewriter: reactive[bool] = reactive(default=False, init=False)

    class Moved(Message):
        """The cursor or the selection is elsewhere."""

    class Clicked(Message):
        """The mouse put the cursor somewhere, which ends what keys had begun."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.editing = Editing(Document())
        self.found: list[Range] = []
        self.current: Range | None = None
        self.block = True
        """Whether the cursor is drawn in a window that has no focus too."""
        self.takes_text = True
        """Whether a character that is typed is one of the text, and no command."""
        self._flash: Range | None = None
        self._painter: Painter | None = None
        self._front = 0
        self._lit: Range = (0, 0)
        self._seen: tuple[int, int, int | None] = (-1, 0, None)
        self._dragging = False
        self._stop_listening = self.editing.document.listen(lambda _change: None)

    # -- what is shown ----------------------------------------------------------------------

    def show(self, document: Document, sentences: motions.Spans = no_sentences) -> None:
        """Show another document, from its beginning."""
        self.editing.close()
        self._stop_listening()
        self.editing = Editing(document, None, sentences)
        # A change made in another editor of the same text is drawn here too.
        self._stop_listening = document.listen(lambda _change: self.call_next(self.sync))
        self.found, self.current, self._flash = [], None, None
        self._seen = (-1, 0, None)
        self._refold()
        self.scroll_to(y=0, animate=False, immediate=True)

    @property
    def body(self) -> int:
        """Where the text begins that is not front matter."""
        buffer = self.editing.buffer
        line = self._front
        while line + 1 < len(buffer.lines) and not buffer.lines[line].strip():
            line += 1
        return buffer.start_of(min(line, len(buffer.lines) - 1)) if self._front else 0

    @property
    def text_width(self) -> int:
        """The cells of a row of text."""
        return max(4, min(self.measure, self.size.width - 3))

    @property
    def margin(self) -> int:
        """The cells left of the text."""
        return max(1, (self.size.width - self.text_width) // 2)

    @property
    def pad(self) -> int:
        """Empty rows above the text: in typewriter mode the first row can be in the middle."""
        return self.size.height // 2 if self.typewriter else 0

    def _refold(self) -> None:
        self.editing.refold(self.text_width)
        self._measured()
        self.sync()
        self.refresh()

    def _measured(self) -> None:
        height = self.editing.rows.height + self.pad
        below = self.pad if self.typewriter else min(self.size.height // 3, 8)
        self.virtual_size = Size(self.size.width, height + below)

    def sync(self) -> None:
        """Draw what changed since the last time, and have the cursor in sight."""
        editing, before = self.editing, self._seen
        version = editing.document.version
        now = (version, editing.cursor, editing.anchor)
        if now == before:
            return
        self._seen = now
        line, column = editing.buffer.where(editing.cursor)
        lit = motions.paragraph(editing.buffer, line)
        grown, editing.grown = editing.grown, 0
        strayed, editing.strayed = editing.strayed, False
        if version != before[0]:
            self._front = front_lines(editing.buffer.lines)
            self.found, self.current = [], None
        if grown:
            self._measured()
        scrolled = self._scroll_to_cursor(line, column)
        is_far = strayed or version - before[0] > 1 or before[0] < 0
        if scrolled or grown or lit != self._lit or is_far:
            self.refresh()
        else:
            self._refresh_rows(before, now)
        self._lit = lit
        self._place_terminal_cursor(line, column)
        self.post_message(self.Moved())

    def _refresh_rows(
        self, before: tuple[int, int, int | None], now: tuple[int, int, int | None]
    ) -> None:
        places = [before[1], now[1], *(each for each in (before[2], now[2]) if each is not None)]
        rows = [self._row_of(place) for place in places]
        first, last = min(rows), max(rows)
        if before[0] != now[0]:
            # A word may have gone up a row, and all behind it in the paragraph with it.
            line, _ = self.editing.buffer.where(now[1])
            top = self.editing.rows.top(line)
            first = max(top, first - 1)
            last = top + len(self.editing.rows.breaks(line))
        y = self.pad + first - self.scroll_offset.y
        self.refresh(Region(0, y, self.size.width, last - first + 1))

    def _row_of(self, place: int) -> int:
        return self.editing.rows.row_of(*self.editing.buffer.where(place))

    def _scroll_to_cursor(self, line: int, column: int) -> bool:
        row = self.pad + self.editing.rows.row_of(line, column)
        height = max(1, self.size.height)
        top = self.scroll_offset.y
        if self.typewriter:
            wanted = row - height // 2
        else:
            spare = min(_MARGIN_ROWS, (height - 1) // 2)
            wanted = max(min(top, row - spare), row + spare + 1 - height)
        wanted = max(0, min(wanted, self.max_scroll_y))
        if wanted == top:
            return False
        self.scroll_to(y=wanted, animate=False, immediate=True)
        return True

    def center(self) -> None:
        """Scroll so that the cursor is in the middle."""
        row = self.pad + self._row_of(self.editing.cursor)
        self.scroll_to(y=row - self.size.height // 2, animate=False, immediate=True)

    def flash(self, start: int, end: int) -> None:
        """Light up a passage for a moment."""
        self._flash = (start, end)
        self.refresh()
        self.set_timer(_FLASH_S, self._end_flash)

    def _end_flash(self) -> None:
        self._flash = None
        self.refresh()

    def mark(self, found: list[Range], current: Range | None) -> None:
        """Show what was found, and which of them is meant."""
        self.found, self.current = found, current
        self.refresh()

    def watch_measure(self) -> None:
        """Fold the text anew."""
        self._refold()

    def watch_focus_mode(self) -> None:
        """Light the paragraph, or all of the text."""
        self.refresh()

    def watch_typewriter(self) -> None:
        """Have the cursor in the middle, or where it is."""
        self._measured()
        self._scroll_to_cursor(*self.editing.buffer.where(self.editing.cursor))
        self.refresh()

    def notify_style_update(self) -> None:
        """The theme is another one."""
        super().notify_style_update()
        self._painter = None

    def on_resize(self) -> None:
        """Fold the text to the new width; what the cursor is on stays in sight."""
        self.editing.refold(self.text_width)
        self._measured()
        self._scroll_to_cursor(*self.editing.buffer.where(self.editing.cursor))
        self.refresh()

    def on_focus(self) -> None:
        """Draw the cursor full."""
        self.remove_class("-unfocused")
        self._painter = None
        self.refresh()

    def on_blur(self) -> None:
        """Draw the cursor as a line."""
        self.add_class("-unfocused")
        self._painter = None
        self.editing.document.seal()
        self.refresh()

    def _place_terminal_cursor(self, line: int, column: int) -> None:
        """Where an input method, for Chinese or accents, opens its window."""
        if self.has_focus:
            rows = self.editing.rows
            y = self.pad + rows.row_of(line, column) - self.scroll_offset.y
            x = self.margin + rows.cell_of(line, column)
            self.app.cursor_position = self.content_region.offset + Offset(x, y)

    # -- drawing ----------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        painter = self._painter or self._new_painter()
        editing = self.editing
        row = y + self.scroll_offset.y - self.pad
        width = self.size.width
        if row < 0 or row >= editing.rows.height:
            return painter.blank(width)
        number, start, end = editing.rows.span(row)
        line = bare(editing.buffer.lines[number])
        look = self._look(number, line, start, end)
        return painter.row(line, start, end, look, margin=self.margin, width=width)

    @property
    def _is_front_aside(self) -> bool:
        """Whether there is a text below the front matter, and the cursor is in it."""
        return self._lit[0] >= self._front and self._front + 1 < len(self.editing.buffer.lines)

    def _look(self, number: int, line: str, start: int, end: int) -> RowLook:
        editing = self.editing
        base = editing.buffer.start_of(number)
        from_, to = editing.selection
        lit = not self.focus_mode or self._lit[0] <= number <= self._lit[1]
        is_front = number < self._front
        column = editing.cursor - base
        is_last = end == len(line)
        here = start <= column < end or (is_last and column == end)
        first = max(0, bisect_right(self.found, (base + start, 0)) - 1)
        last = bisect_right(self.found, (base + end, 0))
        near = [(a - base, b - base) for a, b in self.found[first:last]]
        return RowLook(
            base="front" if is_front and self._is_front_aside else "text" if lit else "calm",
            spans=() if is_front else spans_of(line),
            selected=(from_ - base, to - base) if from_ < to else None,
            to_end=is_last and from_ <= base + end < to,
            found=near,
            current=self._within(self.current, base),
            flash=self._within(self._flash, base),
            cursor=(column, next_cluster(line, column)) if here else None,
        )

    @staticmethod
    def _within(place: Range | None, base: int) -> Range | None:
        return None if place is None else (place[0] - base, place[1] - base)

    def _new_painter(self) -> Painter:
        self._painter = Painter({look: self._style_of(look) for look in LOOKS})
        return self._painter

    def _style_of(self, look: str) -> Style:
        """The style of a look, half-transparent colors mixed with what is behind them."""
        styles = self.get_component_styles(f"editor--{look}")
        behind = self.background_colors[1]
        style = styles.text_style
        if styles.has_rule("color"):
            style += Style(color=behind.blend(styles.color, styles.color.a, 1).rich_color)
        if styles.has_rule("background"):
            ground = behind.blend(styles.background, styles.background.a, 1)
            style += Style(bgcolor=ground.rich_color)
        return style

    # -- the mouse --------------------------------------------------------------------------

    def _place(self, event: events.MouseEvent) -> int:
        row = event.y + self.scroll_offset.y - self.pad
        rows = self.editing.rows
        line, column = rows.place(max(0, min(row, rows.height - 1)), event.x - self.margin)
        return self.editing.buffer.at(line, column)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor there, and begin to select."""
        if event.button != 1:
            return
        event.stop()
        self.screen.set_focus(self)
        self.editing.go(self._place(event), select=event.shift)
        self._dragging = True
        self.capture_mouse()
        self.post_message(self.Clicked())
        self.sync()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Extend the selection."""
        if not self._dragging:
            return
        event.stop()
        place = self._place(event)
        if place != self.editing.cursor:
            self.editing.go(place, select=True)
            self.sync()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """The selection is made."""
        self._dragging = False
        self.release_mouse()
        if self.editing.anchor == self.editing.cursor:
            self.editing.anchor = None

    def on_click(self, event: events.Click) -> None:
        """Twice selects the word, three times the paragraph."""
        if event.chain < 2 or event.button != 1:
            return
        event.stop()
        around = motions.word_around if event.chain == 2 else motions.paragraph_span
        self.editing.select(*around(self.editing.buffer, self._place(event)))
        self.sync()

    # -- keys -------------------------------------------------------------------------------

    IN_PLACE: ClassVar[frozenset[str]] = frozenset(
        {"left", "right", "up", "down", "home", "end", "pageup", "pagedown", "backspace", "delete"}
    )
    """Keys that lead nowhere else from here, unless with Alt."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is text here, and no shortcut of what is around."""
        is_text = not key.startswith("alt+") and character is not None and character.isprintable()
        return is_text and self.takes_text
