"""Asks for a new page of the bible: its kind and its name."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button

from inkstand.tui.forms.form import Form
from inkstand.tui.forms.values import Wrong
from inkstand_sdk.settings import form

Kind = Literal["character", "place", "thing", "thread", "lore", "timeline", "style"]


class NewPage(msgspec.Struct, frozen=True):
    """A page that is to be made."""

    kind: Annotated[Kind, Meta(description="What it is about.")] = "character"
    name: Annotated[str, Meta(description="What it is called in the text.")] = ""


class AskPage(ModalScreen[NewPage | None]):
    """Asks what the new page is about; None if the writer thought better of it.

    Args:
        page: What is suggested.

    """

    DEFAULT_CSS: ClassVar[str] = """
    AskPage { align: center middle; }
    AskPage > Vertical {
        width: 60; max-width: 96%; height: auto; max-height: 96%; padding: 1 2;
        background: $surface; border: round $border; border-title-color: $foreground;
    }
    AskPage FieldRow { grid-columns: 1fr 36; }
    AskPage Horizontal { height: 1; margin-top: 1; }
    AskPage Horizontal Button { margin-right: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="asking.cancel")
    ]

    def __init__(self, page: NewPage) -> None:
        super().__init__()
        self._form = Form(form(NewPage), {"kind": page.kind, "name": page.name})

    def compose(self) -> ComposeResult:
        """The form and two buttons."""
        with Vertical() as box:
            box.border_title = "New page"
            yield self._form
            with Horizontal():
                yield Button("Make it", id="yes", variant="primary", compact=True)
                yield Button("Cancel", id="no", compact=True)

    def on_mount(self) -> None:
        """Begin with the name."""
        rows = list(self._form.rows())
        rows[-1].reach()

    @on(Button.Pressed)
    def _pressed(self, pressed: Button.Pressed) -> None:
        if pressed.button.id == "yes":
            self._done()
        else:
            self.dismiss(None)

    @on(Form.Submitted)
    def _done(self) -> None:
        if not self._form.check():
            return
        try:
            values = self._form.values()
        except Wrong:
            return
        made = msgspec.convert({"kind": "character", **values}, NewPage)
        if made.name.strip() or made.kind in ("timeline", "style"):
            self.dismiss(made)
        else:
            self.notify("Give it a name.", timeout=3)

    def action_cancel(self) -> None:
        """Make nothing."""
        self.dismiss(None)
