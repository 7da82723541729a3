"""The screen to write in: the navigator, one text or two, and the assistant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from inkstand.tui.asking import AskLine
from inkstand.tui.assistant.pane import AssistantPane
from inkstand.tui.assistant.where import Where
from inkstand.tui.background import run_blocking
from inkstand.tui.editor.editor import Editor
from inkstand.tui.editor.files import open_files, save_now
from inkstand.tui.goals import AskGoals
from inkstand.tui.messages import BookLoaded, ManuscriptChanged, News, SaveTold
from inkstand.tui.navigator.pane import Navigator
from inkstand.tui.navigator.rows import END
from inkstand.tui.pane import Pane
from inkstand.tui.panes import ASSISTANT, NAVIGATOR, SECOND, TEXT
from inkstand.tui.proposals.in_text import ReviewingPage
from inkstand.tui.status_line import StatusLine
from inkstand.tui.text_pane import TextPane
from inkstand_sdk.errors import InkstandError

if TYPE_CHECKING:
    from inkstand.tui.editor.open_file import Quit


class WriteScreen(ReviewingPage):
    """The manuscript on the left, the text in the middle, tools on the right."""

    NAME = "write"
    HELP = (
        "Write in the middle. Everything is saved by itself, and what it was before is kept.\n"
        "The key of a pane reaches it; the same key again hides it."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+enter,ctrl+enter", "continue", "Continue from here", id="assistant.continue"),
        Binding("alt+a", "show_waiting", "See what waits", id="assistant.waiting"),
        Binding("alt+j", "goals", "Goals in words", id="write.goals"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._place = ("", 0)
        self._places: dict[str, int] = {}

    def compose_panes(self) -> Iterator[Pane]:
        """The panes, from left to right."""
        yield Pane("Manuscript", Navigator(), name=NAVIGATOR)
        yield TextPane(TEXT, self.app)
        yield TextPane(SECOND, self.app)
        yield Pane("Assistant", AssistantPane(self.where), name=ASSISTANT)

    def compose_end(self) -> ComposeResult:
        """The line that says how it stands."""
        yield StatusLine()

    def on_mount(self) -> None:
        """Listen, and be ready to write."""
        super().on_mount()
        app = self.app
        app.news.subscribe(self, self._heard)
        app.keepers.append(lambda: save_now(app))
        app.keepers.append(self._keep_places)
        # At once, not when Textual comes to it: what is typed meanwhile belongs there.
        self.set_focus(self.text_pane.editor.view)
        self.text_pane.editor.hold(*app.early)

    @property
    def text_pane(self) -> TextPane:
        """The text on the left."""
        return self.query_one(f"#{TEXT}-pane", TextPane)

    @property
    def second_pane(self) -> TextPane:
        """The text on the right."""
        return self.query_one(f"#{SECOND}-pane", TextPane)

    @property
    def current(self) -> TextPane:
        """The text that was written in last."""
        return self.second_pane if self.current_text == SECOND else self.text_pane

    @property
    def assistant(self) -> AssistantPane:
        """Tools and prompts."""
        return self.query_one(AssistantPane)

    @property
    def navigator(self) -> Navigator:
        """The list of scenes."""
        return self.query_one(Navigator)

    # -- what is open -------------------------------------------------------------------------

    def _heard(self, news: News) -> None:
        if isinstance(news, BookLoaded) and news.part == "counts":
            self._counted()
        elif isinstance(news, SaveTold):
            unsaved = [file.path for file in open_files(self.app).all() if file.dirty]
            self.navigator.mark_unsaved(frozenset(map(self.app.name_of, unsaved)))

    def _counted(self) -> None:
        status = self.app.status
        if status is None:
            return
        goals = status.goals
        share = goals.share if goals is not None else None
        words = f"{status.count.words:,}"
        self.pane(NAVIGATOR).line.right = words if share is None else f"{share:.0%} of goal"
        if self.text_pane.file is None and status.count.files:
            self.run_worker(self._open_first(), group="open", exclusive=True)

    async def _open_first(self) -> None:
        """Open the text that was open last, or the first one."""
        status = self.app.status
        if status is None or self.text_pane.file is not None:
            return
        root = self.app.desk.workspace.root
        books = (await run_blocking(self.app.studio.desks.remembered.load)).books
        last = next((book for book in books if book.path == status.path), None)
        self._places = dict(last.places) if last is not None else {}
        names = {file.name for file in status.count.files}
        if last is not None and last.file in names:
            await self._show(self.text_pane, root / last.file, last.offset)
            return
        first = status.count.files[0].name
        scene = next((each for each in status.count.scenes if each.file == first), None)
        at = END if scene is None else scene.offset
        await self._show(self.text_pane, root / first, at, below=scene is not None)

    async def show_passage(
        self, file: Path, start: int = 0, end: int | None = None, *, below: bool = False
    ) -> None:
        """Open a file in the text that was written in last, and go to a passage of it.

        `below` goes to the text below the headings at its start.
        """
        await self._show(self.current, file, start, end, below=below)
        self.go(self.current_text)

    async def _show(
        self,
        pane: TextPane,
        file: Path,
        start: int,
        end: int | None = None,
        *,
        below: bool = False,
    ) -> None:
        try:
            await pane.show(file, start, end, below=below)
        except InkstandError as error:
            self.app.show_error(error)
            return
        self._follow()
        self.assistant.place_changed()
        await self.remember_place()

    async def begin_second(self) -> None:
        """Put into the second text what is in the first."""
        if self.second_pane.file is None and self.text_pane.file is not None:
            await self._show(self.second_pane, self.text_pane.file, self.text_pane.editor.cursor)

    @on(Navigator.Opened)
    async def _open(self, opened: Navigator.Opened) -> None:
        left = self._left_off(opened.file, opened.offset)
        at, below = (opened.offset, True) if left is None else (left, False)
        if opened.beside:
            await self._show(self.second_pane, opened.file, at, below=below)
            self.show_second()
        else:
            await self.show_passage(opened.file, at, below=below)

    def _left_off(self, file: Path, offset: int) -> int | None:
        """Where the writer was in a scene of a file, if that was in it before."""
        status = self.app.status
        name = self.app.name_of(file)
        scenes = [] if status is None else status.count.scenes
        ids = [each.id for each in scenes if (each.file, each.offset) == (name, offset)]
        place = self._places.get(ids[0]) if ids else None
        return None if place is None else offset + place

    @on(Editor.Moved)
    def _follow(self) -> None:
        """Show in the navigator where the writer is."""
        pane = self.current
        if pane.file is None:
            return
        name, cursor = self.app.name_of(pane.file), pane.editor.cursor
        self.navigator.show_place(name, cursor)
        self._place = (name, cursor)
        scene = pane.scene
        if scene is not None:
            self._places.pop(scene.id, None)
            self._places[scene.id] = max(0, cursor - scene.offset)

    async def remember_place(self) -> None:
        """Remember what is open, for the next start."""
        await run_blocking(self._keep_places)

    def _keep_places(self) -> list[Quit]:
        status = self.app.status
        if status is not None and self._place[0]:
            keep = self.app.studio.desks.remembered.keep_book
            keep(status.path, status.title, *self._place, dict(self._places))
        return []

    def where(self) -> Where:
        """Where the writer is, for the assistant."""
        pane = self.current
        if pane.file is None:
            return Where()
        editor, scene = pane.editor, pane.scene
        text = editor.text
        starts = [start for start in pane.scene_starts() if scene and start > scene.offset]
        return Where(
            file=pane.file,
            scene=scene.id if scene is not None else "",
            label=scene.label if scene is not None else pane.file.stem,
            selection=editor.selection,
            cursor=editor.cursor,
            text=text,
            offset=min(scene.offset, len(text)) if scene is not None else 0,
            end=min([*starts, len(text)]),
        )

    async def show_tool(self, name: str) -> None:
        """Show a tool in the assistant."""
        self.go(ASSISTANT)
        await self.assistant.open_tool(name)

    async def action_continue(self) -> None:
        """Have a model go on from the cursor; what it writes is a proposal."""
        self.go(ASSISTANT)
        await self.assistant.continue_here()

    async def action_show_waiting(self) -> None:
        """Show the first proposal that waits for the text."""
        await self.assistant.show_waiting()

    def action_goals(self) -> None:
        """Show the goals, to be changed."""
        status = self.app.status
        self.app.push_screen(AskGoals(status.goals if status is not None else None))

    @on(AssistantPane.ShowProposal)
    async def _proposal_wanted(self, wanted: AssistantPane.ShowProposal) -> None:
        await self.show_proposal(wanted.number, wanted.others)

    # -- scenes ---------------------------------------------------------------------------------

    @on(Navigator.MoveWanted)
    async def _move(self, wanted: Navigator.MoveWanted) -> None:
        """Move a scene one place up or down, once everything is saved."""
        try:
            await self.app.keep_everything()
            moved = await run_blocking(self.app.desk.move_scene, wanted.scene, wanted.by)
        except InkstandError as error:
            self.app.show_error(error)
            return
        for pane in (self.text_pane, self.second_pane):
            if pane.file == moved.file:
                await pane.editor.reload()
        self.navigator.point_at_soon(moved.scene)
        self.post_message(ManuscriptChanged(moved.file))

    @on(Navigator.NewWanted)
    def _new(self, wanted: Navigator.NewWanted) -> None:
        """Ask for the title of a new scene, and make it."""

        def made(title: str | None) -> None:
            if title:
                self.run_worker(self._make_scene(title, wanted.after), group="scene")

        self.app.push_screen(AskLine("What is the new scene called?", hint="The Ferry"), made)

    async def _make_scene(self, title: str, after: str) -> None:
        try:
            path, place = await run_blocking(self.app.desk.new_scene, title, after)
        except InkstandError as error:
            self.app.show_error(error)
            return
        self.post_message(ManuscriptChanged(path))
        await self.show_passage(path, place)
