"""The last change, to be done again: its keys, and what was selected for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inkstand.tui.editor.vim.motions import last_line, line_of

if TYPE_CHECKING:
    from inkstand.tui.editor.vim.keys import VimKeys

_MOST_KEYS = 10_000
_OPERATORS = ("d", "c", "y", ">", "<", "gu", "gU", "g~")

Key = tuple[str, str | None]


class Area(msgspec.Struct, frozen=True):
    """What was selected: so many lines, to that column of the last, or so many columns of one."""

    state: str
    lines: int
    columns: int
    to_ends: bool


class Repeating:
    """Notes the keys of commands, and presses those of the last one that changed the text."""

    def __init__(self, vim: VimKeys) -> None:
        self.running = False
        self._vim = vim
        self._keys: list[Key] = []
        self._area: Area | None = None
        self._last: tuple[list[Key], Area | None] = ([], None)
        self._began_at = -1

    def begin(self) -> None:
        """What is pressed from now on is another command."""
        self._keys.clear()
        self._area = None
        self._began_at = self._vim.editing.document.version

    def note(self, key: str, character: str | None) -> None:
        """A key of the command was pressed."""
        if len(self._keys) < _MOST_KEYS:
            self._keys.append((key, character))

    def on_selection(self, name: str, area: Area) -> None:
        """A command is about to be done on what is selected: what selected it does not matter."""
        if not self.running:
            self._keys = [(each, each) for each in name]
            self._area = area

    def remember(self) -> None:
        """A command ended: if it changed the text, it is the one to be repeated."""
        if self.running:
            return
        version = self._vim.editing.document.version
        if version != self._began_at and self._keys:
            self._last = (list(self._keys), self._area)
        self._began_at = version

    def forget(self) -> None:
        """What was pressed is not to be repeated: undo is no change of one's own."""
        self._keys.clear()

    def again(self, count: int | None) -> None:
        """Do the last change again; a count takes the place of its own."""
        vim = self._vim
        keys, area = self._last
        if count is not None and keys and area is None:
            keys = [*((digit, digit) for digit in str(count)), *_without_counts(keys)]
        self.running = True
        try:
            with vim.editing.document.step(vim.editing.cursor):
                if area is not None:
                    self._select(area)
                for key, character in keys:
                    vim.enter(key, character)
        finally:
            self.running = False
        if vim.state != "normal":
            vim.normal_mode()

    def _select(self, area: Area) -> None:
        """Select as much as was selected then, from the cursor on."""
        vim = self._vim
        buffer = vim.editing.buffer
        number, column = buffer.where(vim.editing.cursor)
        vim.visual_mode(area.state)
        last = min(number + area.lines - 1, last_line(buffer))
        column = area.columns if area.lines > 1 else column + area.columns
        column = min(column, len(line_of(buffer, last)))
        vim.editing.go(buffer.at(last, column))
        if area.to_ends:
            vim.editing.go(vim.editing.moved("line_end"))


def _without_counts(keys: list[Key]) -> list[Key]:
    """The keys of a command without the digits before it, and behind its operator."""
    rest = list(keys)
    while rest and rest[0][0].isdigit():
        rest.pop(0)
    for operator in _OPERATORS:
        length = len(operator)
        if "".join(each[1] or " " for each in rest[:length]) == operator:
            while len(rest) > length and rest[length][0] in "123456789":
                rest.pop(length)
                while len(rest) > length and rest[length][0].isdigit():
                    rest.pop(length)
            break
    return rest
