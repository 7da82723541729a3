"""YAML front matter: the block between two `---` lines at the top of a Markdown file."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import msgspec

# ruamel.yaml (30 ms) is only loaded for files that have front matter.

_BLOCK = re.compile(r"\A---[ \t]*\r?\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
MOST = 65_536
_MOST_VALUES = 5_000


class FrontMatter(msgspec.Struct, frozen=True):
    """Front matter as plain JSON values, and where the text after it starts (code points)."""

    fields: dict[str, Any]
    end: int
    note: str = ""


def parse(text: str, name: str) -> FrontMatter:
    """The front matter of `text`; a block that is no YAML mapping is left in the text, with a
    note that says why.
    """
    if not text.startswith("---"):
        return FrontMatter({}, 0)
    match = _BLOCK.match(text[: MOST + 1])
    if match is None:
        return FrontMatter({}, 0)
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        loaded = YAML(typ="safe", pure=True).load(match[1])
        if loaded is None:
            return FrontMatter({}, match.end())
        if not isinstance(loaded, dict):
            # "---" is also a rule: text between two of them is text.
            return FrontMatter({}, 0)
        fields = _Plain().mapping(loaded)
    except (YAMLError, ValueError, TypeError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return FrontMatter(
            {}, match.end(), f"The front matter of {name} could not be read: {reason}."
        )
    return FrontMatter(fields, match.end())


class _Plain:
    """Turns what YAML gives into JSON values, and refuses documents that unfold without end."""

    def __init__(self) -> None:
        self.left = _MOST_VALUES

    def mapping(self, value: dict[Any, Any]) -> dict[str, Any]:
        return {str(key): self.value(item) for key, item in value.items()}

    def value(self, value: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise ValueError("it holds too many values")
        if isinstance(value, dict):
            return self.mapping(value)
        if isinstance(value, list | tuple | set):
            return [self.value(item) for item in value]
        if isinstance(value, dt.date | dt.datetime):
            return value.isoformat()
        if value is None or isinstance(value, str | int | float | bool):
            return value
        return str(value)
