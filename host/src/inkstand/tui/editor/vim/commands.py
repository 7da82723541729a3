"""Vim's commands of one key or two that are neither motions nor operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from inkstand.tui.editor import motions
from inkstand.tui.editor.buffer import Change
from inkstand.tui.editor.clusters import next_cluster
from inkstand.tui.editor.vim import operators
from inkstand.tui.editor.vim.motions import first_word, last_line, line_of

if TYPE_CHECKING:
    from inkstand.tui.editor.vim.keys import VimKeys

Command = Callable[["VimKeys", int | None], None]


def _insert(vim: VimKeys, count: int | None) -> None:
    vim.insert_mode(times=count)


def _append(vim: VimKeys, count: int | None) -> None:
    editing = vim.editing
    number, column = editing.buffer.where(editing.cursor)
    line = line_of(editing.buffer, number)
    at = editing.buffer.at(number, next_cluster(line, column)) if line else None
    vim.insert_mode(at, times=count)


def _insert_first(vim: VimKeys, count: int | None) -> None:
    buffer = vim.editing.buffer
    number = buffer.where(vim.editing.cursor)[0]
    line = line_of(buffer, number)
    vim.insert_mode(buffer.at(number, len(line) - len(line.lstrip(" \t"))), times=count)


def _append_last(vim: VimKeys, count: int | None) -> None:
    vim.insert_mode(vim.editing.moved("line_end"), times=count)


def _open_below(vim: VimKeys, count: int | None) -> None:
    end = vim.editing.moved("line_end")
    vim.insert_mode(times=count, opens=True)
    vim.editing.change(end, end, "\n")


def _open_above(vim: VimKeys, count: int | None) -> None:
    start = vim.editing.moved("line_start")
    vim.insert_mode(times=count, opens=True)
    vim.editing.change(start, start, "\n", after=start)


def _under(vim: VimKeys, count: int) -> tuple[int, int]:
    """So many characters from the cursor on, within the line."""
    buffer = vim.editing.buffer
    number, column = buffer.where(vim.editing.cursor)
    line = line_of(buffer, number)
    end = column
    for _ in range(count):
        end = next_cluster(line, end) if end < len(line) else end
    return vim.editing.cursor, buffer.at(number, end)


def _short(operator: str, motion: str) -> Command:
    """A command that stands for an operator and a motion."""
    return lambda vim, count: vim.operate(operator, motion, count)


def _put(*, before: bool) -> Command:
    return lambda vim, count: operators.put(vim, count or 1, before=before)


def _swap_case(vim: VimKeys, count: int | None) -> None:
    start, end = _under(vim, count or 1)
    text = vim.editing.buffer.slice(start, end)
    if text:
        vim.editing.change(start, end, text.swapcase())


def _undo(vim: VimKeys, count: int | None) -> None:
    vim.repeating.forget()
    for _ in range(count or 1):
        if not vim.editing.undo():
            break


def _redo(vim: VimKeys, count: int | None) -> None:
    vim.repeating.forget()
    editing = vim.editing
    for _ in range(count or 1):
        began = editing.document.again_from()
        if began is None:
            break
        number, column = editing.buffer.where(began)
        changes: list[Change] = []
        leave = editing.document.listen(changes.append)
        editing.redo()
        leave()
        top = min((each.line for each in changes), default=number)
        # The cursor goes where the change began, unless that was far from what was changed.
        if top - 1 <= number <= top:
            editing.go(editing.buffer.at(number, column))
        else:
            editing.go(first_word(editing.buffer, min(top, last_line(editing.buffer))))


def _replace(vim: VimKeys, character: str, count: int | None) -> None:
    start, end = _under(vim, count or 1)
    number = vim.editing.buffer.where(start)[0]
    line = line_of(vim.editing.buffer, number)
    if end > start and len(line) - (start - vim.editing.buffer.start_of(number)) >= (count or 1):
        if character == "\n":
            vim.editing.change(start, end, character)
            return
        vim.editing.change(start, end, character * (count or 1))
        vim.editing.go(motions.left(vim.editing.buffer, vim.editing.cursor))


def _other_end(vim: VimKeys, _count: int | None) -> None:
    cursor = vim.editing.cursor
    vim.editing.go(vim.visual_start)
    vim.visual_start = cursor


def _search(*, backwards: bool) -> Command:
    return lambda vim, _count: vim.editor.searching.begin(
        is_regex=True, once=True, backwards=backwards
    )


class _Commands(dict[str, Command]):
    """The commands by their keys; `r` and the character after it are one."""

    def get(self, name: str, default: Command | None = None) -> Command | None:  # type: ignore[override]
        """The command of that name."""
        if name.startswith("r") and len(name) == 2:
            return lambda vim, count: _replace(vim, name[1], count)
        return super().get(name, default)


COMMANDS = _Commands(
    {
        "i": _insert,
        "a": _append,
        "I": _insert_first,
        "A": _append_last,
        "o": lambda vim, count: (
            _open_below(vim, count) if vim.state == "normal" else _other_end(vim, count)
        ),
        "O": _open_above,
        "x": _short("d", "l"),
        "X": _short("d", "h"),
        "s": _short("c", "l"),
        "S": _short("c", "c"),
        "D": _short("d", "$"),
        "C": _short("c", "$"),
        "Y": _short("y", "y"),
        "p": _put(before=False),
        "P": _put(before=True),
        "J": lambda vim, count: operators.join(vim, max(2, count or 2)),
        "~": _swap_case,
        "u": _undo,
        "ctrl+r": _redo,
        ".": lambda vim, count: vim.repeating.again(count),
        "v": lambda vim, _count: vim.visual_mode("visual"),
        "V": lambda vim, _count: vim.visual_mode("lines"),
        "/": _search(backwards=False),
        "?": _search(backwards=True),
        "n": lambda vim, _count: vim.editor.action_find_next(),
        "N": lambda vim, _count: vim.editor.action_find_next(True),
        ":": lambda vim, _count: vim.ask(),
        "zz": lambda vim, _count: vim.editor.action_center(),
        "ZZ": lambda vim, _count: operators.run_line(vim, "wq"),
    }
)
