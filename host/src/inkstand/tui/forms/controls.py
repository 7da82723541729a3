"""The widgets that values are typed into or chosen with, one for each kind of field."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from msgspec import UNSET
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, Input, OptionList, Select, TextArea

from inkstand.tui.first_run import PathSuggester
from inkstand.tui.forms.values import Wrong, blank, parsed, shown
from inkstand_sdk.settings import Field

_WIDE = ("text", "file", "list")
"""Kinds whose control has a row of its own below their title."""


_ON, _OFF = "●", "○"


class Touched(Message):
    """A value was typed or chosen."""


class Tick(Checkbox):
    """A box that says yes or no, so that no color is needed to see which.

    Args:
        value: Whether it is on.
        title: What stands beside it instead of yes and no.

    """

    DEFAULT_CSS: ClassVar[str] = """
    Tick, Tick:focus {
        border: none; padding: 0 1; background: $panel 55%; background-tint: $panel 0%;
        width: 1fr; height: 1;
    }
    Tick.-titled { background: transparent; padding: 0; }
    Tick:focus { background: $panel; }
    """

    def __init__(self, value: bool, title: str = "") -> None:
        super().__init__(title, value, compact=True)
        self.set_class(bool(title), "-titled")

    def render(self) -> Content:
        """A dot, and what it means."""
        dot = _ON if self.value else _OFF
        said = self.label or Content("yes" if self.value else "no")
        return Content.assemble((dot, "$primary" if self.value else "$foreground 60%"), " ", said)


class Control(Widget):
    """What a field's value is typed into. `state` is comparable; `read` says what it means."""

    DEFAULT_CSS: ClassVar[str] = """
    Control { height: auto; width: 1fr; }
    Control Input, Control TextArea {
        background: $panel 55%; padding: 0 1; border: none; height: 1;
    }
    Control Input:focus, Control TextArea:focus { background: $panel; background-tint: $panel 0%; }
    Control TextArea { height: auto; min-height: 2; max-height: 10; scrollbar-size-vertical: 1; }
    Control TextArea.-long { min-height: 3; }
    Control OptionList {
        border: none; padding: 0; background: $panel 55%; height: auto; max-height: 8;
    }
    Control OptionList:focus { background-tint: $panel 0%; }
    Control Select > SelectCurrent { background: $panel 55%; padding: 0 1; }
    Control Select:focus > SelectCurrent { background: $panel; background-tint: $panel 0%; }
    """

    def __init__(self, field: Field, value: Any) -> None:
        super().__init__()
        self.field = field
        self.value = value

    @property
    def state(self) -> Any:
        """What stands there now."""
        raise NotImplementedError

    def read(self) -> Any:
        """The value that it means. Raises `Wrong`."""
        raise NotImplementedError

    def put(self, value: Any) -> None:
        """Show a value; `UNSET` is the default."""
        raise NotImplementedError


class Line(Control):
    """One line of text, a number, or the name of a file."""

    def __init__(self, field: Field, value: Any) -> None:
        super().__init__(field, value)
        hint = shown(field, field.default) if _hints(field) else ""
        self._input = Input(
            self._typed(value),
            placeholder=hint,
            compact=True,
            suggester=PathSuggester() if field.kind == "file" else None,
            select_on_focus=field.kind != "file",
        )

    def compose(self) -> ComposeResult:
        """The line."""
        yield self._input

    @property
    def state(self) -> Any:
        """What stands there now."""
        return self._input.value

    def read(self) -> Any:
        """The value that it means. Raises `Wrong`."""
        value = parsed(self.field, self._input.value)
        if self.field.kind == "file" and value and not _is_file(value):
            raise Wrong("There is no such file.")
        return value

    def put(self, value: Any) -> None:
        """Show a value; `UNSET` is the default."""
        self._input.value = self._typed(value)

    def _typed(self, value: Any) -> str:
        if value is UNSET:
            return "" if _hints(self.field) else shown(self.field, self.field.default)
        return shown(self.field, value)

    @on(Input.Changed)
    def _changed(self, changed: Input.Changed) -> None:
        changed.stop()
        self.post_message(Touched())


class Block(Control):
    """Text of several lines, or a list with an item on each."""

    def __init__(self, field: Field, value: Any) -> None:
        super().__init__(field, value)
        self._area = TextArea(self._typed(value), compact=True, highlight_cursor_line=False)
        self._area.set_class(field.kind == "text", "-long")
        self._begun = self._area.text

    def compose(self) -> ComposeResult:
        """The lines."""
        yield self._area

    @property
    def state(self) -> Any:
        """What stands there now."""
        return self._area.text

    def read(self) -> Any:
        """The value that it means. Raises `Wrong`."""
        return parsed(self.field, self._area.text)

    def put(self, value: Any) -> None:
        """Show a value; `UNSET` is the default."""
        self._area.text = self._typed(value)

    def _typed(self, value: Any) -> str:
        return shown(self.field, self.field.default if value is UNSET else value)

    @on(TextArea.Changed)
    def _changed(self, changed: TextArea.Changed) -> None:
        changed.stop()
        # It also tells of the text that it began with.
        if self._area.text != self._begun:
            self._begun = "\0"
            self.post_message(Touched())


class Choice(Control):
    """One of several."""

    def __init__(self, field: Field, value: Any, options: tuple[str, ...] = ()) -> None:
        super().__init__(field, value)
        names = options or field.choices
        first = self._option(value)
        self._select: Select[str] = Select(
            [(name, name) for name in names],
            prompt="Choose" if field.required and not field.optional else "None",
            allow_blank=field.optional or first not in names,
            value=first if first in names else Select.NULL,
            compact=True,
        )

    def compose(self) -> ComposeResult:
        """The list, folded."""
        yield self._select

    @property
    def state(self) -> Any:
        """What stands there now."""
        return self._select.value

    def read(self) -> Any:
        """The value that it means. Raises `Wrong`."""
        if self._select.is_blank():
            return blank(self.field)
        chosen = self._select.value
        # What is named like the default is the default, which need not be a text.
        return self.field.default if chosen == _name_of(self.field.default) else chosen

    def put(self, value: Any) -> None:
        """Show a value; `UNSET` is the default."""
        name = self._option(value)
        self._select.value = Select.NULL if name == "" else name

    def _option(self, value: Any) -> str:
        return _name_of(self.field.default if value is UNSET else value)

    @on(Select.Changed)
    def _changed(self, changed: Select.Changed) -> None:
        changed.stop()
        self.post_message(Touched())


class PerhapsFlag(Choice):
    """Yes, no, or neither."""

    def __init__(self, field: Field, value: Any) -> None:
        super().__init__(field, value, ("yes", "no"))

    def read(self) -> Any:
        """The value that it means."""
        if self._select.is_blank():
            return blank(self.field)
        return self._select.value == "yes"


class Flag(Control):
    """Yes or no."""

    def __init__(self, field: Field, value: Any) -> None:
        super().__init__(field, value)
        self._box = Tick(self._is_on(value))

    def compose(self) -> ComposeResult:
        """The box."""
        yield self._box

    @property
    def state(self) -> Any:
        """What stands there now."""
        return self._box.value

    def read(self) -> Any:
        """Whether it is on."""
        return self._box.value

    def put(self, value: Any) -> None:
        """Show a value; `UNSET` is the default."""
        self._box.value = self._is_on(value)

    def _is_on(self, value: Any) -> bool:
        return bool(self.field.default if value is UNSET else value)

    @on(Checkbox.Changed)
    def _changed(self, changed: Checkbox.Changed) -> None:
        changed.stop()
        self.post_message(Touched())


class Several(Control):
    """Any number out of several."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "take", "Choose or not", show=False, id="form.toggle")
    ]

    def __init__(self, field: Field, value: Any) -> None:
        super().__init__(field, value)
        self._chosen = self._names(value)
        self._list = OptionList(*(self._option(name) for name in field.choices), compact=True)

    def compose(self) -> ComposeResult:
        """The list."""
        yield self._list

    @property
    def state(self) -> Any:
        """What stands there now."""
        return self._chosen

    def read(self) -> Any:
        """Those that are chosen, in the order in which they are offered. Raises `Wrong`."""
        chosen = (name for name in self.field.choices if name in self._chosen)
        return parsed(self.field, "\n".join(chosen))

    def put(self, value: Any) -> None:
        """Show a value; `UNSET` is the default."""
        self._choose(self._names(value))

    def toggle(self, name: str) -> None:
        """Choose one, or choose it no longer."""
        self._choose(self._chosen ^ {name})
        self.post_message(Touched())

    def action_take(self) -> None:
        """Choose what is pointed at, or choose it no longer."""
        if self._list.highlighted is not None:
            self.toggle(self.field.choices[self._list.highlighted])

    @on(OptionList.OptionSelected)
    def _selected(self, selected: OptionList.OptionSelected) -> None:
        selected.stop()
        self.toggle(self.field.choices[selected.option_index])

    def _choose(self, chosen: frozenset[str]) -> None:
        self._chosen = chosen
        for place, name in enumerate(self.field.choices):
            self._list.replace_option_prompt_at_index(place, self._option(name))

    def _option(self, name: str) -> Content:
        is_on = name in self._chosen
        dot = (_ON, "$primary") if is_on else (_OFF, "$foreground 60%")
        return Content.assemble(dot, f" {name}")

    def _names(self, value: Any) -> frozenset[str]:
        chosen = self.field.default if value is UNSET else value
        return frozenset(_name_of(each) for each in chosen or ())


def control_for(field: Field, value: Any) -> Control:
    """The control for a field, showing a value; `UNSET` is its default."""
    if field.kind == "flag":
        return PerhapsFlag(field, value) if field.optional or field.required else Flag(field, value)
    if field.kind == "choice":
        return Choice(field, value)
    if field.kind == "list" and field.items == "choice" and field.choices:
        return Several(field, value)
    if field.kind == "list" or field.multiline:
        return Block(field, value)
    return Line(field, value)


def is_wide(field: Field) -> bool:
    """Whether its control has a row of its own, below its title."""
    return field.kind in _WIDE


def _hints(field: Field) -> bool:
    """Whether nothing typed means the default, which is then shown as a hint."""
    return field.kind in ("integer", "number") and not field.optional


def _name_of(value: Any) -> str:
    if value is None or value is UNSET:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _is_file(typed: str) -> bool:
    try:
        return Path(typed).expanduser().is_file()
    except (OSError, RuntimeError, ValueError):
        return False
