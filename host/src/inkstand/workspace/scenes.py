"""The one scene splitter: a file's text into scenes by headings and scene breaks.

Markdown headings and the chapter lines of plain text novels open a chapter or a part; a line
such as `* * *` divides scenes. Offsets count code points of the decoded file, newlines
untranslated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from inkstand.workspace.frontmatter import may_leave
from inkstand.workspace.headings import plain_mark, recurring
from inkstand.workspace.markdown import PROSE, Mark, Passages, code_in, headings, lines, marks_of
from inkstand_sdk.manuscript import Scene

_BREAK = re.compile(
    r"(?:\*[ \t]*){3,}$|(?:-[ \t]*){3,}$|(?:_[ \t]*){3,}$|(?:~[ \t]*){3,}$|#$|⁂$"
    r"|(?:[•·◦❦❧][ \t]*){1,5}$"
)
_OPENS_BREAK = frozenset("*-_~#⁂•·◦❦❧")
# Front matter that a scene has fields for.
_OWN = {"title", "pov", "when", "place", "status", "cloud"}
_MANY = 1_000_000
WORD = re.compile(r"\w+(?:[’'\-]\w+)*")


def count_words(text: str) -> int:
    """How many words a text has."""
    # A list of all words of a novel in one line would take hundreds of megabytes.
    if len(text) > _MANY:
        return sum(1 for _ in WORD.finditer(text))
    return len(WORD.findall(text))


class Cut(msgspec.Struct, frozen=True):
    """A line that is no prose: what it marks, its heading, and where it lies."""

    mark: Mark
    heading: str
    start: int
    end: int


def split(
    text: str,
    start: int,
    *,
    file: str,
    fields: dict[str, Any],
    first: int,
    markdown: bool,
    words: Mapping[str, int] | None = None,
) -> list[Scene]:
    """The scenes of one file, in order.

    Args:
        text: The whole decoded file.
        start: Where prose starts: after front matter.
        file: The name to give as `Scene.file`.
        fields: Front matter.
        first: The index of the first scene.
        markdown: Whether `#` lines are headings.
        words: How many words scenes have that were counted before, by their `Scene.sha256`.

    """
    found = _Found(text, start, file, fields, first, words or {})
    for cut in cuts(text, start, markdown=markdown):
        found.end_scene(cut.start, cut.end)
        found.pass_mark(cut.mark, cut.heading)
    found.end_scene(len(text), len(text))
    return found.scenes


class _Found:
    """The scenes of a file so far, the headings that hold, and how far it was read."""

    def __init__(
        self,
        text: str,
        start: int,
        file: str,
        fields: dict[str, Any],
        first: int,
        words: Mapping[str, int],
    ) -> None:
        self._words = words
        self.scenes: list[Scene] = []
        self._text = text
        self._at = start
        self._file = file
        self._fields = fields
        self._first = first
        self._part = self._chapter = self._title = ""
        self._line = 1
        self._counted = 0
        self._has_returns = "\r" in text

    def pass_mark(self, mark: Mark, heading: str) -> None:
        """Let a heading hold for what follows; a break changes none."""
        if mark == "break":
            return
        self._title = ""
        if mark == "part":
            self._part, self._chapter = heading, ""
        elif mark == "chapter":
            self._chapter = heading
        else:
            self._title = heading

    def end_scene(self, end: int, go_on_at: int) -> None:
        """Keep the text up to `end` as a scene unless it holds no words."""
        whole = self._text[self._at : end]
        start = self._at + len(whole) - len(whole.lstrip())
        body = whole.strip()
        self._at = go_on_at
        sha256 = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
        words = self._words.get(sha256) or count_words(body)
        if not words:
            return
        fields, number = self._fields, len(self.scenes) + 1
        self.scenes.append(
            Scene(
                index=self._first + len(self.scenes),
                id=f"{self._file}#{number}",
                text=body,
                title=self._title or (_text(fields.get("title")) if number == 1 else ""),
                chapter=self._chapter,
                part=self._part,
                file=self._file,
                offset=start,
                line=self._line_at(start),
                words=words,
                sha256=sha256,
                pov=_text(fields.get("pov")),
                when=_text(fields.get("when")),
                place=_text(fields.get("place")),
                status=_text(fields.get("status")),
                cloud=may_leave(fields),
                meta={key: value for key, value in fields.items() if key not in _OWN},
            )
        )

    def _line_at(self, offset: int) -> int:
        """The line of an offset, from 1; each call goes on from the last one's.

        A line ends with LF, CRLF, or a lone CR.
        """
        text, since = self._text, self._counted
        self._line += text.count("\n", since, offset)
        if self._has_returns:
            self._line += text.count("\r", since, offset) - text.count("\r\n", since, offset)
        self._counted = offset
        return self._line


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def cuts(text: str, start: int, *, markdown: bool) -> Iterator[Cut]:
    """The lines of a decoded file that are no prose, in order; prose starts at `start`."""
    every = lines(text, start)
    found = headings(text, start, every) if markdown else {}
    marks = marks_of(found)
    code = Passages(code_in(text, start) if markdown else iter(()))
    recur = recurring(every, len(text) - start) if not found else frozenset()
    blank_before = True
    rest = iter(every)
    held: tuple[int, int, str] | None = next(rest, None)
    while held is not None:
        begin, end, line = held
        following = next(rest, None)
        held = following
        if not line or line == PROSE:
            blank_before = not line
            continue
        cut: Cut | None = None
        if (heading := found.get(begin)) is not None:
            cut = Cut(marks[heading.level], heading.words, begin, heading.end)
            if heading.end > end:
                held = next(rest, None)
        elif begin in code:
            pass
        elif line[0] in _OPENS_BREAK and _BREAK.match(line):
            cut = Cut("break", "", begin, end)
        elif blank_before and (following is None or len(line) < 100):
            mark = "chapter" if begin in recur else plain_mark(line)
            blank_after = following is None or not following[2]
            if mark and (blank_after or len(line) < 40):
                cut = Cut(mark, line.strip("_* "), begin, end)
        if cut:
            yield cut
        # A heading is often followed by a second line of it, without a blank line between.
        blank_before = cut is not None
