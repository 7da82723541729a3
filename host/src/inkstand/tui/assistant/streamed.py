"""Text that a model writes, drawn as Markdown while it comes.

Whatever is finished is wrapped once, and again when it is looked at later; only the block that is
being written is wrapped for every paint. So a paint costs the same after a minute and after an
hour, and what has scrolled far away is let go.
"""

from __future__ import annotations

import re
from collections import deque
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from inkstand.tui.assistant.drawn import DrawnBlocks
from inkstand.tui.assistant.markdown import Piece, pieces

_MOST_BLOCKS = 2_000
_MOST_CHARACTERS = 400_000
"""How much is kept to be scrolled back to; some 70,000 words."""
_STEP = 64
"""Rows by which the height grows."""
_LONGEST_BLOCK = 4_000
"""A block that goes on for longer is cut, so that wrapping it stays cheap."""
_BREAK = re.compile(r"\n[ \t]*\n\s*")
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Blocks:
    """A stream of Markdown in blocks: those that are finished, and the one that is written."""

    def __init__(self) -> None:
        self.done: deque[str] = deque()
        self.last = ""
        self.dropped = 0
        self._size = 0

    def feed(self, text: str) -> list[str]:
        """Take text up; the blocks that it finished."""
        self.last += _CONTROL.sub("", text.replace("\r\n", "\n"))
        finished = []
        while (block := self._finished()) is not None:
            if block.strip():
                finished.append(block)
                self.done.append(block)
                self._size += len(block)
        while self.done and (self._size > _MOST_CHARACTERS or len(self.done) > _MOST_BLOCKS):
            self._size -= len(self.done.popleft())
            self.dropped += 1
        return finished

    def _finished(self) -> str | None:
        """Take the first block off the rest, if it is finished."""
        fences = list(_FENCE.finditer(self.last))
        is_code = bool(fences) and not self.last[: fences[0].start()].strip()
        if is_code and len(fences) > 1:
            end = self.last.find("\n", fences[1].start())
            if end >= 0:
                return self._cut(end + 1)
        elif not is_code and (found := _BREAK.search(self.last)) is not None:
            return self._cut(found.end())
        if len(self.last) <= _LONGEST_BLOCK:
            return None
        at = max(self.last.rfind("\n", 0, _LONGEST_BLOCK), self.last.rfind(" ", 0, _LONGEST_BLOCK))
        return self._cut(at + 1 if at > 0 else _LONGEST_BLOCK)

    def _cut(self, end: int) -> str:
        block, self.last = self.last[:end], self.last[end:]
        return block


class StreamedText(ScrollView, can_focus=True):
    """A text that grows. It stays at its end unless the writer has scrolled up."""

    DEFAULT_CSS: ClassVar[str] = """
    StreamedText {
        height: 1fr; background: $background; color: $foreground; overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "Down", show=False, id="streamed.down"),
        Binding("up,k", "scroll_up", "Up", show=False, id="streamed.up"),
        Binding("end", "scroll_end", "End", show=False, id="streamed.end"),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._blocks = Blocks()
        self._rows = DrawnBlocks(self._drawn)
        self._tail: list[Strip] = []
        self._dropped = self._for_width = self._shown = 0
        # Working it out for every row would take longer than drawing them.
        self._style = Style.null()

    @property
    def text(self) -> str:
        """What is kept of the text."""
        return "".join((*self._blocks.done, self._blocks.last))

    def clear(self) -> None:
        """Begin anew."""
        self._blocks = Blocks()
        self._rows = DrawnBlocks(self._drawn)
        self._dropped = 0
        self._tail = []
        self._resized()

    def feed(self, text: str) -> None:
        """Write on."""
        finished = self._blocks.feed(text)
        if not self._wrap_width:
            return
        self._rows.add(finished)
        self._rows.drop(self._blocks.dropped - self._dropped)
        self._dropped = self._blocks.dropped
        self._tail = self._drawn(self._blocks.last) if self._blocks.last.strip() else []
        self._resized()

    @property
    def _wrap_width(self) -> int:
        return max(0, self.scrollable_content_region.width - 1) if self.size.width else 0

    def on_resize(self, event: events.Resize) -> None:
        """Wrap everything for the width."""
        if self._wrap_width != self._for_width:
            self._draw_all()

    def notify_style_update(self) -> None:
        """Draw everything in new colors."""
        super().notify_style_update()
        if self._for_width:
            self._draw_all()

    def _draw_all(self) -> None:
        self._for_width = self._wrap_width
        self._style = self.rich_style
        if not self._for_width:
            return
        self._rows = DrawnBlocks(self._drawn)
        self._rows.add(self._blocks.done)
        self._dropped = self._blocks.dropped
        self._tail = self._drawn(self._blocks.last) if self._blocks.last.strip() else []
        self._resized()
        self.settle()

    def _resized(self) -> None:
        rows, height = len(self._rows) + len(self._tail), self.size.height
        follows = self.scroll_offset.y >= self._shown - height - 1
        self._shown = rows
        if not 0 <= self.virtual_size.height - rows < _STEP or self.virtual_size.width < 1:
            # Every new height makes the whole screen be laid out anew, so it grows in steps.
            steps = -(-rows // _STEP) if rows > height else 0
            self.virtual_size = Size(max(1, self._wrap_width), steps * _STEP or rows)
        if follows and rows > height:
            self.scroll_to(y=rows - height, animate=False, immediate=True)
        self.refresh()

    def settle(self) -> None:
        """Nothing comes any more: the text ends where it ends."""
        self.virtual_size = Size(max(1, self._wrap_width), self._shown)

    def _drawn(self, block: str) -> list[Strip]:
        """The rows of a block, and an empty one below."""
        rows: list[Strip] = []
        for piece in pieces(block):
            rows += self._piece(piece)
        blank = Strip.blank(self._wrap_width, self._style)
        return [*rows, blank] if rows else []

    def _piece(self, piece: Piece) -> list[Strip]:
        style = self.visual_style
        before = piece.indent + len(piece.mark)
        width = max(8, self._wrap_width - before)
        rows = Visual.to_strips(self, piece.content, width, None, style)
        if not before:
            return rows
        mark = Content(f"{' ' * piece.indent}{piece.mark}")
        first = Visual.to_strips(self, mark, before, 1, style)
        rest = Strip.blank(before, style.rich_style)
        return [Strip.join([first[0] if not at else rest, row]) for at, row in enumerate(rows)]

    def render_line(self, y: int) -> Strip:
        """A row of it."""
        at = y + self.scroll_offset.y
        width = self.size.width
        row = self._rows.row(at, self._blocks.done)
        if row is None:
            place = at - len(self._rows)
            row = self._tail[place] if place < len(self._tail) else Strip.blank(width, self._style)
        return row.adjust_cell_length(width, self._style)
