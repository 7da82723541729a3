"""Vectors from a GGUF model, on llama.cpp."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from inkstand_llamacpp.devices import devices, engine_version
from inkstand_llamacpp.listener import Listener
from inkstand_llamacpp.settings import LlamaCppEmbedderSettings
from inkstand_llamacpp.starting import common_params, start
from inkstand_sdk import Embedder, EmbedderCapabilities, Probe
from inkstand_sdk.embedder import check_texts
from inkstand_sdk.errors import EngineError, InkstandError, InputError, LoadFailed, UsageError
from inkstand_sdk.gguf import read_header
from inkstand_sdk.gguf.fit import free_memory, plan_context, refuse_what_is_no_model

if TYPE_CHECKING:
    import xllamacpp

_LONGEST = 2_048  # the engine keeps room for one whole text of that many tokens


class LlamaCppEmbedder(Embedder):
    """Embeds with any GGUF model; those made for it are better at it than those that write.

    A model that does not say how its tokens become one vector has their mean taken.
    """

    name = "llamacpp"
    title = "llama.cpp embeddings"
    Settings: ClassVar[type[LlamaCppEmbedderSettings]] = LlamaCppEmbedderSettings
    capabilities = EmbedderCapabilities(formats=("gguf",))
    # The engine cannot be called off in a batch.
    batch = 8

    def __init__(self) -> None:
        self._server: xllamacpp.Server | None = None
        self._listener: Listener | None = None
        self._lock = threading.Lock()

    @classmethod
    def probe(cls) -> Probe:
        """Whether xllamacpp is there, and the devices that it sees."""
        try:
            return Probe(version=engine_version(), devices=devices())
        except ImportError as error:
            return Probe(
                ok=False,
                missing=f"xllamacpp cannot be imported: {error}.",
                fix="pip install --upgrade xllamacpp",
            )

    def load(self, settings: LlamaCppEmbedderSettings) -> None:
        """Check the file's header and start the engine."""
        if self._server is not None:
            raise LoadFailed("This embedder already holds a model.", "", "Close it first.")
        if not settings.model:
            raise UsageError(
                "No model to embed with was named.",
                "llama.cpp takes any GGUF model, best one made for embeddings.",
                "Name one: inkstand config set embedders.llamacpp.model PATH",
            )
        header = read_header(settings.model)
        refuse_what_is_no_model(header)
        wanted = min(settings.context_length or _LONGEST, header.context_length)
        plan = plan_context(header, context_length=wanted, slots=1, free=free_memory())
        listener = Listener()
        try:
            params = common_params(header, settings, listener)
            params.embedding = True
            params.n_parallel = 1
            # A text is embedded in one go, so all of it must fit into one batch.
            params.n_ctx = params.n_batch = params.n_ubatch = plan.context_length
            params.cache_ram_mib = 0
            if f"{header.architecture}.pooling_type" not in header.metadata:
                params.pooling_type = _mean()
            self._server = start(params, listener)
        except BaseException:
            listener.close()
            raise
        self._listener = listener

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text, in order, each of length 1."""
        check_texts(texts)
        with self._lock:
            if self._server is None:
                raise LoadFailed("No model is loaded.", "", "Load one first.")
            if not texts:
                return []
            try:
                answer = self._server.handle_embeddings({"input": list(texts)})
            except (RuntimeError, ValueError) as error:
                raise _refused(str(error)) from error
        if "error" in answer:
            raise _refused(str(answer["error"].get("message", answer["error"])))
        ordered: list[Any] = sorted(answer["data"], key=lambda entry: entry["index"])
        return [entry["embedding"] for entry in ordered]

    def close(self) -> None:
        """Free the model."""
        with self._lock:
            # The server ends when its last reference goes.
            self._server = None
            listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()


def _mean() -> Any:
    import xllamacpp

    return xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN


def _refused(words: str) -> InkstandError:
    says = f"The engine says: {words.rstrip('.')}."
    if "too large" in words or "exceed" in words:
        return InputError("A text is too long to embed.", says, "Split it.")
    return EngineError("The engine could not embed this.", says, "Try another model.")
