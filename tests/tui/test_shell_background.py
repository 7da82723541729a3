"""How the UI calls what may take a while."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from inkstand.jobs import Job
from inkstand.tui.background import batches, follow, outcome, run_blocking


async def test_a_call_gives_its_value_and_raises_its_error() -> None:
    assert await run_blocking(int, "12") == 12
    with pytest.raises(ValueError, match="invalid literal"):
        await run_blocking(int, "twelve")


async def test_the_loop_goes_on_while_a_call_is_made() -> None:
    free = threading.Event()
    call = asyncio.create_task(run_blocking(free.wait, 30))
    await asyncio.sleep(0)
    free.set()
    assert await call is True


async def test_a_call_that_hangs_holds_up_nobody_who_is_cancelled() -> None:
    never = threading.Event()
    call = asyncio.create_task(run_blocking(never.wait, 60))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    hung = [each for each in threading.enumerate() if each.name == "ui Event.wait"]
    assert all(each.daemon for each in hung)
    never.set()


async def test_every_item_of_a_flood_comes_in_order_and_in_few_batches() -> None:
    found = [batch async for batch in batches(range(100_000), every=0.005)]
    assert [item for batch in found for item in batch] == list(range(100_000))
    assert len(found) < 1_000


async def test_an_error_comes_after_the_items_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("gone")

    found: list[int] = []

    async def listen() -> None:
        async for batch in batches(broken()):
            found.extend(batch)

    with pytest.raises(OSError, match="gone"):
        await listen()
    assert found == [1, 2]


async def test_whoever_stops_listening_lets_the_one_who_floods_go() -> None:
    ended = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            ended.set()

    async for _ in batches(endless(), every=0):
        break
    assert await run_blocking(ended.wait, 30)


async def test_the_events_of_a_job_are_followed_to_its_end() -> None:
    def work(_token: object, emit: object) -> str:
        for number in range(5):
            emit(number)  # type: ignore[operator]
        return "done"

    job = Job(work)
    assert [event async for batch in follow(job) for event in batch] == list(range(5))
    assert await outcome(job) == "done"


async def test_a_job_is_cancelled_with_the_one_who_follows_it() -> None:
    started = threading.Event()
    stopped = threading.Event()

    def work(token: object, _emit: object) -> None:
        started.set()
        token.wait()  # type: ignore[attr-defined]
        stopped.set()

    async def listen() -> None:
        async for _ in follow(Job(work)):
            pass

    task = asyncio.create_task(listen())
    assert await run_blocking(started.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await run_blocking(stopped.wait, 30)
