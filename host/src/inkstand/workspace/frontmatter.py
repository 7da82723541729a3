"""YAML front matter: the block between two `---` lines at the top of a Markdown file."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from typing import Any

import msgspec

# ruamel.yaml (30 ms) is only loaded for files that have front matter.

_NEWLINE = r"(?:\r\n|\r|\n)"
_BLOCK = re.compile(
    rf"---[ \t]*{_NEWLINE}(.*?)(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:{_NEWLINE}|\Z)", re.DOTALL
)
# A line that belongs to a mapping: a key, a comment, or the continuation of a value.
_MAPPED = re.compile(r"[\w-]+[ \t]*:(?:[ \t]|$)|#|[ \t]|-[ \t]|$")
_NEVER = ("never", "no", "false", "off")
_SAYS_NEVER = re.compile(
    r"""(?<=[\r\n])["']?cloud["']?[ \t]*:[ \t]*["']?(?:never|no|false|off)\b""", re.IGNORECASE
)
MOST = 65_536
_MOST_VALUES = 5_000
_LARGEST_INTEGER = 2**63 - 1


class FrontMatter(msgspec.Struct, frozen=True):
    """Front matter as plain JSON values, and where the text after it starts (code points)."""

    fields: dict[str, Any]
    end: int
    note: str = ""


def parse(text: str, name: str) -> FrontMatter:
    """The front matter of `text`.

    A block that is no mapping is text between two rules, and is left in the text. One whose
    every line looks like a mapping's but that YAML cannot read is left out, with a note.
    """
    if not text.startswith("---"):
        return FrontMatter({}, 0)
    match = _BLOCK.match(text, 0, MOST)
    if match is None or match.end() == MOST:
        return FrontMatter({}, 0)
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ruamel warns of anchors that are used twice
            loaded = YAML(typ="safe", pure=True).load(match[1])
        if loaded is None:
            return FrontMatter({}, match.end())
        if not isinstance(loaded, dict):
            # "---" is also a rule: text between two of them is text.
            return FrontMatter({}, 0)
        fields = _Plain().mapping(loaded)
    # YAML's own errors aside, its constructors raise whatever odd dates and numbers provoke.
    except (
        YAMLError,
        ArithmeticError,
        AttributeError,
        LookupError,
        ValueError,
        TypeError,
        RecursionError,
    ) as error:
        if not all(map(_MAPPED.match, match[1].splitlines())):
            return FrontMatter({}, 0)
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return FrontMatter(
            {}, match.end(), f"The front matter of {name} could not be read: {reason}."
        )
    return FrontMatter(fields, match.end())


def may_leave(fields: dict[str, Any]) -> bool:
    """Whether front matter lets its text go to other machines: not with `cloud: never`."""
    for key, value in fields.items():
        if key.strip().lower() == "cloud" and str(value).strip().lower() in _NEVER:
            return False
    return True


def says_never(text: str, front: FrontMatter) -> bool:
    """Whether a text's front matter says `cloud: never`, readable as YAML or not."""
    if not may_leave(front.fields):
        return True
    return bool(front.note) and _SAYS_NEVER.search(text, 0, front.end) is not None


class _Plain:
    """Turns what YAML gives into JSON values, and refuses documents that unfold without end."""

    def __init__(self) -> None:
        self.left = _MOST_VALUES

    def mapping(self, value: dict[Any, Any]) -> dict[str, Any]:
        return {_sound(str(key)): self.value(item) for key, item in value.items()}

    def value(self, value: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise ValueError("it holds too many values")
        if isinstance(value, dict):
            return self.mapping(value)
        if isinstance(value, set):
            return sorted(_sound(str(item)) for item in value)
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        if isinstance(value, dt.date | dt.datetime):
            return value.isoformat()
        if isinstance(value, str):
            return _sound(value)
        if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
            return str(value)
        if value is None or isinstance(value, int | float | bool):
            return value
        return _sound(str(value))


def _sound(text: str) -> str:
    """Text that can be encoded: YAML escapes may spell half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode("utf-8")
