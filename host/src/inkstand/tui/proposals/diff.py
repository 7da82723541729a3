"""ProposalDiff: what a proposal would change, to be accepted or refused whole or in part."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from inkstand.tui.app import InkstandApp
from inkstand.tui.assistant.keyed import keyed
from inkstand.tui.background import run_blocking
from inkstand.tui.messages import ManuscriptChanged, ProposalsChanged
from inkstand.tui.proposals.changes import By, groups_of, number_of, stretches
from inkstand.tui.proposals.diff_text import DiffText
from inkstand_sdk.errors import InkstandError

if TYPE_CHECKING:
    from inkstand.desk import Desk
    from inkstand.workspace.proposal_store import Proposal

_LEFT = {"waiting", "part", "stale"}
_BUTTONS = (
    ("accept", keyed("Accept"), "Enter, A"),
    ("refuse", keyed("Refuse"), "X, R"),
    ("accept-all", "Accept all", "Shift+A"),
    ("refuse-all", "Refuse all", "Shift+X"),
    ("by", keyed("Sentences"), "S"),
    ("close", "Later", "Escape"),
)
_NARROW = 58


class ProposalDiff(Vertical):
    """A proposal. Nothing is written before the writer accepts it, or a part of it.

    Args:
        desk: The workspace.
        number: The proposal's number.

    """

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    ProposalDiff { height: 1fr; width: 1fr; background: $background; }
    ProposalDiff > .diff-head { height: auto; padding: 0 1; color: $foreground 60%; }
    ProposalDiff > .diff-trouble {
        height: auto; padding: 0 1; color: $text-error; display: none;
    }
    ProposalDiff.-trouble > .diff-trouble { display: block; }
    ProposalDiff > Horizontal { overflow-x: hidden; height: 1; }
    ProposalDiff.-narrow #diff-by, ProposalDiff.-narrow #diff-close { display: none; }
    ProposalDiff Button, ProposalDiff Button.-textual-compact {
        min-width: 4; margin: 0; width: auto;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,a", "accept", "Accept this change", id="proposal.accept"),
        Binding("x,r,delete", "refuse", "Refuse this change", id="proposal.refuse"),
        Binding("A,shift+a", "accept_all", "Accept all of it", id="proposal.accept_all"),
        Binding("X,R,shift+x", "refuse_all", "Refuse all of it", id="proposal.refuse_all"),
        Binding("s", "by", "By sentence or by change", id="proposal.by"),
        Binding("down,j,tab", "step(1)", "Next change", id="proposal.next"),
        Binding("up,k,shift+tab", "step(-1)", "Previous change", id="proposal.previous"),
        Binding("u", "undo", "Undo the last accept", id="proposal.undo"),
        Binding("escape,q", "close", "Leave it for later", id="proposal.close"),
    ]

    class Applied(Message):
        """Some of a proposal is in its file now, or out of it again: where, and which parts."""

        def __init__(
            self,
            diff: ProposalDiff,
            file: Path,
            start: int,
            end: int,
            units: tuple[int, ...] = (),
        ) -> None:
            super().__init__()
            self.diff = diff
            self.file = file
            self.start = start
            self.end = end
            self.units = units
            """Those that were accepted; none if it was an undo."""

        @property
        def control(self) -> ProposalDiff:
            """The widget."""
            return self.diff

    class Closed(Message):
        """Nothing of it waits any more, or the writer wants to see it later.

        `is_in_text` is whether what was decided just now is in the file, which was looked into.
        """

        def __init__(
            self, diff: ProposalDiff, proposal: Proposal | None, *, is_in_text: bool = False
        ) -> None:
            super().__init__()
            self.diff = diff
            self.proposal = proposal
            self.is_in_text = is_in_text

        @property
        def control(self) -> ProposalDiff:
            """The widget."""
            return self.diff

    def __init__(self, desk: Desk, number: int, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._desk = desk
        self.number = number
        self.proposal: Proposal | None = None
        self._basis = ""
        self._by: By = "change"
        self._at = 0
        self._undo: list[tuple[int, ...]] = []
        self._turn = asyncio.Lock()
        """What is pressed while something is being written waits for its end."""
        self._is_closed = False
        self.body = DiffText()

    def compose(self) -> ComposeResult:
        """What it is, what went wrong, the text, and what can be done."""
        yield Static("", classes="diff-head", markup=False)
        yield Static("", classes="diff-trouble", markup=False)
        yield self.body
        with Horizontal():
            for name, label, key in _BUTTONS:
                button = Button(label, id=f"diff-{name}", compact=True)
                button.tooltip = key
                yield button

    def on_mount(self) -> None:
        """Fetch it."""
        self._fetch()

    def on_resize(self, event: events.Resize) -> None:
        """Leave out the buttons that there is no room for; their keys stay."""
        self.set_class(event.size.width < _NARROW, "-narrow")

    @property
    def groups(self) -> list[int]:
        """The changes or sentences that wait."""
        return groups_of(self.proposal, self._by) if self.proposal is not None else []

    @property
    def group(self) -> int:
        """The change or sentence that is pointed at; 0 for none."""
        groups = self.groups
        return groups[min(self._at, len(groups) - 1)] if groups else 0

    # -- showing --------------------------------------------------------------------------------

    @work(exclusive=True, group="proposal")
    async def _fetch(self) -> None:
        try:
            await run_blocking(self._read)
        except InkstandError as error:
            self._tell(error)
            return
        self._show()

    def _read(self) -> None:
        proposal = self._desk.proposals.get(self.number)
        self._basis = self._desk.proposals.store.basis(proposal)
        self.proposal = proposal

    def _show(self) -> None:
        proposal = self.proposal
        if proposal is None:
            return
        self.body.show(stretches(proposal, self._basis, self._by), self.group)
        self.query_one(".diff-head", Static).update(self._head(proposal))
        label = keyed("Changes", "s") if self._by == "sentence" else keyed("Sentences")
        self.query_one("#diff-by", Button).label = label

    def _head(self, proposal: Proposal) -> Content:
        groups = self.groups
        place = groups.index(self.group) + 1 if groups else 0
        what = f"{self._by} {place} of {len(groups)}" if groups else proposal.status
        if not groups and _accepted(proposal):
            what += ", U takes it back"
        made = " · ".join(
            part for part in (proposal.title or proposal.tool, proposal.model, what) if part
        )
        head = Content.assemble((f"Proposal {proposal.id}  ", "bold $accent"), made)
        return Content.assemble(head, "\n", proposal.why) if proposal.why else head

    def _tell(self, error: BaseException | None) -> None:
        self.set_class(error is not None, "-trouble")
        if isinstance(error, InkstandError):
            said = " ".join(part for part in (error.what, error.cause) if part)
            self.query_one(".diff-trouble", Static).update(said)

    # -- what the writer does ---------------------------------------------------------------------

    def action_step(self, by: int) -> None:
        """Go to the next change, or the one before."""
        groups = self.groups
        if groups:
            self._at = (groups.index(self.group) + by) % len(groups)
            self._show()

    @on(DiffText.Chosen)
    def _pointed_at(self, chosen: DiffText.Chosen) -> None:
        chosen.stop()
        if chosen.group in self.groups:
            self._at = self.groups.index(chosen.group)
            self._show()

    def action_by(self) -> None:
        """Decide by sentence from now on, or by change."""
        proposal, group = self.proposal, self.group
        if proposal is None:
            return
        before = self._by
        self._by = "sentence" if before == "change" else "change"
        unit = next((u for u in proposal.units if number_of(u, before) == group), None)
        groups = self.groups
        if unit is not None and number_of(unit, self._by) in groups:
            self._at = groups.index(number_of(unit, self._by))
        self._show()

    def action_accept(self) -> None:
        """Write what is pointed at into the file."""
        self._decide(self._desk.proposals.accept)

    def action_refuse(self) -> None:
        """Lay what is pointed at aside."""
        self._decide(self._desk.proposals.reject)

    def action_accept_all(self) -> None:
        """Write all that waits into the file."""
        self._decide(self._desk.proposals.accept, whole=True)

    def action_refuse_all(self) -> None:
        """Lay all that waits aside."""
        self._decide(self._desk.proposals.reject, whole=True)

    def action_close(self) -> None:
        """See it later."""
        self.post_message(self.Closed(self, self.proposal))

    def action_undo(self) -> None:
        """Take out of the file what was accepted last, or all that ever was: it waits again."""
        self._take_back()

    @on(Button.Pressed)
    async def _pressed(self, pressed: Button.Pressed) -> None:
        pressed.stop()
        name = (pressed.button.id or "").removeprefix("diff-").replace("-", "_")
        await self.run_action(name)
        if self.is_attached:
            self.screen.set_focus(self.body)

    # Never cancelled: what a thread has begun to write is written, and has to be told.
    @work(group="decide")
    async def _decide(self, how: Callable[..., Any], *, whole: bool = False) -> None:
        """Accept or refuse what is pointed at, or all that waits."""
        async with self._turn:
            if not self._is_closed and (whole or self.group):
                await self._decided(how, 0 if whole else self.group)

    async def _decided(self, how: Callable[..., Any], group: int) -> None:
        chosen: dict[str, list[int]] = {}
        if group:
            chosen["hunks" if self._by == "change" else "sentences"] = [group]
        before = self.proposal
        is_in_text = False
        try:
            await self.app.keep_everything()
            done = await run_blocking(how, self.number, **chosen)
            await run_blocking(self._read)
            saved = getattr(done, "saved", None)
            if saved is not None:
                is_in_text = await run_blocking(self._desk.proposals.is_in_text, self.number)
        except InkstandError as error:
            self._tell(error)
            # It may be stale now, or have been decided upon elsewhere.
            self.post_message(ProposalsChanged())
            return
        self._tell(None)
        self.post_message(ProposalsChanged())
        if saved is not None and before is not None and self.proposal is not None:
            was = set(_accepted(before))
            units = tuple(each for each in _accepted(self.proposal) if each not in was)
            self._undo.append(units)
            start, end = _where(before, self.proposal, saved.data)
            self.post_message(ManuscriptChanged(saved.path))
            self.post_message(self.Applied(self, saved.path, start, end, units))
        if self.proposal is None or not self.groups or self.proposal.status not in _LEFT:
            self._is_closed = True
            self.post_message(self.Closed(self, self.proposal, is_in_text=is_in_text))
        else:
            self._show()

    @work(group="decide")
    async def _take_back(self) -> None:
        async with self._turn:
            if self._is_closed:
                return
            if self._undo:
                await self._taken_back(self._undo[-1])
            elif self.proposal is not None and _accepted(self.proposal):
                await self._taken_back(())
            else:
                self.notify("Nothing of it was accepted yet.", timeout=3)

    async def _taken_back(self, units: tuple[int, ...]) -> None:
        """Take these parts back, or with none all that was accepted."""
        try:
            await self.app.keep_everything()
            done = await run_blocking(
                lambda: self._desk.proposals.take_back(self.number, units=units)
            )
            await run_blocking(self._read)
        except InkstandError as error:
            self._tell(error)
            return
        del self._undo[-1:]
        self._tell(None)
        self._show()
        self.post_message(ProposalsChanged())
        if done.saved is None:
            self.notify("It was not in the text any more. It waits again.", timeout=4)
            return
        path = done.saved.path
        at = _place_of(done.proposal, units)
        self.post_message(ManuscriptChanged(path))
        self.post_message(self.Applied(self, path, at, at))
        self.notify("It is out of the text, and waits again.", timeout=4)


def _accepted(proposal: Proposal) -> tuple[int, ...]:
    """The places of the parts that are accepted."""
    units = enumerate(proposal.units)
    return tuple(place for place, unit in units if unit.state == "accepted")


def _place_of(proposal: Proposal, units: tuple[int, ...]) -> int:
    """About where these parts, or with none all, would be in the file, in code points."""
    first = min(units, default=0)
    done = [unit for unit in proposal.units[:first] if unit.state == "accepted"]
    grown = sum(len(unit.text) - (unit.end - unit.start) for unit in done)
    return proposal.units[first].start + grown if proposal.units else 0


def _where(before: Proposal, after: Proposal | None, data: bytes) -> tuple[int, int]:
    """Where what was accepted stands in the file, in code points."""
    states = {unit.start: unit.state for unit in before.units}
    new = [
        unit
        for unit in (after.units if after is not None else ())
        if unit.state == "accepted" and states.get(unit.start) != "accepted"
    ]
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    written = "".join(unit.text for unit in new).strip() if len(new) > 1 else ""
    for words in (written, *(unit.text.strip() for unit in new)):
        if words and (at := _nearest(text, words, new[0].start)) >= 0:
            return at, at + len(words)
    start = min(new[0].start, len(text)) if new else 0
    return start, start


def _nearest(text: str, words: str, near: int) -> int:
    found = [
        at for at in (text.rfind(words, 0, near + len(words)), text.find(words, near)) if at >= 0
    ]
    return min(found, key=lambda at: abs(at - near), default=-1)
