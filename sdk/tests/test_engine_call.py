"""A request in an engine with a thread of its own, read as a stream."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from inkstand_sdk.engine_call import EngineCall, read_stream
from inkstand_sdk.errors import EngineError, InkstandError
from inkstand_sdk.messages import Chunk, Finish, FinishReason, Usage


class Letters:
    """Shows each letter, ends at a full stop."""

    def __init__(self) -> None:
        self.reason: FinishReason | None = None
        self.usage = Usage()

    def add(self, item: str) -> Iterator[Chunk]:
        if item == ".":
            self.reason = "stop"
            return
        yield Chunk(text=item)

    def end(self) -> None:
        raise EngineError("It stopped early.", "", "Try again.")

    def rest(self) -> Iterator[Chunk]:
        yield Chunk(text="!", tokens=0)

    def failure(self, error: Exception) -> InkstandError:
        return EngineError("It failed.", str(error), "Try again.")


def never() -> bool:
    return False


def stream(
    work: Callable[[EngineCall[str]], None], cancelled: Callable[[], bool] = never
) -> Iterator[Chunk]:
    call: EngineCall[str] = EngineCall()
    engine = threading.Thread(target=lambda: call.run(lambda: work(call)))
    engine.start()
    tally = Letters()
    try:
        yield from read_stream(call, tally, cancelled, lambda: Finish(tally.reason or "error"))
    finally:
        engine.join()


def write(call: EngineCall[str]) -> None:
    for letter in "abc.":
        call.put(letter)


def write_until_stopped(call: EngineCall[str]) -> None:
    while not call.stopped:
        call.put("a")


def test_a_stream_is_what_the_engine_gave_and_one_finish() -> None:
    chunks = list(stream(write))
    assert "".join(chunk.text for chunk in chunks) == "abc!"
    assert [chunk.finish for chunk in chunks if chunk.finish] == [Finish("stop")]
    assert chunks[-1].finish


def test_a_cancel_stops_the_engine_and_shows_nothing_that_was_held_back() -> None:
    asked = iter([False, False, True])
    chunks = list(stream(write_until_stopped, lambda: next(asked)))
    assert [chunk.text for chunk in chunks] == ["a", "a", ""]
    assert chunks[-1].finish
    assert chunks[-1].finish.reason == "cancelled"


def test_a_cancel_is_seen_while_the_engine_is_silent() -> None:
    asked = iter([False, False, True])

    def wait(call: EngineCall[str]) -> None:
        while not call.stopped:
            pass

    [last] = stream(wait, lambda: next(asked))
    assert last.finish
    assert last.finish.reason == "cancelled"


def test_a_reader_who_leaves_stops_the_engine() -> None:
    chunks = stream(write_until_stopped)
    assert next(chunks).text == "a"
    chunks.close()  # type: ignore[attr-defined]


def test_an_exception_of_the_engine_is_raised_for_the_reader() -> None:
    def fail(call: EngineCall[str]) -> None:
        call.put("a")
        raise ZeroDivisionError("by nothing")

    chunks = stream(fail)
    assert next(chunks).text == "a"
    with pytest.raises(EngineError) as caught:
        list(chunks)
    assert caught.value.cause == "by nothing"


def test_an_engine_that_ends_without_a_reason_is_judged_by_the_tally() -> None:
    with pytest.raises(EngineError, match="stopped early"):
        list(stream(lambda call: call.put("a")))
