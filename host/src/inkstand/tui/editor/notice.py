"""The line above the text that says why it is not saved, until it is."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Label

from inkstand.tui.editor.open_file import Told


class Notice(Horizontal):
    """What is wrong with the file, and what the writer can do about it."""

    DEFAULT_CSS: ClassVar[str] = """
    Notice {
        height: auto; max-height: 5; display: none; padding: 0 1;
        background: $error 30%; color: $foreground;
        & Label { width: 1fr; height: auto; }
        & Button { width: auto; min-width: 6; margin-left: 1; display: none; }
    }
    Notice.-open { display: block; }
    Notice.-conflict Button { display: block; }
    """

    def compose(self) -> ComposeResult:
        """The sentences, and what to choose from."""
        yield Label("", markup=False)
        yield Button("Keep mine (alt+m)", compact=True, id="notice-mine")
        yield Button("Take theirs (alt+o)", compact=True, id="notice-theirs")

    def tell(self, told: Told, path: Path) -> None:
        """Show what is wrong with a file, or nothing if all is well."""
        self.set_class(told.error is not None, "-open")
        self.set_class(told.conflict, "-conflict")
        if told.error is not None:
            end = (
                "Yours is kept; type on, and choose one."
                if told.conflict
                else "Your text is kept; type on. It is tried again."
            )
            what = told.error.what.replace(str(path), path.name)
            self.query_one(Label).update(f"Not saved: {what} {end}")

    async def on_button_pressed(self, pressed: Button.Pressed) -> None:
        """Do what was chosen, through the editor's own commands."""
        pressed.stop()
        name = "keep_mine" if pressed.button.id == "notice-mine" else "take_theirs"
        if self.parent is not None:
            await self.app.run_action(name, self.parent)
