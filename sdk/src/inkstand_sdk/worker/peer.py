"""One end of the channel: makes calls of the other side and serves the calls it makes."""

from __future__ import annotations

import itertools
import threading
import traceback
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Protocol

import msgspec

from inkstand_sdk.errors import Cancelled, ErrorInfo, InkstandError
from inkstand_sdk.worker.frames import FrameReader, encode_body, pack
from inkstand_sdk.worker.protocol import Call, Cancel, Failure, Frame, Item, Result

MANY = 4_000
"""Items of one call that may wait to be taken."""


class Ended(msgspec.Struct, frozen=True):
    """In place of a result: the channel is closed, or the call given up on this side."""

    error: InkstandError | None = None


Reply = Item | Result | Failure | Ended


class Outgoing:
    """A call of this side. `replies` gets items, then one Result, Failure or Ended."""

    __slots__ = ("context", "id", "parent", "replies")

    def __init__(self, id: int, parent: int, context: Any) -> None:
        self.id = id
        self.parent = parent
        self.context = context
        self.replies: SimpleQueue[Reply] = SimpleQueue()


class Incoming:
    """A call of the other side, served by a thread of its own."""

    __slots__ = ("_cancelled", "_send", "call", "id", "method")

    def __init__(self, call: Call, send: Callable[[bytes], None]) -> None:
        self.call = call
        self.id = call.id
        self.method = call.method
        self._send = send
        self._cancelled = False

    def cancelled(self) -> bool:
        """Whether the other side has given the call up."""
        return self._cancelled

    def cancel(self) -> None:
        """Note that the other side has given the call up."""
        self._cancelled = True

    def params(self, kind: Any) -> Any:
        """The parameters, decoded.

        Raises:
            InkstandError: they are not of that kind: the two sides have different SDKs.

        """
        try:
            return msgspec.msgpack.decode(self.call.params, type=kind)
        except msgspec.MsgspecError as error:
            raise InkstandError(
                f"The call {self.method} cannot be understood: {error}.",
                "The host and the worker have versions of the SDK that do not fit together.",
                "Upgrade inkstand-sdk in the plugin's environment.",
            ) from error

    def item(self, body: Any) -> None:
        """Give an item before the result."""
        self._send(pack(Item(self.id, encode_body(body))))


class Sender(Protocol):
    """Whatever sends packed frames."""

    def send(self, data: bytes) -> None:
        """Send one packed frame."""
        ...


class Peer:
    """Keeps calls in both directions apart. `serve` answers the other side's; thread-safe.

    `hold` is called with a call of which many items were not taken yet, before more is read. It
    may wait, and then the other side has to.
    """

    def __init__(
        self,
        reader: FrameReader,
        sender: Sender,
        serve: Callable[[Incoming], Any],
        hold: Callable[[Outgoing], None] | None = None,
    ) -> None:
        self._reader = reader
        self._send = sender.send
        self._serve = serve
        self._hold = hold
        self._ids = itertools.count(1)
        self._outgoing: dict[int, Outgoing] = {}
        self._incoming: dict[int, Incoming] = {}
        self._lock = threading.Lock()
        self._ended = False

    def call(self, method: str, params: Any, *, parent: int = 0, context: Any = None) -> Outgoing:
        """Start a call; read its `replies` to the end, or `forget` it."""
        outgoing = Outgoing(next(self._ids), parent, context)
        frame = pack(Call(outgoing.id, method, encode_body(params), parent))
        with self._lock:
            if self._ended:
                outgoing.replies.put(Ended())
                return outgoing
            self._outgoing[outgoing.id] = outgoing
        self._send(frame)
        return outgoing

    def cancel(self, outgoing: Outgoing) -> None:
        """Tell the other side that a call is no longer wanted."""
        if outgoing.id in self._outgoing:
            self._send(pack(Cancel(outgoing.id)))

    def forget(self, outgoing: Outgoing) -> None:
        """Drop whatever else comes for a call."""
        self._outgoing.pop(outgoing.id, None)

    def outgoing(self, id: int) -> Outgoing | None:
        """The call of this side with that id, if it has not ended."""
        return self._outgoing.get(id)

    def open_calls(self) -> list[Outgoing]:
        """The calls of this side that have not ended."""
        return list(self._outgoing.values())

    def run(self) -> None:
        """Dispatch frames until the stream ends.

        Raises:
            BadFrame: the stream is broken.

        """
        while (frame := self._reader.read()) is not None:
            self._dispatch(frame)

    def end(self) -> None:
        """End all open calls with `Ended`, and any later one at once."""
        with self._lock:
            self._ended = True
            calls = list(self._outgoing.values())
            self._outgoing.clear()
        for outgoing in calls:
            outgoing.replies.put(Ended())

    def _dispatch(self, frame: Frame) -> None:
        match frame:
            case Item():
                if (outgoing := self._outgoing.get(frame.id)) is not None:
                    outgoing.replies.put(frame)
                    if self._hold is not None and outgoing.replies.qsize() > MANY:
                        self._hold(outgoing)
            case Result() | Failure():
                if (outgoing := self._outgoing.pop(frame.id, None)) is not None:
                    outgoing.replies.put(frame)
            case Call():
                incoming = Incoming(frame, self._send)
                self._incoming[frame.id] = incoming
                name = f"{frame.method} {frame.id}"
                threading.Thread(
                    target=self._answer, args=(incoming,), name=name, daemon=True
                ).start()
            case Cancel():
                self._cancelled(frame.id)
            case _:
                pass  # a second Hello says nothing new

    def _cancelled(self, id: int) -> None:
        incoming = self._incoming.get(id)
        if incoming is None:
            return
        incoming.cancel()
        # A call made on its behalf is not waited for any longer.
        for outgoing in self.open_calls():
            if outgoing.parent == id:
                self.cancel(outgoing)
                outgoing.replies.put(Ended(Cancelled()))

    def _answer(self, incoming: Incoming) -> None:
        try:
            answer = pack(Result(incoming.id, encode_body(self._serve(incoming))))
        # Whatever a plugin does, down to SystemExit, the other side is owed an answer.
        except BaseException as error:  # noqa: BLE001
            answer = _failure(incoming.id, error)
        self._incoming.pop(incoming.id, None)
        self._send(answer)


def _failure(id: int, error: BaseException) -> bytes:
    if not isinstance(error, InkstandError):
        error = InkstandError(
            f"{type(error).__name__}: {error}", detail="".join(traceback.format_exception(error))
        )
    info = error.to_info()
    try:
        return pack(Failure(id, info))
    except (TypeError, ValueError, OverflowError, RecursionError):
        # What the error carries cannot travel; its words can.
        what, cause, fix, detail = map(_plain, (info.what, info.cause, info.fix, info.detail))
        return pack(Failure(id, ErrorInfo(info.code, what, cause, fix, detail)))


def _plain(text: object) -> str:
    return str(text).encode("utf-8", "backslashreplace").decode()
