"""Where a passage stands in its file now, which may have been changed since it was quoted."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from inkstand.workspace.textfile import TextFile

_LINE_END = re.compile(r"\r\n|\r|\n")


class Located(msgspec.Struct, frozen=True):
    """The code points [start, end) of a file; `is_there` is whether the quoted words are there."""

    file: Path
    start: int
    end: int
    is_there: bool = True


def locate(file: Path, quote: str, *, line: int = 1, near: int | None = None) -> Located:
    """Where words stand in a file: the nearest place that has them, or where they were.

    Args:
        file: The file.
        quote: The words, as the file had them.
        line: The line on which they began, from 1.
        near: Where they began, in code points; the line counts without it.

    Raises:
        InputError: the file cannot be read, or is not there any more.

    """
    text = TextFile.read(file).text
    at = _line_start(text, line) if near is None else min(near, len(text))
    if not quote:
        return Located(file, at, at)
    before, after = text.rfind(quote, 0, at + len(quote) - 1), text.find(quote, at)
    if near is None and after >= 0 and after - at <= len(quote) + 2_000:
        before = -1
    found = [place for place in (after, before) if place >= 0]
    if not found:
        return Located(file, at, at, is_there=False)
    start = min(found, key=lambda place: abs(place - at))
    return Located(file, start, start + len(quote))


def _line_start(text: str, line: int) -> int:
    at = 0
    for number, end in enumerate(_LINE_END.finditer(text), start=2):
        if number > line:
            break
        at = end.end()
    return at
