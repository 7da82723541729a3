"""What every screen has: the header line above, its keys below, and help made from its bindings."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.screen import Screen

from inkstand.tui.app import InkstandApp
from inkstand.tui.header import HeaderLine
from inkstand.tui.keys_line import KeysLine


class Page(Screen[None]):
    """A screen of Inkstand. Its subclasses give the body; `HELP` says in Markdown what it is for.

    Subclasses set `NAME` to their name in the registry, and `IDLE` to the actions that have nothing
    to act on while the screen has the class `-empty`: their keys are not shown then.
    """

    NAME: ClassVar[str] = ""
    IDLE: ClassVar[frozenset[str]] = frozenset()
    app = getters.app(InkstandApp)

    def compose(self) -> ComposeResult:
        """The header line, the body and the keys."""
        yield HeaderLine(self.NAME)
        yield from self.compose_body()
        yield from self.compose_end()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show no key that would do nothing."""
        return not (action in self.IDLE and self.has_class("-empty"))

    def set_empty(self, is_empty: bool) -> None:
        """Know whether there is anything here to act on."""
        if is_empty != self.has_class("-empty"):
            self.set_class(is_empty, "-empty")
            self.refresh_bindings()

    def compose_body(self) -> ComposeResult:
        """What is between the header and the keys."""
        yield from ()

    def compose_end(self) -> ComposeResult:
        """What is below."""
        yield KeysLine()
