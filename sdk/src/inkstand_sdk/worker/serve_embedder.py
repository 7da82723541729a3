"""Serving an embedder: load once, then texts in, batches of vectors out, one call at a time."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from inkstand_sdk.embedder import Embedder, check_texts
from inkstand_sdk.errors import Cancelled, InkstandError, PluginError, UsageError
from inkstand_sdk.loading import LoadedPlugins
from inkstand_sdk.settings import build
from inkstand_sdk.worker.blame import blamed
from inkstand_sdk.worker.memory import give_back, keep_no_heap_ends
from inkstand_sdk.worker.opening import probed, provider
from inkstand_sdk.worker.peer import Incoming
from inkstand_sdk.worker.protocol import LoadEmbedder, Opened

# How often a call that waits for its turn looks whether it is still wanted, in seconds.
_TURN_CHECK = 0.05


class EmbedderService:
    """One embedder with one model."""

    def __init__(self, plugins: LoadedPlugins, cls: type[Embedder]) -> None:
        self._plugins = plugins
        self._cls = cls
        self._subject = f"The embedder {cls.name} of {plugins.distribution}"
        self._embedder: Embedder | None = None
        self._turn_lock = threading.Lock()

    @classmethod
    def of(cls, plugins: LoadedPlugins, name: str) -> EmbedderService:
        """The service for the embedder `name`.

        Raises:
            NotFound: the distribution has no such embedder.

        """
        return cls(plugins, provider(plugins, "embedder", name))

    def methods(self) -> dict[str, Any]:
        """The calls that it answers."""
        return {"load": self.load, "embed": self.embed, "close": self.close}

    def opened(self) -> Opened:
        """Its half of the handshake.

        Raises:
            PluginError: its library cannot run here; `fix` says what to install.

        """
        probe = probed(self._cls, self._subject)
        return Opened(
            distribution=self._plugins.distribution,
            version=self._plugins.version,
            devices=probe.devices,
        )

    def load(self, incoming: Incoming) -> None:
        """Load the model."""
        wanted: LoadEmbedder = incoming.params(LoadEmbedder)
        if self._embedder is not None:
            raise UsageError("This worker has a model already; each model has its own worker.")
        settings = build(self._cls.Settings, wanted.settings, what=f"{self._cls.name} setting")
        try:
            embedder = self._cls()
            embedder.load(settings)
        except BaseException as error:
            raise blamed(self._subject, error) from error
        self._embedder = embedder

    def embed(self, incoming: Incoming) -> None:
        """Give the vectors as items, a batch each, in the order of the texts."""
        texts: list[str] = incoming.params(list[str])
        if self._embedder is None:
            raise InkstandError("This worker has no model yet.")
        check_texts(texts)
        length = 0
        with self._turn(incoming):
            for start in range(0, len(texts), self._cls.batch):
                if incoming.cancelled():
                    raise Cancelled
                batch = texts[start : start + self._cls.batch]
                vectors = self._vectors(self._embedder, batch)
                length = length or len(vectors[0])
                self._check_length(vectors, length)
                incoming.item(vectors)

    def close(self, _incoming: Incoming) -> None:
        """Close the embedder, if it was loaded."""
        embedder, self._embedder = self._embedder, None
        if embedder is None:
            return
        keep_no_heap_ends()
        try:
            embedder.close()
        except BaseException as error:
            raise blamed(self._subject, error) from error
        del embedder
        give_back()

    def _vectors(self, embedder: Embedder, batch: Sequence[str]) -> list[list[float]]:
        try:
            # Arrays of numbers are as good as lists of them.
            vectors = [[float(number) for number in each] for each in embedder.embed(batch)]
        except BaseException as error:
            raise blamed(self._subject, error) from error
        if len(vectors) != len(batch):
            raise PluginError(
                f"{self._subject} gave {len(vectors)} vectors for {len(batch)} texts."
            )
        return vectors

    def _check_length(self, vectors: Sequence[Sequence[float]], length: int) -> None:
        for vector in vectors:
            if len(vector) != length or not vector:
                raise PluginError(
                    f"{self._subject} gave vectors of {length} and of {len(vector)} numbers.",
                    "They could not be compared with each other.",
                    "Tell its author; another model may do better.",
                )
            if not all(map(math.isfinite, vector)):
                raise PluginError(f"{self._subject} gave a vector with numbers that are none.")

    @contextmanager
    def _turn(self, incoming: Incoming) -> Iterator[None]:
        """Wait until nobody else embeds."""
        while not self._turn_lock.acquire(timeout=_TURN_CHECK):
            if incoming.cancelled():
                raise Cancelled
        try:
            yield
        finally:
            self._turn_lock.release()
