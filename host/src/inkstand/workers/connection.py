"""Calls of one worker process: handshake, results, streams, callbacks, cancel, and its death."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any, cast

import msgspec
from msgspec import Raw

from inkstand.jobs import CancelToken
from inkstand.workers.crash import crashed, doing
from inkstand.workers.process import WorkerProcess
from inkstand.workers.sender import FrameSender
from inkstand_sdk.errors import (
    Cancelled,
    InkstandError,
    TimedOut,
    UsageError,
    WorkerTimeout,
)
from inkstand_sdk.worker.frames import BadFrame, FrameReader
from inkstand_sdk.worker.peer import MANY, Ended, Incoming, Outgoing, Peer, Reply
from inkstand_sdk.worker.protocol import PROTOCOL, Failure, Hello, Item, Result, ToolEvent

CANCEL_GRACE = 2.0
"""Seconds that a call may take to end after it was cancelled, before its worker is killed."""

# Seconds between the end of the channel and the end of the process, and the other way round.
_EXIT_GRACE = 1.0

# Seconds between two looks whether what came was taken.
_MOMENT = 0.01

# Calls that hold settings and nothing that anybody wrote.
_WITHOUT_TEXT = frozenset({"open", "load", "memory", "close"})

Callbacks = Mapping[str, Callable[[Raw], Any]]


@lru_cache(maxsize=256)
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)


class _Context:
    """What this side remembers of a call: its callbacks, and how it is explained."""

    __slots__ = ("activity", "callbacks", "cancelled", "killer")

    def __init__(self, activity: str, callbacks: Callbacks) -> None:
        self.activity = activity
        self.callbacks = callbacks
        self.cancelled = False
        self.killer: threading.Timer | None = None


class Connection:
    """A worker process and the calls made of it. Thread-safe.

    `on_end` is called when the process is gone, before the calls that are open are ended; if it
    sets `stopped_by` they end with `Cancelled`. `check` is given what is about to be sent to the
    worker of a model on another machine, and raises if it must not be.
    """

    def __init__(
        self,
        process: WorkerProcess,
        title: str,
        on_end: Callable[[Connection], None],
        check: Callable[[Any], None] | None = None,
    ) -> None:
        self.process = process
        self.title = title
        self.hello: Hello | None = None
        self.stopped_by = ""
        self._on_end = on_end
        self._check = check
        self._reader = FrameReader(cast("io.RawIOBase", process.incoming))
        self._sender = FrameSender(process.outgoing)
        self._peer = Peer(self._reader, self._sender, self._serve, self._hold)
        self._greeting: SimpleQueue[Hello | None] = SimpleQueue()
        self._dead = threading.Event()
        self._last_words: list[str] = []
        name = f"{title} {process.pid}"
        self._threads = [
            threading.Thread(target=self._sender.run, name=f"to {name}", daemon=True),
            threading.Thread(target=self._read, name=f"from {name}", daemon=True),
            threading.Thread(target=self._bury, name=f"end of {name}", daemon=True),
        ]

    def start(self) -> None:
        """Begin to read and write."""
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether it can be called."""
        return not self._dead.is_set()

    def greet(self, timeout: float) -> Hello:
        """Wait for the worker's hello.

        Raises:
            WorkerTimeout: none came in time; the worker is killed.
            WorkerCrashed: it ended first, or is not the worker of an SDK that fits.

        """
        try:
            hello = self._greeting.get(timeout=timeout)
        except Empty:
            self.process.kill("It did not start in time.")
            raise self._timed_out("start", timeout) from None
        if hello is None:
            self._dead.wait()
            raise self._explain("it started")
        if hello.protocol != PROTOCOL:
            self.process.kill("It speaks another protocol than this host.")
            self._dead.wait()
            raise self._explain("it started")
        self.hello = hello
        return hello

    def call(
        self,
        method: str,
        params: Any,
        result_type: Any,
        *,
        on_item: Callable[[Any], None] | None = None,
        item_type: Any = ToolEvent,
        callbacks: Callbacks | None = None,
        cancel: CancelToken | None = None,
        timeout: float | None = None,
        silence: float | None = None,
        grace: float = CANCEL_GRACE,
    ) -> Any:
        """Call `method` and return its result, decoded as `result_type`.

        Args:
            method: One of the methods in `inkstand_sdk.worker.protocol`.
            params: Its parameters.
            result_type: What the result is decoded as.
            on_item: Given each item, decoded as `item_type`, in this thread.
            item_type: What items are decoded as.
            callbacks: What serves the worker's calls made on behalf of this one, each in a thread
                of its own: method -> function of the raw parameters.
            cancel: Gives the call up.
            timeout: Seconds; a call that takes longer costs the worker its life.
            silence: The same for the time between items.
            grace: Seconds between cancelling the call and killing the worker.

        Raises:
            Cancelled: the call was given up.
            WorkerCrashed: the process ended.
            WorkerTimeout: `timeout` or `silence` was exceeded.
            InkstandError: whatever the worker answered.

        """
        patience = timeout if silence is None else silence
        deadline = None if patience is None else time.monotonic() + patience
        activity = doing(method, params)
        outgoing = self._start(method, params, activity, callbacks or {})
        with self._until_over(outgoing, cancel, grace):
            while True:
                try:
                    left = None if deadline is None else max(0.0, deadline - time.monotonic())
                    reply = outgoing.replies.get(timeout=left)
                except Empty:
                    self.process.kill(f"It had not ended within {patience:g} s.")
                    if silence is not None:
                        raise self._stuck(activity, silence) from None
                    raise self._timed_out(activity, timeout or 0.0) from None
                if isinstance(reply, Item):
                    if silence is not None:
                        deadline = time.monotonic() + silence
                    if on_item is not None:
                        on_item(self._decoded(reply.body, item_type))
                    continue
                return self._decoded(self._result(reply, outgoing), result_type)

    def stream(
        self,
        method: str,
        params: Any,
        item_type: Any,
        *,
        cancel: CancelToken | None = None,
        silence: float | None = None,
    ) -> Iterator[Any]:
        """Call `method` and yield its items, decoded. Closing the iterator cancels the call.

        After a cancel the stream ends as the worker ends it, or raises `Cancelled` if the worker
        had to be killed. `silence` is how many seconds may pass without an item: then the call is
        cancelled, and its worker killed if it does not stop.

        Raises:
            TimedOut: the worker was silent for too long.
            InkstandError: what `call` raises.

        """
        decode = _decoder(item_type).decode
        outgoing = self._start(method, params, doing(method, params), {})
        replies = outgoing.replies
        with self._until_over(outgoing, cancel, CANCEL_GRACE):
            while True:
                try:
                    reply = replies.get(timeout=silence)
                except Empty:
                    raise self._silent(silence or 0.0) from None
                if not isinstance(reply, Item):
                    break
                try:
                    item = decode(reply.body)
                except msgspec.MsgspecError as error:
                    raise misunderstood(error) from error
                yield item
            self._result(reply, outgoing)

    def stop(self, because: str, grace: float) -> None:
        """End the process: ask it to close, wait at most `grace` seconds, then kill it."""
        self.stopped_by = self.stopped_by or because
        if self.alive and grace > 0:
            outgoing = self._start("close", None, "it closed", {})
            with suppress(Empty):  # one that does not answer is killed below
                outgoing.replies.get(timeout=grace)
            self._sender.close()
            self.process.wait(grace)
        self.process.kill(because)
        self._dead.wait()

    def kill(self, because: str) -> None:
        """Kill the process; open calls end with `Cancelled`."""
        self.stopped_by = self.stopped_by or because
        self.process.kill(because)

    def _start(self, method: str, params: Any, activity: str, callbacks: Callbacks) -> Outgoing:
        if self._check is not None and method not in _WITHOUT_TEXT:
            self._check(params)
        return self._peer.call(method, params, context=_Context(activity, callbacks))

    @contextmanager
    def _until_over(
        self, outgoing: Outgoing, cancel: CancelToken | None, grace: float
    ) -> Iterator[None]:
        """While a reply is awaited: cancel when told to, and leave no call behind."""
        try:
            if cancel is None:
                yield
            else:
                with cancel.listening(lambda: self._give_up(outgoing, grace)):
                    yield
        finally:
            self._finish(outgoing, grace)

    def _give_up(self, outgoing: Outgoing, grace: float) -> None:
        """Cancel a call, and kill the worker if the call has not ended after `grace` seconds."""
        context: _Context = outgoing.context
        if context.cancelled:
            return
        context.cancelled = True
        killer = threading.Timer(
            grace, self.process.kill, [f"It did not stop within {grace:g} s of being cancelled."]
        )
        killer.daemon = True
        context.killer = killer
        killer.start()
        self._peer.cancel(outgoing)

    def _finish(self, outgoing: Outgoing, grace: float) -> None:
        """See a call to its end: nobody reads its items any more."""
        context: _Context = outgoing.context
        if self._peer.outgoing(outgoing.id) is not None:
            self._give_up(outgoing, grace)
            while isinstance(outgoing.replies.get(), Item):
                pass
        if context.killer is not None:
            context.killer.cancel()

    def _result(self, reply: Reply, outgoing: Outgoing) -> Raw:
        context: _Context = outgoing.context
        if isinstance(reply, Result):
            return reply.body
        if isinstance(reply, Ended):
            raise self._explain(context.activity, cancelled=context.cancelled)
        if isinstance(reply, Failure):
            raise InkstandError.from_info(reply.error)
        raise TypeError(f"an item is no result: {reply!r}")

    def _decoded(self, body: Raw, kind: Any) -> Any:
        try:
            return _decoder(kind).decode(body)
        except msgspec.MsgspecError as error:
            raise misunderstood(error) from error

    def _explain(self, activity: str, *, cancelled: bool = False) -> InkstandError:
        """Why a call ended without an answer."""
        if cancelled:
            return Cancelled(cause="Its worker did not stop by itself and was killed.")
        if self.stopped_by:
            return Cancelled(f"The worker of {self.title} was stopped.", self.stopped_by)
        others = [words for words in self._last_words if words != activity]
        return crashed(self.process, self.title, [activity, *dict.fromkeys(others)])

    def _timed_out(self, activity: str, timeout: float) -> WorkerTimeout:
        return WorkerTimeout(
            f"The worker of {self.title} took longer than {timeout:g} s: {activity}.",
            "It hangs, or the machine is very busy; it was killed.",
            "Try again.",
            detail=self.process.log_tail(),
        )

    def _stuck(self, activity: str, seconds: float) -> WorkerTimeout:
        return WorkerTimeout(
            f"The worker of {self.title} made no progress for {seconds:g} s: {activity}.",
            "It hangs, or its disk is very slow; it was killed.",
            "Let it take longer: inkstand config set workers.load_timeout SECONDS",
            detail=self.process.log_tail(),
        )

    def _silent(self, seconds: float) -> TimedOut:
        return TimedOut(
            f"{self.title} gave no sign of life for {seconds:g} s.",
            "Its engine hangs, its server does not answer, or it reads a long prompt and does not"
            " say how far it is.",
            "Try another model, or let it be silent for longer: inkstand config set models.timeout"
            " SECONDS",
            detail=self.process.log_tail(),
        )

    def _serve(self, incoming: Incoming) -> Any:
        """Answer a worker's call with the callbacks of the call that it belongs to."""
        outgoing = self._peer.outgoing(incoming.call.parent)
        if outgoing is not None:
            context: _Context = outgoing.context
            callback = context.callbacks.get(incoming.method)
            if callback is not None:
                return callback(incoming.call.params)
        raise UsageError(f"The host does not answer {incoming.method!r} here.")

    def _hold(self, outgoing: Outgoing) -> None:
        """Leave in the pipe what nobody takes yet: an engine may write faster than is read, for
        hours. Nothing else that the worker may have to say is held up by it.
        """
        replies, context = outgoing.replies, outgoing.context
        while replies.qsize() > MANY // 2 and self._peer.open_calls() == [outgoing]:
            if context.cancelled or self.process.wait(_MOMENT):
                return

    def _read(self) -> None:
        """Dispatch what the worker sends until its end."""
        greeted = False
        try:
            if self._reader.skip_to_magic():
                hello = self._reader.read()
                if isinstance(hello, Hello):
                    greeted = True
                    self._greeting.put(hello)
                    self._peer.run()
        except (BadFrame, OSError) as error:
            self.process.kill(f"Its channel broke: {error}.")
        if not greeted:
            self._greeting.put(None)
        if not self.process.wait(_EXIT_GRACE):
            self.process.kill("It closed its channel.")

    def _bury(self) -> None:
        """When the process is gone and all it sent is read, end the calls that are open."""
        self.process.wait()
        # A descendant in a session of its own may keep the pipe open: it is not waited for long.
        self._threads[1].join(_EXIT_GRACE)
        self._last_words = [call.context.activity for call in self._peer.open_calls()]
        self._on_end(self)
        self._dead.set()
        self._greeting.put(None)
        self._sender.close()
        self._peer.end()
        self._threads[1].join()
        self._reader.close()


def misunderstood(error: Exception) -> InkstandError:
    """What to say of an answer that is not what was asked for."""
    return InkstandError(
        f"An answer of a worker cannot be understood: {error}.",
        "The plugin's environment has an SDK that does not fit this host.",
        "Upgrade inkstand-sdk in the plugin's environment.",
    )
