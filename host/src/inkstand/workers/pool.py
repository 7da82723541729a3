"""The pool: leases of workers, started when needed, kept while warm, stopped when idle."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from inkstand.jobs import CancelToken
from inkstand.workers import memory
from inkstand.workers.connection import Connection
from inkstand.workers.live import Found, LiveWorkers
from inkstand.workers.process import spawn
from inkstand.workers.spec import LiveWorker, WorkerSpec
from inkstand.workers.ticket import OnLoad, Ticket
from inkstand.workers.worker import Running, Worker
from inkstand_sdk.backend import Loaded
from inkstand_sdk.errors import Cancelled, InkstandError, InputError, WorkerCrashed
from inkstand_sdk.messages import LoadProgress
from inkstand_sdk.worker.protocol import Load, LoadEmbedder, Opened

CLOSING = "Inkstand is closing."
CLOSE_GRACE = 1.0
"""Seconds that an idle worker may take to close before it is killed."""
_DAY = 86_400.0


class WorkerPool:
    """Workers by key. Thread-safe; close it, or use it as a context manager.

    Args:
        state_dir: Where live workers are listed, for all Inkstand processes.
        log_dir: Where workers' output goes.
        keep_alive: Seconds that an idle worker is kept.
        ram_budget: Bytes for all workers of this machine together; None is 80% of its memory.
        start_timeout: Seconds that a worker may take to say hello, and again to import its plugin.
        load_timeout: Seconds that a load may show no progress; None is for ever.
        offline: Says whether plugins are kept from the network.
        on_event: Told of "worker.started", "worker.stopped" and "worker.crashed" with plain data;
            called from any thread, must be quick and not raise.
        check: Given what is about to be sent to a model on another machine, and that model's
            title; raises if it must not be.

    """

    def __init__(
        self,
        state_dir: Path,
        log_dir: Path,
        *,
        keep_alive: float = 300.0,
        ram_budget: int | None = None,
        start_timeout: float = 30.0,
        load_timeout: float | None = None,
        offline: Callable[[], bool] = bool,
        on_event: Callable[[str, dict[str, Any]], None] | None = None,
        check: Callable[[Any, str], None] | None = None,
    ) -> None:
        self._log_dir = log_dir
        self._live = LiveWorkers(state_dir)
        self._keep_alive = keep_alive
        self._budget = ram_budget
        self._start_timeout, self._load_timeout = start_timeout, load_timeout
        self._offline = offline
        self._on_event = on_event or (lambda _name, _data: None)
        self._check = check
        self._changed = threading.Condition()
        self._queues: dict[str, deque[Ticket]] = {}
        self._workers: dict[str, Running] = {}
        self._all: dict[int, Running] = {}
        self._loading: dict[str, float | None] = {}
        self._closed = False
        self._janitor: threading.Thread | None = None

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def lease(
        self,
        spec: WorkerSpec,
        *,
        cancel: CancelToken | None = None,
        on_load: OnLoad | None = None,
    ) -> Iterator[Worker]:
        """A worker of that spec for the length of the context.

        Starts and loads it if there is none, and waits for a free place, first come first served,
        when it has as many users as it takes at once. While its model is loaded, whoever waits
        for it is told: `on_load` is called from any thread, must be quick and not raise.

        Raises:
            Cancelled: `cancel` was cancelled meanwhile.
            WorkerCrashed, WorkerTimeout: it did not start.
            OutOfMemory: the model does not fit the budget.
            InkstandError: what the plugin or its engine says against it.

        """
        running, load_ms = self._acquire(spec, cancel or CancelToken(), Ticket(on_load))
        try:
            yield Worker(running, load_ms)
        finally:
            self._release(running)

    def is_warm(self, spec: WorkerSpec) -> bool:
        """Whether a worker of that spec runs and has its model."""
        with self._changed:
            running = self._workers.get(spec.key)
            return running is not None and not running.retired and running.connection.alive

    def places(self, spec: WorkerSpec) -> int:
        """How many users a worker of that spec takes at once: as it said when it was loaded, or
        else as its backend declares.
        """
        with self._changed:
            running = self._workers.get(spec.key)
        return running.capacity if running is not None else max(1, spec.concurrency)

    def live(self) -> list[LiveWorker]:
        """Every worker on this machine, whichever Inkstand process started it."""
        return [found.to_live() for found in self._live.found() if found.state != "stopping"]

    def stop(self, which: int | str | None = None) -> list[LiveWorker]:
        """Stop workers by process id or title, of other processes as well; None stops all.

        Calls that are under way end with `Cancelled`. Returns those that were stopped.
        """
        stopped = []
        for found in self._live.found():
            if which is not None and which not in (found.record.pid, found.record.title):
                continue
            # A worker that changes its state right now is looked at again.
            while not self._live.claim(found):
                again = [new for new in self._live.found() if new.record.pid == found.record.pid]
                if not again:
                    break
                found = again[0]  # noqa: PLW2901
            else:
                self._stop_claimed(found, "It was stopped by the user.")
                stopped.append(found.to_live())
        return stopped

    def close(self) -> None:
        """Stop all workers of this pool; later leases raise `Cancelled`."""
        with self._changed:
            self._closed = True
            running = list(self._all.values())
            self._changed.notify_all()
        stoppers = [threading.Thread(target=self._end, args=(each, CLOSING)) for each in running]
        for stopper in stoppers:
            stopper.start()
        for stopper in stoppers:
            stopper.join()

    def _acquire(
        self, spec: WorkerSpec, cancel: CancelToken, ticket: Ticket
    ) -> tuple[Running, float]:
        with self._changed:
            queue = self._queues.setdefault(spec.key, deque())
            queue.append(ticket)
            if spec.key in self._loading:
                ticket.on_load(self._loading[spec.key])
        try:
            with cancel.listening(self._wake):
                while True:
                    running = self._wait_for_turn(spec, queue, ticket, cancel)
                    if running is None:
                        return self._start_first(spec, queue, ticket, cancel)
                    if running.show_state():
                        return running, 0.0
                    self._retire(running)
        finally:
            with self._changed:
                queue.remove(ticket)
                if not queue and self._queues.get(spec.key) is queue:
                    del self._queues[spec.key]
                self._changed.notify_all()

    def _wait_for_turn(
        self, spec: WorkerSpec, queue: deque[Ticket], ticket: Ticket, cancel: CancelToken
    ) -> Running | None:
        """A living worker with a place for this ticket; None if one is to be started."""
        with self._changed:
            while True:
                cancel.check()
                if self._closed:
                    raise Cancelled(CLOSING)
                if ticket.error is not None:
                    raise ticket.error
                if queue[0] is ticket:
                    running = self._workers.get(spec.key)
                    if running is None or running.retired or not running.connection.alive:
                        return None
                    if running.users < running.capacity:
                        running.users += 1
                        return running
                self._changed.wait()

    def _start_first(
        self, spec: WorkerSpec, queue: deque[Ticket], ticket: Ticket, cancel: CancelToken
    ) -> tuple[Running, float]:
        """Start a worker while all others wait behind this ticket."""
        began = time.perf_counter()
        try:
            running = self._start(spec, cancel)
        except Cancelled:
            raise
        except InkstandError as error:
            # Those who wait for the same worker would only wait for the same failure again.
            with self._changed:
                for waiting in queue:
                    if waiting is not ticket:
                        waiting.error = InkstandError.from_info(error.to_info())
            raise
        finally:
            with self._changed:
                self._loading.pop(spec.key, None)
        load_ms = (time.perf_counter() - began) * 1000
        with self._changed:
            self._workers[spec.key] = running
        running.show_state()
        self._tell("worker.started", running, load_ms=round(load_ms, 1))
        return running, load_ms

    def _start(self, spec: WorkerSpec, cancel: CancelToken) -> Running:
        try:
            process = spawn(spec.interpreter, self._log_dir, spec.title, offline=self._offline())
        except OSError as error:
            if error.filename not in (None, spec.interpreter):
                raise InputError(
                    f"{error.filename} cannot be used: {error.strerror}.",
                    "Inkstand keeps the logs of its workers there.",
                    "Change its permissions, or set INKSTAND_HOME to a folder of yours.",
                ) from error
            raise WorkerCrashed(
                f"The worker of {spec.title} could not be started: {error.strerror or error}.",
                f"Its interpreter is {spec.interpreter}.",
                "Refresh what Inkstand knows of its plugins: inkstand plugins refresh",
            ) from error
        check = self._check
        may_send = (lambda params: check(params, spec.title)) if check and spec.remote else None
        connection = Connection(process, spec.title, self._ended, may_send)
        running = Running(spec, connection)
        with self._changed:
            self._all[process.pid] = running
            closed = self._closed
        connection.start()
        if closed:
            connection.stop(CLOSING, 0)
        try:
            with cancel.listening(lambda: connection.kill("It was cancelled.")):
                self._prepare(running)
        except BaseException as error:
            connection.stop("It did not start.", 0)
            if cancel.cancelled:
                raise Cancelled from error
            raise
        return running

    def _prepare(self, running: Running) -> None:
        """Handshake and load; the worker is listed as loading meanwhile."""
        spec, connection = running.spec, running.connection
        if spec.model is not None:
            self._tell_loading(spec, None)
        running.registration = self._live.register(
            pid=connection.process.pid,
            title=spec.title,
            kind=spec.kind,
            model=spec.model.id if spec.model else "",
        )
        timeout, silence = self._start_timeout, self._load_timeout
        connection.greet(timeout)
        running.opened = connection.call("open", spec.to_open(), Opened, timeout=timeout)
        if spec.kind == "distribution":
            return
        if spec.memory_needed > 0:
            self._make_room(running)
        if spec.model is None:
            connection.call("load", LoadEmbedder(settings=spec.settings), None, silence=silence)
            return
        running.loaded = connection.call(
            "load",
            Load(model=spec.model, settings=spec.settings),
            Loaded,
            on_item=lambda progress: self._tell_loading(spec, progress.share),
            item_type=LoadProgress,
            silence=silence,
        )
        running.capacity = max(1, running.loaded.concurrency)

    def _tell_loading(self, spec: WorkerSpec, share: float | None) -> None:
        """Tell all who wait for that worker how much of its model is loaded."""
        with self._changed:
            self._loading[spec.key] = share
            for ticket in self._queues.get(spec.key, ()):
                ticket.on_load(share)

    def _make_room(self, running: Running) -> None:
        with self._live.budget_lock():
            memory.make_room(
                self._live,
                running.spec.memory_needed,
                self._budget,
                own_pid=running.connection.process.pid,
                stop=lambda found: self._stop_claimed(found, "Its memory was needed."),
            )
            if running.registration is not None:
                running.registration.reserve(running.spec.memory_needed)

    def _release(self, running: Running) -> None:
        with self._changed:
            running.users -= 1
            running.idle_since = time.monotonic()
            self._changed.notify_all()
            if self._janitor is None and not self._closed:
                self._janitor = threading.Thread(
                    target=self._stop_idle, name="idle workers", daemon=True
                )
                self._janitor.start()
        if running.connection.alive:
            running.show_state()

    def _stop_idle(self) -> None:
        """Stop workers that were idle for as long as they are kept."""
        while True:
            with self._changed:
                if self._closed:
                    return
                idle = [each for each in self._workers.values() if not each.users]
                now = time.monotonic()
                left = {each: self._kept(each) - (now - each.idle_since) for each in idle}
                expired = [each for each in idle if left[each] <= 0]
                for each in expired:
                    each.retired = True
                    del self._workers[each.spec.key]
                if not expired:
                    # Woken by every change; the limit keeps an endless keep-alive waitable.
                    self._changed.wait(min([*left.values(), _DAY]))
                    continue
            for each in expired:
                self._end(each, "It was idle.")

    def _kept(self, running: Running) -> float:
        own = running.spec.keep_alive
        return self._keep_alive if own is None else own

    def _stop_claimed(self, found: Found, because: str) -> None:
        """Stop a worker whose file this process has claimed."""
        with self._changed:
            running = self._all.get(found.record.pid)
        if running is None:
            self._live.kill(found)
            return
        self._retire(running)
        self._end(running, because)

    def _retire(self, running: Running) -> None:
        """Give no more leases of it."""
        with self._changed:
            running.retired = True
            if self._workers.get(running.spec.key) is running:
                del self._workers[running.spec.key]
            self._changed.notify_all()

    def _end(self, running: Running, because: str) -> None:
        running.connection.stop(because, 0 if running.users else CLOSE_GRACE)

    def _ended(self, connection: Connection) -> None:
        """A process is gone, for whatever reason."""
        with self._changed:
            running = self._all.pop(connection.process.pid)
            running.retired = True
            if self._workers.get(running.spec.key) is running:
                del self._workers[running.spec.key]
        registration = running.registration
        if registration is not None:
            if registration.claimed() and not connection.stopped_by:
                connection.stopped_by = "It was stopped by another Inkstand process."
            registration.remove()
        why = connection.stopped_by or connection.process.killed_because
        if why:
            self._tell("worker.stopped", running, why=why)
        else:
            self._tell("worker.crashed", running, status=connection.process.return_code)
        self._wake()

    def _tell(self, event: str, running: Running, **data: Any) -> None:
        spec, pid = running.spec, running.connection.process.pid
        self._on_event(event, {"pid": pid, "title": spec.title, "kind": spec.kind, **data})

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
