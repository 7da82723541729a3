"""One declaration, every face: a Struct of described, bounded fields.

A plugin declares settings, inputs and outputs as msgspec Structs whose fields carry
`Annotated[int, Meta(ge=1, description="...")]`. From such a Struct come a form description
(`form`), a JSON Schema (`json_schema`) and, from the form, click options (`click_options`) and
validated values (`build`). A form is plain data, so a face can show it without importing the
plugin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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


def form(cls: type[msgspec.Struct]) -> tuple[Field, ...]:
    """The fields of a Struct, described for people: one `Field` each, in order.

    Raises:
        TypeError: a field has a type that no face can ask for (a tuple of fixed length, bytes).

    """
    import msgspec.inspect

    info = msgspec.inspect.type_info(cls)
    if not isinstance(info, msgspec.inspect.StructType):
        raise TypeError(f"{cls!r} is not a msgspec Struct")
    return tuple(_field(field) for field in info.fields)


def _field(declared: Any) -> Field:
    from msgspec import NODEFAULT
    from msgspec import inspect as m

    default = declared.default
    if default is NODEFAULT and declared.default_factory is not NODEFAULT:
        default = declared.default_factory()
    kind, described = declared.type, ""
    optional = False
    extra: dict[str, Any] = {}
    while True:
        if isinstance(kind, m.Metadata):
            schema = kind.extra_json_schema or {}
            described = schema.get("description", described)
            extra = {**(kind.extra or {}), **extra}
            kind = kind.type
        elif isinstance(kind, m.UnionType) and _without_none(kind) is not None:
            optional, kind = True, _without_none(kind)
        else:
            break
    return Field(
        name=declared.encode_name,
        title=re.sub(r"[_-]+", " ", declared.encode_name).strip().capitalize(),
        help=described,
        required=declared.required,
        optional=optional,
        default=None if default is NODEFAULT else msgspec.to_builtins(default),
        multiline=bool(extra.get("multiline")),
        **_shape(kind, declared.name, as_file=bool(extra.get("file"))),
    )


def _without_none(union: Any) -> Any:
    from msgspec import inspect as m

    rest = [kind for kind in union.types if not isinstance(kind, m.NoneType)]
    return rest[0] if len(rest) == 1 and len(rest) < len(union.types) else None


def _shape(kind: Any, name: str, *, as_file: bool) -> dict[str, Any]:
    """The keyword arguments of `Field` that follow from the field's type."""
    from msgspec import inspect as m

    if isinstance(kind, m.BoolType):
        return {"kind": "flag"}
    if isinstance(kind, m.IntType | m.FloatType):
        low, high = kind.ge, kind.le
        return {
            "kind": "integer" if isinstance(kind, m.IntType) else "number",
            "minimum": kind.gt if low is None else low,
            "maximum": kind.lt if high is None else high,
            "exclusive_minimum": low is None and kind.gt is not None,
            "exclusive_maximum": high is None and kind.lt is not None,
        }
    if isinstance(kind, m.StrType):
        return {
            "kind": "file" if as_file else "text",
            "minimum": kind.min_length,
            "maximum": kind.max_length,
            "pattern": kind.pattern,
        }
    if isinstance(kind, m.LiteralType):
        return {"kind": "choice", "choices": tuple(str(value) for value in kind.values)}
    if isinstance(kind, m.EnumType):
        return {"kind": "choice", "choices": tuple(str(value.value) for value in kind.cls)}
    if isinstance(kind, m.ListType | m.VarTupleType | m.SetType):
        item = kind.item_type
        while isinstance(item, m.Metadata):
            item = item.type
        inner = _shape(item, name, as_file=as_file)
        return {
            "kind": "list",
            "items": inner["kind"],
            "choices": inner.get("choices", ()),
            "fields": inner.get("fields", ()),
            "minimum": kind.min_length,
            "maximum": kind.max_length,
        }
    if isinstance(kind, m.StructType):
        return {"kind": "struct", "fields": tuple(_field(field) for field in kind.fields)}
    raise TypeError(f"the field {name!r} has a type that no form can ask for: {kind!r}")


def json_schema(cls: type[msgspec.Struct]) -> dict[str, Any]:
    """The Struct's JSON Schema (draft 2020-12) with every object closed.

    Closed objects are what keeps a constrained engine from inventing keys.
    """
    schema = msgspec.json.schema(cls)
    for definition in (schema, *schema.get("$defs", {}).values()):
        if definition.get("type") == "object" and "properties" in definition:
            definition.setdefault("additionalProperties", False)
    return schema


def build(cls: type[S], values: Mapping[str, Any], *, what: str = "value") -> S:
    """An instance of `cls` from plain values, such as those of a TOML file.

    Raises:
        UsageError: a value is missing, unknown, of the wrong type or out of bounds; the message
            names the field.

    """
    known = {field.encode_name for field in msgspec.structs.fields(cls)}
    for name in values:
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(str(name), known, n=1)
            raise UsageError(
                f"Unknown {what}: {name}.",
                f"Did you mean {near[0]}?" if near else "",
                f"Known ones: {', '.join(sorted(known))}." if known else "There are none.",
            )
    try:
        return msgspec.convert(dict(values), cls, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"Invalid {what}: {error}.", "", "") from error


def click_options(fields: Sequence[Field]) -> list[click.Option]:
    """Click options for a form; a nested struct's fields become `--outer.inner`.

    Values left out on the command line are absent from the parsed parameters' dict when passed
    through `given`, so that defaults stay where they were declared.
    """
    options: list[click.Option] = []
    for field in fields:
        options.extend(_options(field, ""))
    return options


def given(parameters: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, Any]:
    """What the user gave, as nested plain values, from the parameters that click parsed."""
    values: dict[str, Any] = {}
    for field in fields:
        _collect(field, "", parameters, values)
    return values


def _parameter(prefix: str, field: Field) -> str:
    return "field_" + re.sub(r"\W", "_", f"{prefix}{field.name}".replace(".", "__"))


def _collect(
    field: Field, prefix: str, parameters: Mapping[str, Any], into: dict[str, Any]
) -> None:
    if field.kind == "struct":
        inner: dict[str, Any] = {}
        for part in field.fields:
            _collect(part, f"{prefix}{field.name}.", parameters, inner)
        if inner:
            into[field.name] = inner
        return
    value = parameters.get(_parameter(prefix, field))
    if value is None or value == ():
        return
    if field.kind == "list":
        value = [_list_item(item, field) for item in value]
    into[field.name] = value


def _list_item(text: Any, field: Field) -> Any:
    if field.items != "struct":
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise UsageError(
            f"Invalid value for {field.flag}: {error}.",
            "Each item is a JSON object.",
            f"For example {field.flag} '{{\"{field.fields[0].name}\": ...}}'.",
        ) from error


def _options(field: Field, prefix: str) -> list[click.Option]:
    import click

    if field.kind == "struct":
        return [
            option for part in field.fields for option in _options(part, f"{prefix}{field.name}.")
        ]
    spelled = (prefix + field.name).replace("_", "-")
    name = _parameter(prefix, field)
    described = field.help or field.title
    if field.kind == "flag":
        return [click.Option([f"--{spelled}/--no-{spelled}", name], default=None, help=described)]
    multiple = field.kind == "list"
    kind = field.items if multiple else field.kind
    notes = [described.rstrip(".") + "."]
    if multiple:
        notes.append("May be given more than once.")
    if field.default not in (None, "", [], ()):
        notes.append(f"[default: {field.default}]")
    return [
        click.Option(
            [f"--{spelled}", name],
            type=_click_type(kind or "text", field, bounded=not multiple),
            multiple=multiple,
            required=field.required and not prefix,
            help=" ".join(notes),
        )
    ]


def _click_type(kind: str, field: Field, *, bounded: bool) -> click.ParamType[Any]:
    import click

    low = field.minimum if bounded else None
    high = field.maximum if bounded else None
    if kind == "integer" and low is high is None:
        return click.INT
    if kind == "number" and low is high is None:
        return click.FLOAT
    if kind == "integer":
        return click.IntRange(
            None if low is None else int(low),
            None if high is None else int(high),
            min_open=field.exclusive_minimum,
            max_open=field.exclusive_maximum,
        )
    if kind == "number":
        return click.FloatRange(
            low, high, min_open=field.exclusive_minimum, max_open=field.exclusive_maximum
        )
    if kind == "choice":
        return click.Choice(field.choices)
    if kind == "file":
        return click.Path(exists=True, dir_okay=False)
    return click.STRING
