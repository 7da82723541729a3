"""One generation under way: chunks as they come, and the result when it is over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from types import TracebackType

from msgspec import Struct

from inkstand.generation.growing import GrowingText
from inkstand.jobs import CancelToken
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import Chunk, GenerateResult
from inkstand_sdk.structured import is_struct, typed_result

# A stream of chunks that returns the result when it is exhausted.
Stream = Generator[Chunk, None, GenerateResult]


class Generation:
    """An iterator of chunks. Iterating drives the work; `result` finishes it.

    Use it as a context manager, or exhaust it: leaving it early cancels the engine's work.
    """

    def __init__(self, start: Callable[[CancelToken], Stream]) -> None:
        self._cancel = CancelToken()
        self._stream = start(self._cancel)
        self._result: GenerateResult | None = None
        self._error: BaseException | None = None
        self._written = GrowingText()
        self._turn = threading.Lock()
        self._struct: type[Struct] | None = None

    @property
    def text(self) -> str:
        """What has been written so far."""
        return str(self._written)

    @property
    def result(self) -> GenerateResult:
        """The result; runs the generation to its end first.

        Raises:
            InkstandError: whatever ended the generation.

        """
        for _ in self:
            pass
        if self._error is not None:
            raise self._error
        if self._result is None:
            raise InkstandError("The generation was closed before its end.")
        if self._struct is not None:
            return typed_result(self._result, self._struct)
        return self._result

    def typed(self, schema: object) -> Generation:
        """Itself, its result's `value` an instance of `schema` if that is a Struct."""
        self._struct = schema if is_struct(schema) else None
        return self

    def cancel(self) -> None:
        """Ask the engine to stop; the stream then ends with finish "cancelled". Thread-safe."""
        self._cancel.cancel()

    def close(self) -> None:
        """Give up on the rest of the stream: the engine is stopped and its worker freed."""
        self._cancel.cancel()
        with self._turn:
            self._stream.close()

    def __iter__(self) -> Iterator[Chunk]:
        return self

    def __next__(self) -> Chunk:
        try:
            # A thread that closes, or that went on after an asyncio task was cancelled, waits.
            with self._turn:
                chunk = next(self._stream)
        except StopIteration as end:
            if end.value is not None:
                self._result = end.value
            raise
        except BaseException as error:
            self._error = error
            raise
        if chunk.text:
            self._written.add(chunk.text)
        return chunk

    def __enter__(self) -> Generation:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
