"""What was changed, in steps that a writer would take back at once."""

from __future__ import annotations

from typing import Literal

import msgspec

from inkstand.tui.editor.buffer import Change

Kind = Literal["typed", "deleted", "other"]
Replacing = tuple[int, int, str]
"""Where something is to be replaced, how many characters, and by what."""
_PAUSE_S = 3.0
"""A pause after which what is typed is a step of its own."""
_MOST = 60
"""Characters typed without a pause, after which the next word begins a step."""
_LARGEST = 64 * 2**20
"""Characters kept in all: a paste of a megabyte can be taken back, a day's worth of them not."""


class _Edit(msgspec.Struct, frozen=True):
    start: int
    old: str
    new: str


class _Step:
    """Edits that are taken back together, and where the cursor was before and after."""

    def __init__(self, kind: Kind, cursor: int, at: float) -> None:
        self.kind = kind
        self.before = cursor
        self.after = cursor
        self.edits: list[_Edit] = []
        self.at = at

    def size(self) -> int:
        return sum(len(each.old) + len(each.new) for each in self.edits)


class Undo:
    """The steps of one text."""

    def __init__(self) -> None:
        self._done: list[_Step] = []
        self._undone: list[_Step] = []
        self._open = False
        self._depth = 0
        self._size = 0

    def begin(self, kind: Kind, cursor: int, now: float) -> None:
        """Begin a step that lasts until `end`; within another one, it is part of that."""
        if self._depth == 0:
            self._start(kind, cursor, now)
        self._depth += 1

    def end(self) -> None:
        """End a step that was begun; one in which nothing was changed is none."""
        self._depth -= 1
        if self._depth == 0:
            if self._done and not self._done[-1].edits:
                self._done.pop()
            self._open = False

    def add(self, change: Change, kind: Kind, before: int, after: int, now: float) -> None:
        """Keep a change that was made at a time, in seconds of any clock."""
        if not (self._depth or self._joins(change, kind, now)):
            self._start(kind, before, now)
        step = self._done[-1]
        last = step.edits[-1] if step.edits else None
        if last and kind == step.kind == "typed" and last.start + len(last.new) == change.start:
            step.edits[-1] = _Edit(last.start, last.old + change.old, last.new + change.new)
        else:
            step.edits.append(_Edit(change.start, change.old, change.new))
        step.after, step.at = after, now
        self._undone.clear()
        self._size += len(change.old) + len(change.new)
        self._trim()

    def seal(self) -> None:
        """Have the next change begin a step: the cursor went elsewhere."""
        self._open = False

    def undo(self) -> tuple[list[Replacing], int] | None:
        """Take a step back: what is to be replaced, in order, and where the cursor was."""
        if not self._done:
            return None
        self.seal()
        step = self._done.pop()
        self._undone.append(step)
        back = [(each.start, len(each.new), each.old) for each in reversed(step.edits)]
        return back, step.before

    def again_from(self) -> int | None:
        """Where the cursor was before the step that `redo` would take; None if there is none."""
        return self._undone[-1].before if self._undone else None

    def redo(self) -> tuple[list[Replacing], int] | None:
        """Take a step again that was taken back: what is to be replaced, and the cursor's place."""
        if not self._undone:
            return None
        self.seal()
        step = self._undone.pop()
        self._done.append(step)
        return [(each.start, len(each.old), each.new) for each in step.edits], step.after

    def _start(self, kind: Kind, cursor: int, now: float) -> None:
        self._done.append(_Step(kind, cursor, now))
        self._open = True

    def _joins(self, change: Change, kind: Kind, now: float) -> bool:
        """Whether a change goes on with what the last step did."""
        if not (self._open and self._done) or kind == "other":
            return False
        step = self._done[-1]
        if step.kind != kind or now - step.at > _PAUSE_S or not step.edits:
            return False
        last = step.edits[-1]
        if kind == "typed":
            if change.old or last.start + len(last.new) != change.start:
                return False
            if last.new[-1:] in ("\n", "\r") and change.new not in ("\n", "\r\n", "\r"):
                return False
            return not (len(last.new) > _MOST and last.new[-1:] == " " and change.new != " ")
        return change.start in (last.start, last.start - len(change.old))

    def _trim(self) -> None:
        while self._size > _LARGEST and len(self._done) > 1:
            self._size -= self._done.pop(0).size()
