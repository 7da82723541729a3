"""Proposals shown in the place of the text that they are for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from textual import on, work

from inkstand.tui.background import run_blocking
from inkstand.tui.editor.editor import Editor
from inkstand.tui.messages import ProposalsChanged
from inkstand.tui.proposals.diff import ProposalDiff
from inkstand.tui.screens.paned import PanedPage
from inkstand.tui.text_pane import TextPane
from inkstand_sdk.errors import InkstandError


class Taken(msgspec.Struct, frozen=True):
    """Parts of a proposal that were accepted, and their file's text before and after that."""

    number: int
    units: tuple[int, ...]
    file: Path
    before: str
    after: str


class ReviewingPage(PanedPage):
    """A screen of panes in whose texts proposals can be read and decided upon."""

    _others: tuple[int, ...] = ()
    _taken: tuple[Taken, ...] = ()
    _undone: tuple[Taken, ...] = ()

    @property
    def current(self) -> TextPane:
        """The text that was written in last."""
        raise NotImplementedError

    async def show_proposal(self, number: int, others: Sequence[int] = ()) -> None:
        """Show what a proposal would change, in the text that was written in last.

        Args:
            number: The proposal's number.
            others: Those that are not wanted once this one is accepted.

        """
        pane, desk = self.current, self.app.desk
        try:
            proposal = await run_blocking(desk.proposals.get, number)
            file = desk.workspace.root / proposal.file
            if file.exists():
                await pane.show(file, proposal.start)
        except InkstandError as error:
            self.app.show_error(error)
            return
        await self._bring_back(pane)
        self._others = tuple(each for each in others if each != number)
        diff = ProposalDiff(desk, number)
        pane.editor.display = False
        await pane.mount(diff)
        self.go(self.current_text)

    @on(ProposalDiff.Applied)
    async def _applied(self, applied: ProposalDiff.Applied) -> None:
        """Show in the text what was written into its file."""
        applied.stop()
        taken: Taken | None = None
        for pane in self.query(TextPane):
            if pane.file == applied.file:
                before = pane.editor.text
                await pane.editor.reload()
                if applied.units and taken is None:
                    after = pane.editor.text
                    taken = Taken(applied.diff.number, applied.units, applied.file, before, after)
                pane.editor.goto(applied.start, applied.end)
                pane.renew_title()
        if self.current.file != applied.file and applied.file.exists():
            await self.current.show(applied.file, applied.start, applied.end)
        # What is undone in the proposal needs no undo in the text any more.
        self._taken = (*self._taken, taken) if taken is not None else ()
        self._undone = ()

    @on(ProposalDiff.Closed)
    async def _decided(self, closed: ProposalDiff.Closed) -> None:
        """Show the text again."""
        closed.stop()
        for pane in self.query(TextPane):
            if closed.diff in pane.children:
                await self._bring_back(pane)
                pane.reach()
        if closed.is_in_text:
            self.notify("It is in the text. Ctrl+Z takes it back.", timeout=5)
            self.run_worker(self._lay_aside(self._others), exit_on_error=False)
        self._others = ()

    @on(Editor.Edited)
    def _undone_in_text(self, edited: Editor.Edited) -> None:
        """A proposal whose words are taken back by an undo in the text waits again."""
        if isinstance(edited, Editor.Moved) or not (self._taken or self._undone):
            return
        if self.query(ProposalDiff):
            return  # what changes the text is decided there, and known there
        file, text = edited.editor.file, edited.editor.text
        last = self._taken[-1:]
        if last and (last[0].file, last[0].before) == (file, text):
            self._taken, self._undone = self._taken[:-1], (*self._undone, *last)
            self._follow_text(last[0], is_back=True)
            return
        last = self._undone[-1:]
        if last and (last[0].file, last[0].after) == (file, text):
            self._undone, self._taken = self._undone[:-1], (*self._taken, *last)
            self._follow_text(last[0], is_back=False)

    @work(group="undone", exit_on_error=False)
    async def _follow_text(self, taken: Taken, *, is_back: bool) -> None:
        """Have a proposal wait again, or count as accepted, as its words are in the text or not."""
        proposals = self.app.desk.proposals
        try:
            await self.app.keep_everything()
            if is_back:
                await run_blocking(lambda: proposals.take_back(taken.number, units=taken.units))
            else:
                await run_blocking(lambda: proposals.accept(taken.number, units=taken.units))
        except InkstandError:
            return  # it was decided upon elsewhere
        self.post_message(ProposalsChanged())
        if is_back:
            self.notify("The proposal waits again: Alt+A.", timeout=5)

    async def _lay_aside(self, numbers: Sequence[int]) -> None:
        """Reject the takes that were not chosen; their texts are kept."""
        for number in numbers:
            try:
                await run_blocking(self.app.desk.proposals.reject, number)
            except InkstandError:
                continue  # it was decided upon before
        if numbers:
            self.post_message(ProposalsChanged())

    async def _bring_back(self, pane: TextPane) -> None:
        for diff in list(pane.query(ProposalDiff)):
            await diff.remove()
        pane.editor.display = True
