"""A real worker process as a host has it, for stand-ins that pass a suite through it."""

from __future__ import annotations

import queue
import subprocess
import tempfile
import threading
from importlib import metadata
from typing import IO, Any, cast

import msgspec

from inkstand_sdk.errors import (
    InkstandError,
    InputError,
    NotFound,
    WorkerCrashed,
    WorkerTimeout,
)
from inkstand_sdk.loading import GROUP
from inkstand_sdk.worker.frames import BadFrame, FrameReader, write_all
from inkstand_sdk.worker.peer import Ended, Incoming, Outgoing, Peer
from inkstand_sdk.worker.protocol import Failure, Hello, Item, Result

_START = 120.0  # seconds that a worker may take until it has imported the plugin
_END = 20.0  # seconds that it may take to close
_TAIL = 4_096  # bytes of the worker's log that an error shows


def distribution_of(plugin: type[Any]) -> str:
    """The installed distribution whose entry points name the package of the class `plugin`.

    Raises:
        NotFound: none does.

    """
    package = plugin.__module__.partition(".")[0]
    for point in metadata.entry_points(group=GROUP):
        if point.module.partition(".")[0] == package and point.dist is not None:
            return point.dist.name
    raise NotFound(
        f"No installed distribution provides {plugin.__qualname__}.",
        f"No entry point of the group {GROUP} names the package {package}.",
        "Install your plugin into this environment: pip install -e .",
    )


class WorkerProcess:
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
    raise NotFound(f"This host does not answer the call {incoming.method!r}.")
