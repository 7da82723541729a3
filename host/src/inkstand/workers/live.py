"""Live workers as files in the state directory, shared by all Inkstand processes of a user.

One file a worker: written once, then only renamed. The name's suffix is the worker's state, so a
change of state is one atomic rename, and of two processes that want an idle worker, its owner to
use it and another to stop it, exactly one succeeds.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec

from inkstand.locking import locked
from inkstand.workers.spec import LiveWorker
from inkstand_sdk.errors import InputError
from inkstand_sdk.worker.protocol import WorkerKind

if TYPE_CHECKING:
    import psutil

State = Literal["loading", "busy", "idle", "stopping"]

# Two readings of one process's creation time may differ when the system's clock was set.
_SAME_START = 2.0
# Seconds that a killed process may take to be gone.
_GONE = 5.0
_LOOK = 0.002


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker's file holds. `reserved` is the memory that its load was admitted with."""

    pid: int
    created: float
    host_pid: int
    title: str
    kind: WorkerKind
    model: str = ""
    reserved: int = 0


class Found(msgspec.Struct, frozen=True):
    """A worker that lives, with its file."""

    record: Record
    state: State
    path: Path
    rss: int
    since: float

    def memory(self) -> int:
        """Bytes that it takes, or is about to take."""
        return max(self.rss, self.record.reserved) if self.state == "loading" else self.rss

    def to_live(self) -> LiveWorker:
        """What a face shows."""
        record = self.record
        return LiveWorker(
            pid=record.pid,
            host_pid=record.host_pid,
            title=record.title,
            kind=record.kind,
            model=record.model,
            state="busy" if self.state == "stopping" else self.state,
            since=self.since,
            rss=self.rss,
            idle_seconds=max(0.0, time.time() - self.since) if self.state == "idle" else 0.0,
        )


class Registration:
    """One worker's file, as its owner sees it."""

    def __init__(self, folder: Path, record: Record) -> None:
        self._folder = folder
        self._record = record
        self._state: State = "loading"
        self._lock = threading.Lock()
        self._write()

    def reserve(self, memory: int) -> None:
        """Say how much memory the load may take."""
        with self._lock:
            self._record = msgspec.structs.replace(self._record, reserved=memory)
            self._write()

    def become(self, state: State) -> bool:
        """Change the state; False if another process has claimed the worker to stop it."""
        with self._lock:
            if state == self._state:
                return True
            if self.claimed():
                return False
            old, self._state = self._path(), state
            try:
                os.replace(old, self._path())  # noqa: PTH105 - no Path made on this path
                _touch(self._path())
            except FileNotFoundError:
                if self.claimed():
                    return False
                self._write()  # someone emptied the state directory
            return True

    def claimed(self) -> bool:
        """Whether the worker is being stopped."""
        return self._path("stopping").exists()

    def remove(self) -> None:
        """Forget the worker: it is gone."""
        with self._lock:
            for state in ("loading", "busy", "idle", "stopping"):
                self._path(state).unlink(missing_ok=True)

    def _path(self, state: State | None = None) -> Path:
        return self._folder / _file_name(self._record, state or self._state)

    def _write(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path()
        aside = path.with_suffix(".new")
        aside.write_bytes(msgspec.json.encode(self._record))
        aside.replace(path)


class LiveWorkers:
    """All workers of this user on this machine."""

    def __init__(self, state_dir: Path) -> None:
        self._folder = state_dir / "workers"

    def register(
        self, *, pid: int, title: str, kind: WorkerKind, model: str = ""
    ) -> Registration | None:
        """Write a new worker's file; None if the process is gone already.

        Raises:
            InputError: it cannot be written.

        """
        created = _created(pid)
        if created is None:
            return None
        record = Record(
            pid=pid,
            created=created,
            host_pid=os.getpid(),
            title=title,
            kind=kind,
            model=model,
        )
        try:
            return Registration(self._folder, record)
        except OSError as error:
            raise InputError(
                f"{self._folder} cannot be written: {error.strerror or error}.",
                "Inkstand lists there which models run, so that they share this machine's memory.",
                "Make room on the disk, or set INKSTAND_HOME to a folder of yours.",
            ) from error

    def found(self) -> list[Found]:
        """The workers that live, oldest state first; files of dead ones are removed."""
        return sorted(self._found(), key=lambda found: found.since)

    def claim(self, found: Found) -> bool:
        """Take a worker in order to stop it; False if it changed its state meanwhile."""
        claimed = self._folder / _file_name(found.record, "stopping")
        try:
            found.path.rename(claimed)
            _touch(claimed)
        except FileNotFoundError:
            return False
        return True

    def kill(self, found: Found) -> None:
        """Kill a claimed worker of another Inkstand process, and wait until it is gone."""
        if _same(found.record) is None:
            return
        _kill_group(found.record.pid)
        # Looked at rather than waited for: if it is a child of this process its owner reaps it.
        limit = time.monotonic() + _GONE
        while _same(found.record) is not None and time.monotonic() < limit:
            time.sleep(_LOOK)

    @contextlib.contextmanager
    def budget_lock(self) -> Iterator[None]:
        """One process at a time checks the budget."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "budget.lock").open("ab") as file, locked(file.fileno()):
            yield

    def _found(self) -> Iterator[Found]:
        for path in self._folder.glob("*.*.json"):
            try:
                since = path.stat().st_mtime
                record = msgspec.json.decode(path.read_bytes(), type=Record)
            except (OSError, msgspec.MsgspecError):
                continue  # renamed or removed meanwhile, or not one of ours
            process, state = _same(record), _state_of(path)
            if process is not None:
                yield Found(record, state, path, _resident(process), since)
            # The owner of a worker that was stopped is left time to see why it ended.
            elif state != "stopping" or time.time() - since > _GONE:
                path.unlink(missing_ok=True)


def _file_name(record: Record, state: State) -> str:
    return f"{record.pid}-{int(record.created * 1000)}.{state}.json"


def _state_of(path: Path) -> State:
    return cast("State", path.name.split(".")[1])


def _touch(path: Path) -> None:
    """Set the time of a state's beginning, finer than the kernel's clock tick."""
    now = time.time_ns()
    with contextlib.suppress(FileNotFoundError):
        os.utime(path, ns=(now, now))


def _created(pid: int) -> float | None:
    """When the process of that id began, in seconds since the epoch; None if there is none."""
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        created: float = process.create_time()
    except psutil.Error:
        return None
    return created


def _same(record: Record) -> psutil.Process | None:
    """The process of a record, if it lives and its id was not given to another one."""
    import psutil

    created = _created(record.pid)
    if created is None or abs(created - record.created) > _SAME_START:
        return None
    try:
        return psutil.Process(record.pid)
    except psutil.Error:
        return None


def _resident(process: psutil.Process) -> int:
    import psutil

    try:
        rss: int = process.memory_info().rss
    except psutil.Error:
        return 0
    return rss


def _kill_group(pid: int) -> None:
    import signal
    import sys

    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            os.kill(pid, signal.SIGTERM)  # ends it at once, whatever the name says
        else:
            os.killpg(pid, signal.SIGKILL)


def machine_memory() -> Any:
    """(total, available) bytes of this machine."""
    import psutil

    memory = psutil.virtual_memory()
    return int(memory.total), int(memory.available)
