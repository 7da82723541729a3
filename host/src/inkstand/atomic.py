"""Files that are either the old ones or the new ones, never half of each."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path


def write_bytes(
    path: Path, data: bytes, *, before_rename: Callable[[], None] = lambda: None
) -> None:
    """Replace the file at `path`: written aside in the same folder, synced, renamed.

    A link stays a link, and the file keeps its permissions. `before_rename` may still raise, to
    leave the old file.

    Raises:
        OSError: the old file is then untouched.

    """
    path = Path(os.path.realpath(path))
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=".inkstand-", suffix=".new")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(_mode_of(path))
        before_rename()
        Path(aside).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(aside).unlink()
        raise


def write_text(path: Path, text: str) -> None:
    """`write_bytes` for UTF-8 text, newlines as they are."""
    write_bytes(path, text.encode("utf-8"))


def _mode_of(path: Path) -> int:
    """The permissions of the file that is replaced, or those of any new file."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0o077)
        os.umask(umask)
        return 0o666 & ~umask
