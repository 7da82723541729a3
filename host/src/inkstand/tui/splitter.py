"""The line between two panes, which can be dragged."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


class Splitter(Widget):
    """A column between two panes.

    Args:
        pane: The pane that dragging it makes wider or narrower.

    """

    DEFAULT_CSS: ClassVar[str] = """
    Splitter { width: 1; height: 1fr; color: $panel; background: $background; }
    Splitter:hover, Splitter.-dragged { color: $primary; }
    """

    class Dragged(Message):
        """It was dragged.

        Args:
            pane: The pane that belongs to it.
            by: Columns, to the right.

        """

        def __init__(self, pane: str, by: int) -> None:
            super().__init__()
            self.pane = pane
            self.by = by

    class Dropped(Message):
        """It was let go."""

    def __init__(self, pane: str) -> None:
        super().__init__(id=f"{pane}-splitter")
        self._pane = pane
        self._at: int | None = None

    def render(self) -> Content:
        """A line from top to bottom."""
        return Content("\n".join("│" * self.size.height))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to be dragged."""
        self._at = event.screen_x
        self.capture_mouse()
        self.add_class("-dragged")
        event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse."""
        if self._at is not None and event.screen_x != self._at:
            self.post_message(self.Dragged(self._pane, event.screen_x - self._at))
            self._at = event.screen_x

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End."""
        self._at = None
        self.release_mouse()
        self.remove_class("-dragged")
        self.post_message(self.Dropped())
        event.stop()
