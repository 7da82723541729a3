"""An embedder that runs in a real worker process, with the methods that it has in process."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from inkstand_sdk.embedder import Embedder
from inkstand_sdk.errors import LoadFailed
from inkstand_sdk.testing.worker_process import WorkerProcess, distribution_of
from inkstand_sdk.worker.protocol import Item, LoadEmbedder, Open, Opened

_LOOK = 0.02  # how often a call that waits looks whether it is still wanted, in seconds


class RemoteEmbedder(Embedder):
    """A stand-in for an embedder of an installed distribution; each load has a new process.

    Args:
        name: The embedder's name.
        distribution: The distribution that provides it.
        interpreter: The Python of the environment where that is installed.

    """

    name = "remote"
    title = "An embedder in a worker"

    def __init__(self, name: str, distribution: str, *, interpreter: str = sys.executable) -> None:
        self._wanted = Open(kind="embedder", distribution=distribution, name=name)
        self._interpreter = interpreter
        self._worker: WorkerProcess | None = None
        self._lock = threading.Lock()

    @classmethod
    def of(cls, embedder: type[Embedder], *, interpreter: str = sys.executable) -> RemoteEmbedder:
        """The stand-in for an embedder class that an installed distribution provides."""
        return cls(embedder.name, distribution_of(embedder), interpreter=interpreter)

    def load(self, settings: Any) -> None:
        """Start a worker if there is none, and have it load."""
        with self._lock:
            if self._worker is None:
                worker = WorkerProcess(self._interpreter)
                try:
                    worker.ask("open", self._wanted, Opened)
                except BaseException:
                    worker.close()
                    raise
                self._worker = worker
            plain = msgspec.to_builtins(settings)
            self._worker.ask("load", LoadEmbedder(settings=plain), None)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The worker's vectors."""
        return self.embed_until(texts, lambda: False)

    def embed_until(self, texts: Sequence[str], cancelled: Callable[[], bool]) -> list[list[float]]:
        """The same; raises `Cancelled` once `cancelled` was true and the worker has stopped."""
        worker = self._worker
        if worker is None:
            raise LoadFailed("No model is loaded.", "There is no worker.", "Load one first.")
        call = worker.call("embed", list(texts))
        vectors: list[list[float]] = []
        try:
            while True:
                if cancelled():
                    worker.peer.cancel(call)
                try:
                    reply = call.replies.get(timeout=_LOOK)
                except queue.Empty:
                    continue
                if not isinstance(reply, Item):
                    worker.result(reply, None)
                    return vectors
                vectors += msgspec.msgpack.decode(reply.body, type=list[list[float]])
        finally:
            worker.peer.cancel(call)
            worker.peer.forget(call)

    def close(self) -> None:
        """Have the worker close, and wait for its process to end; may be called twice."""
        with self._lock:
            worker, self._worker = self._worker, None
            if worker is not None:
                worker.close()
