"""The screen of settings: forms over the settings file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from inkstand.tui.background import run_blocking
from inkstand.tui.beginning import begin
from inkstand.tui.forms.form import Form
from inkstand.tui.messages import SettingsChanged
from inkstand.tui.screens.page import Page

if TYPE_CHECKING:
    from inkstand.stored_settings import Section
    from inkstand_sdk.settings import Field

# What people call a section, where its name in the file does not say it.
_TITLES = {"": "General", "ui": "Look and keys", "workers": "Engines at work"}


class SettingsScreen(Page):
    """The sections on the left, the form of one beside them."""

    NAME = "settings"
    HELP = (
        "Every setting, with what it is for and its bounds. Settings of a plugin stand with the"
        " plugin.\n"
        "They are kept in one file that can be edited by hand: comments in it stay."
    )
    DEFAULT_CSS: ClassVar[str] = """
    SettingsScreen #settings-sections {
        width: 24; height: 1fr; border: none; padding: 1 0; background: $background;
        background-tint: $background 0%;
    }
    SettingsScreen #settings-form { width: 1fr; padding: 1 2; border-left: vkey $panel; }
    SettingsScreen #settings-form > Static { height: auto; margin-bottom: 1; }
    SettingsScreen #settings-about { color: $foreground 60%; }
    SettingsScreen FieldRow { grid-columns: 1fr 36; margin-bottom: 1; max-width: 100; }
    SettingsScreen FieldRow > .field-help { display: block; }
    SettingsScreen.-narrow #settings-sections { width: 18; }
    SettingsScreen #settings-sections > .option-list--option { padding: 0 1; }
    SettingsScreen.-narrow FieldRow { grid-columns: 1fr 16; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  as Textual has it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="settings.save", priority=True),
        Binding("escape", "sections", "To the sections", id="settings.sections"),
        Binding("ctrl+o", "offline", "Offline on or off", id="settings.offline"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[Section] = []
        self._shown = -1

    def compose_body(self) -> ComposeResult:
        """The sections, and the form."""
        with Horizontal():
            yield OptionList(id="settings-sections")
            with VerticalScroll(id="settings-form", can_focus=False):
                yield Static("", id="settings-about")
                yield Button("Save", id="settings-save", compact=True)

    def on_mount(self) -> None:
        """Begin at the sections."""
        self.set_focus(self.query_one("#settings-sections"))

    def on_screen_resume(self) -> None:
        """The file may have been changed meanwhile; a form half filled in is left alone."""
        if not self._changed():
            begin(self, "settings", self._load)

    def _changed(self) -> bool:
        return any(row.is_changed for form in self.query(Form) for row in form.rows())

    async def _load(self) -> None:
        self.sections = await run_blocking(self.app.studio.settings.sections)
        listed = self.query_one("#settings-sections", OptionList)
        at = max(0, listed.highlighted or 0)
        self._shown = -1
        listed.set_options(Option(Content(title_of(each))) for each in self.sections)
        listed.highlighted = at
        await self._show(at)

    @on(OptionList.OptionHighlighted, "#settings-sections")
    async def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        await self._show(event.option_index)

    @on(OptionList.OptionSelected, "#settings-sections")
    def _chosen(self) -> None:
        for form in self.query(Form):
            if (row := next(form.rows(), None)) is not None:
                row.reach()

    async def _show(self, at: int) -> None:
        if at == self._shown or not 0 <= at < len(self.sections):
            return
        if self._changed():
            self.notify(f"{title_of(self.sections[self._shown])} was changed, and not saved.")
        self._shown = at
        section = self.sections[at]
        about = f"{section.summary.splitlines()[0] if section.summary else ''}\n"
        told = f"{about}Kept in {self.app.studio.settings.path}"
        self.query_one("#settings-about", Static).update(Content(told))
        with self.app.batch_update():
            await self.query(Form).remove()
            fields = [self._with_choices(section.name, field) for field in section.fields]
            form = Form(fields, section.values)
            await self.query_one("#settings-form").mount(form, before="#settings-save")
            self.query_one("#settings-form").scroll_home(animate=False)

    def _with_choices(self, section: str, field: Field) -> Field:
        """A field whose values this program knows, as a choice among them."""
        known = {
            ("ui", "theme"): self.app.theme_names,
            ("ui", "keymap"): self.app.keymap_names,
            ("models", "preset"): self._presets,
        }.get((section, field.name))
        if known is None:
            return field
        return msgspec.structs.replace(field, kind="choice", choices=tuple(known()))

    def _presets(self) -> list[str]:
        return ["", *(preset.name for preset in self.app.studio.presets.all())]

    def action_sections(self) -> None:
        """Go back to the sections."""
        self.set_focus(self.query_one("#settings-sections"))

    @on(Button.Pressed, "#settings-save")
    @on(Form.Submitted)
    def action_save(self) -> None:
        """Keep what was changed."""
        form = self.query_one(Form)
        if form.check():
            begin(self, "save", lambda: self._save(form))

    async def _save(self, form: Form) -> None:
        section = self.sections[self._shown]
        given = form.values()
        prefix = f"{section.name}." if section.name else ""
        changes = {
            f"{prefix}{field.name}": given.get(field.name)
            for field in section.fields
            if given.get(field.name) != section.values.get(field.name)
        }
        if not changes:
            self.notify("Nothing was changed.")
            return
        await self._put(changes)
        for name, choose in (("ui.theme", "choose_theme"), ("ui.keymap", "choose_keymap")):
            if changes.get(name):
                await getattr(self.app, choose)(changes[name])
        self.notify("Saved.")
        await self._load()

    async def _put(self, changes: dict[str, object]) -> None:
        await run_blocking(self.app.studio.settings.put, changes)
        self.post_message(SettingsChanged())

    def action_offline(self) -> None:
        """Close every door to the network, or open them again."""
        begin(self, "save", self._switch)

    async def _switch(self) -> None:
        offline = not self.app.studio.offline
        await self._put({"offline": offline or None})
        self.notify("Offline: nothing can reach the network." if offline else "Online again.")
        await self._load()


def title_of(section: Section) -> str:
    """What a section is called."""
    return _TITLES.get(section.name, section.name.capitalize())
