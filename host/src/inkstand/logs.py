"""The logs: the host's own, which several processes write at once, and those of the workers.

Both are lines of JSON (`LogLine`), among them raw lines that native code printed in a worker.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from inkstand.locking import locked
from inkstand_sdk.worker.log_lines import LEVELS, LogLine, encoded, of_record, timestamp

HOST_LOG = "host.log"
MOST_BYTES = 4_000_000
"""The size from which a new file is begun."""
_KEPT = 4
_LOOK_AGAIN = 0.2
_DECODER = msgspec.json.Decoder(LogLine)


class HostLog:
    """The log that every Inkstand process of a user writes. Thread-safe; never raises.

    Each line is one write to a file opened for appending, so lines of several processes do not
    mix. A full file is renamed; whoever has it open writes to it once more at most, and nothing
    is lost.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self.path = folder / HOST_LOG
        self._most = most_bytes
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._lowest = LEVELS.index("debug" if os.environ.get("INKSTAND_DEBUG") == "1" else "info")
        self._handler = _Handler(self)

    def write(self, level: str, message: str, *, detail: str = "", **about: Any) -> None:
        """Write a line; what is no field of `LogLine` goes into its `data`."""
        if LEVELS.index(level) < self._lowest:
            return
        known = {name: about.pop(name) for name in ("source", "request", "run") if name in about}
        self.put(
            LogLine(
                time=timestamp(time.time()),
                level=level,
                message=message,
                detail=detail,
                pid=os.getpid(),
                data=about,
                **{"source": "inkstand", **known},
            )
        )

    def put(self, line: LogLine) -> None:
        """Write a line that is made already."""
        # A disk that is full, or a folder that is not ours: what is logged is not worth an error.
        with self._lock, contextlib.suppress(OSError):
            if sys.platform == "win32":
                # Appending is not atomic between processes there.
                with self._alone():
                    os.write(self._current(), encoded(line))
            else:
                os.write(self._current(), encoded(line))

    def listen(self) -> None:
        """Take in what Inkstand's modules say through `logging`."""
        logger = logging.getLogger("inkstand")
        logger.addHandler(self._handler)
        logger.setLevel(logging.DEBUG if self._lowest == 0 else logging.INFO)

    def close(self) -> None:
        """Close the file. What is written later opens it again."""
        logging.getLogger("inkstand").removeHandler(self._handler)
        with self._lock:
            self._let_go()

    def _current(self) -> int:
        """The descriptor of the file that has the log's name now, with room in it."""
        if self._descriptor is not None and not self._is_current(self._descriptor):
            self._let_go()
        if self._descriptor is None:
            self._descriptor = self._opened()
        if os.fstat(self._descriptor).st_size >= self._most:
            self._let_go()
            self._put_aside()
            self._descriptor = self._opened()
        return self._descriptor

    def _opened(self) -> int:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        try:
            return os.open(self.path, flags, 0o600)
        except FileNotFoundError:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self.path, flags, 0o600)

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(self.path.stat(), os.fstat(descriptor))
        except FileNotFoundError:
            return False

    def _put_aside(self) -> None:
        """Rename the full file, unless another process has just done so; remove the oldest."""
        with contextlib.nullcontext() if sys.platform == "win32" else self._alone():
            if not self.path.exists() or self.path.stat().st_size < self._most:
                return
            # Windows renames no file that another process has open: it grows until it can.
            with contextlib.suppress(PermissionError):
                self.path.rename(self.path.with_name(f"host-{time.time_ns():x}.log"))
            for old in sorted(self.path.parent.glob("host-*.log"))[:-_KEPT]:
                with contextlib.suppress(OSError):
                    old.unlink()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("ab") as file, locked(file.fileno()):
            yield

    def _let_go(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class _Handler(logging.Handler):
    """What modules of the host say through `logging`."""

    def __init__(self, log: HostLog) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        self._log.put(of_record(record))


class Logs:
    """All logs of an installation, read together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def lines(self, *, request: str = "", level: str = "debug", last: int = 0) -> list[LogLine]:
        """Lines by time, oldest first.

        Args:
            request: The id (or how it begins) of a request or of a tool's run; "" for all.
            level: The lowest level that is wanted: one of `LEVELS`.
            last: How many at most, the newest; 0 for all.

        """
        found = [
            line
            for path in self._files()
            for line in _parsed(_read(path, 0), path)
            if _wanted(line, request, level)
        ]
        found.sort(key=lambda line: line.time)
        return found[-last:] if last else found

    def follow(
        self, *, request: str = "", level: str = "debug", last: int = 0
    ) -> Iterator[LogLine | None]:
        """The same lines, and then those that come; None each time that there is none to give."""
        seen: dict[tuple[int, int], int] = {}
        most = last
        while True:
            new: list[LogLine] = []
            for path in self._files():
                with contextlib.suppress(OSError):  # removed just now
                    identity = _identity(path)
                    start = seen.get(identity, 0)
                    data = _read(path, start)
                    whole = data[: data.rfind(b"\n") + 1]
                    seen[identity] = start + len(whole)
                    new += [each for each in _parsed(whole, path) if _wanted(each, request, level)]
            new.sort(key=lambda line: line.time)
            yield from new[-most:] if most else new
            yield None
            most = 0
            time.sleep(_LOOK_AGAIN)

    def _files(self) -> list[Path]:
        return [
            path
            for pattern in (HOST_LOG, "host-*.log", "worker-*.log")
            for path in self.folder.glob(pattern)
        ]


def _identity(path: Path) -> tuple[int, int]:
    """What stays the same when a file is renamed."""
    status = path.stat()
    return status.st_dev, status.st_ino


def _read(path: Path, start: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read()
    except OSError:  # removed meanwhile, or another user's
        return b""


def _parsed(data: bytes, path: Path) -> Iterator[LogLine]:
    """The lines of a file; what is no JSON gets the time of the line before it."""
    last = _begun(path)
    source = "" if path.name.startswith("host") else path.stem.rpartition("-")[0]
    for raw in data.splitlines():
        if not raw.strip():
            continue
        line = _line(raw)
        if line is None:
            text = raw.decode("utf-8", "replace")
            line = LogLine(time=last, level="raw", message=text, source=source)
        last = line.time
        yield line


def _line(raw: bytes) -> LogLine | None:
    if not raw.startswith(b'{"time":'):
        return None
    try:
        return _DECODER.decode(raw)
    except msgspec.MsgspecError:
        return None  # cut off by a full disk


def _begun(path: Path) -> str:
    """When a worker's log was begun: its name ends in that time."""
    try:
        return timestamp(int(path.stem.rpartition("-")[2], 16) / 1e9)
    except (ValueError, OverflowError, OSError):
        return timestamp(0)


def _wanted(line: LogLine, request: str, level: str) -> bool:
    if request and not (line.request.startswith(request) or line.run.startswith(request)):
        return False
    rank = LEVELS.index(line.level) if line.level in LEVELS else LEVELS.index("info")
    return rank >= LEVELS.index(level)
