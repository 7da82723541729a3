"""Vim's keys: normal, insert and visual mode, operators with motions and counts, a register."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from inkstand.tui.editor import commands, motions
from inkstand.tui.editor.key_style import KeyStyle
from inkstand.tui.editor.vim import operators, visual
from inkstand.tui.editor.vim.commands import COMMANDS
from inkstand.tui.editor.vim.motions import Reach, first_word, last_line, on_character
from inkstand.tui.editor.vim.objects import text_object
from inkstand.tui.editor.vim.reaching import reach_of
from inkstand.tui.editor.vim.repeating import Key, Repeating
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
_ENDS = ("escape", "ctrl+c", "ctrl+left_square_bracket")
_TYPED = {"enter": "\n", "tab": "\t"}
_PREFIXES = "fFtTgzr"
_OPERATORS = ("d", "c", "y", "gu", "gU", "g~", ">", "<")
_FAR = 10**9
"""The column of somebody who went to a line's end: the end of every line."""


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
        self.repeating: Repeating = Repeating(self)
        self._line = ""
        self._typed: list[Key] = []
        self._times = 1
        self._opens = False
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

    def insert_mode(
        self, at: int | None = None, *, times: int | None = None, opens: bool = False
    ) -> None:
        """Begin to type, all of it one step; in the end it is there so many times.

        `opens` has a line for each of these times.
        """
        if at is not None:
            self.editing.go(at, seal=False)
        self.editing.document.begin(self.editing.cursor)
        self._typed.clear()
        self._times, self._opens = times or 1, opens
        self._set_mode("insert")

    def normal_mode(self) -> None:
        """End typing or selecting."""
        editing = self.editing
        if self.state == "insert":
            self._type_again()
            editing.document.end()
            if editing.buffer.where(editing.cursor)[1]:
                editing.go(editing.moved("left"))
            # Behind the last line, where Vim has none, there is nothing to be on.
            editing.go(min(editing.cursor, max(0, len(editing.buffer))))
        if self.state != "normal":
            self.column = None
        editing.anchor = None
        self._clear()
        self._set_mode("normal")
        self.settle()

    def _type_again(self) -> None:
        times, self._times = self._times, 1
        # Who went elsewhere with an arrow key began anew there.
        if any(character is None and key not in _TYPED for key, character in self._typed):
            return
        for _ in range(times - 1):
            if self._opens:
                end = self.editing.moved("line_end")
                self.editing.change(end, end, "\n")
            for key, character in self._typed:
                self.editing.type(character or _TYPED[key])

    def visual_mode(self, state: str) -> None:
        """Begin to select, by characters or by lines; again ends it."""
        if self.state == state:
            self.normal_mode()
            return
        if self.state == "normal":
            self.visual_start = self.editing.cursor
        self._set_mode(state)

    def end_selection(self) -> None:
        """Select nothing any more; the cursor stays where it is."""
        self.editing.anchor = None
        self.column = None
        self._set_mode("normal")

    @property
    def is_at_line_ends(self) -> bool:
        """Whether `$` led here: each line is meant to its end."""
        return self.column == _FAR

    def settle(self) -> None:
        """Have the cursor on a character, and the selection as the mode has it."""
        editing = self.editing
        if self.state == "normal":
            editing.anchor = None
            editing.cursor = on_character(editing.buffer, editing.cursor)

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
        self.column = None

    def found_something(self) -> None:
        """The cursor is on the first character of a match."""
        if self.state != "insert":
            self.editing.go(self.editing.selection[0])
            self.settle()

    def paste(self, text: str) -> None:
        """Pasted text is typed, in whatever mode."""
        if self.state in ("visual", "lines"):
            start, end = visual.selection(self)
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
        if not self.repeating.running:
            if self.state == "normal" and not (self.count or self.operator or self.prefix):
                self.repeating.begin()
            self.repeating.note(key, character)
        if self._line:
            return self._on_line(key, character)
        if self.state == "insert":
            return self._inserting(key, character)
        if key in _ENDS:
            self.normal_mode()
            self.repeating.forget()
            return True
        name = character or ("\n" if self.prefix == "r" and key == "enter" else _SAME.get(key, key))
        if key in _PAGES:
            self._page(_PAGES[key])
        elif len(name) > 1 and name not in ("ctrl+r", "ctrl+v"):
            return False
        else:
            self._command(name)
        if self.state in ("visual", "lines"):
            visual.show(self)
        self._show()
        return True

    def enter(self, key: str, character: str | None) -> None:
        """Take a key, or type it: what the editor does with those that are not taken."""
        if not self.press(key, character) and self.types:
            self.editing.type(character or _TYPED.get(key, ""))

    def _inserting(self, key: str, character: str | None) -> bool:
        if key in _ENDS:
            self.normal_mode()
            self.repeating.remember()
            return True
        self._typed.append((key, character))
        if key == "ctrl+w":
            self.editing.delete(self.editing.moved("word_left"))
            return True
        if key == "backspace" and self.repeating.running:
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
        if self.state != "normal" and visual.operate(self, name):
            self._finish()
        elif self.state != "normal" or not self._operate(name):
            self._move_or_do(name)
        if self.state != "insert":
            self.settle()
            self.repeating.remember()

    def _move_or_do(self, name: str) -> None:
        reach = reach_of(self, name)
        if self.operator and name == "_":
            self._on_whole_lines()
            self._finish()
        elif reach is not None:
            self._go_or_operate(name, reach)
        elif name[0] in "ia" and len(name) == 2:
            self._take_object(name)
        elif self.operator:
            self._clear()
        else:
            command = COMMANDS.get(name) if self._has(name) else None
            count = int(self.count) if self.count else None
            self.count = ""
            if command is not None:
                version = self.editing.document.version
                command(self, count)
                if version != self.editing.document.version or self.state == "insert":
                    self.column = None

    def _has(self, name: str) -> bool:
        return self.state == "normal" or name in visual.OTHERS

    def _operate(self, name: str) -> bool:
        """Take an operator, or do it on lines where it is typed twice."""
        if name not in _OPERATORS and not (self.operator and name == self.operator[-1]):
            return False
        if not self.operator:
            self.operator, self.operator_count, self.count = name, self.count, ""
            return True
        if name in (self.operator, self.operator[-1]):
            self._on_whole_lines()
        self._finish()
        return True

    def _on_whole_lines(self) -> None:
        buffer, at = self.editing.buffer, self.editing.cursor
        number, last = buffer.where(at)[0], last_line(buffer)
        total = self.total()
        if total > 1 and number == last:
            return
        until = min(number + total - 1, last)
        if self.operator != "y":
            at = min(at, first_word(buffer, until))
        self.column = None
        operators.on_lines(self, self.operator, number, until, at)

    def operate(self, operator: str, motion: str, count: int | None) -> None:
        """Do what that operator and that motion do; the operator's own letter stands for lines."""
        self.operator, self.operator_count = operator, str(count or "")
        self._command(motion)

    def total(self) -> int:
        """The count that was typed, before and after the operator."""
        return int(self.operator_count or "1") * int(self.count or "1")

    def _finish(self) -> None:
        self._clear()
        if self.state == "normal":
            self.settle()

    def _go_or_operate(self, name: str, reach: Reach) -> None:
        if reach.kind == "failed" or not self.operator:
            self._clear()
            self.editing.go(reach.at)
            if name not in ("j", "k"):
                self.column = _FAR if name == "$" else None
            if name == "$" and self.state != "normal":
                self.editing.go(self.editing.moved("line_end"))
            self.settle()
            return
        operator = self.operator
        start, end, lines = operators.span(self, name, reach)
        self._clear()
        self.column = None
        operators.apply(self, operator, start, end, lines=lines)
        self._finish()

    def _take_object(self, name: str) -> None:
        editing, count, operator = self.editing, self.total(), self.operator
        # Another word is selected with those before.
        goes_on = name[1] in "wW" and not operator and editing.cursor > self.visual_start
        taken = text_object(
            editing.buffer,
            motions.right(editing.buffer, editing.cursor) if goes_on else editing.cursor,
            name[1],
            editing.sentences,
            around=name[0] == "a",
            count=count,
        )
        if taken is None:
            self._clear()
            return
        start, end, lines = taken.start, taken.end, taken.lines
        if operator:
            if not lines:
                start, end, lines = operators.as_taken(self, start, end, exclusive=taken.exclusive)
            self._clear()
            self.column = None
            operators.apply(self, operator, start, end, lines=lines)
            self._finish()
            return
        self._clear()
        self.visual_start = self.visual_start if goes_on else start
        is_empty = end == editing.buffer.start_of(editing.buffer.where(end)[0])
        editing.go(max(start, end if is_empty else editing.sound(end - 1)))
        self._set_mode("lines" if lines else "visual")

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
