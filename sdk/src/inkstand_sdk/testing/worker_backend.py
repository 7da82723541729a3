"""A backend that runs in a real worker process, with the methods that it has in process.

It speaks the host's protocol to `PYTHON -I -m inkstand_sdk.worker`, so what passes the suite
through it passes with everything that lies on the way to the host: frames, threads, the tidying
of streams.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import IO, Any, cast

import msgspec

from inkstand_sdk.backend import Backend, Loaded, Model
from inkstand_sdk.errors import (
    Cancelled,
    InkstandError,
    InputError,
    LoadFailed,
    NotFound,
    WorkerCrashed,
    WorkerTimeout,
)
from inkstand_sdk.loading import GROUP
from inkstand_sdk.messages import Chunk, Finish, GenerateRequest, TokenCount
from inkstand_sdk.worker.frames import BadFrame, FrameReader, write_all
from inkstand_sdk.worker.peer import Ended, Incoming, Outgoing, Peer
from inkstand_sdk.worker.protocol import Failure, Hello, Item, Load, Open, Opened, Result

_LOOK = 0.02  # how often a stream that waits looks whether it is still wanted, in seconds
_START = 120.0  # seconds that a worker may take until it has imported the plugin
_END = 20.0  # seconds that it may take to close
_TAIL = 4_096  # bytes of the worker's log that an error shows


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
        self._worker: _Worker | None = None
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
                worker = _Worker(self._interpreter)
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

    def _running(self) -> _Worker:
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


def distribution_of(backend: type[Backend]) -> str:
    """The installed distribution whose entry points name the package of `backend`.

    Raises:
        NotFound: none does.

    """
    package = backend.__module__.partition(".")[0]
    for point in metadata.entry_points(group=GROUP):
        if point.module.partition(".")[0] == package and point.dist is not None:
            return point.dist.name
    raise NotFound(
        f"No installed distribution provides {backend.__qualname__}.",
        f"No entry point of the group {GROUP} names the package {package}.",
        "Install your plugin into this environment: pip install -e .",
    )


class _Worker:
    """One worker process and the channel to it."""

    def __init__(self, interpreter: str) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self._process: subprocess.Popen[bytes] | None = None
        self.peer: Peer
        hello: queue.SimpleQueue[Hello | Exception] = queue.SimpleQueue()
        # The thread that starts the process also reads from it: on Linux a worker ends with
        # the thread that started it.
        self._thread = threading.Thread(
            target=self._run, args=(interpreter, hello), name="worker channel", daemon=True
        )
        self._thread.start()
        try:
            greeting = hello.get(timeout=_START)
        except queue.Empty:
            self._kill()
            raise WorkerTimeout(
                "The worker did not start.", f"It said nothing for {_START:.0f} seconds."
            ) from None
        if isinstance(greeting, Exception):
            self._kill()
            raise WorkerCrashed(
                "The worker could not start.", str(greeting), detail=self._tail()
            ) from greeting
        self.pid = greeting.pid

    def call(self, method: str, params: Any) -> Outgoing:
        """Start a call of the worker."""
        try:
            return self.peer.call(method, params)
        except UnicodeEncodeError as error:
            raise InputError(
                "The text cannot be sent to the worker.",
                f"It is not valid Unicode: {error.reason} at character {error.start}.",
                "Leave that character out.",
            ) from error

    def ask(self, method: str, params: Any, kind: Any, timeout: float | None = None) -> Any:
        """The result of a call, of that type; raises what the worker raised."""
        outgoing = self.call(method, params)
        while isinstance(reply := outgoing.replies.get(timeout=timeout), Item):
            pass
        return self.result(reply, kind)

    def result(self, reply: Result | Failure | Ended, kind: Any) -> Any:
        """A call's last reply as a value of that type, or the error that it is."""
        match reply:
            case Result():
                return msgspec.msgpack.decode(reply.body, type=kind)
            case Failure():
                raise InkstandError.from_info(reply.error)
            case _:
                process = cast("subprocess.Popen[bytes]", self._process)
                raise WorkerCrashed(
                    "The worker ended before it answered.",
                    f"Its exit status is {process.wait(_END)}.",
                    "The end of its log may say why.",
                    detail=self._tail(),
                )

    def close(self) -> None:
        """Ask the backend to close, then end the process."""
        try:
            self.ask("close", None, None, timeout=_END)
        except (WorkerCrashed, queue.Empty):
            pass  # there is nothing left to close, or it hangs: the process ends either way
        finally:
            self._kill()

    def _run(self, interpreter: str, hello: queue.SimpleQueue[Hello | Exception]) -> None:
        try:
            self._process = process = subprocess.Popen(
                [interpreter, "-I", "-m", "inkstand_sdk.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                bufsize=0,
            )
            reader = FrameReader(cast("Any", process.stdout))
            greeting = reader.read() if reader.skip_to_magic() else None
        except (OSError, BadFrame) as error:
            hello.put(error)
            return
        if not isinstance(greeting, Hello):
            hello.put(LookupError("It did not greet its host."))
            return
        self.peer = Peer(reader, _Pipe(cast("IO[bytes]", process.stdin)), _refuse)
        hello.put(greeting)
        try:
            self.peer.run()
        except (OSError, BadFrame):
            pass  # the calls that are open end, and say that the worker did
        finally:
            self.peer.end()

    def _kill(self) -> None:
        process = self._process
        if process is not None:
            cast("IO[bytes]", process.stdin).close()
            try:
                process.wait(_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self._thread.join(_END)
            cast("IO[bytes]", process.stdout).close()
        self._log.close()

    def _tail(self) -> str:
        if self._log.closed:
            return ""
        size = self._log.seek(0, 2)
        self._log.seek(max(0, size - _TAIL))
        return self._log.read().decode("utf-8", "replace")


class _Pipe:
    """Sends packed frames to the worker, from any thread."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lock = threading.Lock()

    def send(self, data: bytes) -> None:
        """Write a frame; to a worker that is gone, nothing: its calls end by themselves."""
        with self._lock:
            if self._file.closed:
                return
            try:
                write_all(self._file.fileno(), data)
            except BrokenPipeError:
                return


def _refuse(incoming: Incoming) -> Any:
    raise NotFound(f"A backend's host does not answer the call {incoming.method!r}.")
