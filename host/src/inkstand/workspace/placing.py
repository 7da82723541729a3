"""Where in a text that has changed since the places of a former text are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from inkstand.workspace.word_diff import Hunk, hunks

_AROUND = 200  # code points of context by which a place that was moved is known again
_LEAST = 24


class Places:
    """The way from places of one text to those of a later one.

    Args:
        old: The text as it was.
        new: The text as it is.

    """

    def __init__(self, old: str, new: str) -> None:
        self._old = old
        self._new = new
        # What was written as a line of its own may begin as the line after it does: then it is
        # told apart by where it stands, not by its first words.
        self._found = hunks(old, new)
        self._changes = _at_lines(old, self._found)
        self._starts = [change.old_start for change in self._changes]
        self._grown = _sums(self._changes)

    def find(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the code points [start, end) of the old text are now; None if they changed.

        A place between two code points has changed if anything was written or deleted there. A
        stretch that was moved as a whole, with what stands around it, is found where it is.
        """
        if start == end and any(self._touches(each, start, end) for each in self._found):
            return self._moved(start, end)
        first = bisect_left(self._starts, start)
        before = self._changes[first - 1] if first else None
        if before is not None and self._touches(before, start, end):
            return self._moved(start, end)
        for change in self._changes[first:]:
            if self._touches(change, start, end):
                return self._moved(start, end)
            if change.old_start > end:
                break
        # What was written right before a stretch that is replaced stays before it.
        while first < len(self._changes) and self._changes[first].old_end <= start < end:
            first += 1
        shift = self._grown[first]
        return start + shift, end + shift

    def _touches(self, change: Hunk, start: int, end: int) -> bool:
        if start == end:
            return change.old_start <= start <= change.old_end
        return change.old_start < end and change.old_end > start

    def _moved(self, start: int, end: int) -> tuple[int, int] | None:
        left, right = self._around(start, end)
        around = self._old[left:right]
        if len(around.strip()) < _LEAST or self._old.count(around) != 1:
            return None
        at = self._new.find(around)
        if at < 0 or self._new.find(around, at + 1) >= 0:
            return None
        # At an end of the text there is nothing to know the place by on that side.
        is_first, is_last = not self._old[:start].strip(), not self._old[end:].strip()
        if (is_first and self._new[:at].strip()) or (
            is_last and self._new[at + len(around) :].strip()
        ):
            return None
        return at + start - left, at + end - left

    def _around(self, start: int, end: int) -> tuple[int, int]:
        """What a place is known by: its lines; a place between two code points, both sides."""
        if start == end:
            return max(0, start - _AROUND), end + _AROUND
        after = self._old.find("\n", end)
        return self._old.rfind("\n", 0, start) + 1, len(self._old) if after < 0 else after


def _sums(changes: Sequence[Hunk]) -> list[int]:
    """By how much the text has grown after so many changes."""
    sums = [0]
    for change in changes:
        sums.append(sums[-1] + len(change.new_text) - (change.old_end - change.old_start))
    return sums


def _at_lines(old: str, changes: Sequence[Hunk]) -> list[Hunk]:
    """The same changes; what was only written or only deleted begins at a line, if it can."""
    settled: list[Hunk] = []
    for number, change in enumerate(changes):
        low = settled[-1].old_end if settled else 0
        high = changes[number + 1].old_start if number + 1 < len(changes) else len(old)
        settled.append(_at_line(old, change, low, high))
    return settled


def _at_line(old: str, change: Hunk, low: int, high: int) -> Hunk:
    start, end, text = change.old_start, change.old_end, change.new_text
    turning = text or old[start:end]
    if (text and start != end) or not turning or _is_line(old, start):
        return change
    size = len(turning)
    for step in range(1, min(start - low, _AROUND) + 1):
        if old[start - step] != turning[-step % size]:
            break
        if _is_line(old, start - step):
            turned = text[-step % size :] + text[: -step % size]
            return Hunk(start - step, end - step, turned)
    for step in range(1, min(high - end, _AROUND) + 1):
        if old[end + step - 1] != turning[(step - 1) % size]:
            break
        if _is_line(old, start + step):
            turned = text[step % size :] + text[: step % size]
            return Hunk(start + step, end + step, turned)
    return change


def _is_line(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == "\n"
