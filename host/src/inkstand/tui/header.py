"""The line at the top: the book, the screen, and what would write for the writer."""

from __future__ import annotations

from typing import ClassVar

from textual import events, getters
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from inkstand.tui.app import InkstandApp
from inkstand.tui.keymaps import shown_key
from inkstand.tui.messages import BookLoaded, News
from inkstand.tui.screens import SCREENS

_GAP = 2
_GOES = "screen"
"""What a click on the line is looked up by."""


class HeaderLine(Widget):
    """Title and screens on the left; model, preset and whether anything may leave on the right."""

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

    async def on_click(self, event: events.Click) -> None:
        """Go to the screen that was clicked."""
        if name := event.style.meta.get(_GOES):
            await self.app.action_show(name)

    def render(self) -> Content:
        """The line, as much of it as there is room for."""
        width = self.size.width
        title = Content.styled(self.app.book_title, "bold $foreground")
        rights = self._rights()
        for left, right in [
            (title + Content("  ") + self._screens(with_keys=True), rights[0]),
            *((title + Content("  ") + self._screens(with_keys=False), each) for each in rights),
            *((title + self._screen(), each) for each in rights),
        ]:
            room = width - left.cell_length - right.cell_length
            if room >= _GAP:
                return left + Content(" " * room) + right
        return title + self._screen()

    def _screen(self) -> Content:
        """Only the screen that is shown."""
        known = self._screen_name in SCREENS
        return Content(f" · {SCREENS[self._screen_name].title}" if known else "")

    def _screens(self, *, with_keys: bool) -> Content:
        """All the screens, each to be clicked, this one lit."""
        parts = []
        for entry in SCREENS.values():
            key = f"{shown_key(entry.key)} " if with_keys else ""
            style = "bold $accent" if entry.name == self._screen_name else "$foreground 70%"
            part = Content.assemble(" ", (key, "$secondary"), (entry.title, style), " ")
            parts.append(part.stylize(Style.from_meta({_GOES: entry.name})))
        return Content("").join(parts)

    def _rights(self) -> list[Content]:
        """What stands on the right, from the whole of it to the least."""
        standing = self.app.standing
        where = standing.where
        style = "$warning" if where.startswith("sends") else "$success"
        last = Content.styled(where, style)
        parts = [Content(part) for part in (standing.model, standing.preset) if part]
        return [Content(" · ").join([*parts[:count], last]) for count in range(len(parts), -1, -1)]
