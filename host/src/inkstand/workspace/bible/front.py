"""A page's front matter as nodes of YAML: plain values, and the line that each stands on.

Read with ruamel.yaml, but never constructed by it: a date that no calendar has is text like any
other, and a document that unfolds without end is refused.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

import msgspec

from inkstand.workspace.frontmatter import MOST
from inkstand_sdk.errors import InputError

# ruamel.yaml (20 ms) is only loaded for pages that have front matter.

_NEWLINE = r"(?:\r\n|\r|\n)"
_OPENING = re.compile(rf"---[ \t]*{_NEWLINE}")
_CLOSING = re.compile(rf"^(?:---|\.\.\.)[ \t]*(?:{_NEWLINE}|\Z)", re.MULTILINE)
# Python's own lines end at "\n" alone.
_OLD_MAC_CLOSING = re.compile(r"(?<=\r)(?:---|\.\.\.)[ \t]*(?:\r|\Z)")
_MOST_VALUES = 20_000
_DEEPEST = 40
_NESTED = re.compile(r"(?:[\[{]\s*+){50}")
_PLAIN_WORDS = (
    ("mapping values are not allowed",
     'a colon stands where none may; put the text into "quotes", or indent it as the lines above'),
    ("could not find expected ':'", "a colon is missing after the first word"),
    ("expected <block end>", "it is indented otherwise than the lines above it"),
    ("cannot start any token", 'it begins with a special character; put the text into "quotes"'),
    ("found undefined alias", 'it begins with a star; put the text into "quotes"'),
    ("<stream end>", "a bracket is opened and never closed"),
    ("scanning a quoted scalar", "a quotation mark is opened and never closed"),
    ("unexpected end of stream", "a quotation mark or a bracket is opened and never closed"),
)  # fmt: skip
_LARGEST_INTEGER = 2**63 - 1
Path = tuple[str | int, ...]
"""The keys and places in lists that lead to a value."""


class Front(msgspec.Struct, frozen=True):
    """Front matter: its values, the line (from 1) of each, and where it lies in the page's text.

    `start` and `end` bound the YAML itself, `text_at` is where the free text begins; all three
    are 0 where there is none. `fault` is why it could not be read, and `fault_line` where.
    """

    fields: dict[str, Any]
    lines: dict[Path, int]
    start: int = 0
    end: int = 0
    text_at: int = 0
    fault: str = ""
    fault_line: int = 1
    root: Any = None
    """The mapping as ruamel's node, for those who change it."""


def read(text: str) -> Front:
    """The front matter of a page's text; with a `fault` if it cannot be read."""
    opening = _OPENING.match(text)
    if opening is None:
        return Front({}, {})
    closing = _closing(text, opening.end())
    if closing is None:
        fault = "the front matter has no end: a line with only --- is missing after it"
        return Front({}, {}, fault=fault)
    start, end, text_at = opening.end(), closing[0], closing[1]
    if end - start > MOST:
        fault = f"the front matter is longer than {MOST:,} characters"
        return Front({}, {}, start, end, text_at, fault)
    try:
        root = composed(text[start:end])
        reading = _Reading()
        fields = {} if root is None else reading.mapping(root, ())
    except InputError as error:
        line = int(error.data.get("line", 0)) + 2
        return Front({}, {}, start, end, text_at, error.what, line)
    return Front(fields, reading.lines, start, end, text_at, root=root)


def _closing(text: str, start: int) -> tuple[int, int] | None:
    found = (_CLOSING if "\n" in text else _OLD_MAC_CLOSING).search(text, start)
    return None if found is None else (found.start(), found.end())


def composed(yaml: str) -> Any:
    """The mapping node that a YAML document is; None if it is empty.

    Raises:
        InputError: it is no YAML, or no mapping; `data["line"]` is the line, from 0.

    """
    if found := _NESTED.search(yaml):
        # ruamel.yaml takes seconds to find that out by itself.
        raise _fault("it is nested too deep", yaml.count("\n", 0, found.start()))
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ruamel warns of anchors that are used twice
            root = YAML(typ="safe", pure=True).compose(yaml)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What was begun and never ended is noticed behind the last line.
        line = min(mark.line, yaml.rstrip().count("\n")) if mark else 0
        problem = _in_plain_words(str(error.problem or error.context or "it is no YAML"))
        raise _fault(problem, line) from error
    except (YAMLError, ValueError, LookupError, AttributeError, RecursionError) as error:
        problem = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _fault(problem, 0) from error
    if root is not None and root.id == "scalar" and not root.value:
        return None
    if root is not None and root.id != "mapping":
        raise _fault("it is not made of `key: value` lines", 0)
    return root


class _Reading:
    """Turns nodes into JSON values, and remembers the line of each."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self._left = _MOST_VALUES

    def mapping(self, node: Any, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if key.id != "scalar":
                raise _fault("a key is a list or a mapping; write a plain word", _line(key))
            name = sound(key.value)
            if name in found:
                raise _fault(f"the key {name!r} stands there twice", _line(key))
            self.lines[*path, name] = _line(key) + 2
            found[name] = self.value(value, (*path, name))
        return found

    def value(self, node: Any, path: Path) -> Any:
        self._left -= 1
        if self._left < 0:
            raise _fault("it holds too many values", _line(node))
        if len(path) > _DEEPEST:
            raise _fault("it is nested too deep, or in itself", _line(node))
        if node.id == "mapping":
            return self.mapping(node, path)
        if node.id == "sequence":
            items = []
            for place, item in enumerate(node.value):
                self.lines[*path, place] = _line(item) + 2
                items.append(self.value(item, (*path, place)))
            return items
        return plain(node.tag, node.value)


def plain(tag: str, text: str) -> Any:
    """The JSON value of a scalar by its YAML tag; what no JSON has, dates too, stays text."""
    kind = tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    try:
        if kind == "int":
            number = int(text.replace("_", ""), 0) if len(text) < 40 else _LARGEST_INTEGER + 1
            return number if abs(number) <= _LARGEST_INTEGER else sound(text)
        if kind == "float":
            real = float(text.replace("_", ""))
            return real if abs(real) < float("inf") else sound(text)
    except ValueError:
        return sound(text)
    return sound(text)


def sound(text: str) -> str:
    """Text that can be encoded: YAML escapes may spell half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _in_plain_words(problem: str) -> str:
    """What is wrong, for somebody who never heard of tokens."""
    if "'\\t'" in problem:
        return "a tab stands where only spaces may"
    return next((said for word, said in _PLAIN_WORDS if word in problem), problem)


def _line(node: Any) -> int:
    return int(node.start_mark.line)


def _fault(what: str, line: int) -> InputError:
    return InputError(what, line=line)
