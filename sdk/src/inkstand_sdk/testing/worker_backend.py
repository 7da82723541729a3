"""A backend that runs in a real worker process, with the methods that it has in process.

It speaks the host's protocol to `PYTHON -I -m inkstand_sdk.worker`, so what passes the suite
through it passes with everything that lies on the way to the host: frames, threads, the tidying
of streams.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from inkstand_sdk.backend import Backend, Loaded, Model
from inkstand_sdk.errors import Cancelled, LoadFailed
from inkstand_sdk.messages import Chunk, Finish, GenerateRequest, TokenCount
from inkstand_sdk.testing.worker_process import WorkerProcess, distribution_of
from inkstand_sdk.worker.protocol import Item, Load, Open, Opened

_LOOK = 0.02  # how often a stream that waits looks whether it is still wanted, in seconds


class RemoteBackend(Backend):
    """A stand-in for a backend of an installed distribution; each load has a new process.

    Args:
        name: The backend's name.
        distribution: The distribution that provides it.
        interpreter: The Python of the environment where that is installed.

    """

    name = "remote"
    title = "A backend in a worker"

    def __init__(self, name: str, distribution: str, *, interpreter: str = sys.executable) -> None:
        self.opened: Opened | None = None
        """What the worker said of the backend before it loaded."""
        self._wanted = Open(kind="backend", distribution=distribution, name=name)
        self._interpreter = interpreter
        self._worker: WorkerProcess | None = None
        self._lock = threading.Lock()

    @classmethod
    def of(cls, backend: type[Backend], *, interpreter: str = sys.executable) -> RemoteBackend:
        """The stand-in for a backend class that an installed distribution provides."""
        return cls(backend.name, distribution_of(backend), interpreter=interpreter)

    @property
    def pid(self) -> int:
        """The worker's process id, 0 if there is none."""
        return self._worker.pid if self._worker else 0

    def load(self, model: Model, settings: Any) -> Loaded:
        """Start a worker if there is none, and have it load the model."""
        with self._lock:
            if self._worker is None:
                worker = WorkerProcess(self._interpreter)
                try:
                    self.opened = worker.ask("open", self._wanted, Opened)
                except BaseException:
                    worker.close()
                    raise
                self._worker = worker
            plain = msgspec.to_builtins(settings)
            loaded: Loaded = self._worker.ask("load", Load(model=model, settings=plain), Loaded)
            return loaded

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        """The worker's chunks; none with text after `cancelled` was true."""
        worker = self._running()
        call = worker.call("generate", request)
        told, shown = False, 0
        try:
            while True:
                if not told and cancelled():
                    worker.peer.cancel(call)
                    told = True
                try:
                    reply = call.replies.get(timeout=_LOOK)
                except queue.Empty:
                    continue
                if not isinstance(reply, Item):
                    worker.result(reply, None)
                    return
                chunk = msgspec.msgpack.decode(reply.body, type=Chunk)
                if not told:
                    shown += chunk.tokens
                    yield chunk
                elif chunk.finish is not None:
                    yield Chunk(tokens=0, finish=_cut_short(chunk.finish, shown))
        except Cancelled:
            yield Chunk(tokens=0, finish=Finish("cancelled"))
        finally:
            worker.peer.cancel(call)
            worker.peer.forget(call)

    def count_tokens(self, text: str) -> TokenCount:
        """The worker's count."""
        count: TokenCount = self._running().ask("count_tokens", text, TokenCount)
        return count

    def memory(self) -> int:
        """The worker's resident bytes, 0 where its system does not say."""
        return int(self._running().ask("memory", None, int))

    def close(self) -> None:
        """Have the worker close, and wait for its process to end; may be called twice."""
        with self._lock:
            worker, self._worker = self._worker, None
            if worker is not None:
                worker.close()

    def _running(self) -> WorkerProcess:
        if self._worker is None:
            raise LoadFailed("No model is loaded.", "There is no worker.", "Load one first.")
        return self._worker


def _cut_short(finish: Finish, shown: int) -> Finish:
    """The finish of a stream whose last chunks were not wanted any more.

    An engine may be done before it hears of the cancel; then what was shown is what counts.
    """
    if finish.reason == "cancelled":
        return finish
    usage = msgspec.structs.replace(finish.usage, completion_tokens=shown)
    return msgspec.structs.replace(finish, reason="cancelled", usage=usage)
