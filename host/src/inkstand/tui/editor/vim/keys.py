"""Vim's keys: normal, insert and visual mode, operators with motions and counts, registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from inkstand.tui.editor import commands
from inkstand.tui.editor.clusters import next_cluster
from inkstand.tui.editor.key_style import KeyStyle
from inkstand.tui.editor.vim import operators
from inkstand.tui.editor.vim.commands import COMMANDS
from inkstand.tui.editor.vim.motions import Reach, last_line, line_of, on_character
from inkstand.tui.editor.vim.objects import text_object
from inkstand.tui.editor.vim.reaching import reach_of
from inkstand.tui.terminal_keys import behind_escape

if TYPE_CHECKING:
    from inkstand.tui.editor.editor import Editor

_NAMES = {
    "normal": "NORMAL", "insert": "-- INSERT --", "visual": "-- VISUAL --",
    "lines": "-- VISUAL LINE --",
}  # fmt: skip
_SAME = {
    "left": "h", "right": "l", "up": "k", "down": "j", "home": "0", "end": "$", "backspace": "h",
    "space": "l", "enter": "+", "delete": "x",
}  # fmt: skip
_PAGES = {"ctrl+f": 1.0, "ctrl+b": -1.0, "ctrl+d": 0.5, "ctrl+u": -0.5}
_PREFIXES = "fFtTgzr"
_OPERATORS = ("d", "c", "y", "gu", "gU", "g~", ">", "<")
_MOST_KEYS = 10_000
_FAR = 10**9
"""The column of somebody who went to a line's end: the end of every line."""

Key = tuple[str, str | None]


class VimKeys(KeyStyle):
    """The modes of Vim. `register` holds what was deleted or copied, and whether as lines."""

    name: ClassVar[str] = "vim"

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self.state: str = "normal"
        self.types = False
        self.register = ""
        self.register_lines = False
        self.count = ""
        self.operator = ""
        self.operator_count = ""
        self.prefix = ""
        self.column: int | None = None
        self.found: tuple[str, str] | None = None
        self.visual_start = 0
        self._line = ""
        self._keys: list[Key] = []
        self._last: list[Key] = []
        self._repeating = False
        self._began_at = -1
        self._set_mode("normal")

    # -- modes ------------------------------------------------------------------------------

    def _set_mode(self, state: str) -> None:
        self.state = state
        self.types = state == "insert"
        self._show()

    def _show(self) -> None:
        pending = f"{self.operator_count}{self.operator}{self.count}{self.prefix}"
        self.mode = (
            f":{self._line[1:]}" if self._line else f"{_NAMES[self.state]}  {pending}".strip()
        )

    def insert_mode(self, at: int | None = None) -> None:
        """Begin to type, all of it one step."""
        if at is not None:
            self.editing.go(at, seal=False)
        self.editing.document.begin(self.editing.cursor)
        self._set_mode("insert")

    def normal_mode(self) -> None:
        """End typing or selecting."""
        editing = self.editing
        if self.state == "insert":
            editing.document.end()
            if editing.buffer.where(editing.cursor)[1]:
                editing.go(editing.moved("left"))
            # Behind the last line, where Vim has none, there is nothing to be on.
            editing.go(min(editing.cursor, max(0, len(editing.buffer))))
        editing.anchor = None
        self._clear()
        self._set_mode("normal")
        self.settle()

    def visual_mode(self, state: str) -> None:
        """Begin to select, by characters or by lines; again ends it."""
        if self.state == state:
            self.normal_mode()
            return
        if self.state == "normal":
            self.visual_start = self.editing.cursor
        self._set_mode(state)

    def settle(self) -> None:
        """Have the cursor on a character, and the selection as the mode has it."""
        editing = self.editing
        if self.state == "normal":
            editing.anchor = None
            editing.cursor = on_character(editing.buffer, editing.cursor)

    def selection(self) -> tuple[int, int]:
        """What is selected in visual mode: the character at its end included, or whole lines."""
        buffer = self.editing.buffer
        start, end = sorted((self.visual_start, self.editing.cursor))
        if self.state == "lines":
            first, last = buffer.where(start)[0], buffer.where(end)[0]
            return buffer.start_of(first), buffer.at(last, len(line_of(buffer, last)))
        number, column = buffer.where(end)
        line = line_of(buffer, number)
        # Of an empty line, and behind `$`, the line's end is selected.
        at_end = column >= len(line) or self.column == _FAR
        if at_end and number < last_line(buffer):
            return start, buffer.start_of(number + 1)
        return start, buffer.at(number, next_cluster(line, column)) if line else end

    def _clear(self) -> None:
        self.count = self.operator = self.operator_count = self.prefix = ""

    def leave(self) -> None:
        """Back to normal mode."""
        self._line = ""
        self.normal_mode()

    def clicked(self) -> None:
        """The mouse ends what was begun."""
        if self.state != "insert":
            self.normal_mode()

    def found_something(self) -> None:
        """The cursor is on the first character of a match."""
        if self.state != "insert":
            self.editing.go(self.editing.selection[0])
            self.settle()

    def paste(self, text: str) -> None:
        """Pasted text is typed, in whatever mode."""
        if self.state in ("visual", "lines"):
            start, end = self.selection()
            self.editing.go(start)
            self.editing.go(end, select=True)
        super().paste(text)
        if self.state != "insert":
            self.normal_mode()

    # -- keys -------------------------------------------------------------------------------

    def press(self, key: str, character: str | None) -> bool:
        """Take a key; in insert mode only those that end it or that Vim means otherwise."""
        behind = behind_escape(key) if self.state == "insert" else ""
        if behind:
            # As in Vim: who is fast has typed the next key before the terminal tells of Escape.
            return self.press("escape", None) and self.press(behind, behind)
        if not self._repeating:
            self._note(key, character)
        if self._line:
            return self._on_line(key, character)
        if self.state == "insert":
            return self._inserting(key, character)
        if key in ("escape", "ctrl+c", "ctrl+left_square_bracket"):
            self.normal_mode()
            self._keys.clear()
            return True
        name = character or _SAME.get(key) or key
        if key in _PAGES:
            self._page(_PAGES[key])
        elif len(name) > 1 and name not in ("ctrl+r", "ctrl+v"):
            return False
        else:
            self._command(name)
        if self.state in ("visual", "lines"):
            self._show_selection()
        self._show()
        return True

    def _note(self, key: str, character: str | None) -> None:
        """Keep the keys of a command, for the one that repeats the last change."""
        if self.state == "normal" and not (self.count or self.operator or self.prefix):
            self._keys.clear()
            self._began_at = self.editing.document.version
        if len(self._keys) < _MOST_KEYS:
            self._keys.append((key, character))

    def _remember(self) -> None:
        """A command ended: if it changed the text, it is the one to be repeated."""
        changed = self.editing.document.version != self._began_at
        if changed and not self._repeating and self._keys:
            self._last = list(self._keys)
        if not self._repeating:
            self._began_at = self.editing.document.version

    def forget_keys(self) -> None:
        """What was pressed is not to be repeated: undo is no change of one's own."""
        self._keys.clear()

    def repeat(self, count: int | None) -> None:
        """Do the last change again."""
        keys = list(self._last)
        if count is not None and keys:
            while keys and (keys[0][1] or "").isdigit():
                keys.pop(0)
            keys = [(digit, digit) for digit in str(count)] + keys
        self._repeating = True
        self._clear()
        try:
            with self.editing.document.step(self.editing.cursor):
                for key, character in keys:
                    if not self.press(key, character):
                        self.editing.type(character or {"enter": "\n", "tab": "\t"}.get(key, ""))
        finally:
            self._repeating = False
        if self.state == "insert":
            self.normal_mode()

    def _inserting(self, key: str, character: str | None) -> bool:
        if key in ("escape", "ctrl+c", "ctrl+left_square_bracket"):
            self.normal_mode()
            self._remember()
            return True
        if key == "ctrl+w":
            self.editing.delete(self.editing.moved("word_left"))
            return True
        if key == "backspace" and self._repeating:
            self.editing.delete_left()
            return True
        return False

    def _command(self, name: str) -> None:
        if self.prefix:
            name, self.prefix = self.prefix + name, ""
        elif name.isdigit() and (name != "0" or self.count):
            self.count += name
            return
        elif name in _PREFIXES or (name in "ia" and (self.operator or self.state != "normal")):
            self.prefix = name
            return
        if self._operate(name):
            self._remember()
            return
        reach = reach_of(self, name)
        if reach is not None:
            self._go_or_operate(name, reach)
            self._remember()
            return
        if name[0] in "ia" and len(name) == 2:
            self._take_object(name)
        elif self.operator:
            self._clear()
        else:
            command = COMMANDS.get(name)
            count = int(self.count) if self.count else None
            self.count = ""
            if command is not None:
                command(self, count)
        if self.state != "insert":
            self.settle()
            self._remember()

    def _operate(self, name: str) -> bool:
        """Take an operator, or do it on lines where it is typed twice, or on what is selected."""
        if self.state in ("visual", "lines"):
            wanted = {"x": "d", "s": "c", "~": "g~", "u": "gu", "U": "gU"}.get(name, name)
            if wanted not in _OPERATORS:
                return False
            start, end = self.selection()
            lines = self.state == "lines"
            self.editing.anchor = None
            self._set_mode("normal")
            operators.apply(self, wanted, start, end, lines=lines)
            if lines and wanted == "y":
                self.editing.go(start)
            self._finish()
            return True
        if name not in _OPERATORS and not (self.operator and name == self.operator[-1]):
            return False
        if not self.operator:
            self.operator, self.operator_count, self.count = name, self.count, ""
            return True
        if name in (self.operator, self.operator[-1]):
            number = self.editing.buffer.where(self.editing.cursor)[0]
            last = number + self.total() - 1
            if last <= last_line(self.editing.buffer) or self.operator in ("gu", "gU", "g~"):
                last = min(last, last_line(self.editing.buffer))
                operators.on_lines(self, self.operator, number, last)
        self._finish()
        return True

    def total(self) -> int:
        """The count that was typed, before and after the operator."""
        return int(self.operator_count or "1") * int(self.count or "1")

    def _finish(self) -> None:
        self._clear()
        if self.state == "normal":
            self.settle()

    def _go_or_operate(self, name: str, reach: Reach) -> None:
        column = self.column
        if self.operator:
            operator = self.operator
            start, end, lines = operators.span(self, name, reach)
            self._clear()
            operators.apply(self, operator, start, end, lines=lines)
            self._finish()
        else:
            self.count = ""
            self.editing.go(reach.at)
            if self.state == "normal":
                self.settle()
        self.column = column if name in ("j", "k") else _FAR if name == "$" else None

    def _take_object(self, name: str) -> None:
        editing = self.editing
        found = text_object(
            editing.buffer, editing.cursor, name[1], editing.sentences, around=name[0] == "a"
        )
        operator = self.operator
        self._clear()
        if found is None:
            return
        start, end, lines = found
        if operator:
            operators.apply(self, operator, start, end, lines=lines)
        else:
            self.visual_start = start
            editing.go(max(start, editing.sound(end - 1)))
            self._set_mode("lines" if lines else "visual")

    def _show_selection(self) -> None:
        """Show what visual mode holds; the cursor itself stays on its character."""
        editing = self.editing
        start, end = self.selection()
        editing.anchor = start if editing.cursor > self.visual_start else end
        if self.state == "lines":
            editing.anchor = start if editing.cursor >= self.visual_start else end

    def _page(self, pages: float) -> None:
        rows = max(1, int((self.editor.view.size.height - 2) * abs(pages)))
        self.editing.move_rows(rows if pages > 0 else -rows)
        self._finish()

    # -- the line of commands ---------------------------------------------------------------

    def ask(self) -> None:
        """Begin a command such as `:w`."""
        self._line = ":"

    def _on_line(self, key: str, character: str | None) -> bool:
        if key == "enter":
            line, self._line = self._line[1:].strip(), ""
            operators.run_line(self, line)
        elif key == "backspace":
            self._line = self._line[:-1]
        elif key in ("escape", "ctrl+c"):
            self._line = ""
        elif character:
            self._line += character
        self._show()
        return True

    def move(self, name: str) -> None:
        """Move as the keymap's command of that name does."""
        commands.move(self.editor.view, name)
