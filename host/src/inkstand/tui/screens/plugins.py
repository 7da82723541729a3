"""The screen of plugins: what is installed, what each brings, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import DataTable, Static

from inkstand.tui.background import run_blocking
from inkstand.tui.beginning import begin
from inkstand.tui.messages import News, SettingsChanged
from inkstand.tui.plugin_detail import PluginDetail
from inkstand.tui.screens.page import Page
from inkstand.tui.styled_table import StyledTable

if TYPE_CHECKING:
    from inkstand.studio import PluginRow

# A state in a word and in a color; the word alone says it all.
_STYLES = {
    "ready": "$text-success",
    "disabled": "$foreground 50%",
    "broken": "$text-error",
    "refused": "$text-error",
    "duplicate": "$text-warning",
    "lacking": "$text-warning",
}


class PluginsScreen(Page):
    """All plugins in a table, and the one that is chosen beside it."""

    NAME = "plugins"
    HELP = (
        "Every plugin that is installed, whatever state it is in. A broken one costs this row and"
        " nothing else: what broke it, and what mends it, stands beside it.\n"
        "A plugin's settings are changed where it stands, and kept in your settings file."
    )
    DEFAULT_CSS: ClassVar[str] = """
    PluginsScreen #plugins-body { height: 1fr; }
    PluginsScreen StyledTable {
        width: 1fr; height: 1fr; padding: 1 0 0 1; overflow-x: hidden;
    }
    PluginsScreen PluginDetail { width: 1fr; border-left: vkey $panel; }
    PluginsScreen #plugins-told { height: auto; padding: 0 2; color: $foreground 60%; }
    PluginsScreen.-narrow #plugins-body { layout: vertical; }
    PluginsScreen.-narrow PluginDetail { height: 1fr; }
    PluginsScreen.-narrow PluginDetail { border-left: none; border-top: solid $panel; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  as Textual has it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "switch", "Enable or disable", id="plugins.switch"),
        Binding("s", "settings", "Settings", id="plugins.settings"),
        Binding("r", "refresh", "Examine again", id="plugins.refresh"),
        Binding("c", "copy", "Copy the fix", id="plugins.copy"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[PluginRow] = []

    def compose_body(self) -> ComposeResult:
        """The table, and what is chosen in it."""
        yield Static("Looking at the plugins ...", id="plugins-told")
        with Horizontal(id="plugins-body"):
            yield StyledTable("Plugin", "State", "Offers")
            yield PluginDetail()

    def on_mount(self) -> None:
        """Fill the table, and keep up with settings."""
        self.set_focus(self.table)
        self.app.news.subscribe(self, self._heard)

    def on_screen_resume(self) -> None:
        """Plugins may have been installed meanwhile."""
        self._renew()

    @property
    def table(self) -> StyledTable:
        """The table of plugins."""
        return self.query_one(StyledTable)

    @property
    def chosen(self) -> PluginRow | None:
        """The plugin that the cursor is on."""
        at = self.table.cursor_row
        return self.rows[at] if 0 <= at < len(self.rows) else None

    def _heard(self, news: News) -> None:
        if isinstance(news, SettingsChanged) and self.is_current:
            self._renew()

    def _renew(self, *, again: bool = False) -> None:
        begin(self, "plugins", lambda: self._load(again=again))

    async def _load(self, *, again: bool) -> None:
        plugins = self.app.studio.plugins
        told = self.query_one("#plugins-told", Static)
        if again:
            told.update("Examining the plugins that changed, and the broken ones ...")
        self._show(await run_blocking(plugins.refresh if again else plugins.rows))

    def _show(self, rows: list[PluginRow]) -> None:
        self.rows = rows
        states = [_state(row) for row in rows]
        self.table.show(
            [
                (row.name, Content.styled(state, _STYLES.get(state, "")), _offered(row))
                for row, state in zip(rows, states, strict=True)
            ],
            [(row.distribution, row.name) for row in rows],
        )
        ill = sum(state not in ("ready", "disabled") for state in states)
        self.query_one("#plugins-told", Static).update(_summary(len(rows), ill))
        self._detail()

    @on(DataTable.RowHighlighted)
    def _moved(self) -> None:
        self._detail()

    def _detail(self) -> None:
        self.query_one(PluginDetail).show(self.chosen)

    def action_switch(self) -> None:
        """Use the plugin no more, or again."""
        if (row := self.chosen) is not None and row.distribution:
            begin(self, "plugins", lambda: self._switch(row))

    async def _switch(self, row: PluginRow) -> None:
        plugins = self.app.studio.plugins
        switch = plugins.enable if row.state == "disabled" else plugins.disable
        name = await run_blocking(switch, row.distribution)
        now = "used again" if row.state == "disabled" else "not used anymore; it stays installed"
        self.notify(f"{name} is {now}.", markup=False)
        self.post_message(SettingsChanged())

    def action_settings(self) -> None:
        """Go to the settings of the plugin."""
        self.query_one(PluginDetail).to_settings()

    def action_refresh(self) -> None:
        """Examine the plugins again."""
        self._renew(again=True)

    def action_copy(self) -> None:
        """Copy what mends the plugin."""
        row = self.chosen
        if row is None or not row.fix:
            self.notify("There is nothing to mend here.")
            return
        self.app.copy_to_clipboard(row.fix)
        self.notify(f"Copied: {row.fix}", markup=False)


def _state(row: PluginRow) -> str:
    """The state, or "lacking" for one that is well but cannot run here."""
    return "lacking" if row.state == "ready" and row.missing else row.state


def _offered(row: PluginRow) -> str:
    return ", ".join((*row.provides, *row.hooks)) or "nothing yet"


def _summary(count: int, ill: int) -> str:
    if not count:
        return "No plugin is installed. Try: pip install inkstand-writing"
    said = f"{count} plugin{'' if count == 1 else 's'} installed"
    if not ill:
        return f"{said}, all of them well."
    return f"{said}; {ill} {'needs' if ill == 1 else 'need'} something."
