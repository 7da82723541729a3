"""The text of a proposal on the screen, its words marked: what goes is struck, what comes stands
out, and what is pointed at is lit.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.content import Content, Span
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from inkstand.tui.proposals.changes import Stretch

_MEASURE = 72
_ABOVE = 3
"""Rows that stay in sight above what is pointed at."""
_LOOKS = {
    "same": "",
    "removed": "strike $text-error",
    "added": "$text-success",
    "gap": "$foreground 50%",
}
_LIT = {"removed": " on $error 30%", "added": " on $success 30%"}
_LIT_PLAIN = " reverse"
_BREAK = "↵"


class DiffText(ScrollView, can_focus=True, inherit_bindings=False):
    """Stretches of text, wrapped like the text in the editor."""

    DEFAULT_CSS: ClassVar[str] = """
    DiffText {
        height: 1fr; background: $background; color: $foreground; overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    """

    class Chosen(Message):
        """A change was clicked."""

        def __init__(self, group: int) -> None:
            super().__init__()
            self.group = group

    def __init__(self) -> None:
        super().__init__()
        self._stretches: list[Stretch] = []
        self._group = 0
        self._rows: list[Strip] = []
        self._groups: list[frozenset[int]] = []

    @property
    def plain(self) -> str:
        """What is shown, without looks; for tests and for those who copy it."""
        return "".join(each.text for each in self._stretches)

    def show(self, stretches: Sequence[Stretch], group: int) -> None:
        """Show these, and bring a group into sight."""
        self._stretches = list(stretches)
        self._group = group
        self._draw()
        self._reach()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap it for the width."""
        self._draw()
        self._reach()

    def notify_style_update(self) -> None:
        """Draw it in new colors."""
        super().notify_style_update()
        self._draw()

    def _draw(self) -> None:
        if not self.size.width:
            return
        width = max(10, min(_MEASURE, self.size.width - 3))
        self._rows, self._groups = [], []
        style = self.visual_style
        for content, groups in self._lines():
            rows = Visual.to_strips(self, content, width, None, style)
            self._rows += rows
            self._groups += [groups] * len(rows)
        self.virtual_size = Size(width, len(self._rows))
        self.refresh()

    def _lines(self) -> list[tuple[Content, frozenset[int]]]:
        """The lines of the text, with the groups that are in each."""
        lines: list[tuple[Content, frozenset[int]]] = []
        is_plain = bool(os.environ.get("NO_COLOR"))
        parts: list[tuple[str, str]] = []
        groups: set[int] = set()

        def end() -> None:
            text = "".join(part for part, _ in parts)
            spans, at = [], 0
            for part, look in parts:
                if look:
                    spans.append(Span(at, at + len(part), look))
                at += len(part)
            lines.append((Content(text, spans), frozenset(groups)))
            parts.clear()
            groups.clear()

        for each in self._stretches:
            if each.kind == "gap":
                if parts:
                    end()
                parts.append((f"⋯ {each.text} ⋯", _LOOKS["gap"]))
                end()
                continue
            look = _LOOKS[each.kind]
            if each.kind == "added" and is_plain:
                look = "underline"
            if each.group and each.group == self._group:
                look += _LIT_PLAIN if is_plain else _LIT.get(each.kind, "")
            if each.group:
                groups.add(each.group)
            pieces = each.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            for place, piece in enumerate(pieces):
                if place:
                    if each.kind == "removed":
                        parts.append((_BREAK, look))
                    else:
                        end()
                        if each.group:
                            groups.add(each.group)
                if piece:
                    parts.append((piece, look))
        if parts:
            end()
        return lines

    def _reach(self) -> None:
        """Bring what is pointed at into sight."""
        rows = [row for row, groups in enumerate(self._groups) if self._group in groups]
        if not rows:
            return
        top, height = self.scroll_offset.y, self.size.height
        if not (top + 1 <= rows[0] and rows[-1] < top + height - 1):
            self.scroll_to(y=max(0, rows[0] - _ABOVE), animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """A row of it, in the middle of the pane."""
        at = y + self.scroll_offset.y
        width = self.size.width
        if at >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        margin = self._margin
        row = self._rows[at].adjust_cell_length(width - margin, self.rich_style)
        return Strip.join([Strip.blank(margin, self.rich_style), row]) if margin else row

    @property
    def _margin(self) -> int:
        return max(1, (self.size.width - 1 - self.virtual_size.width) // 2)

    def on_click(self, event: events.Click) -> None:
        """Point at what was clicked."""
        at = event.y + self.scroll_offset.y
        if at < len(self._groups) and self._groups[at]:
            self.post_message(self.Chosen(min(self._groups[at])))
