"""The screen to write in: the navigator, the editor and the assistant."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from inkstand.tui.screens.page import Page


class WriteScreen(Page):
    """The manuscript on the left, the text in the middle, tools on the right."""

    NAME = "write"
    DEFAULT_CSS: ClassVar[str] = """
    WriteScreen #navigator { width: 26; }
    WriteScreen #editor { width: 1fr; }
    WriteScreen #assistant { width: 36; }
    """

    def compose_body(self) -> ComposeResult:
        """The three panes."""
        with Horizontal():
            yield Static("Manuscript", id="navigator")
            yield Static("", id="editor")
            yield Static("Assistant", id="assistant")

    async def show_passage(self, file: Path, start: int, end: int) -> None:
        """Open a file in the editor and show a passage of it."""
