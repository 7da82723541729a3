"""The application: its screens, its keys, and what they share."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.signal import Signal

from inkstand.tui.messages import Jump, News
from inkstand.tui.screens import SCREENS
from inkstand_sdk.errors import InkstandError

if TYPE_CHECKING:
    from inkstand.desk import Desk
    from inkstand.studio import Studio


class InkstandApp(App[None]):
    """Inkstand in a terminal.

    Args:
        studio: The application without a face; closed by whoever made it.
        path: The folder or file to work on; None shows the first-run page.

    Attributes:
        studio: The same.
        news: Published whenever something changed that several parts show.

    """

    TITLE = "Inkstand"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", priority=True),
        *(
            Binding(
                entry.key,
                f"show('{entry.name}')",
                entry.title,
                id=f"screen.{entry.name}",
                show=False,
            )
            for entry in SCREENS.values()
        ),
    ]

    def __init__(self, studio: Studio, path: Path | None = None) -> None:
        super().__init__()
        self.studio = studio
        self.path = path
        self.news: Signal[News] = Signal(self, "news")
        for entry in SCREENS.values():
            self.add_mode(entry.name, entry.build)

    @cached_property
    def desk(self) -> Desk:
        """The desk of the workspace that is open."""
        return self.studio.desk(self.path)

    @property
    def book_title(self) -> str:
        """What the book is called."""
        if self.path is None:
            return "Inkstand"
        workspace = self.desk.workspace
        return str(workspace.settings.get("title") or workspace.root.name)

    def on_mount(self) -> None:
        """Show the first screen."""
        self.switch_mode("write")

    def action_show(self, name: str) -> None:
        """Show a screen by its name in the registry."""
        self.switch_mode(name)

    async def on_jump(self, jump: Jump) -> None:
        """Show a passage in the editor."""
        from inkstand.tui.screens.write import WriteScreen

        await self.switch_mode("write")
        screen = self.screen
        if isinstance(screen, WriteScreen):
            await screen.show_passage(jump.file, jump.start, jump.end)

    @on(News)
    def publish_news(self, news: News) -> None:
        """Tell everyone who subscribed."""
        self.news.publish(news)

    def show_error(self, error: BaseException) -> None:
        """Tell the user what went wrong and what to do, until it is dismissed."""
        if isinstance(error, InkstandError):
            text = "\n".join(part for part in (error.what, error.cause, error.fix) if part)
        else:
            text = f"{type(error).__name__}: {error}"
        self.notify(text, severity="error", timeout=20, markup=False)
