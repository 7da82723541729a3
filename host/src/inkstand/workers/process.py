"""The operating system's side of a worker: spawning, waiting, killing, its log."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import IO, cast

from inkstand_sdk.offline import ENVIRONMENT

_TAIL_BYTES = 8_000
_TAIL_LINES = 40
_KEPT_LOGS = 200


class WorkerProcess:
    """One child in a session of its own, with pipes for frames and a log for all else it says."""

    def __init__(self, popen: subprocess.Popen[bytes], log: Path) -> None:
        self._popen = popen
        self.pid = popen.pid
        self.log = log
        self.killed_because = ""
        self._ended = threading.Event()
        self._reaping = threading.Lock()
        threading.Thread(target=self._wait, name=f"wait {self.pid}", daemon=True).start()

    @property
    def incoming(self) -> IO[bytes]:
        """What the worker sends; unbuffered."""
        return cast("IO[bytes]", self._popen.stdout)

    @property
    def outgoing(self) -> IO[bytes]:
        """What the worker is sent; unbuffered."""
        return cast("IO[bytes]", self._popen.stdin)

    @property
    def ended(self) -> bool:
        """Whether the process is gone and reaped."""
        return self._ended.is_set()

    @property
    def return_code(self) -> int | None:
        """Its exit status, or minus the signal that killed it; None while it lives."""
        return self._popen.returncode if self._ended.is_set() else None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the process to be gone; whether it is."""
        return self._ended.wait(timeout)

    def kill(self, because: str = "") -> None:
        """Kill it and whatever it has started."""
        with self._reaping:
            if not self._ended.is_set():
                self.killed_because = self.killed_because or because
                self._kill_group()

    def log_tail(self) -> str:
        """The last lines of what it wrote to its log."""
        try:
            with self.log.open("rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - _TAIL_BYTES))
                lines = file.read().decode("utf-8", "replace").splitlines()
        except OSError as error:
            return f"(its log cannot be read: {error})"
        return "\n".join(lines[-_TAIL_LINES:])

    def _kill_group(self) -> None:
        if sys.platform == "win32":
            self._popen.kill()
            return
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return  # gone already; macOS says EPERM of a group of zombies

    def _wait(self) -> None:
        """Reap the process and kill what it leaves behind.

        The group is killed before the process is reaped: until then nobody else can get its id.
        """
        if hasattr(os, "waitid"):
            # No child: this program ignores SIGCHLD, and the system has reaped it already.
            with contextlib.suppress(ChildProcessError):
                os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
                self._kill_group()
            with self._reaping:
                self._popen.wait()
                self._ended.set()
            return
        self._popen.wait()
        self._ended.set()


class _Spawner:
    """A permanent thread that starts processes.

    Linux kills a worker when the *thread* that started it ends (PR_SET_PDEATHSIG), so that must
    be a thread that lives as long as this process.
    """

    def __init__(self) -> None:
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        threading.Thread(target=self._run, name="spawner", daemon=True).start()

    def start(self, command: list[str], log: IO[bytes], offline: bool) -> subprocess.Popen[bytes]:
        answers: SimpleQueue[subprocess.Popen[bytes] | OSError] = SimpleQueue()

        def work() -> None:
            try:
                answers.put(_popen(command, log, offline))
            except OSError as error:
                answers.put(error)

        self._work.put(work)
        answer = answers.get()
        if isinstance(answer, OSError):
            raise answer
        return answer

    def _run(self) -> None:
        while True:
            self._work.get()()


_spawner: _Spawner | None = None
_spawner_lock = threading.Lock()


def spawn(interpreter: str, log_dir: Path, title: str, *, offline: bool = False) -> WorkerProcess:
    """Start a worker with that interpreter; `offline`, it keeps its plugins from the network.

    Raises:
        OSError: there is no such interpreter, or the system has no room for a process.

    """
    global _spawner  # noqa: PLW0603 - one thread for the process, started when first needed
    with _spawner_lock:
        _spawner = _spawner or _Spawner()
    log_dir.mkdir(parents=True, exist_ok=True)
    _prune_logs(log_dir)
    slug = re.sub(r"[^A-Za-z0-9.-]+", "-", title).strip("-")[:40] or "worker"
    log = log_dir / f"worker-{slug}-{os.getpid()}-{time.time_ns():x}.log"
    with log.open("ab") as file:
        # -I: the writer's PYTHONPATH and folder stay out of a plugin's environment.
        popen = _spawner.start([interpreter, "-I", "-m", "inkstand_sdk.worker"], file, offline)
    return WorkerProcess(popen, log)


def _popen(command: list[str], log: IO[bytes], offline: bool) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **ENVIRONMENT} if offline else None
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            bufsize=0,
            env=environment,
            creationflags=flags,
        )
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        bufsize=0,
        env=environment,
        start_new_session=True,
    )


def _prune_logs(log_dir: Path) -> None:
    """Keep the newest logs; names end in the time they were made."""
    logs = sorted(log_dir.glob("worker-*.log"), key=lambda path: path.stem.rpartition("-")[2])
    for log in logs[:-_KEPT_LOGS]:
        with contextlib.suppress(OSError):  # of a live worker, on Windows
            log.unlink()
