"""Plain text as Markdown that reads the same, and Markdown as it is."""

from __future__ import annotations

import re

from inkstand.formats.document import SCENE_BREAK
from inkstand.formats.reading.escapes import is_scene_break, line_starts

_LONG = 120
_HEADING = re.compile(r"#{1,6} +\S.{0,100}")
_FEW_BLANKS = 0.05


def unified(text: str) -> str:
    """Text with LF line ends, and without NUL or a byte order mark."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.removeprefix("\ufeff").replace("\f", "\n")


def from_text(text: str) -> tuple[str, tuple[str, ...]]:
    """A plain text as Markdown, and what is to be said of it.

    Lines keep their words; where each line is a paragraph, blank lines are put between them.
    Emphasis with `*` or `_` is taken as that, and so is a heading with `#` between blank lines.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    filled = [line for line in lines if line]
    blanks = sum(not line for line in lines)
    each_is_one = blanks <= _FEW_BLANKS * len(filled) and any(len(e) > _LONG for e in filled)
    around = ["", *lines, ""]
    made = [
        line
        if _HEADING.fullmatch(line) and not around[place] and not around[place + 2]
        else _line(line)
        for place, line in enumerate(lines)
    ]
    joined = ("\n\n" if each_is_one else "\n").join(made)
    joined = re.sub(r"(?<!\n)\n(\* \* \*)(?=\n|\Z)", r"\n\n\1", joined)
    joined = re.sub(r"(?:\A|(?<=\n))(\* \* \*)\n(?!\n)", r"\1\n\n", joined)
    notes = []
    indented = sum(line[:1] in " \t" for line in filled)
    if indented:
        notes.append(f"Not carried: the indentation of {indented:,} lines.")
    return joined, tuple(notes)


def _line(line: str) -> str:
    if is_scene_break(line):
        return SCENE_BREAK
    return line_starts(line.strip())
