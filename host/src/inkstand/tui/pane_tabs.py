"""The panes as tabs, where a window is too narrow for more than one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class PaneTabs(Widget):
    """A line with the names of the panes; a click reaches one."""

    DEFAULT_CSS: ClassVar[str] = """
    PaneTabs { height: 1; width: 1fr; display: none; background: $surface; color: $foreground 60%; }
    PaneTabs.-shown { display: block; }
    """
    tabs: reactive[tuple[tuple[str, str], ...]] = reactive(())
    current: reactive[str] = reactive("")

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def show(self, tabs: Sequence[tuple[str, str]], current: str) -> None:
        """Show these panes: the name and the title of each, one of them the current one."""
        self.tabs = tuple(tabs)
        self.current = current

    def render(self) -> Content:
        """The line."""
        return Content.assemble(
            *(
                (f" {title} ", "bold $accent on $background" if name == self.current else "")
                for name, title in self.tabs
            )
        )

    def on_click(self, event: events.Click) -> None:
        """Say which one it was."""
        at = 0
        for name, title in self.tabs:
            at += len(title) + 2
            if event.x < at:
                self.post_message(self.Chosen(name))
                return
