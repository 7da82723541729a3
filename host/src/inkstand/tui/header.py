"""The line at the top: the book, the screen, and what would write for the writer."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.content import Content
from textual.widget import Widget

from inkstand.tui.app import InkstandApp
from inkstand.tui.messages import BookLoaded, News
from inkstand.tui.screens import SCREENS

_GAP = 2


class HeaderLine(Widget):
    """Title and screen on the left; model, preset and whether anything may leave on the right."""

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    HeaderLine {
        height: 1; dock: top; background: $panel; color: $foreground 60%; padding: 0 1;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(self, screen_name: str) -> None:
        super().__init__()
        self._screen_name = screen_name

    def on_mount(self) -> None:
        """Listen for what is known of the book."""
        self.app.news.subscribe(self, self._heard)

    def _heard(self, news: News) -> None:
        if isinstance(news, BookLoaded) and news.part in ("counts", "standing"):
            self.refresh()

    def render(self) -> Content:
        """The line, as much of it as there is room for."""
        width = self.size.width
        left = Content.styled(self.app.book_title, "bold $foreground")
        if self._screen_name in SCREENS:
            left += Content(f" · {SCREENS[self._screen_name].title}")
        for right in self._rights():
            room = width - left.cell_length - right.cell_length
            if room >= _GAP:
                return left + Content(" " * room) + right
        return left

    def _rights(self) -> list[Content]:
        """What stands on the right, from the whole of it to the least."""
        standing = self.app.standing
        where = standing.where
        style = "$warning" if where.startswith("sends") else "$success"
        last = Content.styled(where, style)
        parts = [Content(part) for part in (standing.model, standing.preset) if part]
        return [Content(" · ").join([*parts[:count], last]) for count in range(len(parts), -1, -1)]
