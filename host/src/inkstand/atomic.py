"""Files that are either the old ones or the new ones, never half of each."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_DAY_S = 24 * 3600
_ASIDE = re.compile(r"\.inkstand-(\d+)-\w+\.new")


def write_bytes(
    path: Path, data: bytes, *, before_rename: Callable[[], None] = lambda: None
) -> None:
    """Replace the file at `path`: written aside in the same folder, synced, renamed.

    A link stays a link, and the file keeps its owner, permissions and extended attributes.
    `before_rename` may still raise, to leave the old file.

    Raises:
        OSError: the old file is then untouched.

    """
    path = Path(os.path.realpath(path))
    descriptor, aside = tempfile.mkstemp(
        dir=path.parent, prefix=f".inkstand-{os.getpid()}-", suffix=".new"
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            _make_alike(path, Path(aside))
            file.flush()
            os.fsync(file.fileno())
        before_rename()
        Path(aside).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(aside).unlink()
        raise


def write_text(path: Path, text: str) -> None:
    """`write_bytes` for UTF-8 text, newlines as they are."""
    write_bytes(path, text.encode("utf-8"))


def sync_folders(*folders: Path) -> None:
    """Have the disk keep the names in these folders, so that a rename survives a power failure.

    Where a system cannot do that for a folder, nothing happens.
    """
    if sys.platform == "win32":
        return
    for folder in folders:
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def close_to_others(folder: Path) -> None:
    """Let only its owner into a folder that is ours, if it is there; on Windows it is so anyway."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        status = folder.stat()
        if status.st_uid == os.geteuid() and status.st_mode & 0o077:
            folder.chmod(stat.S_IMODE(status.st_mode) & ~0o077)


def sweep(folder: Path) -> None:
    """Delete what processes that were killed in the middle of `write_bytes` left in a folder."""
    try:
        with os.scandir(folder) as entries:
            left = [(entry, found) for entry in entries if (found := _ASIDE.fullmatch(entry.name))]
    except OSError:
        return
    for entry, found in left:
        with contextlib.suppress(OSError):
            if _has_ended(int(found[1])) or time.time() - entry.stat().st_mtime > _DAY_S:
                Path(entry.path).unlink()


def _has_ended(pid: int) -> bool:
    # Loaded here: it takes 10 ms, and nearly never is there anything to sweep.
    import psutil

    return not psutil.pid_exists(pid)


def _make_alike(path: Path, aside: Path) -> None:
    """Give a new file what the one has that it is to replace; the usual permissions if none."""
    try:
        old = path.stat()
    except FileNotFoundError:
        umask = os.umask(0o077)
        os.umask(umask)
        aside.chmod(0o666 & ~umask)
        return
    if sys.platform != "win32" and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(OSError):  # only root may give files away
            os.chown(aside, old.st_uid, old.st_gid)
    aside.chmod(stat.S_IMODE(old.st_mode))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a file system without them
            for name in os.listxattr(path):
                os.setxattr(aside, name, os.getxattr(path, name))
