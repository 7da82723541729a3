"""Small questions over a screen: one line of text, or yes and no."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label


class AskLine(ModalScreen[str]):
    """Asks for one line; "" if the writer thought better of it.

    Args:
        question: What is asked.
        value: What stands there already.
        hint: What is shown where nothing is typed.

    """

    DEFAULT_CSS: ClassVar[str] = """
    AskLine { align: center middle; }
    AskLine > Vertical {
        width: 60; max-width: 90%; height: auto; padding: 1 2; background: $surface;
        border: round $border; border-subtitle-color: $foreground 60%;
    }
    AskLine Label { margin-bottom: 1; color: $primary; text-style: bold; }
    AskLine Input, AskLine Input:focus {
        border: none; height: 1; padding: 0 1; background: $panel; background-tint: $panel 0%;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="asking.cancel")
    ]

    def __init__(self, question: str, value: str = "", hint: str = "") -> None:
        super().__init__()
        self._question = question
        self._value = value
        self._hint = hint

    def compose(self) -> ComposeResult:
        """The question and the line."""
        with Vertical() as frame:
            frame.border_subtitle = "Enter takes it, Esc leaves it"
            yield Label(self._question, markup=False)
            yield Input(self._value, placeholder=self._hint)

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Give the line back."""
        self.dismiss(submitted.value.strip())

    def action_cancel(self) -> None:
        """Give nothing back."""
        self.dismiss("")


class AskYes(ModalScreen[bool]):
    """Asks whether to do something.

    Args:
        question: What is asked.
        yes: What the button says that does it.

    """

    DEFAULT_CSS: ClassVar[str] = """
    AskYes { align: center middle; }
    AskYes > Vertical {
        width: 60; max-width: 90%; height: auto; padding: 1 2; background: $surface;
        border: round $border;
    }
    AskYes Horizontal { height: auto; margin-top: 1; }
    AskYes Button { margin-right: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="asking.cancel")
    ]

    def __init__(self, question: str, yes: str) -> None:
        super().__init__()
        self._question = question
        self._yes = yes

    def compose(self) -> ComposeResult:
        """The question and the two buttons."""
        with Vertical():
            yield Label(self._question, markup=False)
            with Horizontal():
                yield Button(self._yes, id="yes", variant="primary", compact=True)
                yield Button("Cancel", id="no", compact=True)

    def on_button_pressed(self, pressed: Button.Pressed) -> None:
        """Give the answer back."""
        self.dismiss(pressed.button.id == "yes")

    def action_cancel(self) -> None:
        """Answer no."""
        self.dismiss(False)
