"""The screen of what texts were, and of proposals that wait."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from inkstand.tui.background import run_blocking
from inkstand.tui.beginning import begin
from inkstand.tui.choices import Choices
from inkstand.tui.editor.files import open_files
from inkstand.tui.history.past_rows import Listing, gather, rows, why
from inkstand.tui.history.text_then import VIEWS, Shown, View, view
from inkstand.tui.messages import BookLoaded, Jump, ManuscriptChanged, News, ProposalsChanged
from inkstand.tui.moments import shown
from inkstand.tui.proposals.diff import ProposalDiff
from inkstand.tui.proposals.diff_text import DiffText
from inkstand.tui.screens.page import Page
from inkstand_sdk.errors import InkstandError

if TYPE_CHECKING:
    from inkstand.workspace.history import Snapshot
    from inkstand.workspace.past import Past

_NARROW = 80
_SETTLED_S = 0.08
"""How long the cursor rests on a line before what it leads to is fetched."""
_EMPTY = (
    "Nothing is kept yet.\n\n"
    "Inkstand keeps what a text was whenever it is saved: write something (F2), and look here"
    " again.\nWhat tools propose waits here, too, until it is accepted or refused."
)


class HistoryScreen(Page):
    """Proposals and texts on the left, what they were on the right."""

    NAME = "history"
    IDLE = frozenset(("restore", "undo", "view", "open"))
    HELP = (
        "What every text was, and the way back to it. Enter opens a text; on what it was, the"
        " right side shows the words that went and came since.\n"
        "Restoring keeps what the text is now, so it can be undone. Deleted texts come back the"
        " same way."
    )
    AUTO_FOCUS = "#past"
    DEFAULT_CSS: ClassVar[str] = """
    HistoryScreen #history { height: 1fr; }
    HistoryScreen #past { width: 36; max-width: 40%; }
    HistoryScreen #then { width: 1fr; border-left: vkey $foreground 15%; }
    HistoryScreen.-narrow #history { layout: vertical; }
    HistoryScreen.-narrow #past { width: 1fr; max-width: 100%; height: 2fr; }
    HistoryScreen.-narrow #then {
        width: 1fr; height: 3fr; border-left: none; border-top: hkey $foreground 15%;
    }
    HistoryScreen #then-head { height: auto; padding: 0 1; color: $foreground 60%; }
    HistoryScreen #history-empty { padding: 2 4; color: $foreground 60%; display: none; }
    HistoryScreen.-empty #history { display: none; }
    HistoryScreen.-empty #history-empty { display: block; }
    HistoryScreen.-proposal #then-head, HistoryScreen.-proposal #then-text { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "restore", "Restore", id="history.restore"),
        Binding("u", "undo", "Undo restore", id="history.undo"),
        Binding("c", "view", "Changes or whole", id="history.view"),
        Binding("o", "open", "Open in editor", id="history.open"),
        Binding("right,l", "reach_text", "To the text", show=False, id="history.to_text"),
        Binding("left,h,escape", "reach_list", "To the list", show=False, id="history.to_list"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.listing = Listing()
        self.shown: Shown | None = None
        self._open = ""
        self._view: View = "since"
        self._undo: tuple[Path, int] | None = None
        self._due = False

    def compose_body(self) -> ComposeResult:
        """The list, and what its line leads to."""
        yield Static(_EMPTY, id="history-empty", markup=False)
        with Horizontal(id="history"):
            yield Choices(id="past")
            with Vertical(id="then"):
                yield Static("", id="then-head", markup=False)
                text = DiffText()
                text.id = "then-text"
                yield text

    def on_mount(self) -> None:
        """Listen for what changes."""
        self.app.news.subscribe(self, self._heard)

    @property
    def choices(self) -> Choices:
        """The list."""
        return self.query_one("#past", Choices)

    @property
    def diff(self) -> DiffText:
        """The words."""
        return self.query_one("#then-text", DiffText)

    def on_resize(self, event: events.Resize) -> None:
        """Put the list above the words where it is narrow."""
        self.set_class(event.size.width < _NARROW, "-narrow")

    def on_screen_resume(self) -> None:
        """Look again what there is."""
        if not self._open and self.app.write_screen is not None:
            file = self.app.write_screen.current.file
            self._open = self.app.name_of(file) if file is not None else ""
        self._renew()

    def _heard(self, news: News) -> None:
        if not isinstance(news, ManuscriptChanged | ProposalsChanged | BookLoaded):
            return
        if self.is_current and not self._due:
            self._due = True
            self.set_timer(0.2, self._renew)

    # -- the list -------------------------------------------------------------------------------

    def _renew(self, key: str | None = None) -> None:
        self._due = False
        begin(self, "list", lambda: self._load(key))

    async def _load(self, key: str | None = None) -> None:
        try:
            self.listing = await run_blocking(gather, self.app.desk, self._open)
        except (InkstandError, OSError) as error:
            self.app.show_error(error)
            return
        self.set_empty(not (self.listing.texts or self.listing.proposals))
        before = self.choices.key
        first = f"text {self.listing.open}" if self.listing.open and not before else None
        if first and self.listing.snapshots:
            first = f"snapshot {self.listing.snapshots[0].id}"
        self.choices.fill(rows(self.listing, self._titles()), key or first)
        if not self.choices.key and self.choices.option_count:
            self.choices.action_first()
        if self.focused is None and not self.has_class("-empty"):
            self.set_focus(self.choices)
        if self.choices.key == before:
            self._show()

    def _titles(self) -> dict[str, str]:
        titles: dict[str, str] = {}
        status = self.app.status
        for scene in status.count.scenes if status is not None else ():
            titles.setdefault(scene.file, scene.label)
        titles |= {entry.file: entry.name for entry in self.app.entries}
        return titles

    @property
    def _text_name(self) -> str:
        """The text that the cursor is on, or is below of."""
        kind, _, rest = self.choices.key.partition(" ")
        return {"text": rest, "snapshot": self.listing.open}.get(kind, "")

    @on(OptionList.OptionSelected, "#past")
    def _chosen(self, chosen: OptionList.OptionSelected) -> None:
        kind, _, rest = (chosen.option_id or "").partition(" ")
        if kind == "text":
            self._open = "" if rest == self.listing.open else rest
            self._renew(chosen.option_id)
        else:
            self.action_reach_text()

    @on(OptionList.OptionHighlighted, "#past")
    def _pointed(self) -> None:
        self._show()

    # -- what was ---------------------------------------------------------------------------------

    def _show(self) -> None:
        begin(self, "then", self._fetch)

    async def _fetch(self) -> None:
        import asyncio

        key = self.choices.key
        kind, _, rest = key.partition(" ")
        await asyncio.sleep(_SETTLED_S)
        self._show_proposal(int(rest) if kind == "proposal" else 0)
        if kind == "text":
            await self._show_latest(rest)
        elif kind == "snapshot":
            await self._show_snapshot(int(rest))

    async def _show_latest(self, name: str) -> None:
        """Of a text, what its last change was; all of it if it is gone."""
        kept = next((text for text in self.listing.texts if text.name == name), None)
        if kept is None:
            return
        count = f"{kept.snapshots:,} snapshot{'' if kept.snapshots == 1 else 's'}"
        hint = "closes it" if name == self.listing.open else "shows what it was"
        said = f"{count}, the last {shown(kept.at)}. Enter {hint}."
        if not kept.is_there:
            said = f"Deleted: r brings it back as it was last. {said}"
        latest = await run_blocking(self.app.desk.history.of, name, 2)
        if latest:
            before = latest[1] if len(latest) > 1 else None
            how: View = "then" if kept.is_there else "whole"
            await self._compare(latest[0], before, how, name, said)

    async def _show_snapshot(self, number: int) -> None:
        snapshots = self.listing.snapshots
        place = next((at for at, each in enumerate(snapshots) if each.id == number), -1)
        if place < 0:
            return
        snapshot = snapshots[place]
        before = snapshots[place + 1] if place + 1 < len(snapshots) else None
        title = f"{shown(snapshot.at)} · {why(snapshot)}"
        await self._compare(snapshot, before, self._view, title)

    async def _compare(
        self, snapshot: Snapshot, before: Snapshot | None, how: View, title: str, said: str = ""
    ) -> None:
        """Show a snapshot, or what changed, below what is said of it."""
        try:
            past = await self._past(snapshot.name)
            found = await run_blocking(view, past, snapshot, before, how)
        except (InkstandError, OSError) as error:
            self._tell(title, str(error))
            self.diff.show((), 0)
            return
        self.shown = found
        self._tell(title, f"{said} {found.said}".strip())
        self.diff.show(found.stretches, 0)
        self.diff.scroll_home(animate=False)

    async def _past(self, name: str) -> Past:
        path = self.app.desk.workspace.root / name
        past: Past = await run_blocking(self.app.studio.desks.past, path)
        return past

    def _tell(self, title: str, said: str) -> None:
        head = Content.assemble((title, "bold $accent"), "  ", said)
        self.query_one("#then-head", Static).update(head)

    def _show_proposal(self, number: int) -> None:
        """Show a proposal in the place of the words, or none any more.

        Not waited for: to be cancelled while a widget goes would cancel the widget.
        """
        self.set_class(bool(number), "-proposal")
        known = [each for each in self.query(ProposalDiff) if not each.has_class("-leaving")]
        if any(each.number == number for each in known):
            return
        for each in known:
            each.add_class("-leaving")
            each.remove()
        if number:
            self.query_one("#then").mount(ProposalDiff(self.app.desk, number))

    @on(ProposalDiff.Applied)
    async def _proposal_applied(self, applied: ProposalDiff.Applied) -> None:
        await self._reload(applied.file)

    @on(ProposalDiff.Closed)
    def _proposal_left(self) -> None:
        self.set_focus(self.choices)
        self._renew()

    # -- what can be done -------------------------------------------------------------------------

    def action_reach_text(self) -> None:
        """Go to the words on the right."""
        diffs = [each for each in self.query(ProposalDiff) if not each.has_class("-leaving")]
        self.set_focus(diffs[0].body if diffs else self.diff)

    def action_reach_list(self) -> None:
        """Go back to the list."""
        self.set_focus(self.choices)

    def action_view(self) -> None:
        """Show what changed since then, what changed at that time, or the whole text."""
        self._view = VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)]
        self._show()

    def action_open(self) -> None:
        """Open the text in the editor."""
        name = self._text_name
        path = self.app.desk.workspace.root / name
        if not name:
            self.notify("Go to a text first.", timeout=3)
        elif not path.exists():
            self.notify("It is deleted: r brings it back.", timeout=4)
        else:
            self.post_message(Jump(path))

    def action_restore(self) -> None:
        """Make the text what it was then."""
        kind, _, rest = self.choices.key.partition(" ")
        text = next((each for each in self.listing.texts if each.name == self._text_name), None)
        if text is None or (kind == "text" and text.is_there):
            self.notify("Open a text with Enter, and go to what it shall be again.", timeout=5)
            return
        number = int(rest) if kind == "snapshot" else 0
        begin(self, "restore", lambda: self._restore(text.name, number))

    async def _restore(self, name: str, number: int) -> None:
        try:
            await self.app.keep_everything()
            past = await self._past(name)
            was_there = await run_blocking(past.is_there)
            snapshot = await run_blocking(lambda: past.get(number) if number else past.known()[0])
            saved = await run_blocking(past.restore, snapshot)
        except (InkstandError, OSError) as error:
            self.app.show_error(error)
            return
        self._undo = (past.path, saved.before) if saved.before else None
        for note in saved.notes:
            self.notify(note, timeout=8, markup=False)
        done = f"It is as it was: {shown(snapshot.at)}. u undoes that."
        self.notify(done if was_there else "It is back.", timeout=6)
        await self._reload(past.path)

    def action_undo(self) -> None:
        """Make the text what it was before it was restored."""
        if self._undo is None:
            self.notify("Nothing was restored here yet.", timeout=3)
        else:
            path, number = self._undo
            begin(self, "restore", lambda: self._take_back(path, number))

    async def _take_back(self, path: Path, number: int) -> None:
        try:
            await self.app.keep_everything()
            past = await run_blocking(self.app.studio.desks.past, path)
            await run_blocking(lambda: past.restore(past.get(number)))
        except (InkstandError, OSError) as error:
            self.app.show_error(error)
            return
        self._undo = None
        self.notify("The text is as it was before.", timeout=4)
        await self._reload(path)

    async def _reload(self, path: Path) -> None:
        """Have open editors take the text over, and everyone know of it."""
        for file in open_files(self.app).all():
            if path in (file.path, file.draft.real):
                await file.reload()
        self.post_message(ManuscriptChanged(path))
        self._renew()
