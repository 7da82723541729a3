"""Proposals shown in the place of the text that they are for."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on

from inkstand.tui.background import run_blocking
from inkstand.tui.messages import ProposalsChanged
from inkstand.tui.proposals.diff import ProposalDiff
from inkstand.tui.screens.paned import PanedPage
from inkstand.tui.text_pane import TextPane
from inkstand_sdk.errors import InkstandError


class ReviewingPage(PanedPage):
    """A screen of panes in whose texts proposals can be read and decided upon."""

    _others: tuple[int, ...] = ()

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
        for pane in self.query(TextPane):
            if pane.file == applied.file:
                await pane.editor.reload()
                pane.editor.goto(applied.start, applied.end)
                pane.renew_title()
        if self.current.file != applied.file and applied.file.exists():
            await self.current.show(applied.file, applied.start, applied.end)

    @on(ProposalDiff.Closed)
    async def _decided(self, closed: ProposalDiff.Closed) -> None:
        """Show the text again."""
        closed.stop()
        for pane in self.query(TextPane):
            if closed.diff in pane.children:
                await self._bring_back(pane)
                pane.reach()
        proposal = closed.proposal
        if proposal is not None and proposal.status == "accepted":
            self.notify("It is in the text. Ctrl+Z takes it back.", timeout=5)
            self.run_worker(self._lay_aside(self._others), exit_on_error=False)
        self._others = ()

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
