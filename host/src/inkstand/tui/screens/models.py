"""The screen of models: engines and their devices, models, and the workers that run."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import DataTable, Static

from inkstand.tui.background import run_blocking
from inkstand.tui.beginning import begin
from inkstand.tui.messages import News, SettingsChanged
from inkstand.tui.model_measuring import Measuring
from inkstand.tui.screens.page import Page
from inkstand.tui.styled_table import Cell, StyledTable
from inkstand_sdk.errors import InkstandError, NotFound

if TYPE_CHECKING:
    from inkstand.index import Descriptor
    from inkstand.library.models import ListedModel
    from inkstand.workers.spec import LiveWorker

_LOOK_S = 2.0
"""Seconds between two looks at the workers, while the screen is shown."""


class ModelsScreen(Page):
    """Models, workers and engines, one below the other."""

    NAME = "models"
    HELP = (
        "The models on this machine, which of them are loaded, and the engines that load them.\n"
        "A model's speed is measured here: one by itself, or several on the same prompt. An"
        " engine that cannot run says what it lacks, with the command that brings it."
    )
    DEFAULT_CSS: ClassVar[str] = """
    ModelsScreen #models-body { height: 1fr; padding: 0 1; }
    ModelsScreen .models-head { height: auto; padding: 1 1 0 1; color: $foreground 60%; }
    ModelsScreen .models-empty { height: auto; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "test", "Test", id="models.test"),
        Binding("space", "mark", "Mark to compare", id="models.mark"),
        Binding("c", "compare", "Compare", id="models.compare"),
        Binding("d", "default", "Write with it", id="models.default"),
        Binding("s", "stop", "Stop the worker", id="models.stop"),
        Binding("y", "copy", "Copy the command", id="models.copy"),
        Binding("escape", "cancel", "Stop measuring", id="models.cancel"),
        Binding("r", "refresh", "Look again", show=False, id="models.refresh"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.models: list[ListedModel] = []
        self.live: list[LiveWorker] = []
        self.backends: list[Descriptor] = []
        self.marked: set[str] = set()

    def compose_body(self) -> ComposeResult:
        """Models, what was measured, workers and engines."""
        with VerticalScroll(id="models-body", can_focus=False):
            yield Static("Looking for models ...", id="models-told", classes="models-head")
            yield StyledTable("Model", "Size", "Context", "Kind", "Engines", "", id="models-list")
            yield Measuring()
            yield Static("Running now", classes="models-head")
            yield StyledTable("Worker", "State", "Memory", "Idle", "Process", id="models-workers")
            yield Static("", id="models-none", classes="models-empty")
            yield Static("Engines", classes="models-head")
            yield StyledTable("Engine", "State", "Library", "Devices", "Reads", id="models-engines")
            yield Static("", id="models-lacks", classes="models-empty")

    def on_mount(self) -> None:
        """Begin with the models, and keep an eye on the workers."""
        self.set_focus(self._table("models-list"))
        self.set_interval(_LOOK_S, self._look)
        self.app.news.subscribe(self, self._heard)

    def on_screen_resume(self) -> None:
        """Models and plugins may have come meanwhile."""
        self.action_refresh()

    def _table(self, name: str) -> StyledTable:
        return self.query_one(f"#{name}", StyledTable)

    def _heard(self, news: News) -> None:
        if isinstance(news, SettingsChanged) and self.is_current:
            self.action_refresh()

    # -- what there is ------------------------------------------------------------------------

    def action_refresh(self) -> None:
        """Look at everything again."""
        begin(self, "models", self._load)
        self._look()

    async def _load(self) -> None:
        studio = self.app.studio
        self._show_models()
        self.backends = await run_blocking(studio.backends)
        self._show_engines()
        self.models = await run_blocking(studio.models)
        self._show_models()

    def _look(self) -> None:
        if self.is_current:
            begin(self, "workers", self._see)

    async def _see(self) -> None:
        try:
            self.live = await run_blocking(self.app.studio.live_workers)
        except InkstandError:
            return  # the next look may tell more
        now = time.time()
        rows: list[list[Cell]] = [
            [
                worker.title,
                _state(worker),
                _megabytes(worker.rss),
                _span(now - worker.since) if worker.state == "idle" else "",
                str(worker.pid),
            ]
            for worker in self.live
        ]
        table = self._table("models-workers")
        table.show(rows, [worker.pid for worker in self.live])
        table.display = bool(rows)
        none = self.query_one("#models-none", Static)
        none.display = not rows
        none.update("No engine runs. One starts when it is first needed, and stops when idle.")

    def _show_models(self) -> None:
        default = self.app.studio.config.models.default
        rows: list[list[Cell]] = []
        for each in self.models:
            model = each.model
            name = f"{'•' if model.id in self.marked else ' '} {model.id}"
            chosen = bool(default) and default.rpartition(":")[2] == model.id
            rows.append(
                [
                    Content.styled(name, "bold" if chosen else ""),
                    _megabytes(model.size),
                    f"{model.context_length:,}" if model.context_length else "",
                    " ".join(part for part in (model.architecture, model.format) if part),
                    ", ".join(each.backends),
                    Content.styled(each.problem, "$text-error")
                    if each.problem
                    else ("writes by default" if chosen else ""),
                ]
            )
        table = self._table("models-list")
        table.show(rows, [each.model.id for each in self.models])
        table.display = bool(rows)
        folder = self.app.studio.library.folder
        told = f"Models on this machine; put GGUF files into {folder}"
        self.query_one("#models-told", Static).update(Content(told))

    def _show_engines(self) -> None:
        rows: list[list[Cell]] = []
        lacking = []
        for each in self.backends:
            probe = each.probe
            rows.append(
                [
                    each.name,
                    Content.styled("ready", "$text-success")
                    if probe.ok
                    else Content.styled("cannot run", "$text-warning"),
                    probe.version,
                    ", ".join(device.name for device in probe.devices),
                    ", ".join(each.capabilities.get("formats", ())) or "any",
                ]
            )
            if not probe.ok:
                lacking.append(f"{each.name}: {probe.missing} {probe.fix}".strip())
        self._table("models-engines").show(rows)
        if not self.backends:
            lacking.append("No engine is installed. Try: pip install inkstand-llamacpp")
        lacks = self.query_one("#models-lacks", Static)
        lacks.display = bool(lacking)
        lacks.update(Content("\n".join(lacking)))

    # -- what can be done ---------------------------------------------------------------------

    @property
    def chosen(self) -> ListedModel | None:
        """The model that the cursor is on."""
        at = self._table("models-list").cursor_row
        return self.models[at] if 0 <= at < len(self.models) else None

    @on(DataTable.RowSelected, "#models-list")
    def action_test(self) -> None:
        """Load the model, let it write, and say how fast that was."""
        if (each := self._usable()) is not None:
            self.query_one(Measuring).start([each.model.id], alone=True)

    def action_compare(self) -> None:
        """Let the marked models answer the same prompt, one after another."""
        names = [each.model.id for each in self.models if each.model.id in self.marked]
        if len(names) > 1:
            self.query_one(Measuring).start(names, alone=False)
            return
        self.notify("Mark two models or more with Space, then compare them.")

    def action_mark(self) -> None:
        """Mark the model for a comparison, or not."""
        if (each := self._usable()) is not None:
            self.marked ^= {each.model.id}
            self._show_models()

    def action_default(self) -> None:
        """Write with this model where none is named."""
        if (each := self._usable()) is not None:
            begin(self, "default", lambda: self._make_default(each.model.id))

    async def _make_default(self, name: str) -> None:
        await run_blocking(self.app.studio.settings.put, {"models.default": name})
        self.notify(f"{name} writes from now on.", markup=False)
        self.post_message(SettingsChanged())

    def action_stop(self) -> None:
        """Stop the worker that the cursor is on; it starts again when it is needed."""
        at = self._table("models-workers").cursor_row
        if 0 <= at < len(self.live):
            worker = self.live[at]
            begin(self, f"stop {worker.pid}", lambda: self._stop(worker))
        else:
            self.notify("Nothing runs.")

    async def _stop(self, worker: LiveWorker) -> None:
        with suppress(NotFound):  # it ended by itself
            await run_blocking(self.app.studio.stop_workers, str(worker.pid))
        self.notify(f"{worker.title} is stopped.", markup=False)
        self._look()

    def action_copy(self) -> None:
        """Copy the command that an engine needs."""
        lacking = [each.probe.fix for each in self.backends if each.probe.fix]
        if not lacking:
            self.notify("No engine lacks anything.")
            return
        self.app.copy_to_clipboard("\n".join(lacking))
        self.notify(f"Copied: {'; '.join(lacking)}", markup=False)

    def action_cancel(self) -> None:
        """Stop measuring."""
        self.query_one(Measuring).cancel()

    def _usable(self) -> ListedModel | None:
        each = self.chosen
        if each is not None and each.problem:
            self.notify(each.problem, severity="warning", markup=False)
            return None
        if each is not None and not each.backends:
            self.notify("No engine here reads this model.", severity="warning")
            return None
        return each


def _state(worker: LiveWorker) -> Content:
    return Content.styled(worker.state, "" if worker.state == "idle" else "$text-success")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB" if size else ""


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
