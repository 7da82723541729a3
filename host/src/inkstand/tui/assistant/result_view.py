"""A tool's output on the screen: lines to walk through, of which some lead somewhere or fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Spacing
from textual.message import Message
from textual.visual import Padding
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from inkstand.tui.assistant.shapes import Key, Line, Link, Shaper, folded_at_first

_GUTTER = 2
"""Columns that are not for text: the scrollbar, and one before it."""


class ResultView(OptionList):
    """An output. Lines that lead to a passage or fold can be pointed at; the others only read.

    Args:
        output: The output, as plain values.

    """

    DEFAULT_CSS: ClassVar[str] = """
    ResultView {
        border: none; padding: 0; background: $background; height: 1fr; max-height: 100%;
        scrollbar-size-vertical: 1;
    }
    ResultView:focus { border: none; background-tint: $background 0%; }
    ResultView > .option-list--option { padding: 0; }
    ResultView > .option-list--option-disabled { color: $foreground; }
    ResultView > .option-list--option-hover { background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor_down", "Next passage", show=False, id="result.next"),
        Binding("up,k", "cursor_up", "Previous passage", show=False, id="result.previous"),
        Binding("space", "select", "Fold, or jump", show=False, id="result.choose"),
        Binding("left,h", "fold", "Fold", show=False, id="result.fold"),
    ]

    class Chosen(Message):
        """A line was chosen that leads to a passage."""

        def __init__(self, view: ResultView, link: Link) -> None:
            super().__init__()
            self.view = view
            self.link = link

        @property
        def control(self) -> ResultView:
            """The view."""
            return self.view

    def __init__(
        self, output: Mapping[str, Any], *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes, compact=True, markup=False)
        self._output = output
        self._all: list[Line] = []
        self._seen: list[Line] = []
        self._folded: frozenset[Key] | None = None
        self._made_for = 0

    def on_resize(self, event: events.Resize) -> None:
        """Lay it out for the width."""
        self._make()

    def _make(self) -> None:
        width = max(20, self.size.width - _GUTTER)
        if width == self._made_for:
            return
        self._made_for = width
        self._all = Shaper(width).lines(self._output)
        if self._folded is None:
            self._folded = folded_at_first(self._all)
        self._show()

    def _show(self, point_at: Key = ()) -> None:
        folded = self._folded or frozenset()
        self._seen = [line for line in self._all if not any(key in folded for key in line.under)]
        self.set_options([self._option(line) for line in self._seen])
        for place, line in enumerate(self._seen):
            if line.key and line.key == point_at:
                self.highlighted = place

    def _option(self, line: Line) -> Option:
        content = line.content
        if line.key:
            mark = "▸ " if line.key in (self._folded or ()) else "▾ "
            content = Content.assemble((mark, "$foreground 60%"), content)
        padded = Padding(content, Spacing(0, _GUTTER - 1, 0, line.indent))
        return Option(padded, disabled=line.link is None and not line.key)

    @on(OptionList.OptionSelected)
    def _chosen(self, selected: OptionList.OptionSelected) -> None:
        selected.stop()
        line = self._seen[selected.option_index]
        if line.link is not None:
            self.post_message(self.Chosen(self, line.link))
        elif line.key:
            self._turn(line.key)

    def action_cursor_down(self) -> None:
        """Go to the next passage, or on in the text where that is out of sight."""
        self._go(1, super().action_cursor_down)

    def action_cursor_up(self) -> None:
        """Go to the passage before, or back in the text where that is out of sight."""
        self._go(-1, super().action_cursor_up)

    def _go(self, step: int, move: Callable[[], None]) -> None:
        places = [place for place, line in enumerate(self._seen) if line.link or line.key]
        here = self.highlighted if self.highlighted is not None else -1 if step > 0 else 10**9
        ahead = [place for place in places if (place - here) * step > 0]
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if ahead:
            row = self._index_to_line.get(min(ahead) if step > 0 else max(ahead), 0)
            if top - 1 <= row <= top + height:
                move()
                return
        self.scroll_relative(y=step * max(1, height // 3), animate=False)

    def action_fold(self) -> None:
        """Fold what the writer is in."""
        place = self.highlighted
        if place is None:
            return
        line = self._seen[place]
        key = line.key or (line.under[-1] if line.under else ())
        if key:
            self._folded = (self._folded or frozenset()) | {key}
            self._show(key)

    def _turn(self, key: Key) -> None:
        self._folded = (self._folded or frozenset()) ^ {key}
        self._show(key)
