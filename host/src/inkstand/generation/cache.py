"""The output cache: what was written before for the same request, kept on this machine.

It is a convenience and never a condition: whatever is wrong with its folder costs a miss and a
line in the log. All work on the database is done by one thread of its own, so that a slow disk or
another process that holds the database never holds up a request for longer than `PATIENCE`.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from inkstand.generation.cache_key import key_of, wants_caching
from inkstand.index import Taker
from inkstand_sdk.errors import InkstandError, InputError
from inkstand_sdk.messages import GenerateRequest, GenerateResult

if TYPE_CHECKING:
    from inkstand.generation.target import Target

# diskcache and sqlite3 (16 ms together) are imported by the cache's thread, for the first request
# that may be cached.

PATIENCE = 1.0
"""Seconds that a lookup may take before it is a miss."""
_USER_PATIENCE = 30.0
"""Seconds that somebody who asks about the cache itself is kept waiting."""
_LAST_SECONDS = 2.0
_LOCK_SECONDS = 5.0
_MOST_WAITING = 1000
_FILES = ("cache.db", "cache.db-wal", "cache.db-shm", "cache.db-journal")


class CacheStats(msgspec.Struct, frozen=True, kw_only=True):
    """What the output cache holds. `bytes` is what its files take on disk, `limit` its cap in
    bytes; `hits` and `misses` are counted since it was cleared.
    """

    enabled: bool
    folder: str
    entries: int = 0
    bytes: int = 0
    limit: int = 0
    hits: int = 0
    misses: int = 0


class _Task:
    """Something that the cache's thread is to do, and what came of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.done = threading.Event()
        self.value: Any = None
        self.error: Exception | None = None


class OutputCache:
    """Results by key, on disk, shared by all Inkstand processes. Thread-safe.

    Args:
        folder: Where it lies; made when something is first stored.
        size_limit: Bytes that it may take; what was used least recently goes first.
        enabled: Whether anything is ever looked up or stored.
        patience: Seconds that a lookup may take before it is a miss.

    """

    def __init__(
        self, folder: Path, size_limit: int, *, enabled: bool = True, patience: float = PATIENCE
    ) -> None:
        self._folder = folder
        self._size_limit = size_limit
        self._enabled = enabled
        self._patience = patience
        self._tasks: queue.Queue[_Task | None] = queue.Queue(_MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._late: _Task | None = None
        self._cache: Any = None
        self._unusable = False
        self._told = False

    def key(
        self, request: GenerateRequest, target: Target, hooks: Sequence[Taker] = ()
    ) -> str | None:
        """The key of a request to a model; None if it is not to be cached.

        Args:
            request: With its preset's sampling filled in.
            target: The candidate that would answer.
            hooks: The distributions that change requests or results, in order.

        """
        if not self._enabled or self._unusable or not wants_caching(request):
            return None
        return key_of(request, target, hooks)

    def get(self, key: str) -> GenerateResult | None:
        """What was stored under `key`, marked as `cached`; None for a miss or any fault.

        The times, the cost, the retries, the failures and the request's id are not those of the
        generation that was stored: they are empty.
        """
        if self._late is not None and not self._late.done.is_set():
            return None  # nobody waits twice for the same slow disk
        task = self._do(lambda: self._get(key))
        if task is None or task.done.wait(self._patience):
            return None if task is None else task.value
        self._late = task
        self._tell("it does not answer")
        return None

    def put(self, key: str, result: GenerateResult) -> None:
        """Store a result, if it is one to be found again; returns at once and never raises.

        One that was cancelled or failed is not kept, nor one that JSON cannot carry.
        """
        if result.finish not in ("stop", "length"):
            return
        kept = _without_the_run(result)
        try:
            data = msgspec.json.encode(kept)
            if len(data) > self._size_limit // 4 or _decoded(data) != kept:
                return
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError):
            return
        self._do(lambda: self._put(key, data))

    def stats(self) -> CacheStats:
        """What is in it; makes nothing.

        Raises:
            InputError: it cannot be read.

        """
        about = CacheStats(enabled=self._enabled, folder=str(self._folder), limit=self._size_limit)
        entries, hits, misses = self._asked(self._counts)
        size = sum(_size(self._folder / name) for name in _FILES)
        return msgspec.structs.replace(about, entries=entries, bytes=size, hits=hits, misses=misses)

    def clear(self) -> int:
        """Forget everything, and say how many results that were.

        Raises:
            InputError: it cannot be written.

        """
        count: int = self._asked(self._clear)
        return count

    def close(self) -> None:
        """Write what is waiting, for two seconds at most. It may be called twice."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is None:
            return
        with suppress(queue.Full):
            self._tasks.put_nowait(None)
        thread.join(_LAST_SECONDS)

    # -- in any thread ----------------------------------------------------------------------

    def _do(self, work: Callable[[], Any]) -> _Task | None:
        """Have the cache's thread do something; None if it has too much to do already."""
        task = _Task(work)
        with self._lock:
            if self._closed:
                return None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="output cache", daemon=True)
                self._thread.start()
            try:
                self._tasks.put_nowait(task)
            except queue.Full:
                return None
        return task

    def _asked(self, work: Callable[[], Any]) -> Any:
        """What `work` answers, or why it cannot."""
        task = self._do(work)
        error: Exception | None = None
        if task is not None and task.done.wait(_USER_PATIENCE):
            if task.error is None:
                return task.value
            error = task.error
        raise InputError(
            f"The output cache in {self._folder} cannot be used"
            + (f": {error}." if error is not None else "."),
            "It is damaged, another process holds it, or Inkstand may not write there.",
            "Nothing depends on it: delete that folder, and it is made again.",
        ) from error

    def _tell(self, what: object) -> None:
        """Say once in the log that the cache does not work."""
        if not self._told:
            self._told = True
            logging.getLogger(__name__).warning(
                "the output cache in %s is of no use now: %s", self._folder, what
            )

    # -- in the cache's own thread ----------------------------------------------------------

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                task.value = self._guarded(task.work)
            # A damaged file makes SQLite and diskcache raise anything: it costs a miss.
            except Exception as error:  # noqa: BLE001
                task.error = error
                self._tell(error)
            task.done.set()
        self._drop()

    def _guarded(self, work: Callable[[], Any]) -> Any:
        """Do it; a database that is none any more is thrown away, and it is done once more."""
        import sqlite3

        try:
            return work()
        except sqlite3.OperationalError:
            self._drop()  # it may have kept a transaction open, and others out
            raise
        except sqlite3.DatabaseError as error:
            self._drop()
            self._tell(error)
            for name in _FILES:
                (self._folder / name).unlink(missing_ok=True)
            return work()
        except Exception:
            self._drop()
            raise

    def _opened(self) -> Any:
        import sqlite3

        if self._cache is None:
            if self._unusable:
                raise InkstandError("It could not be opened before.")
            try:
                self._cache = self._open()
            except (OSError, sqlite3.OperationalError):
                self._unusable = True
                raise
        return self._cache

    def _open(self) -> Any:
        from diskcache import Cache

        from inkstand.generation.json_disk import JsonDisk

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Cache(
            str(self._folder),
            timeout=_LOCK_SECONDS,
            disk=JsonDisk,
            size_limit=self._size_limit,
            eviction_policy="least-recently-used",
            statistics=1,
            # Its own culling takes ten entries at most; `_put` goes on until they fit.
            cull_limit=0,
            # A mapped file that somebody cuts short kills the process that reads it.
            sqlite_mmap_size=0,
        )

    def _drop(self) -> None:
        import sqlite3

        cache, self._cache = self._cache, None
        if cache is not None:
            with suppress(sqlite3.Error):
                cache.close()

    def _get(self, key: str) -> GenerateResult | None:
        from inkstand.generation.json_disk import RefusedRow

        try:
            data = self._opened().get(key)
            return None if data is None else msgspec.structs.replace(_decoded(data), cached=True)
        except (RefusedRow, msgspec.MsgspecError, UnicodeDecodeError) as error:
            self._tell(error)  # the next result for this key takes the place of what is there
            return None

    def _put(self, key: str, data: bytes) -> None:
        cache = self._opened()
        cache.set(key, data)
        cache.cull()

    def _is_there(self) -> bool:
        return (self._folder / _FILES[0]).exists()

    def _counts(self) -> tuple[int, int, int]:
        if not self._is_there():
            return 0, 0, 0
        cache = self._opened()
        hits, misses = cache.stats()
        return len(cache), hits, misses

    def _clear(self) -> int:
        if not self._is_there():
            return 0
        cache = self._opened()
        count: int = cache.clear()
        cache.stats(reset=True)
        self._drop()  # the last to close empties the log beside the database
        return count


def _without_the_run(result: GenerateResult) -> GenerateResult:
    """The result without what belongs to one run of it only."""
    usage = msgspec.structs.replace(result.usage, prompt_ms=0.0, generate_ms=0.0, cost=0.0)
    return msgspec.structs.replace(
        result,
        usage=usage,
        load_ms=0.0,
        first_token_ms=0.0,
        total_ms=0.0,
        tokens_per_second=0.0,
        retries=0,
        request_id="",
        failures=(),
        cached=False,
    )


def _decoded(data: bytes) -> GenerateResult:
    return msgspec.json.decode(data, type=GenerateResult)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
