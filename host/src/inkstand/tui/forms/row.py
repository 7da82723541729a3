"""A field in a form: its title, its control, and what is wrong with what stands there."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import UNSET
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Label, Static

from inkstand.tui.forms.controls import Touched, control_for, is_wide
from inkstand.tui.forms.values import Wrong, explained
from inkstand_sdk.settings import Field


class FieldRow(Vertical):
    """A field.

    Args:
        field: The field.
        path: Its name, after those of the structs that it lies in, with points between.
        value: Its value; `UNSET` shows the default.

    """

    DEFAULT_CSS: ClassVar[str] = """
    FieldRow { height: auto; layout: grid; grid-size: 2; grid-columns: 1fr 14; grid-rows: auto; }
    FieldRow > .field-title { color: $foreground 70%; padding-right: 1; width: 1fr; }
    FieldRow:focus-within > .field-title { color: $foreground; }
    FieldRow.-wide { layout: vertical; margin-bottom: 1; }
    FieldRow > .field-help, FieldRow > .field-wrong {
        column-span: 2; width: 1fr; height: auto; display: none;
    }
    FieldRow > .field-help { color: $foreground 60%; }
    FieldRow > .field-wrong { color: $text-error; }
    FieldRow.-wrong > .field-wrong { display: block; }
    Form.-explained FieldRow > .field-help { display: block; }
    Form.-explained FieldRow { margin-bottom: 1; }
    """

    class Described(Message):
        """The writer came to a field: its path, its title, and what it is for."""

        def __init__(self, path: str, title: str, about: str) -> None:
            super().__init__()
            self.path = path
            self.title = title
            self.about = about

    class Changed(Message):
        """The value of the field at that path is another one."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

    def __init__(self, field: Field, path: str, value: Any = UNSET) -> None:
        super().__init__()
        self.set_class(is_wide(field), "-wide")
        self.field = field
        self.path = path
        self._value = value
        self._control = control_for(field, value)
        self._first = self._control.state
        self._is_told = False

    def compose(self) -> ComposeResult:
        """The title, the control, and the line below."""
        title = f"{self.field.title} *" if self.field.required else self.field.title
        yield Label(title, markup=False, classes="field-title")
        yield self._control
        yield Static(explained(self.field), markup=False, classes="field-help")
        yield Static("", markup=False, classes="field-wrong")

    def on_mount(self) -> None:
        """Remember what the control shows before anybody touches it."""
        self._first = self._control.state

    @property
    def is_changed(self) -> bool:
        """Whether something else stands there than in the beginning."""
        return bool(self._control.state != self._first)

    def read(self) -> Any:
        """The value; `UNSET` where nothing was given. Raises `Wrong`."""
        if not self.is_changed and self._value is not UNSET:
            return self._value
        if not self.is_changed and not self.field.required:
            return UNSET
        return self._control.read()

    def put(self, value: Any) -> None:
        """Show a value from now on; `UNSET` is the default."""
        self._value = value
        self._control.put(value)
        self._first = self._control.state
        self.tell("")

    def check(self) -> bool:
        """Say beside the field what is wrong with it, if anything is; whether nothing is."""
        try:
            self.read()
        except Wrong as wrong:
            self.tell(str(wrong))
            return False
        self.tell("")
        return True

    def tell(self, wrong: str) -> None:
        """Say beside the field what is wrong with it; "" if nothing is."""
        self._is_told = bool(wrong)
        self.set_class(self._is_told, "-wrong")
        self.query_one(".field-wrong", Static).update(wrong)

    def reach(self) -> None:
        """Put the focus into it."""
        inner = next((each for each in self._control.query("*") if each.focusable), None)
        if inner is not None:
            self.screen.set_focus(inner)

    @on(Touched)
    def _touched(self, touched: Touched) -> None:
        """A message about what is wrong goes as soon as it is right; a new one comes later."""
        touched.stop()
        if self._is_told:
            self.check()
        self.post_message(self.Changed(self.path))

    def on_click(self) -> None:
        """A click on the title is one for the field."""
        if not self.has_focus_within:
            self.reach()

    def on_descendant_focus(self) -> None:
        """Tell what the field is for."""
        self.post_message(self.Described(self.path, self.field.title, explained(self.field)))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """See whether what was typed is a value, once the writer has left it."""
        if self.is_changed:
            self.check()
