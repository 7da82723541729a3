"""Vim's visual mode: what is selected, and what is done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inkstand.tui.editor.clusters import next_cluster
from inkstand.tui.editor.vim import operators
from inkstand.tui.editor.vim.motions import first_word, last_line, line_of
from inkstand.tui.editor.vim.repeating import Area

if TYPE_CHECKING:
    from inkstand.tui.editor.vim.keys import VimKeys

_OPERATORS = {
    "x": "d", "s": "c", "~": "g~", "u": "gu", "U": "gU", "d": "d", "c": "c", "y": "y", "gu": "gu",
    "gU": "gU", "g~": "g~", ">": ">", "<": "<",
}  # fmt: skip
_ON_LINES = {"X": "d", "D": "d", "C": "c", "S": "c", "R": "c", "Y": "y"}
OTHERS = frozenset({"o", "v", "V", "/", "?", "n", "N", ":", "zz"})
"""Commands of normal mode that visual mode has, too."""


def selection(vim: VimKeys) -> tuple[int, int]:
    """What is selected: the character at its end included, or whole lines."""
    buffer = vim.editing.buffer
    start, end = sorted((vim.visual_start, vim.editing.cursor))
    if vim.state == "lines":
        first, last = buffer.where(start)[0], buffer.where(end)[0]
        return buffer.start_of(first), buffer.at(last, len(line_of(buffer, last)))
    number, column = buffer.where(end)
    line = line_of(buffer, number)
    # `$` leads to the line's end itself, as moves to shorter lines do.
    if column >= len(line) and number < last_line(buffer):
        return start, buffer.start_of(number + 1)
    return start, buffer.at(number, next_cluster(line, column)) if line else end


def show(vim: VimKeys) -> None:
    """Show what is selected; the cursor itself stays on its character."""
    editing = vim.editing
    start, end = selection(vim)
    is_behind = editing.cursor > vim.visual_start
    if vim.state == "lines":
        is_behind = editing.cursor >= vim.visual_start
    editing.anchor = start if is_behind else end


def operate(vim: VimKeys, name: str) -> bool:
    """Do a command with what is selected; whether it is one that does."""
    is_known = name in _OPERATORS or name in _ON_LINES or name in ("J", "p", "P")
    if not is_known and not (len(name) == 2 and name[0] == "r"):
        return False
    editing, buffer = vim.editing, vim.editing.buffer
    count = int(vim.count) if vim.count else 1
    # Vim repeats only that something was taken out, and not what was put there.
    vim.repeating.on_selection("d" if name in ("p", "P") else name, _area(vim))
    start, end = selection(vim)
    at, behind = sorted((vim.visual_start, editing.cursor))
    first, last = buffer.where(at)[0], buffer.where(behind)[0]
    as_lines = vim.state == "lines"
    if as_lines and vim.visual_start <= editing.cursor and not vim.repeating.running:
        at = buffer.start_of(first)
    vim.end_selection()
    # Taken back, the change leaves the cursor where it began.
    editing.go(at)
    if name in ("p", "P"):
        with editing.document.step(at):
            _put_over(vim, start, end, count, lines=as_lines)
    elif name == "J":
        operators.join(vim, max(2, last - first + 1))
    elif name[0] == "r":
        kept = "".join(each if each in "\r\n" else name[1] for each in buffer.slice(start, end))
        editing.change(start, end, kept, after=at)
    elif name in _ON_LINES:
        operators.apply(vim, _ON_LINES[name], at, behind, lines=True)
    elif name in ("<", ">"):
        operators.on_lines(vim, name, first, last, at, times=count)
    else:
        operators.apply(vim, _OPERATORS[name], at if as_lines else start, end, lines=as_lines)
    return True


def _area(vim: VimKeys) -> Area:
    buffer = vim.editing.buffer
    start, end = sorted((vim.visual_start, vim.editing.cursor))
    first, column = buffer.where(start)
    last, end_column = buffer.where(end)
    return Area(
        vim.state,
        last - first + 1,
        end_column if last > first else end_column - column,
        vim.is_at_line_ends,
    )


def _put_over(vim: VimKeys, start: int, end: int, count: int, *, lines: bool) -> None:
    """Put what the register holds in the place of what is selected, which it holds then."""
    editing, buffer = vim.editing, vim.editing.buffer
    text, as_lines = vim.register, vim.register_lines
    operators.keep(vim, buffer.slice(start, end), lines=lines)
    number = buffer.where(start)[0]
    if not lines and not as_lines:
        editing.change(start, end, text * count, after=start)
        is_one_line = not any(each in text for each in "\r\n")
        editing.go(max(start, start + len(text) * count - 1) if is_one_line else start)
        return
    put = buffer.newline.join([text] * count)
    if lines:
        editing.change(start, end, put, after=start)
        editing.go(first_word(buffer, number))
        return
    editing.change(start, end, f"{buffer.newline}{put}{buffer.newline}", after=start)
    editing.go(first_word(buffer, number + 1))
