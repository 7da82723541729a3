"""What checks are to look for: the forms of their inputs, over the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from inkstand.tui.forms.form import Form
from inkstand.tui.forms.values import Wrong

if TYPE_CHECKING:
    from inkstand.index import Descriptor

Values = dict[str, dict[str, Any]]
"""What each tool is asked, by its name."""


class CheckOptions(ModalScreen[Values | None]):
    """Asks what checks shall look for; None if the writer thought better of it.

    Args:
        tools: The checks.
        values: What they were asked last.

    """

    DEFAULT_CSS: ClassVar[str] = """
    CheckOptions { align: center middle; }
    CheckOptions > Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 92%; padding: 1 2;
        background: $surface; border: round $border; border-title-color: $foreground;
    }
    CheckOptions VerticalScroll { height: auto; max-height: 100%; }
    CheckOptions .check-title { text-style: bold; color: $primary; }
    CheckOptions Horizontal { height: 1; margin-top: 1; }
    CheckOptions Horizontal Button { margin-right: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="asking.cancel"),
        Binding("ctrl+s", "done", "Check", id="checks.check_these"),
    ]

    def __init__(self, tools: Sequence[Descriptor], values: Mapping[str, Any]) -> None:
        super().__init__()
        self._tools = [tool for tool in tools if tool.input_fields]
        self._forms = {
            tool.name: Form(tool.input_fields, values.get(tool.name, {})) for tool in self._tools
        }
        for form in self._forms.values():
            form.add_class("-explained")

    def compose(self) -> ComposeResult:
        """A form for each check, and two buttons."""
        with Vertical() as box:
            box.border_title = "What to look for"
            with VerticalScroll():
                for tool in self._tools:
                    yield Label(tool.title or tool.name, classes="check-title", markup=False)
                    yield self._forms[tool.name]
            with Horizontal():
                yield Button("Check", id="yes", variant="primary", compact=True)
                yield Button("Cancel", id="no", compact=True)

    @on(Button.Pressed)
    def _pressed(self, pressed: Button.Pressed) -> None:
        if pressed.button.id == "yes":
            self.action_done()
        else:
            self.dismiss(None)

    @on(Form.Submitted)
    def action_done(self) -> None:
        """Give back what was chosen, unless something is wrong with it."""
        if not all(form.check() for form in self._forms.values()):
            return
        try:
            self.dismiss({name: form.values() for name, form in self._forms.items()})
        except Wrong as error:
            self.notify(str(error), severity="error")

    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)
