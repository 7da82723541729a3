"""The screen of what does not agree in the book."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from inkstand.tui.background import run_blocking
from inkstand.tui.beginning import begin
from inkstand.tui.checks.finding_rows import FOUND_NOTHING, NEVER, NONE, passage_rows, rows
from inkstand.tui.checks.options import CheckOptions, Values
from inkstand.tui.checks.which import is_check
from inkstand.tui.checks.work import run_check
from inkstand.tui.choices import Choices
from inkstand.tui.editor.editor import Editor
from inkstand.tui.messages import BibleChanged, BookLoaded, Jump, ManuscriptChanged, News
from inkstand.tui.moments import shown
from inkstand.tui.screens.page import Page
from inkstand.tui.text_pane import options_of
from inkstand.tui.work_line import WorkLine
from inkstand_sdk.errors import Cancelled, InkstandError

if TYPE_CHECKING:
    from inkstand.index import Descriptor
    from inkstand.workspace.checked import CheckedRun
    from inkstand_sdk.findings import Finding, Passage

_NARROW = 80


class ChecksScreen(Page):
    """Findings on the left, both passages on the right, and an editor to mend them in."""

    NAME = "checks"
    IDLE = frozenset(("fix", "ignore", "step", "reach_passages"))
    HELP = (
        "What does not agree in the book, with the passages that show it.\n"
        "Enter on a passage goes to it in the editor; f mends it here, beside the finding; i"
        " ignores a finding from now on, which u undoes."
    )
    AUTO_FOCUS = "#findings"
    DEFAULT_CSS: ClassVar[str] = """
    ChecksScreen #checks-state { height: auto; padding: 0 1; color: $foreground 60%; }
    ChecksScreen #checks-state.-old { color: $text-warning; }
    ChecksScreen #checks { height: 1fr; }
    ChecksScreen #findings { width: 2fr; max-width: 52; }
    ChecksScreen #finding { width: 3fr; border-left: vkey $foreground 15%; }
    ChecksScreen #finding-head { height: auto; padding: 0 1 1 1; text-style: bold; }
    ChecksScreen #fix { height: 2fr; display: none; border-top: hkey $foreground 15%; }
    ChecksScreen.-fixing #fix { display: block; }
    ChecksScreen.-narrow #checks { layout: vertical; }
    ChecksScreen.-narrow #findings { width: 1fr; max-width: 100%; height: 2fr; }
    ChecksScreen.-narrow #finding {
        width: 1fr; height: 3fr; border-left: none; border-top: hkey $foreground 15%;
    }
    ChecksScreen.-narrow.-fixing #findings { display: none; }
    ChecksScreen #checks-empty { padding: 2 4; color: $foreground 60%; display: none; }
    ChecksScreen.-empty #checks { display: none; }
    ChecksScreen.-empty #checks-empty { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "check", "Check again", id="checks.run"),
        Binding("f", "fix", "Fix here", id="checks.fix"),
        Binding("i", "ignore", "Ignore", id="checks.ignore"),
        Binding("u", "undo", "Undo", id="checks.undo"),
        Binding("v", "ignored", "Show ignored", id="checks.show_ignored"),
        Binding("o", "options", "What to look for", id="checks.options"),
        Binding("n", "step(1)", "Next finding", show=False, id="checks.next"),
        Binding("p", "step(-1)", "Previous finding", show=False, id="checks.previous"),
        Binding("right,l", "reach_passages", "To the passages", show=False, id="checks.passages"),
        Binding("left,h", "reach_list", "To the list", show=False, id="checks.list"),
        Binding("escape", "leave", "Stop, or back", show=False, id="checks.back"),
        # Vim's keys keep Escape to themselves.
        Binding("alt+1", "reach_list", "To the list", show=False, id="checks.findings"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[CheckedRun] = []
        self.ignored: dict[str, str] = {}
        self.is_old = False
        self.editor: Editor | None = None
        self._values: Values = {}
        self._with_ignored = False
        self._undo: list[tuple[str, bool]] = []
        self._due = False

    def compose_body(self) -> ComposeResult:
        """How it stands, the findings, the passages, and room to mend them."""
        yield Static("", id="checks-state", markup=False)
        yield WorkLine()
        yield Static("", id="checks-empty", markup=False)
        with Horizontal(id="checks"):
            yield Choices(id="findings", classes="-wrapping")
            with Vertical(id="finding"):
                yield Static("", id="finding-head", markup=False)
                yield Choices(id="passages", classes="-wrapping")
                yield Vertical(id="fix")

    def on_mount(self) -> None:
        """Listen for what changes."""
        self.app.news.subscribe(self, self._heard)

    def on_resize(self, event: events.Resize) -> None:
        """Put the list above the passages where it is narrow."""
        self.set_class(event.size.width < _NARROW, "-narrow")

    def on_screen_resume(self) -> None:
        """Look whether the text is still the one that was checked."""
        self._renew()

    def _heard(self, news: News) -> None:
        is_known = isinstance(news, BookLoaded) and news.part == "tools"
        if not (is_known or isinstance(news, ManuscriptChanged | BibleChanged)):
            return
        if self.is_current and not self._due:
            self._due = True
            self.set_timer(0.3, self._renew)

    @property
    def tools(self) -> list[Descriptor]:
        """The checks there are."""
        return [tool for tool in self.app.tools if is_check(tool)]

    @property
    def findings(self) -> list[Finding]:
        """What was found, ignored or not."""
        return [finding for run in self.runs for finding in run.findings]

    @property
    def finding(self) -> Finding | None:
        """What the cursor is on."""
        key = self.query_one("#findings", Choices).key
        return next((each for each in self.findings if each.id == key), None)

    @property
    def is_at_work(self) -> bool:
        """Whether the book is being checked."""
        return bool(self.query_one(WorkLine).said)

    # -- showing --------------------------------------------------------------------------------

    def _renew(self) -> None:
        self._due = False
        begin(self, "list", self._load)

    async def _load(self) -> None:
        desk, path = self.app.desk, self.app.path
        try:
            self.runs = await run_blocking(desk.checked.runs)
            self.ignored = await run_blocking(desk.ignored.listed)
            self._show()
            if path is not None and self.runs:
                now = await run_blocking(desk.checked.text_at, path)
                self.is_old = any(run.text != now for run in self.runs)
        except (InkstandError, OSError) as error:
            self.app.show_error(error)
        self._show()

    def _show(self) -> None:
        for run in self.runs:
            self._values.setdefault(run.tool, dict(run.values))
        listed = rows(self.findings, self.ignored, with_ignored=self._with_ignored)
        empty = ""
        if not self.tools and not self.runs:
            empty = NONE if self.app.tools else "Looking for checks …"
        elif not self.runs:
            empty = NEVER
        elif not listed:
            notes = [note for run in self.runs for note in run.notes]
            empty = "\n".join([FOUND_NOTHING, "", *notes]).rstrip()
        self.set_empty(bool(empty))
        self.query_one("#checks-empty", Static).update(empty)
        choices = self.query_one("#findings", Choices)
        choices.fill(listed)
        if not choices.key and choices.option_count:
            choices.action_first()
        if not empty and self.focused is None:
            self.set_focus(choices)
        self._show_state()
        self._show_finding()

    def _show_state(self) -> None:
        state = self.query_one("#checks-state", Static)
        state.display = bool(self.runs)
        if not self.runs:
            return
        left = sum(each.id not in self.ignored for each in self.findings)
        parts = [f"{left:,} finding{'' if left == 1 else 's'}"]
        if self.ignored:
            parts.append(f"{len(self.ignored):,} ignored")
        parts.append(f"checked {shown(min(run.at for run in self.runs))}")
        if self.is_old:
            parts.append("the text has changed since: r checks again")
        state.set_class(self.is_old, "-old")
        state.update(" · ".join(parts))

    @on(OptionList.OptionHighlighted, "#findings")
    def _show_finding(self) -> None:
        finding = self.finding
        passages = self.query_one("#passages", Choices)
        if finding is None:
            id = self.query_one("#findings", Choices).key
            self._head(self.ignored.get(id, ""), "Ignored: i shows it again after the next check.")
            passages.fill(())
            return
        about = [f"{finding.confidence:.0%} sure", *finding.people]
        if finding.id in self.ignored:
            about.append("ignored")
        self._head(finding.summary, " · ".join(about))
        listed = passage_rows(finding)
        if passages.plain != [each.content.plain for each in listed]:
            passages.fill(listed, "passage 0")

    def _head(self, title: str, about: str) -> None:
        head = Content.assemble(title, "\n", (about, "not bold $foreground 60%")) if title else ""
        self.query_one("#finding-head", Static).update(head)

    # -- checking -------------------------------------------------------------------------------

    def action_check(self) -> None:
        """Check the book, or check it again."""
        if self.is_at_work:
            self.notify("It is being checked. Esc stops that.", timeout=3)
        elif not self.tools:
            self.notify(NONE if self.app.tools else "Checks are still looked for.", timeout=5)
        else:
            begin(self, "check", self._check)

    async def _check(self) -> None:
        path, line = self.app.path, self.query_one(WorkLine)
        if path is None:
            return
        line.tell("Checking")
        try:
            await self.app.keep_everything()
            for tool in self.tools:
                line.tell(tool.title or tool.name)
                values = self._values.get(tool.name, {})
                await run_check(self.app.studio, self.app.desk, path, tool, values, line.tell)
        except Cancelled:
            self.notify("Stopped. What was found before is still here.", timeout=4)
        except (InkstandError, OSError) as error:
            self.app.show_error(error)
        finally:
            line.end()
        self._renew()

    async def action_options(self) -> None:
        """Choose what to look for, and check."""
        if not any(tool.input_fields for tool in self.tools):
            self.notify("There is nothing to choose.", timeout=3)
            return

        def chosen(values: Values | None) -> None:
            if values is not None:
                self._values = values
                self.action_check()

        await self.app.push_screen(CheckOptions(self.tools, self._values), chosen)

    async def action_leave(self) -> None:
        """Stop a check, or go back from the editor to the passages, and from them to the list."""
        if self.has_class("-fixing"):
            await self._end_fixing()
        elif self.is_at_work:
            self.workers.cancel_group(self, "check")
            self.query_one(WorkLine).end()
            self.notify("Stopped. What was found before is still here.", timeout=4)
        else:
            await self.action_reach_list()

    # -- ignoring -------------------------------------------------------------------------------

    def action_ignore(self) -> None:
        """Ignore the finding from now on; one that is ignored is shown again."""
        id = self.query_one("#findings", Choices).key
        if id:
            is_ignored = id in self.ignored
            self._undo.append((id, is_ignored))
            self._set_ignored(id, not is_ignored)

    def action_undo(self) -> None:
        """Take the last ignoring back."""
        if self._undo:
            self._set_ignored(*self._undo.pop())
        else:
            self.notify("Nothing was ignored here yet.", timeout=3)

    def _set_ignored(self, id: str, ignored: bool) -> None:
        begin(self, "ignore", lambda: self._keep_ignored(id, ignored))

    async def _keep_ignored(self, id: str, ignored: bool) -> None:
        kept = self.app.desk.ignored
        try:
            await run_blocking(kept.add if ignored else kept.remove, [id])
            self.ignored = await run_blocking(kept.listed)
        except (InkstandError, OSError) as error:
            self.app.show_error(error)
        self._show()
        if not ignored:
            self.query_one("#findings", Choices).point_at(id)

    def action_ignored(self) -> None:
        """Show the ignored findings below the others, or hide them."""
        self._with_ignored = not self._with_ignored
        if not self.ignored:
            self.notify("Nothing is ignored.", timeout=3)
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters are text while the writer mends one."""
        is_ours = action in ("check", "fix", "ignore", "undo", "ignored", "options", "step")
        is_text = self.editor is not None and self.editor.has_focus_within
        return not (is_ours and is_text) and super().check_action(action, parameters)

    # -- passages -------------------------------------------------------------------------------

    def action_step(self, by: int) -> None:
        """Go to the next finding, or the one before."""
        choices = self.query_one("#findings", Choices)
        (choices.action_cursor_down if by > 0 else choices.action_cursor_up)()

    def action_reach_passages(self) -> None:
        """Go to the passages."""
        self.set_focus(self.query_one("#passages", Choices))

    async def action_reach_list(self) -> None:
        """Go to the list."""
        if self.has_class("-fixing"):
            await self._end_fixing()
        self.set_focus(self.query_one("#findings", Choices))

    @on(OptionList.OptionSelected, "#findings")
    def _chosen(self) -> None:
        self.action_reach_passages()

    @on(OptionList.OptionSelected, "#passages")
    async def _jump(self) -> None:
        found = await self._located()
        if found is not None:
            self.post_message(Jump(*found))

    async def _located(self) -> tuple[Path, int, int] | None:
        """Where the passage stands now that the cursor is on; None if that cannot be said."""
        passage = self._passage
        if passage is None:
            return None
        try:
            await self.app.keep_everything()
            found: Any = await run_blocking(
                self.app.desk.locate, passage.file, passage.quote, line=passage.line
            )
        except (InkstandError, OSError) as error:
            self.app.show_error(error)
            return None
        if not found.is_there:
            self.notify("Those words are not there any more. This is where they stood.", timeout=5)
        return found.file, found.start, found.end

    @property
    def _passage(self) -> Passage | None:
        finding = self.finding
        _, _, number = self.query_one("#passages", Choices).key.partition(" ")
        return finding.passages[int(number)] if finding is not None and number else None

    async def action_fix(self) -> None:
        """Open the passage in an editor beside the finding."""
        if self._passage is None:
            self.notify("Go to a finding first.", timeout=3)
        found = await self._located()
        if found is None:
            return
        file, start, end = found
        self.add_class("-fixing")
        if self.editor is None:
            self.editor = Editor(self.app.desk, options_of(self.app))
            await self.query_one("#fix").mount(self.editor)
        try:
            await self.editor.open(file, start)
        except InkstandError as error:
            self.remove_class("-fixing")
            self.app.show_error(error)
            return
        self.set_focus(self.editor.view)
        # Where its middle is, it knows once it has its place.
        self.call_after_refresh(self.editor.goto, start, end)

    async def _end_fixing(self) -> None:
        if self.editor is not None:
            await self.editor.save()
        self.remove_class("-fixing")
        self.set_focus(self.query_one("#passages", Choices))
