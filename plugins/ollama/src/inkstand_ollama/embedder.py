"""Vectors from an embedding model in Ollama."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import ClassVar

from inkstand_ollama.address import address
from inkstand_ollama.daemon import Daemon, Refusal
from inkstand_ollama.failures import says_too_long, unreadable
from inkstand_ollama.settings import OllamaEmbedderSettings
from inkstand_sdk import Embedder, Probe
from inkstand_sdk.background import Background
from inkstand_sdk.embedder import check_texts
from inkstand_sdk.errors import InputError, LoadFailed, Unavailable


class OllamaEmbedder(Embedder):
    """Embeds with a model that was pulled into Ollama; a text that is too long is refused."""

    name = "ollama"
    title = "Ollama embeddings"
    Settings: ClassVar[type[OllamaEmbedderSettings]] = OllamaEmbedderSettings

    def __init__(self) -> None:
        self._background: Background | None = None
        self._daemon: Daemon | None = None
        self._model = ""

    @classmethod
    def probe(cls) -> Probe:
        """Whether httpx is there."""
        if find_spec("httpx") is not None:
            return Probe()
        return Probe(ok=False, missing="httpx is not installed.", fix="pip install inkstand-ollama")

    def load(self, settings: OllamaEmbedderSettings) -> None:
        """See that the model is there."""
        if self._background is not None:
            raise LoadFailed("This embedder already holds a model.", "", "Close it first.")
        url = address(settings.base_url, allow_remote=settings.allow_remote)
        self._background = Background("ollama-embedder")
        self._daemon = Daemon(url, settings)
        self._model = settings.model
        try:
            self._background.run(self._daemon.ask("/api/show", {"model": self._model}))
        except Refusal as refusal:
            self.close()
            raise refusal.as_error(settings.model) from refusal
        except Unavailable as error:
            self.close()
            raise LoadFailed(error.what, error.cause, error.fix, **error.data) from error
        except BaseException:
            self.close()
            raise

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text, in order."""
        if self._background is None or self._daemon is None:
            raise LoadFailed("No model is loaded.", "", "Load one first.")
        check_texts(texts)
        if not texts:
            return []
        # Without truncate=False a long text would be embedded by its beginning, in silence.
        body = {"model": self._model, "input": list(texts), "truncate": False}
        try:
            answer = self._background.run(self._daemon.ask("/api/embed", body))
        except Refusal as refusal:
            if says_too_long(refusal.words):
                raise InputError(
                    "A text is too long to embed.", f"Ollama says: {refusal.words}", "Split it."
                ) from refusal
            raise refusal.as_error(self._model) from refusal
        vectors: list[list[float]] = answer.get("embeddings") or []
        if len(vectors) != len(texts):
            raise unreadable(f"It holds {len(vectors)} vectors for {len(texts)} texts")
        return vectors

    def close(self) -> None:
        """Hang up."""
        background, self._background = self._background, None
        daemon, self._daemon = self._daemon, None
        if background is None:
            return
        if daemon is not None:
            background.run(daemon.close())
        background.close()
