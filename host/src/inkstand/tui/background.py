"""How the UI calls Studio without being held up: in threads that nobody waits for at the end.

`asyncio.to_thread` would not do: its threads are joined when the program ends, so an engine that
hangs would hold up Ctrl+Q.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

from inkstand_sdk.errors import Cancelled

T = TypeVar("T")

PAINT = 1 / 30
"""Seconds between two batches of a stream at least: the eye does not see more."""
_MOST_WAITING = 20_000
"""Items that may wait to be shown before the one who makes them has to wait."""


async def run_blocking(work: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """What a call returns or raises, made in a thread of its own.

    Whoever awaits it may be cancelled; the call itself then goes on, and is not listened to.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(value: Any, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(value)
        else:
            answer.set_exception(error)

    def run() -> None:
        value, failure = None, None
        try:
            value = work(*arguments, **named)
        except StopIteration as error:  # a future takes no such exception
            failure = RuntimeError(str(error))
        # Raised again where it is awaited.
        except BaseException as error:  # noqa: BLE001
            failure = error  # type: ignore[assignment]
        with suppress(RuntimeError):  # the program has ended
            loop.call_soon_threadsafe(settle, value, failure)

    name = getattr(work, "__qualname__", "work")
    threading.Thread(target=run, name=f"ui {name}", daemon=True).start()
    return await answer


async def batches(items: Iterable[T], every: float = PAINT) -> AsyncIterator[list[T]]:
    """What an iterable gives that blocks, such as the chunks of a generation, in batches.

    The first comes as soon as there is one, the next ones `every` so many seconds at most. What
    the iterable raises is raised after its last item.
    """
    waiting: deque[T] = deque()
    loop = asyncio.get_running_loop()
    there = asyncio.Event()
    room = threading.Semaphore(_MOST_WAITING)
    ended = threading.Event()
    left = False

    def wake() -> None:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(there.set)

    def gather() -> None:
        for item in items:
            room.acquire()
            if left:
                return
            waiting.append(item)
            # Waking costs the loop a turn; one that was not heard yet is enough.
            if not there.is_set():
                wake()

    async def gathered() -> None:
        try:
            await run_blocking(gather)
        finally:
            ended.set()
            there.set()

    task = asyncio.create_task(gathered())
    try:
        while not (ended.is_set() and not waiting):
            await there.wait()
            there.clear()
            batch = [waiting.popleft() for _ in range(len(waiting))]
            if batch:
                room.release(len(batch))
                yield batch
                if not ended.is_set():
                    await asyncio.sleep(every)
                if waiting or ended.is_set():
                    there.set()
        await task
    finally:
        left = True
        room.release(1)
        task.cancel()


async def follow(job: Any, every: float = PAINT) -> AsyncIterator[list[Any]]:
    """The events of a job in batches, until it has ended; then ask `job.result()`.

    If whoever follows is cancelled, so is the job.
    """
    try:
        async for batch in batches(job.events(), every):
            yield batch
    finally:
        if not job.done:
            job.cancel()


async def outcome(job: Any) -> Any:
    """What a job returned or raised, its events left alone. `Cancelled` is raised as such."""
    try:
        return await run_blocking(job.result)
    except asyncio.CancelledError:
        job.cancel()
        raise
    except Cancelled:
        raise
