"""A request in an engine that works on a thread of its own, read as a stream of chunks."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import Chunk, Finish, FinishReason, Usage

# While nothing comes (a long prompt, another request) this often is looked whether to stop.
_LOOK = 0.05

Item = TypeVar("Item")
Item_contra = TypeVar("Item_contra", contravariant=True)


class EngineCall(Generic[Item]):
    """Hands what an engine gives to the thread that reads; the engine looks at `stopped`."""

    def __init__(self) -> None:
        self.stopped = False
        self._items: queue.SimpleQueue[Item | Exception | None] = queue.SimpleQueue()

    def put(self, item: Item) -> None:
        """Give the reader something."""
        self._items.put(item)

    def read(self, timeout: float) -> Item | Exception | None:
        """The engine's next item, its exception, or None at the end.

        Raises `queue.Empty` if nothing came for `timeout` seconds.
        """
        return self._items.get(timeout=timeout)

    def stop(self) -> None:
        """Ask the engine to stop; it does at its next token or prompt batch."""
        self.stopped = True

    def run(self, work: Callable[[], None]) -> None:
        """Do `work`, on the engine's thread; what it raises is given to the reader."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - handed to the reading thread, which raises it
            self._items.put(error)
        finally:
            self._items.put(None)


class Tally(Protocol[Item_contra]):
    """Makes chunks of an engine's items, and knows how the stream ended and what it cost."""

    @property
    def reason(self) -> FinishReason | None:
        """Why it ended; None while it goes on."""

    @property
    def usage(self) -> Usage:
        """What it has cost so far."""

    def add(self, item: Item_contra, /) -> Iterator[Chunk]:
        """What a reader is shown of the item."""

    def end(self) -> None:
        """The engine has ended by itself: say the reason, or raise what is wrong with that."""

    def rest(self) -> Iterator[Chunk]:
        """What was held back, now that the stream ends."""

    def failure(self, error: Exception, /) -> InkstandError:
        """The error for an exception out of the engine."""


def read_stream(
    call: EngineCall[Item],
    tally: Tally[Item],
    cancelled: Callable[[], bool],
    finish: Callable[[], Finish],
) -> Iterator[Chunk]:
    """The chunks of `call`, the last with its finish; a reader that leaves early stops it."""
    try:
        while tally.reason is None:
            if cancelled():
                yield Chunk(tokens=0, finish=Finish("cancelled", tally.usage))
                return
            try:
                item = call.read(_LOOK)
            except queue.Empty:
                continue
            if isinstance(item, Exception):
                raise tally.failure(item)
            if item is None:
                tally.end()
            else:
                yield from tally.add(item)
        call.stop()
        yield from tally.rest()
    finally:
        call.stop()
    yield Chunk(tokens=0, finish=finish())
