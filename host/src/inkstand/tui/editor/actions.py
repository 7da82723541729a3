"""What the editor does when a key, the palette or a button asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Vertical

from inkstand.tui.editor import commands, motions
from inkstand.tui.editor.commands import bindings
from inkstand.tui.editor.find_bar import FindBar

if TYPE_CHECKING:
    from inkstand.tui.editor.key_style import KeyStyle
    from inkstand.tui.editor.open_file import OpenFile
    from inkstand.tui.editor.searching import Searching
    from inkstand.tui.editor.view import TextView


class EditorActions(Vertical):
    """The editor's actions; their keys are in `commands`. Attributes are set by `Editor`."""

    BINDINGS: ClassVar[list[BindingType]] = bindings()

    view: TextView
    open_file: OpenFile | None
    keys: KeyStyle
    searching: Searching

    def changed(self) -> None:
        """Draw what changed, and tell of it."""

    def action_move(self, name: str, select: bool = False) -> None:
        """Move the cursor."""
        commands.move(self.view, name, select=select)
        self.changed()

    def action_delete(self, name: str) -> None:
        """Delete from the cursor to where a move leads."""
        commands.delete(self.view.editing, name)
        self.changed()

    def action_delete_paragraph(self) -> None:
        """Delete the paragraph with the line that divides it from the next."""
        editing = self.view.editing
        start, _ = motions.paragraph_span(editing.buffer, editing.cursor)
        editing.go(start)
        editing.delete(motions.paragraph_right(editing.buffer, start))
        self.changed()

    def action_select_all(self) -> None:
        """Select all of the text."""
        self.view.editing.select(0, len(self.view.editing.buffer))
        self.changed()

    def action_select_around(self, what: str) -> None:
        """Select the word, sentence or paragraph at the cursor."""
        editing = self.view.editing
        at = editing.cursor
        if what == "sentence":
            span = motions.sentence_around(editing.buffer, at, editing.sentences)
        else:
            around = motions.word_around if what == "word" else motions.paragraph_span
            span = around(editing.buffer, at)
        editing.select(*span)
        self.changed()

    def action_undo(self) -> None:
        """Take the last step back."""
        if not self.view.editing.undo():
            self.notify("There is nothing to undo.", timeout=2)
        self.changed()

    def action_redo(self) -> None:
        """Take a step again that was taken back."""
        self.view.editing.redo()
        self.changed()

    def copy(self, text: str) -> None:
        """Put a text on the clipboard, also on the one of the system where the terminal lets us."""
        if text:
            self.app.copy_to_clipboard(text)

    def action_copy(self) -> None:
        """Copy what is selected."""
        self.copy(self.view.editing.selected)

    def action_cut(self) -> None:
        """Copy what is selected and delete it; without a selection, its paragraph."""
        if self.view.editing.anchor is None:
            self.action_select_around("paragraph")
        self.copy(self.view.editing.selected)
        self.view.editing.delete(self.view.editing.cursor)
        self.changed()

    def action_paste(self) -> None:
        """Put in what was copied."""
        self.keys.paste(self.app.clipboard)
        self.changed()

    def action_save(self) -> None:
        """Save now; keys are not kept waiting for a slow disk."""
        if self.open_file is not None:
            self.run_worker(self.open_file.save(), group="save")

    def action_keep_mine(self) -> None:
        """Save this text over what another program wrote."""
        if self.open_file is not None and self.open_file.told.conflict:
            self.run_worker(self.open_file.keep_mine(), group="save")

    def action_take_theirs(self) -> None:
        """Show what another program wrote; this text is in the history."""
        if self.open_file is not None and self.open_file.told.conflict:
            self.run_worker(self.open_file.take_theirs(), group="save")

    def action_switch(self, name: str) -> None:
        """Switch focus or typewriter mode."""
        setattr(self.view, name, not getattr(self.view, name))

    def action_measure(self, by: int) -> None:
        """Make the text wider or narrower."""
        self.view.measure = max(20, min(200, self.view.measure + by))

    def action_center(self) -> None:
        """Bring the cursor to the middle."""
        self.view.center()

    def action_find(self, replacing: bool = False) -> None:
        """Find, or find and replace."""
        self.searching.begin(replacing=replacing)

    def action_find_next_or_begin(self, backwards: bool = False) -> None:
        """Go to the next match if the bar is open; else open it."""
        if self.query_one(FindBar).is_open:
            self.action_find_next(backwards)
        else:
            self.searching.begin()

    def action_find_next(self, backwards: bool = False) -> None:
        """Go to the next match, or the last one."""
        self.searching.step(backwards=backwards)

    @on(FindBar.Asked)
    def find_asked(self, asked: FindBar.Asked) -> None:
        """Look for what stands in the bar."""
        asked.stop()
        self.searching.ask(asked.query)

    @on(FindBar.Stepped)
    def find_stepped(self, stepped: FindBar.Stepped) -> None:
        """Go to another match."""
        stepped.stop()
        self.searching.step(backwards=stepped.backwards)

    @on(FindBar.ReplaceWanted)
    def find_replace_wanted(self, wanted: FindBar.ReplaceWanted) -> None:
        """Replace a match, or all."""
        wanted.stop()
        self.searching.replace(wanted.template, everywhere=wanted.everywhere)

    @on(FindBar.Closed)
    def find_closed(self, closed: FindBar.Closed) -> None:
        """Write on."""
        closed.stop()
        self.searching.close()
