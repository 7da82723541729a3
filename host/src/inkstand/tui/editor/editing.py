"""Writing in a document: a cursor, a selection, and what keys do to them. It knows no screen."""

from __future__ import annotations

from collections.abc import Callable

from inkstand.tui.editor import motions
from inkstand.tui.editor.buffer import Buffer, Change, bare
from inkstand.tui.editor.clusters import snapped
from inkstand.tui.editor.document import Document
from inkstand.tui.editor.undo import Kind
from inkstand.tui.editor.wrapping import Rows

Move = Callable[[int], int]


def no_sentences(text: str) -> list[tuple[int, int]]:
    """All of a text as one sentence, where nothing better is known."""
    return [(0, len(text))] if text else []


class Editing:
    """A cursor in a document, and commands. Several may be at work in one document.

    Args:
        document: The text.
        rows: Its rows as they are shown, for moves up and down; kept in step here.
        sentences: Where the sentences of a paragraph begin and end.

    """

    def __init__(
        self,
        document: Document,
        rows: Rows | None = None,
        sentences: motions.Spans = no_sentences,
    ) -> None:
        self.document = document
        self.rows = rows or Rows(document.buffer.lines, 72)
        self.sentences = sentences
        self.cursor = 0
        self.anchor: int | None = None
        self.clipboard = ""
        self._goal: int | None = None
        self.grown = 0
        """Rows by which the text has grown since this was last set to 0."""
        self.strayed = False
        """Whether something changed in another line than the cursor's since this was last False."""
        self._leave = document.listen(self._changed)

    def close(self) -> None:
        """Follow the document no more."""
        self._leave()

    @property
    def buffer(self) -> Buffer:
        """The document's text."""
        return self.document.buffer

    @property
    def selection(self) -> tuple[int, int]:
        """Where the selection begins and ends; both are the cursor's place if there is none."""
        if self.anchor is None:
            return self.cursor, self.cursor
        return min(self.anchor, self.cursor), max(self.anchor, self.cursor)

    @property
    def selected(self) -> str:
        """The text that is selected."""
        return self.buffer.slice(*self.selection)

    # -- moving -----------------------------------------------------------------------------

    def go(self, at: int, *, select: bool = False, seal: bool = True) -> None:
        """Put the cursor somewhere, never within a character; a selection ends or is extended."""
        if select and self.anchor is None:
            self.anchor = self.cursor
        elif not select:
            self.anchor = None
        self.cursor = self.sound(at)
        self._goal = None
        if seal:
            self.document.seal()

    def sound(self, at: int) -> int:
        """A place within the text, between two characters."""
        line, column = self.buffer.where(max(0, min(at, len(self.buffer))))
        return self.buffer.at(line, snapped(bare(self.buffer.lines[line]), column))

    def select(self, start: int, end: int) -> None:
        """Select what is between two places; the cursor is at its end."""
        self.go(start)
        self.go(end, select=True)

    def move_left(self, *, select: bool = False) -> None:
        """One character back; a selection is left at its beginning."""
        if self.anchor is not None and not select:
            self.go(self.selection[0])
        else:
            self.go(motions.left(self.buffer, self.cursor), select=select)

    def move_right(self, *, select: bool = False) -> None:
        """One character on; a selection is left at its end."""
        if self.anchor is not None and not select:
            self.go(self.selection[1])
        else:
            self.go(motions.right(self.buffer, self.cursor), select=select)

    def move_rows(self, by: int, *, select: bool = False) -> None:
        """So many rows down, or up if negative, keeping to the column as well as rows allow."""
        line, column = self.buffer.where(self.cursor)
        row = self.rows.row_of(line, column)
        goal = self.rows.cell_of(line, column) if self._goal is None else self._goal
        target = row + by
        if target < 0 or target >= self.rows.height:
            self.go(0 if target < 0 else len(self.buffer), select=select)
        else:
            self.go(self.buffer.at(*self.rows.place(target, goal)), select=select)
        self._goal = goal

    def row_bounds(self) -> tuple[int, int]:
        """Where the cursor's row begins and ends."""
        line, column = self.buffer.where(self.cursor)
        number, start, end = self.rows.span(self.rows.row_of(line, column))
        text = bare(self.buffer.lines[number])
        if end < len(text):
            end = snapped(text, end - 1)
        return self.buffer.at(number, start), self.buffer.at(number, end)

    def moved(self, name: str) -> int:
        """Where a move leads from the cursor: "word_right", "sentence_left", "row_end" ..."""
        return _MOVES[name](self, self.cursor)

    # -- changing ---------------------------------------------------------------------------

    def insert(self, text: str, kind: Kind = "other") -> None:
        """Put a text in the place of the selection, or at the cursor."""
        self.change(*self.selection, text, kind)

    def type(self, text: str) -> None:
        """What a key types."""
        self.insert(text, "typed")

    def change(
        self, start: int, end: int, text: str, kind: Kind = "other", after: int | None = None
    ) -> None:
        """Put a text in the place of another; the cursor is behind it, or at `after`."""
        own = self.document.in_own_manner(text)
        before = self.cursor
        cursor = start + len(own) if after is None else after
        self.anchor = None
        self.document.replace(start, end, own, kind=kind, before=before, after=cursor)
        # A mark that was typed may have become part of the character before.
        self.cursor = min(cursor, len(self.buffer))
        self._goal = None

    def delete(self, to: int) -> str:
        """Delete the selection, or what is between the cursor and a place; what that was."""
        start, end = self.selection if self.anchor is not None else sorted((self.cursor, to))
        text = self.buffer.slice(start, end)
        if text:
            self.change(start, end, "", "deleted")
        self.anchor = None
        return text

    def delete_left(self) -> None:
        """Delete the character before the cursor, or the selection."""
        self.delete(motions.left(self.buffer, self.cursor))

    def delete_right(self) -> None:
        """Delete the character at the cursor, or the selection."""
        self.delete(motions.right(self.buffer, self.cursor))

    def undo(self) -> bool:
        """Take a step back; whether there was one."""
        return self._to(self.document.undo())

    def redo(self) -> bool:
        """Take a step again; whether there was one."""
        return self._to(self.document.redo())

    def _to(self, cursor: int | None) -> bool:
        if cursor is None:
            return False
        self.anchor = None
        self.cursor = self.sound(cursor)
        self._goal = None
        return True

    # -- following --------------------------------------------------------------------------

    def refold(self, width: int) -> None:
        """Show the text at another width."""
        if width != self.rows.width:
            self.rows = Rows(self.buffer.lines, width)

    def _changed(self, change: Change) -> None:
        self.grown += self.rows.update(change)
        before, self.cursor = self.cursor, followed(self.cursor, change)
        if not change.start <= before <= change.start + len(change.old):
            self.strayed = True
        if self.anchor is not None:
            self.anchor = followed(self.anchor, change)


def followed(at: int, change: Change) -> int:
    """Where a place is after a change: behind a text that was put in right there, it stays."""
    if at <= change.start:
        return at
    if at >= change.start + len(change.old):
        return at + len(change.new) - len(change.old)
    return change.start + min(at - change.start, len(change.new))


_MOVES: dict[str, Callable[[Editing, int], int]] = {
    "left": lambda e, at: motions.left(e.buffer, at),
    "right": lambda e, at: motions.right(e.buffer, at),
    "word_left": lambda e, at: motions.word_left(e.buffer, at),
    "word_right": lambda e, at: motions.word_right(e.buffer, at),
    "sentence_left": lambda e, at: motions.sentence_left(e.buffer, at, e.sentences),
    "sentence_right": lambda e, at: motions.sentence_right(e.buffer, at, e.sentences),
    "paragraph_left": lambda e, at: motions.paragraph_left(e.buffer, at),
    "paragraph_right": lambda e, at: motions.paragraph_right(e.buffer, at),
    "row_start": lambda e, _at: e.row_bounds()[0],
    "row_end": lambda e, _at: e.row_bounds()[1],
    "line_start": lambda e, at: e.buffer.start_of(e.buffer.where(at)[0]),
    "line_end": lambda e, at: motions.line_end(e.buffer, e.buffer.where(at)[0]),
    "text_start": lambda _e, _at: 0,
    "text_end": lambda e, _at: len(e.buffer),
}
