"""One declaration, every face: a Struct of described, bounded fields.

A plugin declares settings, inputs and outputs as msgspec Structs whose fields carry
`Annotated[int, Meta(ge=1, description="...")]`. From such a Struct come a form description
(`form`), a JSON Schema (`json_schema`) and, from the form, click options (`click_options`) and
validated values (`build`). A form is plain data, so a face can show it without importing the
plugin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from inkstand_sdk.errors import UsageError

if TYPE_CHECKING:
    import click

S = TypeVar("S", bound=msgspec.Struct)
FieldKind = Literal["text", "integer", "number", "flag", "choice", "list", "file", "struct"]


class NoSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of a plugin that has none, and the input of a tool that needs none."""


class Field(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field of a form.

    `minimum` and `maximum` bound a number, or the length of a text or list; `choices` are the
    allowed values of a choice; `items` is the kind of a list's items; `fields` are those of a
    nested struct.
    """

    name: str
    kind: FieldKind
    title: str
    help: str = ""
    required: bool = False
    optional: bool = False
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    pattern: str | None = None
    choices: tuple[str, ...] = ()
    items: FieldKind | None = None
    multiline: bool = False
    fields: tuple[Field, ...] = ()

    @property
    def flag(self) -> str:
        """The field's name as a command line option."""
        return "--" + self.name.replace("_", "-")
