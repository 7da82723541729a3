"""Work that takes a while: a token to cancel it by, and jobs that run in a thread."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from inkstand_sdk.errors import Cancelled

T = TypeVar("T")


class CancelToken:
    """Says whether work is still wanted. Thread-safe; once cancelled it stays so."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._listeners: dict[object, Callable[[], None]] = {}

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Stop the work: every listener is called once, in this thread."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            listeners = list(self._listeners.values())
            self._listeners.clear()
        for listener in listeners:
            listener()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until cancelled, at most `timeout` seconds; whether it is cancelled now."""
        return self._event.wait(timeout)

    def check(self) -> None:
        """Raise `Cancelled` if the work is no longer wanted."""
        if self._event.is_set():
            raise Cancelled

    @contextmanager
    def listening(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call `listener` on cancel while the context is open; at once if cancelled already.

        `listener` must be quick and must not raise.
        """
        key = object()
        with self._lock:
            late = self._event.is_set()
            if not late:
                self._listeners[key] = listener
        if late:
            listener()
        try:
            yield
        finally:
            with self._lock:
                self._listeners.pop(key, None)


class _End:
    """After the last event of a job."""


class Job(Generic[T]):
    """Work in a thread of its own, followed by its events.

    `work` is given the job's cancel token and a function that emits an event.
    """

    def __init__(
        self,
        work: Callable[[CancelToken, Callable[[Any], None]], T],
        *,
        name: str = "job",
        cancel: CancelToken | None = None,
    ) -> None:
        self.id = uuid.uuid4().hex
        self.name = name
        self._token = cancel or CancelToken()
        self._work = work
        self._events: SimpleQueue[Any] = SimpleQueue()
        self._done = threading.Event()
        self._value: T
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=f"{name} {self.id}", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self._done.is_set()

    def cancel(self) -> None:
        """Ask the work to stop."""
        self._token.cancel()

    def events(self) -> Iterator[Any]:
        """What the work emits, as it comes, until it ends. For one follower."""
        while not isinstance(event := self._events.get(), _End):
            yield event
        self._events.put(event)  # so that asking again ends at once

    def result(self, timeout: float | None = None) -> T:
        """What the work returned.

        Raises:
            TimeoutError: it has not ended within `timeout` seconds.
            Exception: whatever the work raised.

        """
        if not self._done.wait(timeout):
            raise TimeoutError(f"The job {self.name} is still running.")
        if self._error is not None:
            raise self._error
        return self._value

    def _run(self) -> None:
        try:
            self._value = self._work(self._token, self._events.put)
        # Kept for whoever asks for the result.
        except BaseException as error:  # noqa: BLE001
            self._error = error
        self._done.set()
        self._events.put(_End())
