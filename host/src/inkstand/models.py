"""The models of an installation: which there are, what a name means, and how fast they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from inkstand.config import Config
from inkstand.generation.measure import Measurement, fresh, measured
from inkstand.generation.target import Choice, Target
from inkstand.index import PluginIndex
from inkstand.jobs import CancelToken
from inkstand.library.embedding import Embedded, Embeddings
from inkstand.library.models import BackendFormats, Candidate, Library, ListedModel
from inkstand.workers.placement import (
    capabilities_of,
    fitting,
    leaves_the_machine,
    model_spec,
)
from inkstand.workers.pool import WorkerPool
from inkstand_sdk.errors import Cancelled, InkstandError, Offline, UsageError


class Models:
    """The models that can be used here.

    Args:
        folder: Where model files are looked for, besides the folders in the settings.
        config: Gives the settings.
        index: Gives the plugin index, up to date.
        offline: Says whether the network is off limits.
        pool: Gives the workers, for measurements and embeddings.
        on_embedded: Told of each call of an embedder.

    """

    def __init__(
        self,
        folder: Path,
        config: Callable[[], Config],
        index: Callable[[], PluginIndex],
        offline: Callable[[], bool],
        pool: Callable[[], WorkerPool],
        on_embedded: Callable[[Embedded], None] = lambda _call: None,
    ) -> None:
        self.folder = folder
        self._config = config
        self._index = index
        self._offline = offline
        self._pool = pool
        self.embeddings = Embeddings(
            config, index, offline, pool, lambda name: self.resolve(name).model, on_embedded
        )

    def listed(self) -> list[ListedModel]:
        """The models on this machine."""
        return self._library().models()

    def resolve(self, model: str = "", tool: str = "") -> Candidate:
        """The model meant by a name: the named one, the tool's own, the default, or any.

        Raises:
            NotFound: no such model, or no backend that reads it.
            ModelFileError: the file is damaged or no model.
            UsageError: the name fits several models.

        """
        config = self._config()
        preferred = config.tools.get(tool, {}).get("model", "") if tool else ""
        return self._library().resolve(model or preferred, config.models.default)

    def chain(
        self,
        model: str = "",
        fallback: Sequence[str] = (),
        *,
        tool: str = "",
        settings: dict[str, Any] | None = None,
    ) -> list[Choice]:
        """The models that may answer, in the order they are tried.

        `fallback` comes after the model. Where it is empty and no model is named, what the
        settings say for the tool does, or else what they say for all: a writer who names a model
        wants that one's answer or none.

        Args:
            model: `[backend:]id` or a path; the tool's own or the default one if empty.
            fallback: Models to try after it.
            tool: The tool that is going to write.
            settings: Backend settings for the model, over those of the configuration; they hold
                for fallbacks of the same backend too.

        """
        config = self._config()
        rest = tuple(fallback)
        if not rest and not model:
            rest = _names(config.tools.get(tool, {}).get("fallback", config.models.fallback))
        preferred = config.tools.get(tool, {}).get("model", "") if tool else ""
        first = model or preferred or config.models.default

        def finder(name: str) -> Callable[[], Target]:
            return lambda: self.target(self.resolve(name, tool), settings)

        def later(name: str) -> Callable[[], Target]:
            def find() -> Target:
                found = self.resolve(name)
                same = bool(settings) and found.backend == self.resolve(first, tool).backend
                return self.target(found, settings if same else None)

            return find

        return [
            Choice(first or "the default model", finder(first)),
            *(Choice(name, later(name)) for name in dict.fromkeys(rest) if name != first),
        ]

    def target(self, found: Candidate, settings: dict[str, Any] | None = None) -> Target:
        """Where a request to that model goes.

        Raises:
            Offline: its backend sends text over the network, and that is off limits.

        """
        backend = self._index().find("backend", found.backend)
        capabilities = capabilities_of(backend)
        chosen = {**self._config().backends.get(backend.name, {}), **(settings or {})}
        if self._offline() and leaves_the_machine(capabilities, chosen):
            raise Offline(
                f"The backend {backend.name} sends text over the network, and Inkstand is offline.",
                "It was started with --offline, or the settings say `offline = true`.",
                "Use a local model: inkstand models list",
            )
        spec = model_spec(backend, found.model, chosen)
        _, notes = fitting(backend, chosen)
        code = f"{backend.version} {backend.fingerprint} {backend.probe.version}"
        return Target(spec, found.model.id, backend.name, capabilities, notes, code)

    def senders(self) -> tuple[str, ...]:
        """The backends by which text leaves this machine with the models that the settings name."""
        config = self._config()
        named = {"", *config.models.fallback}
        for own in config.tools.values():
            named.update(_names(own.get("fallback", ())), _names(own.get("model", ())))
        found = set()
        for name in named:
            try:
                backend = self._index().find("backend", self.resolve(name).backend)
            except InkstandError:
                continue  # it cannot be used, so nothing leaves by it
            if leaves_the_machine(capabilities_of(backend), config.backends.get(backend.name, {})):
                found.add(backend.name)
        return tuple(sorted(found))

    def test(
        self,
        name: str,
        *,
        model: str = "",
        max_tokens: int = 64,
        cancel: CancelToken | None = None,
    ) -> Measurement:
        """Load a model with the backend `name`, generate with it, and say how fast that was."""
        backend = self._index().find("backend", name)
        if not model:
            able = [entry for entry in self.listed() if name in entry.backends]
            if not able:
                raise UsageError(
                    f"There is no model here that {name} can load.",
                    backend.probe.missing,
                    backend.probe.fix or "Name one with --model.",
                )
            model = able[0].model.id
        target = self.target(self.resolve(model if ":" in model else f"{name}:{model}"))
        return measured(self._pool(), target, max_tokens, cancel=cancel)

    def compare(
        self,
        models: Sequence[str],
        prompt: str,
        *,
        max_tokens: int = 64,
        cancel: CancelToken | None = None,
    ) -> Iterator[Measurement | InkstandError]:
        """Let each model answer the same prompt, one after another, greedily and from a cold start.

        Yields a measurement, or the error that kept a model from answering, in the models' order.
        """
        for name in models:
            try:
                target = self.target(self.resolve(name))
                yield measured(self._pool(), fresh(target), max_tokens, prompt, cancel)
            except Cancelled:
                raise
            except InkstandError as error:
                yield error

    def _library(self) -> Library:
        models = self._config().models
        index = self._index()
        sources = [model for each in index.descriptors("source") for model in each.models]
        folders = [self.folder, *(Path(folder).expanduser() for folder in models.folders)]
        usable = [
            BackendFormats(backend.name, capabilities_of(backend))
            for backend in index.descriptors("backend")
            if backend.probe.ok
        ]
        return Library(sources, folders, usable, models.prefer)


def _names(value: Any) -> tuple[str, ...]:
    """Models' names as a plugin's own section may hold them: a list, or text with commas."""
    if isinstance(value, str):
        value = [name.strip() for name in value.split(",") if name.strip()]
    if isinstance(value, list | tuple) and all(isinstance(name, str) for name in value):
        return tuple(value)
    raise UsageError(
        f"The setting fallback of a tool holds {value!r}, which names no models.",
        "It is a list of names.",
        'For example: fallback = ["pocket", "ollama:llama3.2"]',
    )
