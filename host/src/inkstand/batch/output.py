"""The file that a batch writes to: opened, locked against a second batch, appended to."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from inkstand_sdk.errors import InputError

# A byte that no output ever has: on Windows a locked byte cannot be read by others.
_LOCKED_BYTE = 2**62
_TRIES, _BETWEEN = 5, 0.02  # seconds


def is_journal(path: Path) -> bool:
    """Whether a batch writes its own file there; no pipe and no device."""
    with contextlib.suppress(OSError):
        mode = path.stat().st_mode
        return stat.S_ISREG(mode) or stat.S_ISDIR(mode)
    return True


def opened(path: Path, source: Path | None) -> BinaryIO:
    """The file at `path`, made if it is not there, open for reading and appending, and locked.

    Raises:
        InputError: it cannot be, is the source itself, or another batch is writing to it.

    """
    if path.is_dir():
        raise InputError(f"{path} is a folder.", "Answers go to a file.", "Name a file in it.")
    if not path.parent.is_dir():
        raise InputError(
            f"The folder {path.parent} is not there.",
            "Answers would go to a file in it.",
            f"Make it: mkdir -p {path.parent}",
        )
    if source is not None and path.exists() and source.exists() and path.samefile(source):
        raise InputError(
            f"{path} is both what is read and what would be written.",
            "The requests would be lost.",
            "Name another file for the answers.",
        )
    try:
        file = path.open("a+b", buffering=0)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}.",
            "",
            "Check its permissions, or name another file.",
        ) from error
    if not any(_locked_soon(file.fileno())):
        file.close()
        raise InputError(
            f"Another batch is writing to {path} right now.",
            "Two would mix their answers.",
            "Wait until it has ended: inkstand batch --status",
        )
    return file


def opened_stream(path: Path) -> BinaryIO:
    """A pipe or device, open for writing. Raises `InputError` if it cannot be."""
    try:
        return path.open("wb", buffering=0)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


def in_use(path: Path) -> bool:
    """Whether a batch of some process is writing to the file now."""
    try:
        with path.open("a+b", buffering=0) as file:
            return not _locked(file.fileno())
    except OSError:
        return False


def appended(file: BinaryIO, data: bytes, path: Path) -> None:
    """Append bytes: all of them, or none.

    Raises:
        InputError: the disk is full, or the file cannot be written any more.

    """
    size = os.fstat(file.fileno()).st_size
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) or 0 :]
    except OSError as error:
        with contextlib.suppress(OSError):
            file.truncate(size)
        raise cannot_write(path, error) from error


def settled(file: BinaryIO, path: Path) -> None:
    """Bring what was written to the disk. Raises `InputError` if that fails."""
    try:
        os.fsync(file.fileno())
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> InputError:
    """The error for a file that took answers and takes no more."""
    return InputError(
        f"{path} cannot be written: {error.strerror or error}.",
        "What was finished before is kept there.",
        "Make room, and go on with --resume.",
    )


def _locked_soon(descriptor: int) -> Iterator[bool]:
    """Whether the file's lock could be taken, a few times: a list of batches holds it a moment."""
    for _ in range(_TRIES):
        yield _locked(descriptor)
        time.sleep(_BETWEEN)


def _locked(descriptor: int) -> bool:
    """Take the file's lock, which goes with the descriptor; whether nobody else has it."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(descriptor, 0, os.SEEK_SET)
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks
    return True
