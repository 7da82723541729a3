"""Serving a backend: load once, then streams of chunks, as many at once as it takes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from inkstand_sdk.backend import Backend, Loaded
from inkstand_sdk.errors import Cancelled, InkstandError, PluginError, UsageError
from inkstand_sdk.loading import LoadedPlugins
from inkstand_sdk.messages import (
    Chunk,
    Finish,
    GenerateRequest,
    TokenCount,
    TokenLogprob,
    Usage,
)
from inkstand_sdk.settings import build
from inkstand_sdk.worker.blame import blamed
from inkstand_sdk.worker.memory import give_back, keep_no_heap_ends
from inkstand_sdk.worker.opening import probed, provider
from inkstand_sdk.worker.peer import Incoming
from inkstand_sdk.worker.progress import LoadItems
from inkstand_sdk.worker.protocol import Load, Opened
from inkstand_sdk.worker.stopping import until_stop
from inkstand_sdk.worker.whole_text import WholeText

# How often a call that waits for its turn looks whether it is still wanted, in seconds.
_TURN_CHECK = 0.05


class BackendService:
    """One backend with one model."""

    def __init__(self, plugins: LoadedPlugins, cls: type[Backend]) -> None:
        self._plugins = plugins
        self._cls = cls
        self._subject = f"The backend {cls.name} of {plugins.distribution}"
        self._backend: Backend | None = None
        self._turns = threading.BoundedSemaphore(1)

    @classmethod
    def of(cls, plugins: LoadedPlugins, name: str) -> BackendService:
        """The service for the backend `name`.

        Raises:
            NotFound: the distribution has no such backend.

        """
        return cls(plugins, provider(plugins, "backend", name))

    def methods(self) -> dict[str, Any]:
        """The calls that it answers."""
        return {
            "load": self.load,
            "generate": self.generate,
            "count_tokens": self.count_tokens,
            "close": self.close,
        }

    def opened(self) -> Opened:
        """Its half of the handshake.

        Raises:
            PluginError: the engine cannot run here; `fix` says what to install.

        """
        probe = probed(self._cls, self._subject)
        return Opened(
            distribution=self._plugins.distribution,
            version=self._plugins.version,
            capabilities=self._cls.capabilities,
            devices=probe.devices,
        )

    def load(self, incoming: Incoming) -> Loaded:
        """Load the model; the answer's `concurrency` is never 0."""
        wanted: Load = incoming.params(Load)
        if self._backend is not None:
            raise UsageError("This worker has a model already; each model has its own worker.")
        settings = build(self._cls.Settings, wanted.settings, what=f"{self._cls.name} setting")
        try:
            backend = self._cls()
            backend.on_loading = LoadItems(incoming, wanted.model.id)
            loaded = backend.load(wanted.model, settings)
        except BaseException as error:
            raise blamed(self._subject, error) from error
        if loaded is None:
            loaded = Loaded()
        if not isinstance(loaded, Loaded):
            raise PluginError(
                f"{self._subject} gave {type(loaded).__name__} from load, not a Loaded."
            )
        concurrency = max(1, loaded.concurrency or self._cls.capabilities.concurrency)
        self._turns = threading.BoundedSemaphore(concurrency)
        self._backend = backend
        return msgspec.structs.replace(loaded, concurrency=concurrency)

    def generate(self, incoming: Incoming) -> None:
        """Give the chunks as items; the last has the finish."""
        request: GenerateRequest = incoming.params(GenerateRequest)
        backend = self._loaded()
        with self._turn(incoming):
            try:
                chunks = _tidy(backend, request, incoming, self._subject)
                if request.stop and not self._cls.capabilities.stop:
                    chunks = until_stop(chunks, request.stop)
                if request.logprobs is not None and not self._cls.capabilities.logprobs:
                    chunks = _without_logprobs(chunks)
                for chunk in chunks:
                    incoming.item(chunk)
            except BaseException as error:
                raise blamed(self._subject, error) from error

    def count_tokens(self, incoming: Incoming) -> TokenCount:
        """Count with the backend, when it is its turn."""
        text: str = incoming.params(str)
        backend = self._loaded()
        with self._turn(incoming):
            try:
                count = backend.count_tokens(text)
            except BaseException as error:
                raise blamed(self._subject, error) from error
        if not isinstance(count, TokenCount):
            raise PluginError(
                f"{self._subject} gave {type(count).__name__} from count_tokens, not a TokenCount."
            )
        return count

    def close(self, _incoming: Incoming) -> None:
        """Close the backend, if it was loaded."""
        backend, self._backend = self._backend, None
        if backend is None:
            return
        keep_no_heap_ends()
        try:
            backend.close()
        except BaseException as error:
            raise blamed(self._subject, error) from error
        del backend
        give_back()

    def _loaded(self) -> Backend:
        if self._backend is None:
            raise InkstandError("This worker has no model yet.")
        return self._backend

    @contextmanager
    def _turn(self, incoming: Incoming) -> Iterator[None]:
        """Wait until the backend takes one more call."""
        turns = self._turns
        while not turns.acquire(timeout=_TURN_CHECK):
            if incoming.cancelled():
                raise Cancelled
        try:
            yield
        finally:
            turns.release()


def _tidy(
    backend: Backend, request: GenerateRequest, incoming: Incoming, subject: str
) -> Iterator[Chunk]:
    """The backend's chunks as the contract wants them: whole text, none empty, one finish.

    A backend that goes on after it was cancelled is closed one chunk later.
    """
    whole = WholeText()
    tokens = unsent = 0
    logprobs: tuple[TokenLogprob, ...] = ()
    after_cancel = False
    chunks = iter(backend.generate(request, incoming.cancelled))
    try:
        for chunk in chunks:
            if not isinstance(chunk, Chunk):
                raise PluginError(f"{subject} gave {type(chunk).__name__} instead of a Chunk.")
            finish = chunk.finish
            text = whole.feed(chunk.text, last=finish is not None)
            if chunk.text:
                tokens += chunk.tokens
                unsent += chunk.tokens
            logprobs += chunk.logprobs
            if text or chunk.progress is not None or finish is not None:
                final = logprobs if text or finish is not None else ()
                as_it_came = text == chunk.text and unsent == chunk.tokens
                yield (
                    chunk
                    if as_it_came and final == chunk.logprobs
                    else Chunk(text, unsent if text else 0, chunk.progress, finish, final)
                )
                unsent = 0 if text else unsent
                logprobs = logprobs[len(final) :]
            if finish is not None:
                return
            if after_cancel:
                break
            after_cancel = incoming.cancelled()
    except Cancelled:
        after_cancel = True
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    reason: Any = "stop"
    if after_cancel or incoming.cancelled():
        reason = "cancelled"
    elif tokens >= request.max_tokens:
        reason = "length"
    usage = Usage(completion_tokens=tokens, exact=False)
    text = whole.feed("", last=True)
    yield Chunk(text, unsent if text else 0, finish=Finish(reason, usage), logprobs=logprobs)


def _without_logprobs(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """The chunks of a backend that knows no log probabilities: the finish says so."""
    for chunk in chunks:
        finish = chunk.finish
        if finish is None or "logprobs" in finish.unsupported:
            yield chunk
        else:
            told = msgspec.structs.replace(finish, unsupported=(*finish.unsupported, "logprobs"))
            yield msgspec.structs.replace(chunk, finish=told)
