"""Studio: the whole application without a face. The command line, the terminal UI and the
Python SDK talk to it and to nothing below it.

Synchronous and thread-safe. Quick calls return values; `generate` returns an iterator and
`run_tool` a job, both of which can be cancelled from any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from inkstand.config import Config, ConfigFile, Directories
from inkstand.desk import Desk, Desks
from inkstand.diagnosis import Check
from inkstand.generation.cache import OutputCache
from inkstand.generation.generation import Generation
from inkstand.generation.stored_presets import StoredPresets
from inkstand.index import Descriptor, PluginIndex
from inkstand.index import Row as PluginRow
from inkstand.index.installed import InstalledPlugins
from inkstand.index.plugin_settings import OF_A_TOOL
from inkstand.jobs import CancelToken, Job
from inkstand.library.models import Candidate, ListedModel
from inkstand.logs import Logs
from inkstand.models import Models
from inkstand.stored_settings import StoredSettings
from inkstand.tools.finding import FindingsOfRun
from inkstand.tools.proposing import ProposalsOfRun
from inkstand.tools.runner import EngineChoice, ToolRun
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import LiveWorker
from inkstand.workshop import Workshop
from inkstand_sdk.errors import UsageError
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.messages import GenerateRequest, Strategy
from inkstand_sdk.reader import Reading
from inkstand_sdk.structured import request_of

if TYPE_CHECKING:
    from inkstand.batch.batches import Batch, Batches, Mode, Source
    from inkstand.generation.best_of import BestOf
    from inkstand.records.auditing import Audit
    from inkstand.records.shelf import ReceiptShelf
    from inkstand.records.usage import UsageLedger

__all__ = ["InstalledPlugins", "PluginRow", "Studio"]

Progress = Callable[[float | None, str], None]


class Studio:
    """One installation of Inkstand at work, on one text or none.

    Args:
        path: The file or folder that `run_tool` and `read` work on when none is given.
        offline: Refuse whatever needs the network; None leaves it to the settings.
        directories: Where files are kept; the user's own places by default.
        on_progress: Told what is going on, and the fraction that is done, while plugins are
            examined.

    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        offline: bool | None = None,
        directories: Directories | None = None,
        on_progress: Callable[[str, float | None], None] | None = None,
    ) -> None:
        self.path = Path(path).expanduser() if path is not None else None
        self.directories = directories or Directories.of_this_user()
        self.config_file = ConfigFile(self.directories.config / "config.toml")
        self._offline = offline
        self._late_notes: list[str] = []
        self.plugins = InstalledPlugins(
            self.directories, self.config_file, on_progress, lambda: self.offline
        )
        self._workshop = Workshop(
            self.directories,
            lambda: self.config,
            lambda: self.plugins.index,
            lambda: self.path,
            lambda: self.offline,
        )
        self.desks = Desks(self.directories.data, lambda: self.config, self._noted, on_progress)

    # -- settings ---------------------------------------------------------------------------

    @cached_property
    def config(self) -> Config:
        """The settings, read once."""
        return self.config_file.load()

    @property
    def offline(self) -> bool:
        """Whether the network is off limits."""
        return self.config.offline if self._offline is None else self._offline

    @cached_property
    def settings(self) -> StoredSettings:
        """The settings by their keys, to see and to change."""
        return StoredSettings(
            self.config_file, lambda: self.index, lambda: self.presets, self._reload
        )

    def _reload(self) -> None:
        self.__dict__.pop("config", None)
        self.plugins.reload()

    @cached_property
    def presets(self) -> StoredPresets:
        """Sampling by name: the built-in presets and the user's."""
        return StoredPresets(self.config_file, lambda: self.config, self._reload)

    # -- plugins ----------------------------------------------------------------------------

    @property
    def index(self) -> PluginIndex:
        """The plugin index, brought up to date if anything was installed or changed."""
        return self.plugins.index

    def tools(self) -> list[Descriptor]:
        """The tools that can be used."""
        return self.index.descriptors("tool")

    def tool(self, name: str) -> Descriptor:
        """The tool of that name. Raises `NotFound`, or says why it cannot be used."""
        return self.index.find("tool", name)

    def backends(self) -> list[Descriptor]:
        """The backends, usable here or not: their `probe` says."""
        return self.index.descriptors("backend")

    def backend(self, name: str) -> Descriptor:
        """The backend of that name. Raises `NotFound`, or says why it cannot be used."""
        return self.index.find("backend", name)

    # -- models -----------------------------------------------------------------------------

    @property
    def cache(self) -> OutputCache:
        """What models wrote before: how much there is, and how to forget it."""
        return self._workshop.cache

    @cached_property
    def usage(self) -> UsageLedger:
        """What every call of a model took."""
        return self._workshop.ledger(self._noted)

    @cached_property
    def receipts(self) -> ReceiptShelf:
        """What models were sent: in this workspace, or outside of one by this user."""
        return self._workshop.receipts(self._noted)

    @cached_property
    def logs(self) -> Logs:
        """What the host and its workers logged."""
        return Logs(self.directories.log)

    def notes(self) -> tuple[str, ...]:
        """Sentences for the user that came too late for a result. Complete once it is closed."""
        return (*self._late_notes, *self._workshop.notes())

    def _noted(self, note: str) -> None:
        self._late_notes.append(note)

    @cached_property
    def library(self) -> Models:
        """The models: which there are, what a name means, how fast they are here."""
        return Models(
            self.directories.data / "models",
            lambda: self.config,
            lambda: self.index,
            lambda: self.offline,
            lambda: self.pool,
            lambda made: self._workshop.embedded(made, self._noted),
        )

    def models(self) -> list[ListedModel]:
        """The models on this machine."""
        return self.library.listed()

    def resolve(self, model: str = "", tool: str = "") -> Candidate:
        """The model meant by a name: the named one, the tool's own, the default, or any."""
        return self.library.resolve(model, tool)

    # -- generation -------------------------------------------------------------------------

    def generate(
        self,
        request: GenerateRequest | str,
        *,
        model: str = "",
        fallback: Sequence[str] = (),
        settings: dict[str, Any] | None = None,
        cancel: CancelToken | None = None,
        **fields: Any,
    ) -> Generation:
        """Begin to write. Iterate over the chunks, then ask for `result`.

        Args:
            request: A request, or the text of a prompt with `fields` of `GenerateRequest`.
            model: `[backend:]id` or a path; the default model if empty.
            fallback: Models to try after it, in that order; those of the settings if neither
                they nor a model are named.
            settings: Backend settings for this call, over those of the configuration.
            cancel: A token to cancel by, if the caller has one.
            fields: Fields of `GenerateRequest`; `schema` may be a Struct, which `value` then is.

        """
        asked = request_of(request, fields)
        chain = self.library.chain(model, fallback, settings=settings)
        generation = self._workshop.pipeline.start(asked, chain, cancel)
        return generation.typed(fields.get("schema"))

    def best_of(
        self,
        request: GenerateRequest | str,
        n: int,
        *,
        models: Sequence[str] = (),
        scorer: str = "logprob",
        cancel: CancelToken | None = None,
        **fields: Any,
    ) -> Job[BestOf]:
        """Begin to write `n` texts with one model or several, of which the best by `scorer` wins.

        The job's events are `Progress`; the scorers are those of `inkstand.generation.scoring`.
        """
        request = request_of(request, fields)
        choices = [self.library.chain(name)[0] for name in models or ("",)]
        contest = self._workshop.contest(request, choices, n, scorer)
        return Job(contest.run, name="best of", cancel=cancel)

    def embed(self, texts: Sequence[str], **how: Any) -> list[list[float]]:
        """One vector for each text; `how` are the arguments of `Embeddings.of`."""
        return self.library.embeddings.of(texts, **how)

    @cached_property
    def batches(self) -> Batches:
        """Many requests at once, and what became of them."""
        from inkstand.batch.batches import Batches
        from inkstand.batch.writer import PipelineWriter

        return Batches(
            self.directories.state,
            lambda of: PipelineWriter(
                self._workshop.pipeline, self.pool, self.library.chain, of.fallback
            ),
        )

    def generate_many(
        self,
        requests: Source,
        out: str | Path | BinaryIO | None = None,
        *,
        mode: Mode = "careful",
        cancel: CancelToken | None = None,
        **defaults: Any,
    ) -> Batch:
        """Begin to answer many requests, or go on with it: `Batches.start`, with its `defaults`."""
        self.presets.check(defaults.get("preset", ""))
        return self.batches.start(requests, out, defaults=defaults, mode=mode, cancel=cancel)

    # -- texts and tools --------------------------------------------------------------------

    def desk(self, path: str | Path | None = None) -> Desk:
        """The workspace around a path, or around the Studio's own, or the current folder."""
        return self.desks.at(self._workshop.place(path or self.path))

    def manuscript(self, path: str | Path) -> Manuscript:
        """The manuscript at a file or folder."""
        return self._workshop.kept_here(self.desk(path).manuscript(Path(path)))

    def manuscript_of(self, data: bytes, name: str = "standard input") -> Manuscript:
        """The manuscript that bytes of text are."""
        return self._workshop.manuscript_of(data, name)

    def text_of(self, data: bytes, name: str) -> str:
        """Bytes as text, whatever their encoding; raises `InputError` if they are none."""
        return self._workshop.text_of(data, name)

    def read(
        self,
        text: Manuscript | str | Path | None = None,
        *,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
    ) -> Reading:
        """What a manuscript says, by the reader of its language; cached."""
        manuscript = self._text(text)
        if manuscript is None:
            raise UsageError("There is no text to read.", "", "Name a file or a folder.")
        return self._workshop.readings.of(manuscript, progress, cancel)

    def run_tool(
        self,
        name: str,
        values: dict[str, Any] | None = None,
        *,
        manuscript: Manuscript | str | Path | None = None,
        path: Path | None = None,
        engine: EngineChoice = "auto",
        model: str = "",
        fallback: Sequence[str] = (),
        preset: str = "",
        strategy: Strategy | None = None,
    ) -> ToolRun:
        """Start a tool with plain values for its input; follow the job that is returned.

        With engine "auto" a tool that has an analysis engine uses it, unless a model is named, or
        fallbacks, a preset or a strategy for one. `path` is where a `Manuscript` was taken from.
        """
        tool = self.tool(name)
        self.presets.check(preset)
        wants_model = (
            bool(model or fallback or preset or strategy)
            or engine == "model"
            or "analysis" not in tool.capabilities["engines"]
        )
        own = self.config.tools.get(name, {})
        chain = self.library.chain(model, fallback, tool=name)
        path = Path(manuscript) if isinstance(manuscript, str | Path) else path
        path = self.path if manuscript is None else path
        return self._workshop.tools.start(
            tool,
            values or {},
            settings={key: own[key] for key in own if key not in OF_A_TOOL},
            manuscript=self._text(manuscript),
            engine=engine,
            model=self._workshop.model_of_run(
                chain, name, preset or own.get("preset", ""), strategy, path
            )
            if wants_model and engine != "analysis"
            else None,
            bible=lambda: self.desk(path).pages(of_nowhere=(path or self.path) is None),
            proposals=ProposalsOfRun(lambda: self.desk(path).proposals, path),
            findings=FindingsOfRun(lambda: self.desk(path).ignored if path else None),
        )

    def _text(self, text: Manuscript | str | Path | None) -> Manuscript | None:
        if isinstance(text, Manuscript):
            return self._workshop.kept_here(text)
        path = text if text is not None else self.path
        return None if path is None else self.manuscript(path)

    # -- workers ----------------------------------------------------------------------------

    @property
    def pool(self) -> WorkerPool:
        """The worker processes of this Studio."""
        return self._workshop.pool

    def live_workers(self) -> list[LiveWorker]:
        """The workers of every Inkstand process on this machine."""
        return self.pool.live()

    def stop_workers(self, which: str | None = None) -> list[LiveWorker]:
        """Stop the worker with that PID or title, or all, and say which. Raises `NotFound`."""
        return self._workshop.stop_workers(which)

    # -- the rest ---------------------------------------------------------------------------

    def doctor(self) -> list[Check]:
        """What is wrong with this installation, and the commands that mend it."""
        from inkstand import diagnosis

        return diagnosis.checks(
            self.directories, self.config_file, self.plugins.rows, self.backends, self.models
        )

    def audit(self, path: str | Path | None = None) -> Audit:
        """What may leave the machine, what did, and what is kept of a workspace."""
        return self._workshop.audit(self.desk(path).workspace, self.usage)

    def sample(self) -> Path:
        """The folder of the sample manuscript that comes with Inkstand."""
        return Path(__file__).parent / "sample"

    def close(self) -> None:
        """Stop every worker of this Studio. It may be called twice."""
        self._workshop.close()
        self.desks.close()
        for name in ("usage", "receipts"):
            if name in self.__dict__:
                getattr(self, name).close()
        self.directories.close_to_others()

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
