"""What Vim's operators do with what a motion takes: delete, change, copy, change case, indent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inkstand.tui.editor import motions
from inkstand.tui.editor.buffer import Buffer
from inkstand.tui.editor.clusters import next_cluster, previous_cluster
from inkstand.tui.editor.vim.motions import (
    BIG,
    MOTIONS,
    WORDS,
    Reach,
    first_word,
    last_line,
    line_of,
)

if TYPE_CHECKING:
    from inkstand.tui.editor.vim.keys import VimKeys


def span(vim: VimKeys, name: str, reach: Reach) -> tuple[int, int, bool]:
    """What an operator takes between the cursor and where a motion leads, and whether as lines.

    With the exception that Vim makes: `cw` is `ce`, and `dw` does not join lines.
    """
    buffer, at = vim.editing.buffer, vim.editing.cursor
    if name in ("w", "W"):
        reach = _word(vim, name, reach)
    start, end = sorted((at, reach.at))
    if reach.kind == "lines":
        return start, end, True
    if reach.kind == "inclusive":
        number, column = buffer.where(end)
        line = line_of(buffer, number)
        end = buffer.at(number, next_cluster(line, column)) if column < len(line) else end
    return as_taken(vim, start, end, exclusive=reach.kind == "exclusive")


def as_taken(vim: VimKeys, start: int, end: int, *, exclusive: bool) -> tuple[int, int, bool]:
    """What an operator makes of two places: whole lines, where nothing else would be left of them.

    What ends at a line's beginning ends on the line before (`:help exclusive`).
    """
    buffer = vim.editing.buffer
    number, column = buffer.where(end)
    first = buffer.where(start)[0]
    is_first = not line_of(buffer, first)[: start - buffer.start_of(first)].strip()
    if exclusive and column == 0 and number > first:
        end = motions.line_end(buffer, number - 1)
        if is_first:
            return start, end, True
        number, column = buffer.where(end)
    rest = line_of(buffer, number)[column:]
    if vim.operator == "d" and number > first and is_first and not rest.strip():
        return start, end, True
    return start, end, False


def _word(vim: VimKeys, name: str, reach: Reach) -> Reach:
    buffer, at = vim.editing.buffer, vim.editing.cursor
    number, column = buffer.where(at)
    line = line_of(buffer, number)
    if vim.operator == "c" and column < len(line) and not line[column].isspace():
        # From the last character of a word on, `e` would go into the next one.
        count = vim.total()
        found = MOTIONS["e" if name == "w" else "E"](buffer, at - 1, count) if column else None
        if column == 0:
            found = _end_from(vim, name, at, count)
        return found or reach
    before = Reach(at)
    if vim.total() > 1:
        before = MOTIONS[name](buffer, at, vim.total() - 1) or before
    return _to_word_end(buffer, before.at, reach)


def _to_word_end(buffer: Buffer, at: int, reach: Reach) -> Reach:
    """An operator's last step of `w` stays in its line; from an empty one it takes that line."""
    number = buffer.where(at)[0]
    if buffer.where(reach.at)[0] == number:
        return reach
    if not line_of(buffer, number):
        return Reach(buffer.start_of(number + 1))
    return Reach(motions.line_end(buffer, number))


def _end_from(vim: VimKeys, name: str, at: int, count: int) -> Reach | None:
    """The end of the word that begins a line, or of a later one."""
    buffer = vim.editing.buffer
    number, column = buffer.where(at)
    match = (WORDS if name == "w" else BIG).match(line_of(buffer, number), column)
    if match is not None and match.end() == match.start() + 1:
        if count == 1:
            return Reach(at, "inclusive")
        count -= 1
    return MOTIONS["e" if name == "w" else "E"](buffer, at, count)


def apply(vim: VimKeys, operator: str, start: int, end: int, *, lines: bool) -> None:
    """Do what an operator does with what is between two places, or with the lines they are in."""
    editing, buffer = vim.editing, vim.editing.buffer
    if lines or operator in (">", "<"):
        on_lines(vim, operator, buffer.where(start)[0], buffer.where(end)[0], start)
        return
    text = buffer.slice(start, end)
    if operator in ("gu", "gU", "g~"):
        editing.go(start)
        editing.change(start, end, _recased(operator, text), after=start)
        return
    keep(vim, text, lines=False)
    editing.go(start)
    if operator == "y":
        return
    if operator == "c":
        vim.insert_mode()
    editing.change(start, end, "", after=start)


def on_lines(
    vim: VimKeys, operator: str, first: int, last: int, at: int, *, times: int = 1
) -> None:
    """Do what an operator does with lines, from one to another; `at` is where a motion began."""
    editing, buffer = vim.editing, vim.editing.buffer
    start, end = buffer.start_of(first), motions.line_end(buffer, last)
    text = buffer.slice(start, end)
    if operator in ("gu", "gU", "g~"):
        editing.go(at)
        editing.change(start, end, _recased(operator, text), after=at)
    elif operator in (">", "<"):
        lines = [line_of(buffer, number) for number in range(first, last + 1)]
        for _ in range(times):
            lines = [_shifted(line, operator) for line in lines]
        editing.go(at)
        editing.change(start, end, buffer.newline.join(lines), after=start)
        editing.go(first_word(buffer, first))
    elif operator == "y":
        keep(vim, text, lines=True)
        editing.go(at)
    elif operator == "c":
        keep(vim, text, lines=True)
        # Taken back, several lines leave the cursor on the second one.
        column = buffer.where(at)[1]
        until = len(line_of(buffer, min(first + 1, last)))
        editing.go(buffer.at(first + 1, min(column, until)) if last > first else at)
        vim.insert_mode()
        editing.change(start, end, "", after=start)
    else:
        keep(vim, text, lines=True)
        editing.go(at)
        delete_lines(vim, first, last)


def delete_lines(vim: VimKeys, first: int, last: int) -> None:
    """Delete lines with their ends."""
    editing, buffer = vim.editing, vim.editing.buffer
    if last + 1 < len(buffer.lines):
        start, end = buffer.start_of(first), buffer.start_of(last + 1)
    else:
        start = motions.line_end(buffer, first - 1) if first else 0
        end = motions.line_end(buffer, last)
    editing.change(start, end, "", after=start)
    editing.go(first_word(buffer, min(first, last_line(buffer))))


def _recased(operator: str, text: str) -> str:
    return {"gu": text.lower, "gU": text.upper, "g~": text.swapcase}[operator]()


def _shifted(line: str, operator: str) -> str:
    if operator == ">":
        return f"    {line}" if line else line
    spaces = len(line) - len(line.lstrip(" "))
    return line[1:] if line.startswith("\t") else line[min(4, spaces) :]


def keep(vim: VimKeys, text: str, *, lines: bool) -> None:
    """Keep a text in the register, and on the clipboard."""
    vim.register, vim.register_lines = text, lines
    vim.editor.copy(f"{text}\n" if lines else text)


def put(vim: VimKeys, count: int, *, before: bool) -> None:
    """Put what the register holds before or behind the cursor; lines, above or below."""
    editing, buffer = vim.editing, vim.editing.buffer
    if not vim.register:
        return
    number, column = buffer.where(editing.cursor)
    if vim.register_lines:
        text = buffer.newline.join([vim.register] * count)
        if before:
            start = buffer.start_of(number)
            editing.change(start, start, text + buffer.newline, after=start)
        else:
            end = motions.line_end(buffer, number)
            editing.change(end, end, buffer.newline + text, after=end)
            number += 1
        editing.go(first_word(buffer, number))
        return
    line = line_of(buffer, number)
    at = editing.cursor
    if not before and column < len(line):
        at = buffer.at(number, next_cluster(line, column))
    text = vim.register * count
    editing.change(at, at, text)
    has_lines = "\n" in text or "\r" in text
    editing.go(at if has_lines else motions.left(buffer, editing.cursor))


def join(vim: VimKeys, count: int) -> None:
    """Make one line of so many, with a space where they meet."""
    editing, buffer = vim.editing, vim.editing.buffer
    number = buffer.where(editing.cursor)[0]
    with editing.document.step(editing.cursor):
        for _ in range(count - 1):
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


def run_line(vim: VimKeys, line: str) -> None:
    """Do what was typed behind a colon: `w`, `q`, `wq`, `x`, a line's number."""
    editor = vim.editor
    if line.isdigit():
        buffer = vim.editing.buffer
        vim.editing.go(first_word(buffer, max(0, min(int(line) - 1, last_line(buffer)))))
    elif line in ("w", "wa", "up"):
        editor.run_worker(editor.save(), group="save")
    elif line in ("q", "q!", "qa", "wq", "x", "wqa", "xa"):
        # Leaving saves everything, as it does by any other key.
        editor.run_worker(editor.app.action_quit(), group="quit")
    elif line in ("noh", "nohlsearch"):
        editor.view.mark([], None)
    elif line:
        editor.notify(f"There is no command :{line} here. There are :w :q :wq :NUMBER.", timeout=4)
