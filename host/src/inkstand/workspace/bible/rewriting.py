"""A field of a page changed in its text: every other character stays as its writer left it.

YAML libraries that keep comments still write a document anew, and with it its quotes, indents
and line breaks. Here the place of the value is taken from the parser, and only that is replaced;
the result is read again, and refused unless it says just what it is to say.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from inkstand.workspace.bible import front
from inkstand.workspace.bible.kinds import double_quoted, quoted
from inkstand_sdk.errors import InputError

_IN_FLOW = set(",[]{}")
_SHORT = 72


def rewritten(text: str, keys: tuple[str, ...], value: Any) -> str:
    """The text of a page in which one field has another value.

    Args:
        text: The page.
        keys: The key that leads to the field, or several: `("voice", "tics")`.
        value: A JSON value; None leaves the key there without a value.

    Raises:
        InputError: the page's front matter cannot be read, or the field lies within one that is
            no mapping.

    """
    matter = front.read(text)
    if matter.fault:
        raise InputError(
            f"The front matter of the page cannot be read: {matter.fault}.",
            f"See its line {matter.fault_line}. Nothing was changed.",
            "Mend it in your editor; to see all faults: inkstand bible check",
        )
    expected = _with(matter.fields, keys, value)
    for plainly in (False, True):
        changed = _changed(text, matter, keys, value, plainly=plainly)
        again = front.read(changed)
        same_rest = changed[again.text_at :] == text[matter.text_at :]
        if not again.fault and same_rest and _alike(again.fields, expected):
            return changed
    raise InputError(
        f"The field {'.'.join(keys)} cannot be changed without changing others.",
        "It may be an anchor that other fields refer to, or be written in an unusual way.",
        "Change it in your editor.",
    )


def made(fields: dict[str, Any], text: str) -> str:
    """The text of a new page with these fields; those without a value are left out."""
    said = {key: value for key, value in fields.items() if value not in (None, "", [], {})}
    body = f"{text}\n" if text else ""
    page = "\n".join(["---", *_pairs(said, 0), "---", body])
    matter = front.read(page)
    if matter.fault or page[matter.text_at :] != body or not _alike(matter.fields, said):
        lines = [f"{quoted(key)}: {_flow(value)}" for key, value in said.items()]
        page = "\n".join(["---", *lines, "---", body])
    return page


def _alike(found: Any, expected: Any) -> bool:
    # As JSON, 1 is not True, and the order of keys counts.
    return json.dumps(found) == json.dumps(expected)


def _with(fields: dict[str, Any], keys: tuple[str, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(fields)
    inner = changed
    for key in keys[:-1]:
        if inner.get(key) is None:
            inner[key] = {}
        inner = inner[key]
        if not isinstance(inner, dict):
            raise InputError(
                f"{key} has no fields of its own.",
                "It is a text or a list in this page.",
                f"Change {key} itself.",
            )
    inner[keys[-1]] = value
    return changed


def _changed(
    text: str, matter: front.Front, keys: tuple[str, ...], value: Any, *, plainly: bool
) -> str:
    newline = _newline(text)
    if not matter.text_at:
        made = f"---\n{_pair(keys, value, 0, plainly=plainly)}---\n"
        return made.replace("\n", newline) + text
    yaml = text[matter.start : matter.end]
    start, end, new = _edit(yaml, matter.root, keys, value, plainly=plainly)
    yaml = yaml[:start] + new.replace("\n", newline) + yaml[end:]
    return text[: matter.start] + yaml + text[matter.end :]


def _newline(text: str) -> str:
    at = text.find("\n")
    if at > 0 and text[at - 1] == "\r":
        return "\r\n"
    return "\r" if at < 0 and "\r" in text else "\n"


def _edit(
    yaml: str, root: Any, keys: tuple[str, ...], value: Any, *, plainly: bool
) -> tuple[int, int, str]:
    """What is to be put where: start and end in the YAML, and the new text."""
    if root is None:
        return len(yaml), len(yaml), _pair(keys, value, 0, plainly=plainly)
    node = root
    for depth, key in enumerate(keys):
        pair = next((pair for pair in node.value if pair[0].value == key), None)
        if pair is None:
            return _inserted(yaml, node, keys[depth:], value, plainly=plainly)
        if depth == len(keys) - 1 or pair[1].id != "mapping":
            # What is not there yet below this key is made with it.
            for missing in reversed(keys[depth + 1 :]):
                value = {missing: value}
            in_flow = bool(node.flow_style)
            return _replaced(yaml, pair, value, in_flow=in_flow, plainly=plainly)
        node = pair[1]
    raise AssertionError("there is always a last key")


def _inserted(
    yaml: str, node: Any, keys: tuple[str, ...], value: Any, *, plainly: bool
) -> tuple[int, int, str]:
    if node.flow_style:
        at = node.end_mark.index - 1
        inner = value
        for key in reversed(keys[1:]):
            inner = {key: inner}
        comma = ", " if node.value else ""
        return at, at, f"{comma}{_flow(keys[0])}: {_flow(inner)}"
    at = _line_end(yaml, _end(yaml, node))
    column = node.value[0][0].start_mark.column
    lead = "" if yaml[at - 1 : at] in "\r\n" else "\n"
    return at, at, lead + _pair(keys, value, column, plainly=plainly)


def _replaced(
    yaml: str, pair: tuple[Any, Any], value: Any, *, in_flow: bool, plainly: bool
) -> tuple[int, int, str]:
    key, node = pair
    colon = yaml.index(":", key.end_mark.index) + 1
    is_line = node.id == "scalar" and node.style not in ("|", ">")
    if is_line and not _is_empty(node) and _is_line(value):
        return node.start_mark.index, node.end_mark.index, _scalar(value, node.style, in_flow)
    end = colon if _is_empty(node) else _end(yaml, node)
    if in_flow:
        return colon, end, f" {_flow(value)}"
    column = key.start_mark.column
    inner = node.value[0][0].start_mark.column if _is_block(node, "mapping") else column + 2
    if _is_block(node, "sequence"):
        inner = node.start_mark.column
    was_flow = node.id == "sequence" and node.flow_style
    flat = plainly or (was_flow and isinstance(value, list))
    new = f" {_flow(value)}" if flat else _block(value, inner)
    if _is_empty(node) and new.startswith("\n"):
        # The comment beside an empty field says what belongs there: it stays where it is.
        end = len(yaml[: _line_end(yaml, colon)].rstrip("\r\n"))
        return end, end, new
    return colon, end, new


def _is_block(node: Any, kind: str) -> bool:
    return bool(node.id == kind and not node.flow_style and node.value)


def _is_empty(node: Any) -> bool:
    """Whether a key has no value: what ruamel gives as its place may lie after a comment."""
    return bool(node.id == "scalar" and node.style is None and not node.value)


def _end(yaml: str, node: Any) -> int:
    """Where the text of a value ends, without the comments and blank lines after it."""
    end = int(node.end_mark.index)
    if node.id == "scalar":
        return len(yaml[:end].rstrip("\r\n \0")) if node.style in ("|", ">") else end
    if node.flow_style or not node.value:
        return end
    last = node.value[-1]
    if node.id == "sequence":
        return len(yaml[:end].rstrip()) if _is_empty(last) else _end(yaml, last)
    return int(last[0].end_mark.index) + 1 if _is_empty(last[1]) else _end(yaml, last[1])


def _line_end(yaml: str, at: int) -> int:
    """The start of the next line."""
    for place in range(at, len(yaml)):
        if yaml[place] == "\n" or (yaml[place] == "\r" and yaml[place + 1 : place + 2] != "\n"):
            return place + 1
    return len(yaml)


def _pair(keys: tuple[str, ...], value: Any, column: int, *, plainly: bool) -> str:
    """Lines of a new key at that column, the keys below it nested."""
    for key in reversed(keys[1:]):
        value = {key: value}
    written = f" {_flow(value)}" if plainly else _block(value, column + 2)
    return f"{' ' * column}{quoted(keys[0])}:{written if value is not None else ''}\n"


def _block(value: Any, indent: int) -> str:
    """What follows the colon of a key, in the way people write it."""
    if value is None:
        return ""
    if isinstance(value, dict) and value:
        return "\n" + "\n".join(_pairs(value, indent))
    if isinstance(value, list) and value:
        flow = _flow(value)
        if len(flow) <= _SHORT and not any(isinstance(item, dict | list) for item in value):
            return f" {flow}"
        return "\n" + "\n".join(_items(value, indent))
    if isinstance(value, str) and "\n" in value and _is_literal(value):
        strip = "" if value.endswith("\n") else "-"
        lines = value.removesuffix("\n").split("\n")
        return f" |{strip}\n" + "\n".join(" " * indent + line if line else "" for line in lines)
    return f" {_flow(value) if isinstance(value, dict | list) else _scalar(value, None, False)}"


def _pairs(value: dict[str, Any], indent: int) -> Iterator[str]:
    for key, inner in value.items():
        yield f"{' ' * indent}{quoted(str(key))}:{_block(inner, indent + 2)}"


def _items(value: list[Any], indent: int) -> Iterator[str]:
    for item in value:
        if isinstance(item, dict) and item:
            first, *rest = _pairs(item, indent + 2)
            yield f"{' ' * indent}- {first.lstrip()}"
            yield from rest
        else:
            yield f"{' ' * indent}- {_flow(item)}"


def _is_literal(text: str) -> bool:
    lines = text.removesuffix("\n").split("\n")
    return (
        bool(lines[0])
        and not lines[0].startswith((" ", "\t"))
        and not text.endswith("\n\n")
        and all(line.isprintable() and line == line.rstrip() for line in lines)
    )


def _is_line(value: Any) -> bool:
    return not isinstance(value, dict | list) and not (isinstance(value, str) and "\n" in value)


def _scalar(value: Any, style: str | None, in_flow: bool) -> str:
    """A value on one line, in the quotes that stood there before."""
    if value is None:
        return "null"
    if not isinstance(value, str):
        return json.dumps(value)
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if style == '"' or not value.isprintable():
        return double_quoted(value)
    if in_flow and _IN_FLOW & set(value):
        return double_quoted(value)
    return quoted(value)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(str(key))}: {_flow(value[key])}" for key in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value, None, in_flow=True)
