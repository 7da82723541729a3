"""The event loop beside the worker's threads: items come through, and cancelling reaches it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from inkstand_sdk.background import Background
from inkstand_sdk.errors import Cancelled, EngineError


@pytest.fixture
def background() -> Iterator[Background]:
    background = Background("test")
    yield background
    background.close()


class Source:
    """Gives numbers and then waits for ever; tells when it was let go."""

    def __init__(self, count: int, failure: Exception | None = None) -> None:
        self.count = count
        self.failure = failure
        self.released = threading.Event()

    async def items(self) -> AsyncIterator[int]:
        try:
            for number in range(self.count):
                yield number
            if self.failure is not None:
                raise self.failure
            await asyncio.Event().wait()
        finally:
            self.released.set()


async def _answer() -> int:
    return 42


async def _three() -> AsyncIterator[int]:
    for number in range(3):
        yield number


def test_a_result_and_items_come_through(background: Background) -> None:
    assert background.run(_answer()) == 42
    assert list(background.stream(_three, lambda: False)) == [0, 1, 2]


def test_a_cancel_while_nothing_comes_releases_the_source(background: Background) -> None:
    source = Source(2)
    seen: list[int] = []
    # The list grows while it is being extended, which is what the condition looks at.
    with pytest.raises(Cancelled):
        seen.extend(background.stream(source.items, lambda: len(seen) == 2))
    assert seen == [0, 1]
    assert source.released.is_set()


def test_a_reader_that_leaves_releases_the_source(background: Background) -> None:
    source = Source(2)
    stream = iter(background.stream(source.items, lambda: False))
    assert next(stream) == 0
    stream.close()  # type: ignore[attr-defined]
    assert source.released.is_set()


def test_a_failure_is_raised_after_the_items_before_it(background: Background) -> None:
    source = Source(2, LookupError("gone"))
    seen: list[int] = []
    with pytest.raises(LookupError, match="gone"):
        seen.extend(background.stream(source.items, lambda: False))
    assert seen == [0, 1]
    assert source.released.is_set()


def test_closing_ends_what_runs_and_refuses_what_comes_later() -> None:
    background = Background("test")
    source = Source(1)
    stream = iter(background.stream(source.items, lambda: False))
    assert next(stream) == 0
    background.close()
    background.close()
    with pytest.raises(EngineError):
        next(stream)
    assert source.released.is_set()
    with pytest.raises(EngineError):
        background.run(_answer())
    with pytest.raises(EngineError):
        list(background.stream(_three, lambda: False))
