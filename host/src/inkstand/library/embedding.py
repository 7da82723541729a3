"""Vectors of texts: which embedder makes them, with what model, and in which worker."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from inkstand.config import Config
from inkstand.index import Descriptor, PluginIndex
from inkstand.jobs import CancelToken
from inkstand.workers.placement import embedder_spec, leaves_the_machine
from inkstand.workers.pool import WorkerPool
from inkstand_sdk.backend import Model
from inkstand_sdk.capabilities import EmbedderCapabilities
from inkstand_sdk.embedder import check_texts
from inkstand_sdk.errors import InkstandError, NotFound, Offline, UsageError, WorkerCrashed


class Embedded(msgspec.Struct, frozen=True, kw_only=True):
    """A call of an embedder: when, in seconds since the epoch, what for, and how it ended.

    `outcome` is "stop" or an error's code; `remote` whether texts went to another machine.
    """

    at: float
    embedder: str
    model: str
    outcome: str
    remote: bool
    total_ms: float


class Embeddings:
    """Embeds texts with installed embedders.

    Args:
        config: Gives the settings.
        index: Gives the plugin index, up to date.
        offline: Says whether the network is off limits.
        pool: Gives the workers.
        model: The model on this machine that a name means.
        on_call: Told of each call when it has ended.

    """

    def __init__(
        self,
        config: Callable[[], Config],
        index: Callable[[], PluginIndex],
        offline: Callable[[], bool],
        pool: Callable[[], WorkerPool],
        model: Callable[[str], Model],
        on_call: Callable[[Embedded], None] = lambda _call: None,
    ) -> None:
        self._config = config
        self._index = index
        self._offline = offline
        self._pool = pool
        self._model = model
        self._on_call = on_call

    def embedders(self) -> list[Descriptor]:
        """The embedders, usable here or not: their `probe` says."""
        return self._index().descriptors("embedder")

    def of(
        self,
        texts: Sequence[str],
        embedder: str = "",
        model: str = "",
        *,
        settings: dict[str, Any] | None = None,
        cancel: CancelToken | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> list[list[float]]:
        """One vector for each text, in order, all of one length.

        Args:
            texts: None of them empty.
            embedder: Its name; the one of the settings, or the only one, if empty.
            model: The embedder's setting `model`, for this call: a name or a path.
            settings: Further settings of the embedder, over those of the configuration.
            cancel: Gives the call up.
            progress: Told how many texts are done, after each batch.

        Raises:
            NotFound: there is no such embedder, or none at all.
            Offline: it sends text over the network, and that is off limits.
            InputError: a text is empty, or too long for the model.
            InkstandError: what the embedder says against it.

        """
        found = self._named(embedder)
        check_texts(texts)
        chosen = self._settings(found, model, settings)
        spec = embedder_spec(found, chosen)
        with self._recorded(found, chosen):
            try:
                return self._embedded(spec, texts, cancel, progress)
            except WorkerCrashed:
                # Vectors are not shown while they come, so a fresh worker may begin again.
                return self._embedded(spec, texts, cancel, progress)

    @contextlib.contextmanager
    def _recorded(self, embedder: Descriptor, settings: dict[str, Any]) -> Iterator[None]:
        at, began, outcome = time.time(), time.perf_counter(), "cancelled"
        capabilities = msgspec.convert(embedder.capabilities, EmbedderCapabilities)
        try:
            yield
            outcome = "stop"
        except InkstandError as error:
            outcome = error.code
            raise
        finally:
            self._on_call(
                Embedded(
                    at=at,
                    embedder=embedder.name,
                    model=str(settings.get("model") or ""),
                    outcome=outcome,
                    remote=leaves_the_machine(capabilities, settings),
                    total_ms=(time.perf_counter() - began) * 1000,
                )
            )

    def _embedded(
        self,
        spec: Any,
        texts: Sequence[str],
        cancel: CancelToken | None,
        progress: Callable[[int], None] | None,
    ) -> list[list[float]]:
        vectors: list[list[float]] = []
        kind = list[list[float]]
        with self._pool().lease(spec, cancel=cancel) as worker:
            for batch in worker.stream("embed", list(texts), kind, cancel=cancel):
                vectors += batch
                if progress is not None:
                    progress(len(vectors))
                if cancel is not None:
                    cancel.check()
        return vectors

    def _named(self, name: str) -> Descriptor:
        name = name or self._config().models.embedder
        if name:
            return self._index().find("embedder", name)
        usable = [each for each in self.embedders() if each.probe.ok]
        if not usable:
            raise NotFound(
                "There is no embedder.",
                "Embedders come with plugins, such as those for llama.cpp and Ollama.",
                "Install one: pip install inkstand-llamacpp",
            )
        if len(usable) > 1:
            raise UsageError(
                f"Several embedders are installed: {', '.join(each.name for each in usable)}.",
                "None is named, and none is set.",
                f"Set one: inkstand config set models.embedder {usable[0].name}",
            )
        return usable[0]

    def _settings(
        self, embedder: Descriptor, model: str, settings: dict[str, Any] | None
    ) -> dict[str, Any]:
        """What to load it with; raises `Offline` for one that sends text elsewhere then."""
        chosen = {**self._config().embedders.get(embedder.name, {}), **(settings or {})}
        if model:
            if "model" not in {field.name for field in embedder.fields}:
                raise UsageError(
                    f"The embedder {embedder.name} has no choice of models.", "", "Name none."
                )
            chosen["model"] = model
        capabilities = msgspec.convert(embedder.capabilities, EmbedderCapabilities)
        if self._offline() and leaves_the_machine(capabilities, chosen):
            raise Offline(
                f"The embedder {embedder.name} sends text over the network, and Inkstand is"
                " offline.",
                "It was started with --offline, or the settings say `offline = true`.",
                "Use one that works here: inkstand embed --list",
            )
        wanted = chosen.get("model")
        if capabilities.formats and wanted:
            chosen["model"] = self._path(embedder, str(wanted), capabilities.formats)
        return chosen

    def _path(self, embedder: Descriptor, name: str, formats: Sequence[str]) -> str:
        """Where the model of that name or path lies."""
        path = Path(name).expanduser()
        if path.exists():
            return str(path.absolute())
        model = self._model(name)
        if model.format not in formats or not model.path:
            raise NotFound(
                f"The embedder {embedder.name} does not read {model.format} models.",
                f"{name} is one.",
                "See which there are: inkstand models list",
            )
        return model.path
