"""Where a motion leads from the cursor, with the counts and the last search that it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inkstand.tui.editor.vim.motions import (
    MOTIONS,
    Reach,
    last_line,
    lines_on,
    sentence,
    to_character,
    to_line,
)

if TYPE_CHECKING:
    from inkstand.tui.editor.vim.keys import VimKeys


def reach_of(vim: VimKeys, name: str) -> Reach | None:
    """Where a motion leads from the cursor; None if it is none, or leads nowhere."""
    buffer, at, count = vim.editing.buffer, vim.editing.cursor, vim.total()
    has_count = bool(vim.count or vim.operator_count)
    if name in MOTIONS:
        return MOTIONS[name](buffer, at, count)
    if name in ("j", "k", "+", "-", "_"):
        return _lines(vim, name, count)
    if name in ("G", "gg"):
        number = count - 1 if has_count else (0 if name == "gg" else last_line(buffer))
        return to_line(buffer, number)
    if name in ("gj", "gk"):
        return _rows(vim, count if name == "gj" else -count)
    if name in ("(", ")"):
        return sentence(buffer, at, count, vim.editing.sentences, back=name == "(")
    if len(name) == 2 and name[0] in "fFtT":
        vim.found = (name[0], name[1])
        return to_character(buffer, at, count, *vim.found)
    if name in (";", ",") and vim.found is not None:
        how, wanted = vim.found
        how = how if name == ";" else how.swapcase()
        reach = to_character(buffer, at, count, how, wanted)
        if reach is not None and reach.at == at and how in "tT":
            reach = to_character(buffer, at, count + 1, how, wanted)
        return reach
    return None


def _lines(vim: VimKeys, name: str, count: int) -> Reach | None:
    buffer, at = vim.editing.buffer, vim.editing.cursor
    by = {"j": count, "k": -count, "+": count, "-": -count, "_": count - 1}[name]
    here, last = buffer.where(at)[0], last_line(buffer)
    if by and (here == last if by > 0 else here == 0):
        return None
    by = max(-here, min(by, last - here))
    if name in "jk":
        if vim.column is None:
            vim.column = buffer.where(at)[1]
        return lines_on(buffer, at, by, vim.column, to_end=vim.state != "normal")
    return to_line(buffer, here + by)


def _rows(vim: VimKeys, by: int) -> Reach:
    editing = vim.editing
    before, anchor = editing.cursor, editing.anchor
    editing.move_rows(by)
    reach = Reach(editing.cursor)
    editing.cursor, editing.anchor = before, anchor
    return reach
