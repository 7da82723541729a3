"""Whether a page's front matter has the shape of its kind, and what to write where it has not."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Literal

import msgspec
from msgspec.inspect import (
    BoolType,
    DictType,
    Field,
    FloatType,
    ListType,
    Metadata,
    StrType,
    StructType,
    Type,
    UnionType,
    type_info,
)

from inkstand.workspace.bible import front
from inkstand_sdk.bible import KINDS, Fact, Page

_EXAMPLE = "{value: a nurse, from: The Ward, until: The Trial}"
_KEPT = ("title", "tags", "image", "card", "entry", "cssclasses", "id", "created", "modified")
"""Fields that other programs write, and of which nothing is to be said."""
_OTHER_WORDS = {
    "since": "from", "to": "until", "alias": "aliases", "nicknames": "aliases", "desc": "text",
    "speech": "voice", "looks": "appearance", "wants": "want", "needs": "need",
    "relations": "relationships", "relationship": "relationships", "secret": "secrets",
}  # fmt: skip


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a page: a fault, or a hint. `line` counts from 1, in the whole file."""

    file: str
    line: int = 1
    severity: Literal["fault", "hint"] = "fault"
    what: str
    fix: str = ""


def problems(kind: str, matter: front.Front, file: str) -> list[Finding]:
    """What is wrong with a page's front matter by itself."""
    if matter.fault:
        fix = "Mend that line; between the two --- lines stand `key: value` lines."
        what = f"the front matter cannot be read: {matter.fault}"
        return [Finding(file=file, line=matter.fault_line, what=what, fix=fix)]
    return list(_Shapes(matter, file).struct(matter.fields, KINDS.get(kind, Page), ()))


class _Shapes:
    """Compares one page's values with the types of its fields."""

    def __init__(self, matter: front.Front, file: str) -> None:
        self._matter = matter
        self._file = file

    def struct(
        self, value: dict[str, Any], struct: type[msgspec.Struct], path: front.Path
    ) -> Iterator[Finding]:
        """Findings about a mapping whose fields are those of `struct`."""
        known = _fields(struct)
        for key, inner in value.items():
            own = (*path, key)
            if key in known:
                yield from self._typed(inner, known[key], own)
            elif key not in _KEPT:
                yield from self._unknown(own, list(known))

    def _unknown(self, path: front.Path, known: list[str]) -> Iterator[Finding]:
        key = str(path[-1])
        plain = key.strip().lower().replace("-", "_").replace(" ", "_")
        other = _OTHER_WORDS.get(plain, "")
        near = [other] if other in known else get_close_matches(plain, known, n=1, cutoff=0.75)
        # A word of the writer's own is kept; only what looks like a slip is worth a line.
        fix = f"Did you mean {near[0]!r}?" if near else "It is kept as it is."
        yield self._finding(path, f"{key!r} is no field that Inkstand knows", fix, "hint")

    def _typed(self, value: Any, kind: Type, path: front.Path) -> Iterator[Finding]:
        if value is None:
            return
        kind = _bare(kind)
        if isinstance(kind, StructType) and kind.cls is not Fact:
            if isinstance(value, dict):
                yield from self.struct(value, kind.cls, path)
            else:
                fields = ", ".join(list(_fields(kind.cls))[:3])
                yield self._not(
                    path, "made of `key: value` lines", f"Write its fields below it: {fields}, ..."
                )
        elif isinstance(kind, DictType):
            if isinstance(value, dict):
                for key, inner in value.items():
                    yield from self._changing(inner, (*path, key))
            else:
                example = "Write a name and what they are to each other: `Ada: her sister`"
                yield self._not(
                    path, "made of `name: what` lines", f"{example}, each on a line below it."
                )
        elif isinstance(kind, ListType):
            yield from self._list(value, kind, path)
        elif isinstance(kind, BoolType):
            if not isinstance(value, bool):
                yield self._not(path, "true or false", "Write true, or leave it out.")
        elif isinstance(kind, StrType):
            # A name may be a number, such as that of a novel.
            if not isinstance(value, str) and not (path == ("name",) and isinstance(value, int)):
                yield self._not(path, "a text", "Write it on the line of its key, in quotes.")
        elif isinstance(kind, UnionType) and not _may_change(kind):
            numbers = any(isinstance(each, FloatType) for each in kind.types)
            if isinstance(value, dict | list) or (not numbers and type(value) not in (str, int)):
                yield self._not(path, "a text", "Write one text on the line of its key.")
        else:
            yield from self._changing(value, path)

    def _list(self, value: Any, kind: ListType, path: front.Path) -> Iterator[Finding]:
        if not isinstance(value, list):
            yield self._not(path, "a list", "Begin each item with `- ` on a line of its own.")
            return
        for place, item in enumerate(value):
            if item is None:
                what = f"{_name(path)} has an item with nothing in it"
                yield self._finding((*path, place), what, "Fill it in, or take its line out.")
            yield from self._typed(item, kind.item_type, (*path, place))

    def _changing(self, value: Any, path: front.Path) -> Iterator[Finding]:
        if isinstance(value, dict):
            yield from self._fact(value, path)
        elif isinstance(value, list):
            for place, item in enumerate(value):
                if isinstance(item, list) or item is None:
                    yield self._not((*path, place), "a text", "Each item of a list is one text.")
                elif isinstance(item, dict):
                    yield from self._fact(item, (*path, place))

    def _fact(self, value: dict[str, Any], path: front.Path) -> Iterator[Finding]:
        if "value" not in value:
            only = next(iter(value.items()), None)
            bounds = set(value) & {"from", "until", "act", "since", "to"}
            if only is not None and len(value) == 1 and not bounds:
                text = f"{only[0]}: {only[1]}" if not isinstance(only[1], dict | list) else only[0]
                fix = f'If it is a text, put it in quotes: "{text}"'
            else:
                fix = f"Write it as {_EXAMPLE}."
            yield self._finding(
                path, f"{_name(path)} has lines below it, and no `value:` among them", fix
            )
            return
        for key, inner in value.items():
            own = (*path, key)
            if key not in ("value", "from", "until", "act"):
                yield from self._unknown(own, ["value", "from", "until", "act"])
            elif key == "act" and inner is not None and not _is_act(inner):
                yield self._not(own, "the number of an act", "Write 1, 2, 3, ...")
            elif key in ("from", "until") and isinstance(inner, dict | list | bool | float):
                yield self._not(own, "a scene", "Write a scene's title, its file or its number.")
            elif key == "value" and not _is_value(inner):
                yield self._not(own, "a text or a list", f"Write it as {_EXAMPLE}.")

    def _not(self, path: front.Path, expected: str, fix: str) -> Finding:
        return self._finding(path, f"{_name(path)} is not {expected}", fix)

    def _finding(
        self, path: front.Path, what: str, fix: str, severity: Literal["fault", "hint"] = "fault"
    ) -> Finding:
        line = self._matter.lines.get(path, 1)
        return Finding(file=self._file, line=line, severity=severity, what=what, fix=fix)


def _may_change(kind: UnionType) -> bool:
    return any(isinstance(each, ListType) for each in kind.types)


def _is_value(value: Any) -> bool:
    """Whether a fact may have this value: a text, a number, or a list of those."""
    if isinstance(value, list):
        return not any(item is None or isinstance(item, dict | list) for item in value)
    return not isinstance(value, dict)


def _is_act(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _name(path: front.Path) -> str:
    return ".".join(str(part) for part in path if isinstance(part, str))


def _fields(struct: type[msgspec.Struct]) -> dict[str, Type]:
    info = type_info(struct)
    fields: tuple[Field, ...] = info.fields if isinstance(info, StructType) else ()
    return {field.encode_name: field.type for field in fields}


def _bare(kind: Type) -> Type:
    """A type without its description and its None, where one type is left."""
    while isinstance(kind, Metadata):
        kind = kind.type
    if isinstance(kind, UnionType):
        kinds = [each for each in kind.types if type(each).__name__ != "NoneType"]
        return _bare(kinds[0]) if len(kinds) == 1 else kind
    return kind
