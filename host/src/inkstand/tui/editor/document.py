"""A file's text while it is edited, shared by all editors that show it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from inkstand.tui.editor.buffer import Buffer, Change
from inkstand.tui.editor.undo import Kind, Replacing, Undo

Heard = Callable[[Change], None]
_MANY = 100


class Document:
    """A text with its undo steps. Each change is told to those who listen, right after it.

    Args:
        text: The text as it was read, line ends as they are.
        clock: Gives the time in seconds, for what belongs into one step.

    """

    def __init__(self, text: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self.buffer = Buffer(text)
        self.version = 0
        """Raised by each change."""
        self._clock = clock
        self._undo = Undo()
        self._heard: list[Heard] = []

    @property
    def text(self) -> str:
        """The whole text."""
        return self.buffer.text

    def listen(self, heard: Heard) -> Callable[[], None]:
        """Be told of every change; call what is returned to hear no more."""
        self._heard.append(heard)
        return lambda: self._heard.remove(heard) if heard in self._heard else None

    def replace(
        self, start: int, end: int, new: str, *, kind: Kind = "other", before: int, after: int
    ) -> None:
        """Put a text in the place of another; `before` and `after` are where the cursor was and is.

        New lines end as the text's own do.
        """
        new = self.in_own_manner(new)
        if self.buffer.slice(start, end) == new:
            return
        change = self.buffer.replace(start, end, new)
        self._undo.add(change, kind, before, after, self._clock())
        self._tell(change)

    def in_own_manner(self, text: str) -> str:
        """A text whose lines end as this one's do."""
        if self.buffer.newline == "\n" and "\r" not in text:
            return text
        plain = text.replace("\r\n", "\n").replace("\r", "\n")
        return plain if self.buffer.newline == "\n" else plain.replace("\n", self.buffer.newline)

    @contextmanager
    def step(self, cursor: int, kind: Kind = "other") -> Iterator[None]:
        """What is changed meanwhile is one step; undone, the cursor is at `cursor` again."""
        self.begin(cursor, kind)
        try:
            yield
        finally:
            self.end()

    def begin(self, cursor: int, kind: Kind = "other") -> None:
        """Begin a step that `end` ends, for what takes several keys."""
        self._undo.begin(kind, cursor, self._clock())

    def end(self) -> None:
        """End a step that was begun."""
        self._undo.end()

    def apply(self, edits: list[tuple[int, int, str]], cursor: int) -> None:
        """Make changes of another program, the last one first, as one step that can be undone."""
        if len(edits) > _MANY:
            edits = [self._as_one(edits)]
        with self.step(cursor):
            for start, end, new in edits:
                change = self.buffer.replace(start, end, new)
                self._undo.add(change, "other", cursor, cursor, self._clock())
                self._tell(change)

    def _as_one(self, edits: list[tuple[int, int, str]]) -> tuple[int, int, str]:
        """Many changes as one: each of them costs all lines behind it a look."""
        first, last = edits[-1][0], edits[0][1]
        pieces: list[str] = []
        at = first
        for start, end, new in reversed(edits):
            pieces += (self.buffer.slice(at, start), new)
            at = end
        return first, last, "".join(pieces)

    def seal(self) -> None:
        """Have the next change be a step of its own."""
        self._undo.seal()

    def undo(self) -> int | None:
        """Take the last step back: where the cursor was before it; None if there is none."""
        return self._stepped(self._undo.undo())

    def redo(self) -> int | None:
        """Take a step again: where the cursor was after it; None if there is none."""
        return self._stepped(self._undo.redo())

    def again_from(self) -> int | None:
        """Where the cursor was before the step that `redo` would take; None if there is none."""
        return self._undo.again_from()

    def _stepped(self, found: tuple[list[Replacing], int] | None) -> int | None:
        if found is None:
            return None
        for start, length, new in found[0]:
            self._tell(self.buffer.replace(start, start + length, new))
        return found[1]

    def _tell(self, change: Change) -> None:
        self.version += 1
        for heard in list(self._heard):
            heard(change)
