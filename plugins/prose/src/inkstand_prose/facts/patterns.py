"""Patterns over sentences in plain form (`views`), kept as text: `patterns/*.txt`.

A line `%NAME% = ...` names a part that later lines may use; `NAME = ...` is a pattern; and
`* LABEL CONFIDENCE = ...` is one of a list, with what it tells and how sure it is. What is
indented goes on with the line before, without a break; `#` begins a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import msgspec

from inkstand_prose.facts.numbers import NUMBER, ORDINAL

_PART = re.compile(r"%([A-Z_]+)%")


class Listed(msgspec.Struct, frozen=True):
    """A pattern of a list, what it tells, and how sure that is."""

    label: str
    confidence: float
    pattern: re.Pattern[str]


class Patterns(msgspec.Struct, frozen=True):
    """The patterns of one file."""

    named: dict[str, re.Pattern[str]]
    listed: tuple[Listed, ...]

    def __getitem__(self, name: str) -> re.Pattern[str]:
        return self.named[name]


@cache
def load(name: str, **parts: str) -> Patterns:
    """The patterns of the file `name`; `parts` are named parts that only code can give.

    Raises:
        KeyError: a line uses a part that no line before it names.

    """
    known = {**_parts(), **parts}
    named: dict[str, re.Pattern[str]] = {}
    listed: list[Listed] = []
    for head, text in _lines(name):
        written = _PART.sub(lambda match: known[match[1]], text)
        if head.startswith("%"):
            known[head.strip("%")] = written
        elif head.startswith("*"):
            _, label, confidence = head.split()
            listed.append(Listed(label, float(confidence), re.compile(written)))
        else:
            named[head] = re.compile(written)
    return Patterns(named, tuple(listed))


@cache
def _parts() -> dict[str, str]:
    """The parts that every file may use: numbers, and those of `parts.txt`."""
    known = {"NUMBER": NUMBER, "ORDINAL": ORDINAL}
    for head, text in _lines("parts"):
        known[head.strip("%")] = _PART.sub(lambda match: known[match[1]], text)
    return known


def _lines(name: str) -> Iterator[tuple[str, str]]:
    text = files(__package__).joinpath("patterns", f"{name}.txt").read_text(encoding="utf-8")
    rows: list[str] = []
    for line in text.splitlines():
        if line.startswith("    "):
            rows[-1] += line[4:]
        elif line and not line.startswith("#"):
            rows.append(line)
    for row in rows:
        head, _, rest = row.partition(" = ")
        yield head, rest
