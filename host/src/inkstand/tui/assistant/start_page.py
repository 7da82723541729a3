"""The assistant's first page: a line to ask in, and every tool that is installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Spacing
from textual.message import Message
from textual.visual import Padding
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from inkstand.tui.assistant.options import Writers, chosen_writer, writing_fields
from inkstand.tui.assistant.work import Chosen
from inkstand.tui.forms.form import Form

if TYPE_CHECKING:
    from inkstand.index import Descriptor

_ASK = "Ask or instruct"
_SHORT = 20
_REWRITE = "Rewrite the selection: how?"


class Unusable(msgspec.Struct, frozen=True):
    """A tool that cannot be used now: its name, and why."""

    name: str
    why: str


class Prompt(TextArea):
    """The line to ask in: Enter sends, Ctrl+J begins a new line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", id="assistant.send", priority=False),
        Binding("ctrl+j,shift+enter", "new_line", "New line", show=False, id="assistant.new_line"),
    ]

    class Sent(Message):
        """Enter was pressed."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.action_send()
        elif event.key in ("down", "up") and self._leaves(event.key):
            event.stop()
            event.prevent_default()
            if event.key == "down":
                # Who answers is a Tab away: another Down would open its list of models.
                self.screen.set_focus(self.query_ancestor(StartPage).tools)
            else:
                self.screen.focus_previous()
        else:
            await super()._on_key(event)

    def _leaves(self, key: str) -> bool:
        row = self.cursor_location[0]
        return row == (self.document.line_count - 1 if key == "down" else 0)

    def action_send(self) -> None:
        """Send what was typed."""
        self.post_message(self.Sent())

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")


class StartPage(Vertical):
    """What can be done."""

    DEFAULT_CSS: ClassVar[str] = """
    StartPage { height: 1fr; overflow-y: auto; scrollbar-size-vertical: 1; }
    StartPage.-short > #about { display: none; }
    StartPage.-short Prompt { min-height: 3; }
    StartPage.-short > #tools { margin-top: 0; }
    StartPage Prompt {
        height: auto; min-height: 4; max-height: 9; border: round $border-blurred;
        background: $background; padding: 0 1; scrollbar-size-vertical: 1;
    }
    StartPage Prompt:focus { border: round $border; background-tint: $background 0%; }
    StartPage > #asking { height: auto; display: none; padding: 0 1; }
    StartPage.-asking > #asking { display: block; }
    StartPage > #waiting { height: auto; display: none; margin: 1 1 0 1; color: $accent; }
    StartPage > #waiting.-some { display: block; }
    StartPage > #tools {
        height: auto; min-height: 6; max-height: 70%; margin-top: 1; border: none; padding: 0;
        background: $background;
        scrollbar-size-vertical: 1;
    }
    StartPage > #about { height: auto; margin-top: 1; color: $foreground 60%; padding: 0 1; }
    StartPage > #tools:focus { border: none; background-tint: $background 0%; }
    StartPage > #tools > .option-list--option-hover { background: $surface; }
    """

    class Opened(Message):
        """A tool was chosen from the list."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Asked(Message):
        """A prompt was sent."""

        def __init__(self, wish: str, chosen: Chosen) -> None:
            super().__init__()
            self.wish = wish
            self.chosen = chosen

    class WaitingWanted(Message):
        """The writer wants to see what waits."""

    def __init__(self) -> None:
        super().__init__()
        self._tools: list[str] = []
        self._about: list[str] = []
        self._writers: Writers | None = None

    def compose(self) -> ComposeResult:
        """The prompt, who answers, what waits, and the tools."""
        yield Prompt(placeholder=_ASK, highlight_cursor_line=False)
        yield Vertical(id="asking")
        yield Static("", id="waiting", markup=False)
        yield OptionList(compact=True, markup=False, id="tools")
        yield Static("", id="about", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Leave out what there is no room for."""
        self.set_class(event.size.height < _SHORT, "-short")

    @property
    def prompt(self) -> Prompt:
        """The line to ask in."""
        return self.query_one(Prompt)

    @property
    def tools(self) -> OptionList:
        """The list of tools."""
        return self.query_one("#tools", OptionList)

    async def show_writers(self, known: Writers) -> None:
        """Offer these models and presets to whoever asks; a form with the same ones stays."""
        if known == self._writers:
            return
        holder = self.query_one("#asking", Vertical)
        before = self._chosen_values()
        await holder.remove_children()
        self._writers = known
        await holder.mount(Form(writing_fields(known), before))

    def show_tools(self, tools: Sequence[Descriptor], unusable: Sequence[Unusable]) -> None:
        """List the tools; those that cannot be used are dim, and say why."""
        options = self.tools
        at = options.highlighted
        order = sorted(tools, key=_order)
        self._tools = [tool.name for tool in order]
        self._about = [tool.summary for tool in order]
        rows = [Option(_moved_in(Content(tool.title or tool.name))) for tool in order]
        rows += [Option(_dim(each), disabled=True) for each in unusable]
        options.set_options(rows or [Option(_dim(Unusable("No tool is installed.", "")))])
        if rows and self._tools:
            options.highlighted = min(at or 0, len(self._tools) - 1)

    def show_waiting(self, count: int) -> None:
        """Say how many proposals wait for the text."""
        line = self.query_one("#waiting", Static)
        line.set_class(count > 0, "-some")
        some = "1 proposal waits" if count == 1 else f"{count:,} proposals wait"
        line.update(f"{some} here · Alt+A")

    def show_selection(self, *, selects: bool) -> None:
        """Say whether a prompt is about what is selected."""
        self.prompt.placeholder = _REWRITE if selects else _ASK

    def _chosen_values(self) -> dict[str, Any]:
        found = self.query(Form)
        if not found or found.first().wrong():
            return {}
        return found.first().values()

    def on_descendant_focus(self) -> None:
        """Show who answers only while something is asked."""
        asks = self.prompt.has_focus or self.query_one("#asking").has_focus_within
        self.set_class(asks, "-asking")

    @on(Prompt.Sent)
    @on(Form.Submitted)
    def _sent(self) -> None:
        wish = self.prompt.text.strip()
        form = self.query(Form)
        if form and not form.first().check():
            return
        if wish:
            self.post_message(self.Asked(wish, chosen_writer(self._chosen_values())))

    @on(OptionList.OptionSelected, "#tools")
    def _selected(self, selected: OptionList.OptionSelected) -> None:
        selected.stop()
        if selected.option_index < len(self._tools):
            self.post_message(self.Opened(self._tools[selected.option_index]))

    @on(OptionList.OptionHighlighted, "#tools")
    def _pointed_at(self, pointed: OptionList.OptionHighlighted) -> None:
        """Say what the tool does."""
        pointed.stop()
        at = pointed.option_index
        about = self._about[at] if at < len(self._about) else ""
        self.query_one("#about", Static).update(about)

    @on(events.Click, "#waiting")
    def _show_waiting(self) -> None:
        """Show the first proposal that waits."""
        self.post_message(self.WaitingWanted())


def _order(tool: Descriptor) -> tuple[bool, str]:
    """To continue comes first, then the others by their titles."""
    return tool.name != "continue", (tool.title or tool.name).casefold()


def _dim(unusable: Unusable) -> Padding:
    why = f"\n{unusable.why}" if unusable.why else ""
    return _moved_in(Content.styled(f"{unusable.name}{why}", "$foreground 45%"))


def _moved_in(content: Content) -> Padding:
    return Padding(content, Spacing(0, 0, 0, 1))
