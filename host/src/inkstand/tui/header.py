"""The line at the top: the book, the screen, and what would write for the writer."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.content import Content
from textual.widget import Widget

from inkstand.tui.app import InkstandApp
from inkstand.tui.screens import SCREENS


class HeaderLine(Widget):
    """Title and screen on the left; model, preset and whether anything may leave on the right."""

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    HeaderLine { height: 1; dock: top; background: $panel; color: $text-muted; padding: 0 1; }
    """

    def __init__(self, screen_name: str) -> None:
        super().__init__()
        self._screen_name = screen_name

    def render(self) -> Content:
        """The line."""
        return Content(f"{self.app.book_title} · {SCREENS[self._screen_name].title}")
