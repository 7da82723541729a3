"""One plugin as its screen shows it: what it brings, what is wrong with it, and its settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from textual import getters, on
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from inkstand.tui.app import InkstandApp
from inkstand.tui.background import run_blocking
from inkstand.tui.beginning import begin
from inkstand.tui.forms.form import Form
from inkstand.tui.messages import SettingsChanged
from inkstand_sdk.errors import InkstandError

if TYPE_CHECKING:
    from inkstand.index import Descriptor
    from inkstand.studio import PluginRow

# Kind of plugin -> the section of the settings that holds its own.
SECTIONS = {"backend": "backends", "tool": "tools", "reader": "readers", "embedder": "embedders"}


class PluginDetail(VerticalScroll):
    """What is known of one plugin."""

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    PluginDetail { padding: 1 2; }
    PluginDetail > Static, OfferDetail > Static { height: auto; margin-bottom: 1; }
    OfferDetail > Button { margin-bottom: 1; }
    PluginDetail FieldRow { grid-columns: 1fr 24; margin-bottom: 1; }
    PluginDetail FieldRow > .field-help { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._row: PluginRow | None = None

    def show(self, row: PluginRow | None) -> None:
        """Show a plugin, or none; the same one is left as it is, forms half filled in too."""
        if row == self._row:
            return
        self._row = row
        begin(self, "detail", lambda: self._fill(row))

    async def _fill(self, row: PluginRow | None) -> None:
        offers: list[Descriptor] = []
        values: dict[str, Any] = {}
        if row is not None and row.distribution:
            try:
                details = await run_blocking(self.app.studio.plugins.details, row.distribution)
                config = await run_blocking(lambda: self.app.studio.config)
            except InkstandError:
                details = []
            else:
                values = {
                    section: getattr(config, section, {}) for section in set(SECTIONS.values())
                }
            offers = [each for one in details if one.name == row.name for each in one.offers]
        with self.app.batch_update():
            await self.remove_children()
            self.scroll_home(animate=False)
            if row is None:
                return
            await self.mount(Static(described(row)))
            for offer in offers:
                own = values.get(SECTIONS.get(offer.kind, ""), {}).get(offer.name, {})
                await self.mount(OfferDetail(offer, own))

    def to_settings(self) -> None:
        """Go to the first field of the first form."""
        rows = [row for form in self.query(Form) for row in form.rows()]
        if rows:
            rows[0].reach()
        else:
            self.app.notify("This plugin has no settings.")


class OfferDetail(Vertical):
    """Something that a plugin offers, with the form of its settings.

    Args:
        offer: The backend, tool or reader.
        values: What is set.

    """

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    OfferDetail { height: auto; border-top: solid $panel; padding-top: 1; }
    """

    def __init__(self, offer: Descriptor, values: dict[str, Any]) -> None:
        super().__init__()
        self.offer = offer
        self.set_now = values

    def compose(self) -> Iterator[Any]:
        """What it is, and its form."""
        offer = self.offer
        head = Content.assemble((f"{offer.kind} {offer.name}", "bold"), f"\n{_about(offer)}")
        yield Static(head)
        if offer.fields and offer.kind in SECTIONS:
            known = {field.name for field in offer.fields}
            mine = {name: value for name, value in self.set_now.items() if name in known}
            yield Form(offer.fields, mine, classes="-explained")
            yield Button("Save these settings", compact=True)

    @on(Button.Pressed)
    @on(Form.Submitted)
    def _submitted(self) -> None:
        form = self.query_one(Form)
        if form.check():
            begin(self, "save", lambda: self._save(form))

    async def _save(self, form: Form) -> None:
        given = form.values()
        section = SECTIONS[self.offer.kind]
        # What is left to its default is taken out of the file.
        changes = {
            f"{section}.{self.offer.name}.{field.name}": given.get(field.name)
            for field in self.offer.fields
            if given.get(field.name) != self.set_now.get(field.name)
        }
        if not changes:
            self.app.notify("Nothing was changed.")
            return
        try:
            await run_blocking(self.app.studio.settings.put, changes)
        except InkstandError as error:
            if not form.tell(error):
                self.app.show_error(error)
            return
        self.set_now = {**self.set_now, **given}
        self.app.notify(f"Saved. {self.offer.name} is run with them from now on.", markup=False)
        self.post_message(SettingsChanged())


def described(row: PluginRow) -> Content:
    """What is known of a plugin, with the traceback of a broken one."""
    origin = f"{row.distribution} {row.version}".strip() or row.interpreter
    slow = "slow: heavy libraries belong inside the functions that use them" if row.slow else ""
    parts: list[Content | tuple[str, str] | str] = [(row.name, "bold"), f"  {origin}\n"]
    for label, value, style in (
        ("Why", row.cause, "$text-error" if row.state in ("broken", "refused") else ""),
        ("Lacks", row.missing, "$text-warning"),
        ("Do", row.fix, "bold"),
        ("Takes part in", ", ".join(row.hooks), ""),
        ("Import", f"{row.import_ms:,.0f} ms {slow}".strip() if row.import_ms else "", ""),
        ("Brings in", ", ".join(row.heavy), ""),
        ("Notes", "; ".join(row.notes), ""),
        ("Python", row.interpreter, "$foreground 60%"),
    ):
        if value:
            parts += [(f"\n{label + ':':<15}", "$foreground 60%"), (_plain(value), style)]
    if row.traceback:
        parts += ["\n\n", (_plain(row.traceback), "$foreground 70%")]
    return Content.assemble(*parts)


def _about(offer: Descriptor) -> str:
    said = [offer.summary or offer.title]
    if not offer.probe.ok:
        said.append(f"It cannot run here: {offer.probe.missing} {offer.probe.fix}".rstrip())
    elif offer.probe.version:
        said.append(f"Library {offer.probe.version}.")
    return "\n".join(_plain(each) for each in said if each)


def _plain(text: str) -> str:
    """What a plugin says of itself, without anything that would steer a terminal."""
    return "".join(char if char.isprintable() or char in "\n\t" else "?" for char in text)
