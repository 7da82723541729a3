"""A tool before it runs: the form made from its input, and what it is to work on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from inkstand.tui.assistant.options import (
    Writers,
    asks_model,
    chosen_of,
    fields_for,
    is_of_scene,
    writing_fields,
)
from inkstand.tui.assistant.where import Where
from inkstand.tui.assistant.work import Chosen
from inkstand.tui.forms.form import Form
from inkstand.tui.forms.row import FieldRow
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.settings import Field

if TYPE_CHECKING:
    from inkstand.index import Descriptor


_SHORT = 20


class ToolPage(Vertical):
    """A tool's form.

    Args:
        where: Says where the writer is.

    """

    DEFAULT_CSS: ClassVar[str] = """
    ToolPage { height: 1fr; }
    ToolPage.-short > .tool-head { max-height: 1; margin-bottom: 0; }
    ToolPage.-short > .tool-help { height: 1; margin-top: 0; }
    ToolPage.-short > Horizontal { margin-top: 0; }
    ToolPage > .tool-head { height: auto; margin-bottom: 1; color: $foreground 60%; }
    ToolPage > VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    ToolPage .tool-line { color: $foreground 60%; margin-top: 1; }
    ToolPage > .tool-help { height: 2; color: $foreground 60%; margin-top: 1; }
    ToolPage > Horizontal { height: 1; margin-top: 1; }
    ToolPage Button { width: auto; min-width: 4; margin-right: 1; }
    ToolPage #writing.-away { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r,alt+enter,ctrl+enter", "start", "Run", id="assistant.run"),
        Binding("escape", "leave", "Back", id="assistant.tools"),
    ]

    class Started(Message):
        """The tool is to run with these values."""

        def __init__(self, tool: Descriptor, values: dict[str, Any], chosen: Chosen) -> None:
            super().__init__()
            self.tool = tool
            self.values = values
            self.chosen = chosen

    class Left(Message):
        """The writer goes back."""

    def __init__(self, where: Callable[[], Where]) -> None:
        super().__init__()
        self._where = where
        self.tool: Descriptor | None = None
        self._fields: list[Field] = []
        self._kept: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {}

    def compose(self) -> ComposeResult:
        """The tool's name, its fields, help for one of them, and the buttons."""
        yield Static("", classes="tool-head", markup=False)
        yield VerticalScroll(can_focus=False)
        yield Static("", classes="tool-help", markup=False)
        with Horizontal():
            yield Button("Run", id="tool-start", compact=True, variant="primary")
            yield Button("Back", id="tool-leave", compact=True)

    def on_resize(self, event: events.Resize) -> None:
        """Leave the fields what room there is."""
        self.set_class(event.size.height < _SHORT, "-short")

    @property
    def input(self) -> Form:
        """The form of the tool's input."""
        return self.query_one("#input", Form)

    @property
    def options(self) -> Form:
        """The form of what to work on."""
        return self.query_one("#options", Form)

    @property
    def writing(self) -> Form:
        """The form of who writes."""
        return self.query_one("#writing", Form)

    async def show(self, tool: Descriptor, known: Writers) -> None:
        """Show a tool, with what was typed for it before."""
        self._keep()
        self.tool = tool
        where = self._where()
        summary = f"\n{tool.summary}" if tool.summary else ""
        head = Content.assemble((tool.title or tool.name, "bold $primary"), summary)
        self.query_one(".tool-head", Static).update(head)
        self._fields = fields_for(
            tool, has_text=where.file is not None, selects=bool(where.selected.strip())
        )
        values, chosen, writer = self._kept.get(tool.name, ({}, {}, {}))
        names = {field.name: field.choices for field in self._fields}
        chosen = {key: value for key, value in chosen.items() if value in names.get(key, ())}
        holder = self.query_one(VerticalScroll)
        await holder.remove_children()
        hidden = {"scene", "at"} if is_of_scene(tool) else set()
        await holder.mount_all(
            [
                Form([f for f in tool.input_fields if f.name not in hidden], values, id="input"),
                Form(self._fields, chosen, id="options"),
                Form(writing_fields(known), writer, id="writing"),
            ]
        )
        self._renew()
        self.query_one(".tool-help", Static).update("")
        self.reach()

    def reach(self) -> None:
        """Put the focus into the first field."""
        rows = [*self.input.rows(), *self.options.rows()] if self.query("#input") else []
        if rows:
            rows[0].reach()
        else:
            self.screen.set_focus(self.query_one("#tool-start", Button))

    def tell(self, error: InkstandError) -> bool:
        """Say beside its field what the tool found wrong with a value; False if it named none."""
        return self.tool is not None and bool(self.query("#input")) and self.input.tell(error)

    def chosen_before(self, tool: Descriptor) -> tuple[dict[str, Any], Chosen]:
        """What was typed and chosen for a tool last, or its defaults."""
        if self.tool is not None and self.tool.name == tool.name:
            self._keep()
        values, options, writer = self._kept.get(tool.name, ({}, {}, {}))
        fields = fields_for(tool, has_text=self._where().file is not None, selects=False)
        return values, chosen_of(tool, {**options, **writer}, fields)

    def _keep(self) -> None:
        """Remember what was typed for the tool that is shown."""
        if self.tool is None or not self.query("#input"):
            return
        forms = (self.input, self.options, self.writing)
        found = [_valid(form) for form in forms]
        self._kept[self.tool.name] = (found[0], found[1], found[2])

    def _renew(self) -> None:
        asks = self.tool is not None and asks_model(_valid(self.options), self._fields, self.tool)
        self.writing.set_class(not asks, "-away")

    @on(Form.Changed)
    def _changed(self, changed: Form.Changed) -> None:
        if changed.form.id == "options":
            self._renew()

    @on(FieldRow.Described)
    def _described(self, described: FieldRow.Described) -> None:
        described.stop()
        self.query_one(".tool-help", Static).update(described.about)

    @on(Form.Submitted)
    def action_start(self) -> None:
        """Run it, if everything in the forms is right."""
        if self.tool is None or not (self.input.check() and self.options.check()):
            return
        writes = not self.writing.has_class("-away")
        if writes and not self.writing.check():
            return
        options = self.options.values()
        writer = self.writing.values() if writes else {}
        chosen = chosen_of(self.tool, {**options, **writer}, self._fields)
        self._keep()
        self.post_message(self.Started(self.tool, self.input.values(), chosen))

    def action_leave(self) -> None:
        """Go back to the tools."""
        self._keep()
        self.post_message(self.Left())

    @on(Button.Pressed)
    async def _pressed(self, pressed: Button.Pressed) -> None:
        pressed.stop()
        await self.run_action((pressed.button.id or "").removeprefix("tool-"))


def _valid(form: Form) -> dict[str, Any]:
    """What is right in a form."""
    from msgspec import UNSET

    wrong = form.wrong()
    if not wrong:
        return form.values()
    found = {}
    for row in form.rows():
        if row.path not in wrong and "." not in row.path and (value := row.read()) is not UNSET:
            found[row.path] = value
    return found
