"""The moving parts of a Studio, each made when it is first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inkstand.config import Config, Directories
from inkstand.generation.cache import OutputCache
from inkstand.generation.events import Events
from inkstand.generation.hooks import Hooks
from inkstand.generation.pipeline import Pipeline
from inkstand.generation.presets import Presets
from inkstand.generation.recorder import Recorder
from inkstand.generation.target import Chain, Choice
from inkstand.index import PluginIndex
from inkstand.logs import HostLog
from inkstand.tools.model import ModelOfRun
from inkstand.tools.readings import Readings
from inkstand.tools.runner import ToolRunner
from inkstand.workers.placement import distribution_spec
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import LiveWorker
from inkstand_sdk.errors import NotFound, UsageError
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.messages import GenerateRequest, Strategy

if TYPE_CHECKING:
    from inkstand.generation.best_of import Contest
    from inkstand.library.embedding import Embedded
    from inkstand.records.auditing import Audit
    from inkstand.records.receipts import Receipts
    from inkstand.records.shelf import ReceiptShelf
    from inkstand.records.usage import UsageLedger
    from inkstand.workspace.project import Workspace
    from inkstand.workspace.withheld import Guard

# SQLite is only loaded where records are read, or by the thread that writes them.


class Workshop:
    """Workers, and what works with them.

    Args:
        directories: Where workers are listed, logs go, and readings are cached.
        config: Gives the settings.
        index: Gives the plugin index, up to date.
        text: Gives the file or folder that is worked on, if any.
        offline: Says whether the network is off limits.

    """

    def __init__(
        self,
        directories: Directories,
        config: Callable[[], Config],
        index: Callable[[], PluginIndex],
        text: Callable[[], Path | None],
        offline: Callable[[], bool],
    ) -> None:
        self._directories = directories
        self._config = config
        self._index = index
        self._text = text
        self._offline = offline
        self.log = HostLog(directories.log)
        self.log.listen()
        self._pool: WorkerPool | None = None
        self._guard: Guard | None = None
        self._places: set[Path] = set()
        self._closed = False
        self._lock = threading.RLock()

    @property
    def pool(self) -> WorkerPool:
        """The worker processes.

        Raises:
            UsageError: it has been closed.

        """
        with self._lock:
            if self._closed:
                raise UsageError("This Inkstand has been closed.", "", "Open another one.")
            if self._pool is None:
                workers = self._config().workers
                self._pool = WorkerPool(
                    self._directories.state,
                    self._directories.log,
                    keep_alive=workers.keep_alive,
                    ram_budget=workers.ram_budget_mb * 2**20 or None,
                    start_timeout=workers.start_timeout,
                    load_timeout=workers.load_timeout or None,
                    offline=self._offline,
                    on_event=self._of_a_worker,
                    check=self._may_be_sent,
                )
            return self._pool

    @property
    def guard(self) -> Guard:
        """What keeps passages that are marked so on this machine."""
        with self._lock:
            if self._guard is None:
                from inkstand.workspace.withheld import Guard

                self._guard = Guard(self._directories.data, self._worked_on)
            return self._guard

    def place(self, path: str | Path | None) -> Path:
        """A file or folder that is worked on: what is marked around it stays here from now on.

        The current folder if none is named, which may be anything and is not looked through.
        """
        if path is None:
            return Path()
        self._places.add(Path(path).expanduser().absolute())
        return Path(path)

    def kept_here(self, manuscript: Manuscript) -> Manuscript:
        """A manuscript whose marked scenes are not sent anywhere from now on."""
        if not all(scene.cloud for scene in manuscript.scenes):
            self.guard.remember(manuscript)
        return manuscript

    def manuscript_of(self, data: bytes, name: str) -> Manuscript:
        """The manuscript that bytes of text are."""
        from inkstand.workspace import manuscript

        return self.kept_here(manuscript.from_bytes(data, name))

    def text_of(self, data: bytes, name: str) -> str:
        """Bytes as text, which stays here if it is marked; `name` may be its file's."""
        from inkstand.workspace.encoding import decode

        text = decode(data, name).text
        if text.startswith("---"):
            self.guard.remember_text(text, name)
        with suppress(OSError, ValueError):
            if Path(name).is_file():
                self.place(name)
        return text

    def audit(self, workspace: Workspace, usage: UsageLedger) -> Audit:
        """What may leave the machine, what did, and what is kept of a workspace."""
        from inkstand.records import auditing

        return auditing.audit(
            workspace,
            self._directories,
            self._config(),
            self._index(),
            usage,
            offline=self._offline(),
        )

    def _worked_on(self) -> list[Path]:
        own = self._text()
        return [*self._places, *([own] if own is not None else [])]

    def _may_be_sent(self, params: Any, target: str) -> None:
        self.guard.check(params, target)

    def stop_workers(self, which: str | None) -> list[LiveWorker]:
        """Stop the worker with that PID or title, or all. Raises `NotFound` if there is none."""
        stopped = self.pool.stop(int(which) if which and which.isdecimal() else which)
        if which is not None and not stopped:
            raise NotFound(
                f"There is no worker {which!r}.", "It may have ended.", "See: inkstand ps"
            )
        return stopped

    @cached_property
    def hooks(self) -> Hooks:
        """Plugins that take part."""
        return Hooks(self._index, self.pool)

    @cached_property
    def events(self) -> Events:
        """Plugins that want to know."""
        return Events(self.hooks)

    @cached_property
    def pipeline(self) -> Pipeline:
        """The way of a request."""
        return Pipeline(
            self.pool,
            self.hooks,
            self.events,
            self.cache,
            self.recorder,
            presets=self.presets,
            silence=lambda: self._config().models.timeout,
        )

    def presets(self) -> Presets:
        """The presets there are now, with the default one."""
        config = self._config()
        return Presets(config.presets, config.models.preset)

    def contest(
        self, request: GenerateRequest, choices: Sequence[Choice], n: int, scorer: str
    ) -> Contest:
        """Texts to be written, of which the best is to be found."""
        from inkstand.generation.best_of import Contest

        return Contest(self.pipeline, request, choices, n, scorer, self.presets())

    def model_of_run(
        self, chain: Chain, tool: str, preset: str, strategy: Strategy | None, text: Path | None
    ) -> ModelOfRun:
        """The models that a tool may write with."""
        return ModelOfRun(
            self.pool, self.pipeline, chain, tool, preset=preset, strategy=strategy, text=text
        )

    @cached_property
    def recorder(self) -> Recorder:
        """What writes down what was generated."""
        config = self._config()
        return Recorder(
            self.pool,
            usage=self.ledger if config.usage.enabled else None,
            receipts=self._new_receipts if config.receipts.enabled else None,
            texts=config.receipts.texts,
            log=self.log,
        )

    def ledger(self, on_damage: Callable[[str], None] | None = None) -> UsageLedger:
        """The calls of all models."""
        from inkstand.records.usage import UsageLedger

        return UsageLedger(self._directories.data, on_damage)

    def embedded(self, made: Embedded, note: Callable[[str], None]) -> None:
        """Write down that texts were embedded; what cannot be written costs a note."""
        if not self._config().usage.enabled:
            return
        from inkstand.records.books import Books
        from inkstand.records.usage import Call

        call = Call(
            at=made.at,
            request_id="",
            backend=made.embedder,
            model=made.model,
            outcome=made.outcome,
            exact=False,
            total_ms=made.total_ms,
            remote=made.remote,
        )
        books = Books(self.ledger, None, note, texts=False)
        books.write([call], [])
        books.close()

    def receipts(self, on_damage: Callable[[str], None] | None = None) -> ReceiptShelf:
        """What models were sent: of this workspace, or of the user."""
        from inkstand.records.place import remembered
        from inkstand.records.shelf import ReceiptShelf

        data, own = self._directories.data, self._receipts_folder(None)
        others = [folder for folder in (data, *remembered(data)) if folder != own]
        return ReceiptShelf(
            self._receipts_in(own, on_damage),
            [self._receipts_in(folder, on_damage) for folder in others],
            everything=own == data,
        )

    def _new_receipts(self, text: Path | None, on_damage: Callable[[str], None]) -> Receipts:
        """Where receipts that belong to a text are written."""
        from inkstand.records.place import remember

        folder = self._receipts_folder(text)
        remember(folder, self._directories.data)
        return self._receipts_in(folder, on_damage)

    def _receipts_folder(self, text: Path | None) -> Path:
        from inkstand.records.place import folder_for

        return folder_for(text or self._text() or Path.cwd(), self._directories.data)

    def _receipts_in(self, folder: Path, on_damage: Callable[[str], None] | None) -> Receipts:
        from inkstand.records.receipts import Receipts

        settings = self._config().receipts
        return Receipts(
            folder,
            most=settings.most,
            most_bytes=settings.size_mb * 10**6,
            on_damage=on_damage,
        )

    @cached_property
    def cache(self) -> OutputCache:
        """What was written before."""
        settings = self._config().cache
        return OutputCache(
            self._directories.cache / "outputs",
            settings.size_mb * 10**6,
            enabled=settings.enabled,
        )

    @cached_property
    def readings(self) -> Readings:
        """What manuscripts say."""
        return Readings(
            self.pool,
            self._directories.cache / "readings",
            lambda: self._index().descriptors("reader"),
            lambda reader: distribution_spec(self._index(), reader),
            lambda reader: self._config().readers.get(reader, {}),
        )

    @cached_property
    def tools(self) -> ToolRunner:
        """Tools at work."""
        return ToolRunner(
            self.pool,
            self.hooks,
            self.events,
            self.readings.of,
            lambda tool: distribution_spec(self._index(), tool),
        )

    def close(self) -> None:
        """Stop every worker. It may be called twice."""
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
        if pool is not None:
            if "events" in self.__dict__:
                self.events.close()
            if "recorder" in self.__dict__:
                self.recorder.close(pool.close)
            else:
                pool.close()
        self.log.close()
        if "cache" in self.__dict__:
            self.cache.close()

    def notes(self) -> tuple[str, ...]:
        """Sentences for the user that came too late for a result."""
        return self.recorder.notes() if "recorder" in self.__dict__ else ()

    def _of_a_worker(self, name: str, data: dict[str, Any]) -> None:
        level = "warning" if name == "worker.crashed" else "debug"
        self.log.write(level, name, source="inkstand.workers", **data)
        # Those that are told live in distribution workers: their own coming and going is no news,
        # or telling of it would never end.
        if not self._closed and data.get("kind") == "backend":
            self.events.tell(name, data)
