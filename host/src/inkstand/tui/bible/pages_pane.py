"""The pages of the bible: a list, the page in an editor, and what the text says of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import OptionList, Static

from inkstand.tui.app import InkstandApp
from inkstand.tui.background import run_blocking
from inkstand.tui.beginning import begin
from inkstand.tui.bible import page_rows, said_rows
from inkstand.tui.bible.book_text import BookText
from inkstand.tui.bible.page_rows import PageRow, Pages
from inkstand.tui.choices import Choices
from inkstand.tui.editor.editor import Editor
from inkstand.tui.messages import BibleChanged
from inkstand.tui.text_pane import options_of
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.span import Span
from inkstand_sdk.tool import BibleEntry

if TYPE_CHECKING:
    from inkstand.workspace.bible.evidence import Evidence
    from inkstand.workspace.bible.shapes import Finding

_SETTLED_S = 0.12
LIST, PAGE, SAID = "list", "page", "said"


class PagesPane(Horizontal):
    """Pages on the left, one in the middle to be written in, the text's own word on the right."""

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    PagesPane { height: 1fr; }
    PagesPane #bible-pages { width: 28; }
    PagesPane .editor--front, PagesPane .editor--calm { color: $foreground; }
    PagesPane #bible-right { width: 1fr; layout: horizontal; }
    PagesPane #bible-page { width: 1fr; border-left: vkey $foreground 15%; }
    PagesPane #bible-said { width: 2fr; max-width: 52; border-left: vkey $foreground 15%; }
    PagesPane #bible-page { width: 3fr; }
    PagesPane #bible-about { height: auto; padding: 0 1; color: $foreground 60%; }
    PagesPane #bible-none { padding: 1 2; color: $foreground 60%; display: none; }
    PagesPane.-none #bible-none { display: block; }
    PagesPane.-none Editor { display: none; }
    PagesPane.-medium #bible-right { layout: vertical; }
    PagesPane.-medium #bible-page { width: 1fr; height: 3fr; }
    PagesPane.-medium #bible-said {
        width: 1fr; max-width: 100%; height: 2fr; border-top: hkey $foreground 15%;
    }
    PagesPane.-narrow #bible-pages { width: 1fr; }
    PagesPane.-narrow #bible-page, PagesPane.-narrow #bible-said {
        border: none; height: 1fr; max-width: 100%;
    }
    PagesPane.-narrow.-at-list #bible-right { display: none; }
    PagesPane.-narrow.-at-page #bible-pages, PagesPane.-narrow.-at-page #bible-said,
    PagesPane.-narrow.-at-said #bible-pages, PagesPane.-narrow.-at-said #bible-page {
        display: none;
    }
    """

    class Wanted(Message):
        """The writer wants to see a passage of the text."""

        def __init__(self, span: Span) -> None:
            super().__init__()
            self.span = span

    class MakeWanted(Message):
        """The writer wants a page of somebody who has none."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Listed(Message):
        """The pages were read anew."""

    def __init__(self, app: InkstandApp, *, id: str) -> None:
        super().__init__(id=id)
        self.editor = Editor(app.desk, options_of(app))
        self.pages = Pages()
        self.evidence: Evidence | None = None
        self._text: BookText | None = None
        self._wrong: Sequence[Finding] = ()
        self._shown = ""
        self._held = b""

    def compose(self) -> ComposeResult:
        """The three panes."""
        yield Choices(id="bible-pages")
        with Horizontal(id="bible-right"):
            with Vertical(id="bible-page"):
                yield Static("", id="bible-none", markup=False)
                yield self.editor
            with Vertical(id="bible-said"):
                yield Static("", id="bible-about", markup=False)
                yield Choices(id="bible-evidence", classes="-wrapping")

    @property
    def choices(self) -> Choices:
        """The pages."""
        return self.query_one("#bible-pages", Choices)

    @property
    def said(self) -> Choices:
        """What the text says."""
        return self.query_one("#bible-evidence", Choices)

    @property
    def row(self) -> PageRow | None:
        """The page that the cursor is on."""
        kind, _, file = self.choices.key.partition(" ")
        return next((r for r in self.pages.rows if kind == "page" and r.file == file), None)

    @property
    def person(self) -> str:
        """The person without a page that the cursor is on; "" for none."""
        kind, _, name = self.choices.key.partition(" ")
        return name if kind == "person" else ""

    def reach(self, name: str) -> None:
        """Go to the list, the page, or what the text says."""
        for each in (LIST, PAGE, SAID):
            self.set_class(each == name, f"-at-{each}")
        target = {LIST: self.choices, PAGE: self.editor.view, SAID: self.said}[name]
        if name == PAGE and self.has_class("-none"):
            target = self.choices if not self.has_class("-narrow") else target
        self.call_after_refresh(target.focus)

    # -- the list -------------------------------------------------------------------------------

    async def load(self, text: BookText | None, key: str | None = None) -> None:
        """Read the pages again, beside this text.

        Raises:
            InkstandError: they cannot be read.

        """
        self._text = text
        self.pages = await run_blocking(page_rows.gather, self.app.desk, text)
        self.choices.fill(page_rows.choices(self.pages), key)
        if not self.choices.key and self.choices.option_count:
            self.choices.action_first()
        self.post_message(self.Listed())
        self.show_chosen()

    @on(OptionList.OptionHighlighted, "#bible-pages")
    def show_chosen(self) -> None:
        """Show the page that the cursor is on, once it rests there."""
        begin(self, "page", self._show)

    async def _show(self) -> None:
        key = self.choices.key
        if key != self._shown:
            await asyncio.sleep(_SETTLED_S)
        row, person = self.row, self.person
        try:
            if row is not None:
                await self._open(self._path_of(row))
            entry = row.entry if row is not None else None
            if person:
                entry = BibleEntry(kind="character", name=person)
            await self._show_evidence(entry, row.wrong if row is not None else ())
        except (InkstandError, OSError) as error:
            self._none(str(error))
            return
        self._shown = key
        if person:
            self._none(f"{person} has no page yet.\n\nEnter makes one.")
        elif row is None:
            self._none("")

    async def _open(self, path: Path) -> None:
        self.set_class(False, "-none")
        if self.editor.file != path:
            await self.editor.open(path, 0)
            self._held = self._data()

    def _data(self) -> bytes:
        """The page as its file holds it."""
        file = self.editor.open_file
        return file.draft.file.data if file is not None else b""

    def _none(self, said: str) -> None:
        self.set_class(True, "-none")
        self.query_one("#bible-none", Static).update(said)

    def _path_of(self, row: PageRow) -> Path:
        return self.app.desk.workspace.root / row.file

    async def _show_evidence(self, entry: BibleEntry | None, wrong: Sequence[Finding]) -> None:
        text = self._text
        self._wrong = wrong
        self.evidence = None
        about, rows = "The text is not read yet: r reads it.", []
        if text is not None and entry is not None:
            found = await run_blocking(
                self.app.desk.bible.evidence, entry, text.manuscript, text.reading
            )
            self.evidence = found
            about = said_rows.summary(found, text)
            rows = said_rows.choices(found, text, wrong)
        elif text is not None or wrong:
            about = "It cannot be read as it is." if entry is None and wrong else ""
            rows = said_rows.wrong_rows(wrong)
        self.query_one("#bible-about", Static).update(about)
        self.said.fill(rows)
        if not self.said.key and self.said.option_count:
            self.said.action_first()

    # -- what leads somewhere ---------------------------------------------------------------------

    @on(OptionList.OptionSelected, "#bible-pages")
    def _chosen(self) -> None:
        if self.person:
            self.post_message(self.MakeWanted(self.person))
        else:
            self.reach(PAGE)

    @on(OptionList.OptionSelected, "#bible-evidence")
    def _said_chosen(self, selected: OptionList.OptionSelected) -> None:
        kind, _, place = (selected.option_id or "").partition(" ")
        if kind == "wrong":
            self._go_to_line(self._wrong[int(place)].line)
        elif self.evidence is not None:
            self.post_message(self.Wanted(self.evidence.said[int(place)].span))

    def _go_to_line(self, line: int) -> None:
        lines = self.editor.text.splitlines(keepends=True)
        start = sum(map(len, lines[: line - 1]))
        length = len(lines[line - 1].rstrip("\r\n")) if line <= len(lines) else 0
        self.reach(PAGE)
        self.call_after_refresh(self.editor.goto, start, start + length)

    @on(Editor.Saved)
    def _saved(self) -> None:
        # It is told, too, when a page is opened.
        if self._data() != self._held:
            self._held = self._data()
            self.post_message(BibleChanged())
