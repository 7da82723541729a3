"""A pane of the screen to write in: its title above what is in it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class PaneTitle(Widget):
    """The line above a pane; it is lit while the pane has the focus."""

    DEFAULT_CSS: ClassVar[str] = """
    PaneTitle {
        height: 1; width: 1fr; padding: 0 1; color: $foreground 60%; background: $background;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """
    text: reactive[str] = reactive("")
    right: reactive[str] = reactive("")

    def render(self) -> Content:
        """The title, and what stands at its right edge if there is room."""
        room = self.size.width - len(self.text) - len(self.right)
        if self.right and room >= 2:
            return Content.assemble(self.text, " " * room, (self.right, "not bold $foreground 60%"))
        return Content(self.text)


class Pane(Vertical):
    """A pane.

    Args:
        title: What stands above it.
        *content: What is in it.
        name: What it is called by `inkstand.tui.panes`.

    """

    DEFAULT_CSS: ClassVar[str] = """
    Pane { height: 1fr; width: 1fr; background: $background; }
    Pane > PaneTitle.-lit { color: $accent; text-style: bold; }
    """

    def __init__(self, title: str, *content: Widget, name: str) -> None:
        super().__init__(name=name, id=f"{name}-pane")
        self._content = content
        self.line = PaneTitle()
        self.line.text = title

    def compose(self) -> ComposeResult:
        """The title, and what is below."""
        yield self.line
        yield from self._content

    def on_descendant_focus(self) -> None:
        """Light the title."""
        self._light()

    def on_descendant_blur(self) -> None:
        """Let the title go dim."""
        self._light()

    def _light(self) -> None:
        # Within a pane, the one that is left may tell of it after the one that is reached.
        self.line.set_class(self.has_focus_within, "-lit")

    def reach(self) -> None:
        """Put the focus into it, at once."""
        for widget in self._content:
            reach = getattr(widget, "reach", None)
            if callable(reach):  # it knows better
                reach()
                return
            if widget.can_focus:
                self.screen.set_focus(widget)
                return
            inner = next((each for each in widget.query("*") if each.focusable), None)
            if inner is not None:
                self.screen.set_focus(inner)
                return
