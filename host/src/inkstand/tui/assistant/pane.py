"""AssistantPane: tools and prompts beside the text. It never types into it; it proposes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from inkstand.tui.app import InkstandApp
from inkstand.tui.assistant.material import SCENE, place_of
from inkstand.tui.assistant.options import Writers, is_of_scene, writers
from inkstand.tui.assistant.result_view import ResultView
from inkstand.tui.assistant.run_page import RunPage
from inkstand.tui.assistant.start_page import StartPage, Unusable
from inkstand.tui.assistant.take import Take
from inkstand.tui.assistant.tool_page import ToolPage
from inkstand.tui.assistant.where import Where
from inkstand.tui.assistant.work import Chosen, PromptWork, ToolWork
from inkstand.tui.background import run_blocking
from inkstand.tui.messages import (
    BookLoaded,
    Jump,
    ManuscriptChanged,
    News,
    ProposalsChanged,
    SettingsChanged,
)
from inkstand_sdk.errors import InkstandError, UsageError

if TYPE_CHECKING:
    from inkstand.index import Descriptor, Row

CONTINUE = "continue"


class AssistantPane(Vertical):
    """The assistant.

    Args:
        where: Says where the writer is.

    """

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    AssistantPane { height: 1fr; padding: 0 1; background: $background; }
    AssistantPane > ContentSwitcher { height: 1fr; }
    """

    class ShowProposal(Message):
        """A proposal is to be shown in the text. If it is accepted, `others` are not wanted."""

        def __init__(self, number: int, others: Sequence[int] = ()) -> None:
            super().__init__()
            self.number = number
            self.others = tuple(others)

    def __init__(self, where: Callable[[], Where]) -> None:
        super().__init__()
        self._where = where
        self._known = Writers()
        self._back = "start"
        self._focused: Widget | None = None

    def compose(self) -> ComposeResult:
        """The pages, one at a time."""
        with ContentSwitcher(initial="start"):
            page = StartPage()
            page.id = "start"
            yield page
            form = ToolPage(self._where)
            form.id = "tool"
            yield form
            run = RunPage()
            run.id = "run"
            yield run

    def on_mount(self) -> None:
        """Look what there is."""
        self.app.news.subscribe(self, self._heard)
        self._load()
        self.place_changed()

    @property
    def start(self) -> StartPage:
        """The first page."""
        return self.query_one(StartPage)

    @property
    def tool_page(self) -> ToolPage:
        """The form of a tool."""
        return self.query_one(ToolPage)

    @property
    def run_page(self) -> RunPage:
        """What is or was running."""
        return self.query_one(RunPage)

    @property
    def page(self) -> str:
        """Which page is shown: start, tool or run."""
        return self.query_one(ContentSwitcher).current or "start"

    def reach(self) -> None:
        """Put the focus where it was, or where one would begin."""
        before = self._focused
        # At once, or what is typed next would still go elsewhere.
        focus = self.screen.set_focus
        if before is not None and before.is_attached and before.is_on_screen:
            focus(before)
        elif self.page == "tool":
            self.tool_page.reach()
        elif self.page == "run" and self.run_page.chosen is not None:
            focus(self.run_page.chosen.body)
        else:
            focus(self.start.prompt)

    def _show(self, page: str) -> None:
        self.query_one(ContentSwitcher).current = page

    # -- what there is ----------------------------------------------------------------------------

    def _heard(self, news: News) -> None:
        if isinstance(news, BookLoaded) and news.part == "tools":
            self._load()
        elif isinstance(news, ProposalsChanged | ManuscriptChanged | SettingsChanged):
            self.place_changed()

    @work(exclusive=True, group="tools", exit_on_error=False)
    async def _load(self) -> None:
        """Find out which tools, models and presets there are."""
        studio = self.app.studio
        try:
            tools = await run_blocking(studio.tools)
            rows = await run_blocking(studio.plugins.rows)
            self._known = await run_blocking(writers, studio)
        except InkstandError as error:
            self.app.show_error(error)
            return
        usable = [tool for tool in tools if tool.probe.ok]
        self.start.show_tools(usable, unusable(tools, rows))
        await self.start.show_writers(self._known)

    def place_changed(self) -> None:
        """Look again what waits for the text, which may be another one now."""
        self._count_waiting()

    @work(exclusive=True, group="waiting", exit_on_error=False)
    async def _count_waiting(self) -> None:
        self.start.show_waiting(len(await run_blocking(self._waiting, self._where())))

    def _waiting(self, where: Where) -> list[int]:
        """The proposals for the text that is open, the oldest first. Blocks."""
        desk = self.app.desk
        name = self.app.name_of(where.file) if where.file is not None else ""
        if not name or not (desk.workspace.state / "proposals.db").exists():
            return []
        return [each.id for each in desk.proposals.listed() if each.file == name]

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Know where the focus is, and whether something is selected."""
        self._focused = event.widget
        if self.page == "start":
            self.start.show_selection(selects=bool(self._where().selected.strip()))

    # -- what the writer does -------------------------------------------------------------------

    async def open_tool(self, name: str) -> None:
        """Show a tool's form."""
        try:
            tool = await run_blocking(self.app.studio.tool, name)
        except InkstandError as error:
            self.app.show_error(error)
            return
        await self.tool_page.show(tool, self._known)
        self._show("tool")
        self.call_after_refresh(self.tool_page.reach)

    async def continue_here(self) -> None:
        """Have the scene gone on with from the cursor, with what was chosen last."""
        try:
            tool = await run_blocking(self.app.studio.tool, CONTINUE)
        except InkstandError as error:
            self.app.show_error(error)
            return
        await self._run_tool(tool, *self.tool_page.chosen_before(tool))

    @on(StartPage.Opened)
    async def _opened(self, opened: StartPage.Opened) -> None:
        opened.stop()
        await self.open_tool(opened.name)

    @on(ToolPage.Started)
    async def _started(self, started: ToolPage.Started) -> None:
        started.stop()
        await self._run_tool(started.tool, started.values, started.chosen)

    async def _run_tool(self, tool: Descriptor, values: dict[str, Any], chosen: Chosen) -> None:
        book = self.app.path
        if book is None:
            return
        await self.app.keep_everything()
        where = self._where()
        running = ToolWork(
            self.app.studio,
            book,
            where,
            tool.name,
            tool.title or tool.name,
            values,
            chosen,
            at_cursor=is_of_scene(tool) and chosen.on == SCENE,
            needs_text=bool(tool.capabilities.get("needs_manuscript", True)),
        )
        self._back = "tool" if self.tool_page.tool is tool else "start"
        self._show("run")
        await self.run_page.begin(running, chosen.takes)

    @on(StartPage.Asked)
    async def _asked(self, asked: StartPage.Asked) -> None:
        asked.stop()
        await self.app.keep_everything()
        running = PromptWork(self.app.studio, self._where(), asked.wish, asked.chosen)
        self._back = "start"
        self._show("run")
        await self.run_page.begin(running, asked.chosen.takes)

    @on(ToolPage.Left)
    def _left_tool(self, left: ToolPage.Left) -> None:
        left.stop()
        self._show("start")
        self.screen.set_focus(self.start.tools)

    @on(RunPage.Left)
    def _left_run(self, left: RunPage.Left) -> None:
        left.stop()
        self._show(self._back)
        if self._back == "tool":
            self.tool_page.reach()
            for take in self.run_page.takes:
                if isinstance(take.error, UsageError) and self.tool_page.tell(take.error):
                    break
        else:
            self.screen.set_focus(self.start.prompt)

    @on(StartPage.WaitingWanted)
    async def _wait_no_more(self, wanted: StartPage.WaitingWanted) -> None:
        wanted.stop()
        await self.show_waiting()

    async def show_waiting(self) -> None:
        """Show the first proposal that waits for the text."""
        waiting = await run_blocking(self._waiting, self._where())
        if waiting:
            self.post_message(self.ShowProposal(waiting[0]))
        else:
            self.notify("Nothing waits for this text.", timeout=3)

    @on(RunPage.Proposed)
    def _proposed(self, proposed: RunPage.Proposed) -> None:
        proposed.stop()
        self.post_message(self.ShowProposal(proposed.number, proposed.others))

    @on(RunPage.Wide)
    def _widened(self, wide: RunPage.Wide) -> None:
        from inkstand.tui.assistant.wide import WideScreen

        wide.stop()
        title = self.run_page.work.title if self.run_page.work is not None else ""
        shown = [_wide_view(take) for take in wide.takes]

        def chosen(number: int | None) -> None:
            if number:
                self.run_page.action_choose(number)

        self.app.push_screen(WideScreen(title, shown, self.jump), chosen)

    @on(ResultView.Chosen)
    def _linked(self, chosen: ResultView.Chosen) -> None:
        chosen.stop()
        self.jump(chosen)

    @work(exclusive=True, group="jump", exit_on_error=False)
    async def jump(self, chosen: ResultView.Chosen) -> None:
        """Show the passage that a quotation is from."""
        running = self.run_page.work
        given = running.given if running is not None else None
        await self.app.keep_everything()
        root = self.app.desk.workspace.root
        place = await run_blocking(place_of, self.app.studio, given, chosen.link, root)
        if place is None:
            self.notify("That file is not there any more.", severity="warning", timeout=5)
            return
        if not place.is_there:
            self.notify("The passage has been changed since.", timeout=5)
        self.post_message(Jump(place.file, place.start, place.end))


def unusable(tools: Sequence[Descriptor], rows: Sequence[Row]) -> list[Unusable]:
    """The tools that cannot be used, as far as it is known that they are tools, and why."""
    found = [
        Unusable(tool.title or tool.name, tool.probe.missing or "It cannot run here.")
        for tool in tools
        if not tool.probe.ok
    ]
    for row in rows:
        if row.state == "ready":
            continue
        why = " ".join(part for part in (row.cause, row.fix) if part)
        offered = [each.partition(" ")[2] for each in row.provides if each.startswith("tool ")]
        if row.state == "broken" and not row.provides:
            offered = [row.name]
        found += [Unusable(name, why) for name in offered]
    return found


def _wide_view(take: Take) -> tuple[dict[str, Any] | None, str]:
    output = take.outcome.output if take.outcome is not None else None
    return output, take.text
