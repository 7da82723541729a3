"""Files that are either the old ones or the new ones, never half of each."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def write_bytes(path: Path, data: bytes) -> None:
    """Replace the file at `path`: written aside in the same folder, synced, renamed.

    Raises:
        OSError: the old file is then untouched.

    """
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(aside).unlink()
        raise


def write_text(path: Path, text: str) -> None:
    """`write_bytes` for UTF-8 text, newlines as they are."""
    write_bytes(path, text.encode("utf-8"))
