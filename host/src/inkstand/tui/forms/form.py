"""Form: fields under each other, validated as one types, read as plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import msgspec
from msgspec import UNSET
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Checkbox, Input, Label

from inkstand.tui.forms.controls import Tick
from inkstand.tui.forms.row import FieldRow
from inkstand.tui.forms.values import Wrong
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.settings import Field

_PLACE = re.compile(r"at `\$((?:\.[^`.\[]+|\[[^`\]]*\])*)`")


class Group(Vertical):
    """The fields of a struct that is a field itself. One that may be None can be left out."""

    DEFAULT_CSS: ClassVar[str] = """
    Group { height: auto; margin-bottom: 1; padding-left: 1; border-left: solid $panel; }
    Group > .group-title { color: $foreground 70%; text-style: bold; }
    Group.-out > FieldRow, Group.-out > Group { display: none; }
    """

    def __init__(self, field: Field, path: str, value: Any = UNSET) -> None:
        super().__init__()
        self.field = field
        self.path = path
        self._value = value
        self._parts = parts_of(_inner(field), f"{path}.", _given(value))
        is_in = _now(field, value) is not None
        self._box = Tick(is_in, field.title) if field.optional else None
        self.set_class(not is_in, "-out")

    def compose(self) -> ComposeResult:
        """The title, or the box that takes it in, and the fields."""
        yield self._box or Label(self.field.title, markup=False, classes="group-title")
        yield from self._parts

    def rows(self) -> Iterator[FieldRow]:
        """The fields that are to be filled in, those of inner structs too."""
        if not self.has_class("-out"):
            yield from rows_of(self._parts)

    def read(self) -> Any:
        """The value; `UNSET` where nothing was given. Raises `Wrong`."""
        if self.has_class("-out"):
            is_known = self.field.required or _now(self.field, self._value) is not None
            return None if is_known else UNSET
        given = read_parts(self._parts)
        if self._value is UNSET and not given and self.field.default is not None:
            return UNSET
        if not given and self._value is UNSET and not self.field.optional:
            return {} if self.field.required else UNSET
        before = _now(self.field, self._value)
        return {**(before if isinstance(before, Mapping) else {}), **given}

    def put(self, value: Any) -> None:
        """Show a value from now on; `UNSET` is the default."""
        self._value = value
        given = _given(value)
        for part in self._parts:
            part.put(given.get(part.field.name, UNSET))
        if self._box is not None:
            self._box.value = _now(self.field, value) is not None

    @on(Checkbox.Changed)
    def _taken_in(self, changed: Checkbox.Changed) -> None:
        if changed.checkbox is self._box:
            changed.stop()
            self.set_class(not changed.value, "-out")
            self.post_message(FieldRow.Changed(self.path))


FormPart = FieldRow | Group


class Form(Vertical):
    """A form. With the class `-explained` every field says below what it is for.

    `FieldRow.Described` is posted when the writer comes to a field, for whoever has room for it
    elsewhere.

    Args:
        fields: The fields, as `inkstand_sdk.settings.form` or a descriptor gives them.
        values: What was chosen before, by name, nested as the fields are; the others show their
            defaults.

    """

    DEFAULT_CSS: ClassVar[str] = """
    Form { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "Next field", show=False, id="form.next"),
        Binding("up", "app.focus_previous", "Previous field", show=False, id="form.previous"),
    ]

    class Changed(Message):
        """What is in the form is different; `path` names the field."""

        def __init__(self, form: Form, path: str) -> None:
            super().__init__()
            self.form = form
            self.path = path

        @property
        def control(self) -> Form:
            """The form."""
            return self.form

    class Submitted(Message):
        """Enter was pressed in a line."""

        def __init__(self, form: Form) -> None:
            super().__init__()
            self.form = form

        @property
        def control(self) -> Form:
            """The form."""
            return self.form

    def __init__(
        self,
        fields: Sequence[Field],
        values: Mapping[str, Any] | None = None,
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.fields = tuple(fields)
        self._parts = parts_of(self.fields, "", dict(values or {}))

    def compose(self) -> ComposeResult:
        """The fields."""
        yield from self._parts

    # -- reading and showing ------------------------------------------------------------------

    def rows(self) -> Iterator[FieldRow]:
        """The fields that are to be filled in, those of inner structs too."""
        yield from rows_of(self._parts)

    def row(self, path: str) -> FieldRow | None:
        """The field at a path, such as `words` or `dry.base`."""
        return next((row for row in self.rows() if row.path == path), None)

    def values(self) -> dict[str, Any]:
        """What was given, as plain nested values; what is left to its default is not in it.

        Raises:
            Wrong: some field holds no value; `check` says which.

        """
        return read_parts(self._parts)

    def wrong(self) -> dict[str, str]:
        """What is wrong with which field, by path; nothing is said about it."""
        found = {}
        for row in self.rows():
            try:
                row.read()
            except Wrong as wrong:
                found[row.path] = str(wrong)
        return found

    def check(self) -> bool:
        """Say beside each field what is wrong with it, and go to the first; whether all is well."""
        bad = [row for row in self.rows() if not row.check()]
        if bad:
            bad[0].reach()
            bad[0].scroll_visible()
        return not bad

    def put(self, values: Mapping[str, Any]) -> None:
        """Show other values from now on; fields that are not among them show their defaults."""
        for part in self._parts:
            part.put(values.get(part.field.name, UNSET))

    def tell(self, error: InkstandError) -> bool:
        """Say beside its field what a plugin found wrong with a value; False if it named none."""
        found = _PLACE.search(f"{error.what} {error.cause}")
        path = re.sub(r"\[[^\]]*\]", "", found[1]).lstrip(".") if found else ""
        row = self.row(path)
        if row is None:
            return False
        row.tell(_without_place(error.what))
        row.reach()
        row.scroll_visible()
        return True

    # -- what happens ---------------------------------------------------------------------------

    @on(FieldRow.Changed)
    def _changed(self, changed: FieldRow.Changed) -> None:
        changed.stop()
        self.post_message(self.Changed(self, changed.path))

    @on(Input.Submitted)
    def _submitted(self, submitted: Input.Submitted) -> None:
        submitted.stop()
        self.post_message(self.Submitted(self))


def parts_of(fields: Sequence[Field], prefix: str, values: Mapping[str, Any]) -> list[FormPart]:
    """The widgets of some fields."""
    return [
        (Group if field.kind == "struct" else FieldRow)(
            field, f"{prefix}{field.name}", values.get(field.name, UNSET)
        )
        for field in fields
    ]


def rows_of(parts: Sequence[FormPart]) -> Iterator[FieldRow]:
    """The fields among some widgets, those of inner structs too."""
    for part in parts:
        if isinstance(part, Group):
            yield from part.rows()
        else:
            yield part


def read_parts(parts: Sequence[FormPart]) -> dict[str, Any]:
    """What was given in some widgets, by name. Raises `Wrong`."""
    read = {part.field.name: part.read() for part in parts}
    return {name: value for name, value in read.items() if value is not UNSET}


def _inner(field: Field) -> list[Field]:
    """The fields of a struct; what its own default holds is their default."""
    default = field.default if isinstance(field.default, Mapping) else {}
    return [
        msgspec.structs.replace(part, default=default.get(part.name, part.default), required=False)
        if default
        else part
        for part in field.fields
    ]


def _given(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _now(field: Field, value: Any) -> Any:
    return field.default if value is UNSET else value


def _without_place(what: str) -> str:
    """A validation message less the place, beside which it is shown."""
    text = re.sub(r"^Invalid [^:]*: ", "", what)
    text = re.sub(r"\s*-?\s*at `[^`]*`", "", text).strip()
    return text if text.endswith(".") else f"{text}."
