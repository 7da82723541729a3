"""The panes of the screen to write in: hidden, reached, made wider, and tabs where it is narrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from inkstand.tui.pane import Pane
from inkstand.tui.pane_tabs import PaneTabs
from inkstand.tui.panes import ASSISTANT, NAVIGATOR, SECOND, TEXT, Placed, Wanted, place
from inkstand.tui.screens.page import Page
from inkstand.tui.splitter import Splitter

_STEP = 3
"""Columns by which a key makes a pane wider."""
_TITLES = {NAVIGATOR: "Manuscript", TEXT: "Text", SECOND: "Second", ASSISTANT: "Assistant"}
_SIDES = (NAVIGATOR, ASSISTANT)


class PanedPage(Page):
    """A screen of panes side by side. Subclasses say what is in them."""

    DEFAULT_CSS: ClassVar[str] = """
    PanedPage #panes { height: 1fr; }
    """
    AUTO_FOCUS = ""
    # Reached before the next key is looked at, which is meant for the pane.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+1", "reach('navigator')", "Manuscript", id="panes.navigator", priority=True),
        Binding("alt+2", "reach('text')", "Text", id="panes.text", priority=True),
        Binding("alt+3", "reach('assistant')", "Assistant", id="panes.assistant", priority=True),
        Binding("alt+4", "reach('second')", "Second text beside", id="panes.second"),
        Binding("alt+0", "only_text", "Only the text", id="panes.only_text"),
        Binding("alt+comma", "widen(-1)", "Narrower pane", id="panes.narrower"),
        Binding("alt+full_stop", "widen(1)", "Wider pane", id="panes.wider"),
        Binding("f10", "next_pane", "Next pane", id="panes.next", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        remembered = self.app.studio.desks.remembered.load().panes
        self._wanted = Wanted(
            hidden=frozenset(remembered.hidden),
            navigator=remembered.navigator,
            assistant=remembered.assistant,
        )
        self._placed = Placed()

    def compose_panes(self) -> Iterator[Pane]:
        """The panes, from left to right."""
        yield from ()

    def compose_body(self) -> ComposeResult:
        """The panes, and the lines between them."""
        yield PaneTabs()
        with Horizontal(id="panes"):
            for pane in self.compose_panes():
                if pane.name in (SECOND, ASSISTANT):
                    yield Splitter(pane.name)
                yield pane
                if pane.name == NAVIGATOR:
                    yield Splitter(NAVIGATOR)

    def on_mount(self) -> None:
        """Place them."""
        self._arrange()

    def pane(self, name: str) -> Pane:
        """The pane of that name."""
        return self.query_one(f"#{name}-pane", Pane)

    @property
    def is_split(self) -> bool:
        """Whether there are two texts."""
        return self._wanted.split

    @property
    def current_text(self) -> str:
        """Which of the two texts was written in last."""
        order = [name for name in self._wanted.recent if name in (TEXT, SECOND)]
        return SECOND if self._wanted.split and order[0] == SECOND else TEXT

    # -- where the panes stand ------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Place the panes anew."""
        self._arrange()

    def _arrange(self) -> None:
        placed = place(self.size.width or self.app.size.width, self._wanted)
        if placed == self._placed:
            return
        self._placed = placed
        shown = placed.shown()
        for name in _TITLES:
            pane = self.pane(name)
            pane.display = name in shown
            pane.styles.width = getattr(placed, name) if name in shown else 0
            pane.line.display = not placed.tabs
        for name in (NAVIGATOR, SECOND, ASSISTANT):
            splitter = self.query_one(f"#{name}-splitter")
            splitter.display = name in shown and not placed.tabs
        tabs = self.query_one(PaneTabs)
        tabs.set_class(placed.tabs, "-shown")
        if placed.tabs:
            self._show_tabs()

    def _show_tabs(self) -> None:
        names = [name for name in _TITLES if name != SECOND or self._wanted.split]
        self.query_one(PaneTabs).show([(name, _TITLES[name]) for name in names], self._reached)

    @property
    def _reached(self) -> str:
        return self._wanted.recent[0]

    def _want(self, **changes: object) -> None:
        self._wanted = msgspec.structs.replace(self._wanted, **changes)
        self._arrange()
        self._show_tabs()

    def _reach(self, name: str) -> None:
        others = tuple(each for each in self._wanted.recent if each != name)
        self._want(recent=(name, *others), hidden=self._wanted.hidden - {name})

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Know which pane is worked in."""
        for node in event.widget.ancestors_with_self:
            if isinstance(node, Pane) and node.name and node.name != self._reached:
                self._reach(node.name)

    @on(PaneTabs.Chosen)
    def _tab_chosen(self, chosen: PaneTabs.Chosen) -> None:
        self._reach(chosen.pane)
        self.pane(chosen.pane).reach()

    async def action_reach(self, name: str) -> None:
        """Go to a pane; hide it if that is where the writer is."""
        is_there = name == self._reached and self.pane(name).has_focus_within
        if name == SECOND and (is_there or not self._wanted.split):
            await self._split(not self._wanted.split)
        elif is_there and name in _SIDES:
            self._want(hidden=self._wanted.hidden | {name})
            self.go(self.current_text)
            self._remember()
        else:
            was_hidden = name in self._wanted.hidden
            self.go(name)
            if was_hidden:
                self._remember()

    def go(self, name: str) -> None:
        """Show a pane, and put the focus into it."""
        self._reach(name)
        self.pane(name).reach()

    async def _split(self, split: bool) -> None:
        self._want(split=split)
        if split:
            await self.begin_second()
        self.go(SECOND if split else TEXT)

    def show_second(self) -> None:
        """Show the second text beside the first, and go to it."""
        self._want(split=True)
        self.go(SECOND)

    async def begin_second(self) -> None:
        """Put something into the second text, which is shown from now on."""

    def action_next_pane(self) -> None:
        """Go from pane to pane."""
        if self._placed.tabs:
            names = [name for name in _TITLES if name != SECOND or self._wanted.split]
        else:
            names = self._placed.shown()
        here = names.index(self._reached) if self._reached in names else -1
        self.go(names[(here + 1) % len(names)])

    def action_only_text(self) -> None:
        """Hide all but the text, or show it all again."""
        hidden = frozenset() if self._wanted.hidden >= set(_SIDES) else frozenset(_SIDES)
        self._want(hidden=hidden)
        self.go(self.current_text)
        self._remember()

    def action_widen(self, by: int) -> None:
        """Make the pane wider or narrower that the writer is in."""
        name = self._reached
        if name in _SIDES:
            self._resize(name, by * _STEP)
        else:
            shown = [side for side in (ASSISTANT, NAVIGATOR) if side in self._placed.shown()]
            if shown:
                self._resize(shown[0], -by * _STEP)
        self._remember()

    def _resize(self, name: str, by: int) -> None:
        if self._placed.tabs:
            return
        self._want(**{name: max(1, getattr(self._placed, name) + by)})

    @on(Splitter.Dragged)
    def _dragged(self, dragged: Splitter.Dragged) -> None:
        if dragged.pane == NAVIGATOR:
            self._resize(NAVIGATOR, dragged.by)
        elif dragged.pane == ASSISTANT:
            self._resize(ASSISTANT, -dragged.by)

    @on(Splitter.Dropped)
    def _dropped(self) -> None:
        self._remember()

    def _remember(self) -> None:
        from inkstand.tui.background import run_blocking

        wanted = self._wanted
        remembered = self.app.studio.desks.remembered
        work = run_blocking(
            remembered.keep_panes, wanted.navigator, wanted.assistant, sorted(wanted.hidden)
        )
        self.run_worker(work, group="remember", exit_on_error=False)
