"""A text that came as one piece, cut into parts, chapters and titled scenes at its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from inkstand.formats.document import SCENE_BREAK, Level, Section
from inkstand.workspace.headings import plain_mark, recurring
from inkstand.workspace.markdown import Passages, code_in, headings, lines, marks_of

_FOOTNOTE = re.compile(
    r"^\[\^(?P<label>[^\]\s]+)\]:[ \t]?.*(?:\n(?:[ \t]+\S.*|[ \t]*(?=\n(?:\t|[ ]{4})\S)))*",
    re.MULTILINE,
)
_TARGET = re.compile(r"^[ ]{0,3}\[(?P<label>[^\]\n^][^\]\n]*)\]:[ \t]+\S.*$", re.MULTILINE)
_USED_NOTE = re.compile(r"\[\^([^\]\s]+)\](?!:)")
_ATTRIBUTES = re.compile(r"[ \t]*\{[#.][^{}]*\}$")
_FEWEST_BELOW_A_TITLE = 2


class Cut(msgspec.Struct, frozen=True):
    """The sections of a text, and its title if its one topmost heading is that."""

    sections: tuple[Section, ...]
    title: str = ""


class _Mark(msgspec.Struct, frozen=True):
    level: Level
    title: str
    start: int
    end: int


def cut(text: str) -> Cut:
    """Cut a Markdown text with LF line ends.

    Where there are no headings, lines such as "Chapter Two" are taken for some. Footnotes and the
    targets of links stand in each section that uses them.
    """
    title, marks = _marked(text)
    if not marks:
        return Cut((Section(text=text.strip("\n")),), title)
    definitions = _Definitions(text)
    made: list[Section] = []
    start = _end_of_line(text, len(text) - len(text.lstrip())) if title else 0
    before = definitions.with_own(text[start : marks[0].start])
    if before:
        made.append(Section(text=before))
    for place, mark in enumerate(marks):
        end = marks[place + 1].start if place + 1 < len(marks) else len(text)
        body = definitions.with_own(text[mark.end : end])
        made.append(Section(level=mark.level, title=mark.title, text=body))
    return Cut(tuple(made), title)


def scenes_of(section: Section) -> list[Section]:
    """A section cut at its scene breaks: the first piece is the section, the others are scenes."""
    code = Passages(code_in(section.text, 0))
    pieces, begin = [], 0
    for start, end, line in lines(section.text, 0):
        if line == SCENE_BREAK and start not in code:
            pieces.append(section.text[begin:start])
            begin = end
    pieces.append(section.text[begin:])
    definitions = _Definitions(section.text)
    texts = [definitions.with_own(piece) for piece in pieces]
    first = msgspec.structs.replace(section, text=texts[0])
    kept = {key: value for key, value in section.fields.items() if key == "cloud"}
    rest = [Section(level="scene", text=text, fields=kept) for text in texts[1:] if text]
    return [first, *rest] if len(texts) > 1 else [section]


def _marked(text: str) -> tuple[str, list[_Mark]]:
    found = headings(text, 0)
    if not found:
        return "", list(_plain_marks(text))
    levels = sorted({heading.level for heading in found.values()})
    top = [start for start, heading in found.items() if heading.level == levels[0]]
    title = ""
    title_at = -1
    # One heading above all others, with nothing before it, is the title of the book.
    if (
        len(top) == 1
        and len(found) > _FEWEST_BELOW_A_TITLE
        and plain_mark(found[top[0]].words) is None
        and not text[: top[0]].strip()
    ):
        title, title_at = _ATTRIBUTES.sub("", found[top[0]].words), top[0]
        found = {start: heading for start, heading in found.items() if start != title_at}
    kinds = marks_of(found)
    marks = [
        _Mark(_LEVELS[kinds[each.level]], _ATTRIBUTES.sub("", each.words), start, each.end)
        for start, each in sorted(found.items())
    ]
    if title_at >= 0 and marks and text[_end_of_line(text, title_at) : marks[0].start].strip():
        # A text of its own stands under it: it is a heading like others.
        return "", [_Mark("chapter", title, title_at, _end_of_line(text, title_at)), *marks]
    return title, marks


_LEVELS: dict[str, Level] = {
    "part": "part",
    "chapter": "chapter",
    "title": "scene",
    "break": "part",
}


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end + 1


def _plain_marks(text: str) -> Iterator[_Mark]:
    """Lines of plain text that are headings by their words, or because they recur."""
    recur = recurring(lines(text, 0), len(text))
    every: Sequence[tuple[int, int, str]] = list(lines(text, 0))
    for place, (start, end, line) in enumerate(every):
        bare = line.strip("_* []#")
        blank_before = place == 0 or not every[place - 1][2]
        blank_after = place + 1 == len(every) or not every[place + 1][2]
        if not bare or not blank_before or not blank_after:
            continue
        mark = "chapter" if start in recur else plain_mark(line)
        if mark is not None:
            yield _Mark(_LEVELS[mark], line.strip("_* ").replace("\\", ""), start, end)


class _Definitions:
    """The footnotes and the targets of links of a text, which any part of it may use."""

    def __init__(self, text: str) -> None:
        self._notes = {match["label"]: match[0].rstrip() for match in _FOOTNOTE.finditer(text)}
        self._targets = {match["label"].lower(): match[0] for match in _TARGET.finditer(text)}

    def with_own(self, text: str) -> str:
        """A piece of the text without definitions, but those it uses at its end."""
        if not self._notes and not self._targets:
            return text.strip("\n")
        body = _FOOTNOTE.sub("", text)
        body = _TARGET.sub("", body).strip("\n")
        notes: dict[str, str] = {}
        waiting = _USED_NOTE.findall(body)
        while waiting:
            label = waiting.pop(0)
            if label in self._notes and label not in notes:
                notes[label] = self._notes[label]
                waiting += _USED_NOTE.findall(self._notes[label])
        whole = "\n\n".join([body, *notes.values()]) if notes else body
        lower = whole.lower()
        targets = [words for label, words in self._targets.items() if f"[{label}]" in lower]
        return "\n\n".join(filter(None, [whole, "\n".join(targets)]))
