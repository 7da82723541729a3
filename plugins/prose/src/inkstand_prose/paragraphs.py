"""Where paragraphs begin and end, in text with or without hard-wrapped lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, pairwise

_LINE = re.compile(r"[^\n]++")
_OPENING_MARKS = "\"“„«‘'"
_SAMPLE_LINES = 4000
_WIDEST_WRAP = 100
_NARROWEST_WRAP = 40
_INDENT = 3
_MOST_SET_OFF = 0.2
_MOST_FINISHED = 0.65
"""Of the lines that another follows at once: where more of them end as sentences do, lines were
not wrapped."""
_SENTENCE_ENDS = frozenset('.!?…:"”»«“’)]*_')
_BLOCK = 2
_BESIDE_BLOCK = 2


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Spans of the paragraphs, without the blanks around them, in order."""
    lines = [trimmed for m in _LINE.finditer(text) if (trimmed := _trim(text, *m.span()))]
    width = _wrap_width(text, lines)
    if width == 0:
        return lines
    spans: list[tuple[int, int]] = []
    for start, end in lines:
        if spans and not _breaks(text, spans[-1], start, width):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def set_off(text: str, spans: Sequence[tuple[int, int]]) -> set[int]:
    """Numbers of the paragraphs that are indented line by line: letters, verse, inscriptions.

    None where indenting is how the text marks most of its paragraphs.
    """
    indented = {n for n, (start, end) in enumerate(spans) if _is_indented(text, start, end)}
    if len(indented) < _MOST_SET_OFF * len(spans) or _is_block(text, spans, indented):
        return indented
    return set()


def _is_block(text: str, spans: Sequence[tuple[int, int]], indented: set[int]) -> bool:
    """Whether paragraphs of several lines, some set off and some not, show that the whole block
    is set off and not the first line alone.
    """
    wrapped = {n for n, (start, end) in enumerate(spans) if "\n" in text[start:end]}
    within, flush = len(wrapped & indented), len(wrapped - indented)
    return within >= _BLOCK and flush >= _BESIDE_BLOCK and 2 * within > len(indented)


def _is_indented(text: str, start: int, end: int) -> bool:
    line = text.rfind("\n", max(0, start - _WIDEST_WRAP), start) + 1
    if start - line < _INDENT or text[line:start].strip(" \t"):
        return False
    return all(
        rest[: _INDENT - 1].isspace() for rest in text[start:end].split("\n")[1:] if rest.strip()
    )


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _wrap_width(text: str, lines: list[tuple[int, int]]) -> int:
    """The width that lines are wrapped at; 0 where each line is a paragraph of its own."""
    sample = list(islice(lines, _SAMPLE_LINES))
    joined = [
        line
        for line, (following, _) in pairwise(sample)
        if text.count("\n", line[1], following) == 1
    ]
    inner = sorted(end - start for start, end in joined)
    finished = sum(text[end - 1] in _SENTENCE_ENDS for _, end in joined)
    if not inner or finished > _MOST_FINISHED * len(joined):
        return 0
    middle, widest = inner[len(inner) // 2], inner[int(len(inner) * 0.95)]
    if middle < _NARROWEST_WRAP or widest > _WIDEST_WRAP:
        return 0
    return widest


def _breaks(text: str, current: tuple[int, int], following: int, width: int) -> bool:
    """Whether a paragraph ends before the line at `following`."""
    end = current[1]
    if text.count("\n", end, following) > 1:
        return True
    line_start = max(text.rfind("\n", current[0], end) + 1, current[0])
    return end - line_start < 0.7 * width and text[following] in _OPENING_MARKS
