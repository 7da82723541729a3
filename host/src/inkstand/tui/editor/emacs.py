"""Keys as in Emacs: a mark, a ring of what was killed, and commands of two keys after Ctrl+X."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from inkstand.tui.editor import commands, motions
from inkstand.tui.editor.key_style import KeyStyle

if TYPE_CHECKING:
    from inkstand.tui.editor.editor import Editor

_RING = 60
_MOVES = {
    "ctrl+f": "right", "ctrl+b": "left", "ctrl+n": "down", "ctrl+p": "up",
    "ctrl+a": "row_start", "ctrl+e": "row_end", "alt+f": "word_right", "alt+b": "word_left",
    "alt+a": "sentence_left", "alt+e": "sentence_right",
    "alt+left_curly_bracket": "paragraph_left", "alt+right_curly_bracket": "paragraph_right",
    "ctrl+v": "page_down", "alt+v": "page_up",
    "alt+less_than_sign": "text_start", "alt+greater_than_sign": "text_end",
    "left": "left", "right": "right", "up": "up", "down": "down", "home": "row_start",
    "end": "row_end", "pageup": "page_up", "pagedown": "page_down",
}  # fmt: skip
_KILLS = {
    "alt+d": "word_right", "alt+backspace": "word_left", "ctrl+backspace": "word_left",
    "alt+k": "sentence_right", "alt+delete": "word_right",
}  # fmt: skip


class EmacsKeys(KeyStyle):
    """The keys of Emacs that a writer's hands know."""

    name: ClassVar[str] = "emacs"

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._marking = False
        self._prefix = False
        self._ring: list[str] = []
        self._killed_at = (-1, -1)
        self._yanked: tuple[int, int, int] | None = None
        self._commands: dict[str, Callable[[], None]] = {
            "ctrl+@": self._set_mark, "ctrl+space": self._set_mark,
            "ctrl+g": self.leave, "escape": self.leave,
            "ctrl+d": self._delete_right, "ctrl+k": self._kill_row,
            "ctrl+w": self._kill_region, "alt+w": self._copy_region,
            "ctrl+y": self._yank, "alt+y": self._yank_another,
            "ctrl+underscore": self._undo, "ctrl+slash": self._undo,
            "ctrl+t": self._transpose, "ctrl+o": self._open_line, "ctrl+j": self._new_line,
            "alt+u": lambda: self._recase(str.upper), "alt+l": lambda: self._recase(str.lower),
            "alt+c": lambda: self._recase(_capitalized),
            "ctrl+l": editor.action_center,
            "ctrl+s": editor.action_find_next_or_begin,
            "ctrl+r": lambda: editor.action_find_next_or_begin(True),
            "alt+percent_sign": lambda: editor.action_find(True),
        }  # fmt: skip

    def press(self, key: str, character: str | None) -> bool:
        """Take a key of Emacs, a second one after Ctrl+X included."""
        yanked, self._yanked = self._yanked, None
        if self._prefix:
            self._prefix = False
            self.mode = ""
            self._second(key)
            return True
        if key == "ctrl+x":
            self._prefix = True
            self.mode = "C-x"
            return True
        if key in _MOVES:
            commands.move(self.editor.view, _MOVES[key], select=self._marking)
            return True
        if key in _KILLS:
            self.editing.anchor = None
            self._kill(*sorted((self.editing.cursor, self.editing.moved(_KILLS[key]))))
            return True
        command = self._commands.get(key)
        if command is None:
            if character is not None:
                # What is typed goes beside the region, not in its place.
                self._unmark()
            return False
        if key == "alt+y":
            self._yanked = yanked
        command()
        return True

    def _second(self, key: str) -> None:
        editing = self.editing
        if key == "ctrl+s":
            self.editor.run_worker(self.editor.save(), group="save")
        elif key in ("u", "ctrl+underscore"):
            self._undo()
        elif key == "h":
            editing.select(0, len(editing.buffer))
            self._marking = True
        elif key == "ctrl+x" and editing.anchor is not None:
            editing.anchor, editing.cursor = editing.cursor, editing.anchor
        elif key == "ctrl+c":
            self.editor.run_worker(self.editor.app.action_quit())

    def paste(self, text: str) -> None:
        """What the terminal pastes goes to the cursor."""
        self._unmark()
        super().paste(text)

    def clicked(self) -> None:
        """The mouse has a selection of its own."""
        self._marking = False

    def leave(self) -> None:
        """End what was begun."""
        self._unmark()
        self._prefix = False
        self.mode = ""

    def _unmark(self) -> None:
        self._marking = False
        self.editing.anchor = None

    def _set_mark(self) -> None:
        self.editing.anchor = self.editing.cursor
        self._marking = True

    def _undo(self) -> None:
        self._unmark()
        self.editing.undo()

    def _delete_right(self) -> None:
        self._unmark()
        self.editing.delete_right()

    def _kill(self, start: int, end: int) -> None:
        """Delete, and keep it in the ring; kills in a row are one."""
        editing = self.editing
        text = editing.buffer.slice(start, end)
        if not text:
            return
        again = self._killed_at == (editing.cursor, editing.document.version)
        before = start < editing.cursor
        editing.change(start, end, "", "deleted")
        if again and self._ring:
            self._ring[-1] = text + self._ring[-1] if before else self._ring[-1] + text
        else:
            self._ring = [*self._ring[1 - _RING :], text]
        self._killed_at = (editing.cursor, editing.document.version)
        self._marking = False
        self.editor.copy(self._ring[-1])

    def _kill_row(self) -> None:
        """To the end of the row; at a line's end, what ends it."""
        self._unmark()
        editing = self.editing
        end = editing.moved("row_end")
        line, column = editing.buffer.where(end)
        if end == editing.cursor:
            end = motions.right(editing.buffer, end)
        elif editing.rows.span(editing.rows.row_of(line, column))[2] == column + 1:
            end += 1  # the space that hangs at the row's end
        self._kill(editing.cursor, end)

    def _kill_region(self) -> None:
        start, end = self.editing.selection
        self.editing.anchor = None
        self._kill(start, end)

    def _copy_region(self) -> None:
        text = self.editing.selected
        if text:
            self._ring = [*self._ring[1 - _RING :], text]
            self.editor.copy(text)
        self._unmark()

    def _yank(self) -> None:
        self._unmark()
        clipboard = self.editor.app.clipboard
        if clipboard and clipboard not in self._ring[-1:]:
            self._ring = [*self._ring[1 - _RING :], clipboard]
        if self._ring:
            self._put(self.editing.cursor, self.editing.cursor, len(self._ring) - 1)

    def _yank_another(self) -> None:
        if self._yanked is not None and self._ring:
            start, end, number = self._yanked
            self._put(start, end, (number - 1) % len(self._ring))

    def _put(self, start: int, end: int, number: int) -> None:
        editing = self.editing
        editing.document.seal()
        editing.change(start, end, self._ring[number])
        self._yanked = (start, editing.cursor, number)

    def _transpose(self) -> None:
        """Change places of the two characters around the cursor."""
        editing = self.editing
        at = editing.cursor
        line, column = editing.buffer.where(at)
        if at == motions.line_end(editing.buffer, line):
            at = motions.left(editing.buffer, at)
        if column == 0:
            return
        first, end = motions.left(editing.buffer, at), motions.right(editing.buffer, at)
        if editing.buffer.where(first)[0] == line and end <= motions.line_end(editing.buffer, line):
            buffer = editing.buffer
            editing.change(first, end, buffer.slice(at, end) + buffer.slice(first, at))

    def _open_line(self) -> None:
        at = self.editing.cursor
        self.editing.change(at, at, "\n", after=at)

    def _new_line(self) -> None:
        self._unmark()
        self.editing.type("\n")

    def _recase(self, change: Callable[[str], str]) -> None:
        editing = self.editing
        end = editing.moved("word_right")
        editing.change(editing.cursor, end, change(editing.buffer.slice(editing.cursor, end)))


def _capitalized(text: str) -> str:
    bare = text.lstrip()
    return text[: len(text) - len(bare)] + bare.capitalize()
