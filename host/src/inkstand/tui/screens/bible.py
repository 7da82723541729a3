"""The screen of the bible, side by side with what the text says."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, get_args

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher, OptionList, Static

from inkstand.tui.background import run_blocking
from inkstand.tui.beginning import begin
from inkstand.tui.bible.book_text import BookText, read_book
from inkstand.tui.bible.new_page import AskPage, Kind, NewPage
from inkstand.tui.bible.pages_pane import LIST, PAGE, SAID, PagesPane
from inkstand.tui.bible.speech_pane import SpeechPane
from inkstand.tui.bible.timeline_rows import Event, choices, events_of
from inkstand.tui.choices import Choices
from inkstand.tui.messages import BibleChanged, Jump, ManuscriptChanged, News
from inkstand.tui.pane_tabs import PaneTabs
from inkstand.tui.screens.page import Page
from inkstand.tui.work_line import WorkLine
from inkstand_sdk.errors import Cancelled, InkstandError
from inkstand_sdk.span import Span

_NARROW, _MEDIUM = 80, 116
SPEECH, TIMELINE = "speech", "timeline"
_TABS = (
    (LIST, "Pages"),
    (PAGE, "Page"),
    (SAID, "The text says"),
    (SPEECH, "Who speaks to whom"),
    (TIMELINE, "Timeline"),
)
_SHORT = {SAID: "Text says", SPEECH: "Who speaks"}
_EMPTY = (
    "The bible has no pages yet.\n\n"
    "n makes one: of a person, a place, a thing, or a thread.\n"
    "Pages are Markdown files in the folder bible/. Tools read them, and checks compare them with"
    " the text."
)


class BibleScreen(Page):
    """Pages beside evidence, who speaks to whom, and when things happen."""

    NAME = "bible"
    HELP = (
        "What you know of your people, places, things and threads, beside what the text says of"
        " them. Enter on a passage goes to it.\n"
        "A page is edited where it stands, and saved by itself. What is wrong with it is said on"
        " the right."
    )
    AUTO_FOCUS = "#bible-pages"
    DEFAULT_CSS: ClassVar[str] = """
    BibleScreen PaneTabs { display: block; }
    BibleScreen ContentSwitcher { height: 1fr; }
    BibleScreen #bible-empty { padding: 2 4; color: $foreground 60%; display: none; }
    BibleScreen.-empty #bible-empty { display: block; height: auto; }
    BibleScreen.-empty ContentSwitcher { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(f"alt+{place}", f"reach('{name}')", title, show=False, id=f"bible.{name}")
            for place, (name, title) in enumerate(_TABS, start=1)
        ),
        Binding("f10", "next", "Next pane", id="bible.next_pane"),
        Binding("n", "new", "New page", id="bible.add"),
        Binding("r", "read", "Read the text", id="bible.read"),
        Binding("o", "open", "Open in editor", id="bible.open"),
        Binding("escape", "leave", "Stop, or to the list", show=False, id="bible.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.text: BookText | None = None
        self._at = LIST
        self._is_stale = True
        self._due = False
        self._going_to: str | None = None
        self._events: list[Event] = []

    def compose_body(self) -> ComposeResult:
        """The tabs, and what each shows."""
        yield PaneTabs()
        yield WorkLine()
        yield Static(_EMPTY, id="bible-empty", markup=False)
        with ContentSwitcher(initial="bible-all"):
            yield PagesPane(self.app, id="bible-all")
            yield SpeechPane(id="bible-speech")
            yield Choices(id="bible-events", classes="-wrapping")

    def on_mount(self) -> None:
        """Listen for what changes, and show the tabs."""
        self.app.news.subscribe(self, self._heard)
        self._show_tabs()
        self.pages.reach(LIST)

    @property
    def pages(self) -> PagesPane:
        """The pages."""
        return self.query_one(PagesPane)

    @property
    def timeline(self) -> Choices:
        """The timeline."""
        return self.query_one("#bible-events", Choices)

    def on_resize(self, event: events.Resize) -> None:
        """Stand beside each other as much as there is room for."""
        width = event.size.width
        self.pages.set_class(width < _NARROW, "-narrow")
        self.pages.set_class(_NARROW <= width < _MEDIUM, "-medium")
        self.set_class(width < _NARROW, "-narrow")
        self._show_tabs()

    def on_screen_resume(self) -> None:
        """Read what changed since."""
        self._renew()

    def _heard(self, news: News) -> None:
        if isinstance(news, ManuscriptChanged):
            # A page of the bible is saved as any text is; the book itself is then as it was.
            of_pages = bool(news.files) and all(self._is_page(file) for file in news.files)
            self._is_stale = self._is_stale or not of_pages
            if of_pages and set(news.files) == {self.pages.editor.file}:
                return  # If it was changed, the bible was, and that is told, too.
        elif not isinstance(news, BibleChanged):
            return
        if self.is_current and not self._due:
            self._due = True
            self.set_timer(0.3, self._renew)

    def _is_page(self, file: Path) -> bool:
        return self.app.name_of(file).startswith("bible/")

    # -- reading --------------------------------------------------------------------------------

    def _renew(self, key: str | None = None) -> None:
        self._due = False
        # It is still meant to be gone to if this is cancelled by the next renewal.
        self._going_to = key or self._going_to
        begin(self, "load", self._load)

    async def _load(self) -> None:
        try:
            await self.pages.load(self.text, self._going_to)
        except (InkstandError, OSError) as error:
            self.app.show_error(error)
        self._going_to = None
        if self._is_stale:
            begin(self, "read", self._read)

    async def _read(self) -> None:
        path, line = self.app.path, self.query_one(WorkLine)
        if path is None:
            return
        self._is_stale = False
        line.tell("Reading the book")
        try:
            self.text = await read_book(self.app.studio, path, line.tell)
        except Cancelled:
            return
        except (InkstandError, OSError) as error:
            # An empty book has nothing to say; its pages are there all the same.
            if self.app.status is None or self.app.status.count.words:
                self.app.show_error(error)
            return
        finally:
            line.end()
        self.query_one(SpeechPane).show(self.text)
        self._renew()

    @on(PagesPane.Listed)
    def _listed(self) -> None:
        self._show_empty()
        begin(self, "timeline", self._show_timeline)

    def _show_empty(self) -> None:
        pages = self.pages.pages
        is_empty = not (pages.rows or pages.without) and self._at not in (SPEECH, TIMELINE)
        self.set_class(is_empty, "-empty")
        if not is_empty and self.focused is None:
            self._focus(self._at)

    async def _show_timeline(self) -> None:
        text = self.text
        if text is None:
            return
        entry = next((r.entry for r in self.pages.pages.rows if r.kind == "timeline"), None)
        self._events = events_of(entry, text)
        self.timeline.fill(await run_blocking(choices, self._events, text))
        if not self.timeline.key and self.timeline.option_count:
            self.timeline.action_first()

    def action_read(self) -> None:
        """Read the text again."""
        self._is_stale = True
        self._renew()

    # -- going about ------------------------------------------------------------------------------

    def _show_tabs(self) -> None:
        is_narrow = self.has_class("-narrow")
        tabs = [(name, _SHORT.get(name, title) if is_narrow else title) for name, title in _TABS]
        self.query_one(PaneTabs).show(tabs, self._at)

    @on(PaneTabs.Chosen)
    def _tab_chosen(self, chosen: PaneTabs.Chosen) -> None:
        self.action_reach(chosen.pane)

    def action_reach(self, name: str) -> None:
        """Go to a pane."""
        self._at = name
        switcher = self.query_one(ContentSwitcher)
        views = {SPEECH: "bible-speech", TIMELINE: "bible-events"}
        switcher.current = views.get(name, "bible-all")
        self._focus(name)
        self._show_tabs()
        self._show_empty()

    def _focus(self, name: str) -> None:
        if name == SPEECH:
            self.set_focus(self.query_one("#ties", Choices))
        elif name == TIMELINE:
            self.set_focus(self.timeline)
        else:
            self.pages.reach(name)

    def action_next(self) -> None:
        """Go from pane to pane."""
        names = [name for name, _ in _TABS]
        self.action_reach(names[(names.index(self._at) + 1) % len(names)])

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Know where the writer is."""
        widget = event.widget
        at = {self.pages.choices: LIST, self.pages.said: SAID, self.pages.editor.view: PAGE}
        if widget in at and at[widget] != self._at:
            self._at = at[widget]
            self._show_tabs()

    def action_leave(self) -> None:
        """Stop reading, or go back to the list."""
        if self.query_one(WorkLine).said:
            self.workers.cancel_group(self, "read")
            self.query_one(WorkLine).end()
            self.notify("Stopped: r reads the text. The pages are here all the same.", timeout=5)
        else:
            self.action_reach(LIST)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters are text while the writer is in a page."""
        with suppress(LookupError):
            if action in ("new", "read", "open"):
                return not self.pages.editor.has_focus_within
        return True

    # -- passages ---------------------------------------------------------------------------------

    @on(PagesPane.Wanted)
    @on(SpeechPane.Wanted)
    async def _wanted(self, wanted: PagesPane.Wanted | SpeechPane.Wanted) -> None:
        await self._jump(wanted.span)

    @on(OptionList.OptionSelected, "#bible-events")
    async def _event_chosen(self, selected: OptionList.OptionSelected) -> None:
        kind, _, place = (selected.option_id or "").partition(" ")
        number = int(place)
        scene = number if kind == "scene" else self._events[number].scene
        if scene is not None:
            await self._jump(Span(scene, 0, 0))
            return
        row = next((r for r in self.pages.pages.rows if r.kind == "timeline"), None)
        if row is not None:
            await self._find(row.file, self._events[number].what, 0)

    async def _jump(self, span: Span) -> None:
        if self.text is None:
            return
        scene = self.text.manuscript.scenes[span.scene]
        words = scene.text[span.start : span.end] or scene.text[:40].split("\n")[0]
        await self._find(scene.file, words, scene.offset + span.start)

    async def _find(self, file: str, words: str, near: int) -> None:
        """Show words in the editor, where they stand now."""
        try:
            await self.app.keep_everything()
            found: Any = await run_blocking(self.app.desk.locate, file, words, near=near)
        except (InkstandError, OSError) as error:
            self.app.show_error(error)
            return
        if not found.is_there:
            self.notify("Those words are not there any more. This is where they stood.", timeout=5)
        self.post_message(Jump(found.file, found.start, found.end))

    # -- pages ------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Open the page in the editor of the screen to write in."""
        file = self.pages.editor.file
        if self.pages.row is None or file is None:
            self.notify("Go to a page first.", timeout=3)
        else:
            self.post_message(Jump(file))

    @on(PagesPane.MakeWanted)
    def _make_of(self, wanted: PagesPane.MakeWanted) -> None:
        self._ask(NewPage("character", wanted.name))

    def action_new(self) -> None:
        """Make a page."""
        row, person = self.pages.row, self.pages.person
        kind: Any = row.kind if row is not None and row.kind in get_args(Kind)[:5] else "character"
        self._ask(NewPage(kind, person))

    def _ask(self, page: NewPage) -> None:
        def asked(made: NewPage | None) -> None:
            if made is not None:
                begin(self, "make", lambda: self._make(made))

        self.app.push_screen(AskPage(page), asked)

    async def _make(self, page: NewPage) -> None:
        bible = self.app.desk.bible
        person = next((p for p in self.pages.pages.without if p.name == page.name), None)
        try:
            saved = await run_blocking(bible.new, page.kind, page.name)
            if person is not None and person.aliases and page.kind == "character":
                made = await run_blocking(bible.page, page.name, page.kind)
                await run_blocking(bible.set, made, ("aliases",), list(person.aliases))
        except (InkstandError, OSError) as error:
            self.app.show_error(error)
            return
        self.post_message(BibleChanged())
        self.action_reach(LIST)
        self._renew(f"page {self.app.name_of(saved.path)}")
