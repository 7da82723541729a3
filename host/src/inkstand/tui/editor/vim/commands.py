"""Vim's commands of one key or two that are neither motions nor operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from inkstand.tui.editor import motions
from inkstand.tui.editor.clusters import next_cluster, previous_cluster
from inkstand.tui.editor.vim import operators
from inkstand.tui.editor.vim.motions import last_line, line_of

if TYPE_CHECKING:
    from inkstand.tui.editor.vim.keys import VimKeys

Command = Callable[["VimKeys", int | None], None]


def _insert(vim: VimKeys, _count: int | None) -> None:
    vim.insert_mode()


def _append(vim: VimKeys, _count: int | None) -> None:
    editing = vim.editing
    number, column = editing.buffer.where(editing.cursor)
    line = line_of(editing.buffer, number)
    vim.insert_mode(editing.buffer.at(number, next_cluster(line, column)) if line else None)


def _insert_first(vim: VimKeys, _count: int | None) -> None:
    buffer = vim.editing.buffer
    number = buffer.where(vim.editing.cursor)[0]
    line = line_of(buffer, number)
    vim.insert_mode(buffer.at(number, len(line) - len(line.lstrip(" \t"))))


def _append_last(vim: VimKeys, _count: int | None) -> None:
    vim.insert_mode(vim.editing.moved("line_end"))


def _open_below(vim: VimKeys, _count: int | None) -> None:
    end = vim.editing.moved("line_end")
    vim.insert_mode()
    vim.editing.change(end, end, "\n")


def _open_above(vim: VimKeys, _count: int | None) -> None:
    start = vim.editing.moved("line_start")
    vim.insert_mode()
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


def _delete_under(vim: VimKeys, count: int | None) -> None:
    start, end = _under(vim, count or 1)
    if start < end:
        operators.apply(vim, "d", start, end, lines=False)


def _delete_before(vim: VimKeys, count: int | None) -> None:
    buffer = vim.editing.buffer
    number, column = buffer.where(vim.editing.cursor)
    start = column
    for _ in range(count or 1):
        start = previous_cluster(line_of(buffer, number), start)
    if start < column:
        operators.apply(vim, "d", buffer.at(number, start), vim.editing.cursor, lines=False)


def _substitute(vim: VimKeys, count: int | None) -> None:
    operators.apply(vim, "c", *_under(vim, count or 1), lines=False)


def _lines_from(vim: VimKeys, count: int | None) -> tuple[int, int]:
    number = vim.editing.buffer.where(vim.editing.cursor)[0]
    return number, min(number + (count or 1) - 1, last_line(vim.editing.buffer))


def _to_end(operator: str) -> Command:
    def run(vim: VimKeys, count: int | None) -> None:
        _, last = _lines_from(vim, count)
        end = motions.line_end(vim.editing.buffer, last)
        operators.apply(vim, operator, vim.editing.cursor, end, lines=False)

    return run


def _whole(operator: str) -> Command:
    def run(vim: VimKeys, count: int | None) -> None:
        operators.on_lines(vim, operator, *_lines_from(vim, count))

    return run


def _put(*, before: bool) -> Command:
    return lambda vim, count: operators.put(vim, count or 1, before=before)


def _join(vim: VimKeys, count: int | None) -> None:
    editing, buffer = vim.editing, vim.editing.buffer
    number = buffer.where(editing.cursor)[0]
    with editing.document.step(editing.cursor):
        for _ in range(max(1, (count or 2) - 1)):
            if number >= last_line(buffer):
                return
            end = motions.line_end(buffer, number)
            line, after = line_of(buffer, number), line_of(buffer, number + 1)
            rest = after.lstrip(" \t")
            needs = rest and line and not line.endswith((" ", "\t")) and not rest.startswith(")")
            start = buffer.start_of(number + 1)
            editing.change(end, start + len(after) - len(rest), " " if needs else "", after=end)
            if not needs and line:
                editing.go(end if rest else previous_cluster(line, len(line)) + end - len(line))


def _swap_case(vim: VimKeys, count: int | None) -> None:
    start, end = _under(vim, count or 1)
    text = vim.editing.buffer.slice(start, end)
    if text:
        vim.editing.change(start, end, text.swapcase())


def _undo(vim: VimKeys, count: int | None) -> None:
    vim.forget_keys()
    for _ in range(count or 1):
        if not vim.editing.undo():
            break


def _redo(vim: VimKeys, count: int | None) -> None:
    vim.forget_keys()
    for _ in range(count or 1):
        if not vim.editing.redo():
            break
        vim.editing.go(vim.editing.document.changed_at)


def _replace(vim: VimKeys, character: str, count: int | None) -> None:
    start, end = _under(vim, count or 1)
    number = vim.editing.buffer.where(start)[0]
    line = line_of(vim.editing.buffer, number)
    if end > start and len(line) - (start - vim.editing.buffer.start_of(number)) >= (count or 1):
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
        "x": _delete_under,
        "X": _delete_before,
        "s": _substitute,
        "S": _whole("c"),
        "D": _to_end("d"),
        "C": _to_end("c"),
        "Y": _whole("y"),
        "p": _put(before=False),
        "P": _put(before=True),
        "J": _join,
        "~": _swap_case,
        "u": _undo,
        "ctrl+r": _redo,
        ".": lambda vim, count: vim.repeat(count),
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
