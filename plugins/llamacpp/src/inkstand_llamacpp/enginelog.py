"""What the engine wrote on stderr while it did something: its only account of a failed load."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

_STDERR = 2
_REREAD = Path(f"/proc/self/fd/{_STDERR}")
_STAMP = re.compile(rb"^[\d.]+ E (?:(?:srv|cmn)\s+\S+: )?|^\S+: ", re.MULTILINE)
_TAIL = 8_192


class EngineWords:
    """Filled when the `engine_words` block ends."""

    def __init__(self) -> None:
        self.text = ""

    def first(self) -> str:
        """The first line of what was said, without the engine's time stamps."""
        lines = _STAMP.sub(b"", self.text.encode()).decode(errors="replace").strip().splitlines()
        return lines[0].strip().rstrip(".") if lines else ""


@contextlib.contextmanager
def engine_words() -> Iterator[EngineWords]:
    """Collect what native code writes to stderr in this block, and let it through as well.

    A worker's stderr is a log file: where that can be read back, it is, so that the last words
    of an engine that aborts are already in it. Elsewhere a temporary file stands in.
    """
    words = EngineWords()
    if _is_log_file():
        start = os.fstat(_STDERR).st_size
        try:
            yield words
        finally:
            with _REREAD.open("rb") as log:
                log.seek(start)
                words.text = log.read()[-_TAIL:].decode(errors="replace")
        return
    with tempfile.TemporaryFile() as stand_in:
        real = os.dup(_STDERR)
        os.dup2(stand_in.fileno(), _STDERR)
        try:
            yield words
        finally:
            os.dup2(real, _STDERR)
            os.close(real)
            stand_in.seek(0)
            said = stand_in.read()
            words.text = said[-_TAIL:].decode(errors="replace")
            with contextlib.suppress(OSError):
                os.write(_STDERR, said)


def _is_log_file() -> bool:
    try:
        return stat.S_ISREG(os.fstat(_STDERR).st_mode) and os.access(_REREAD, os.R_OK)
    except OSError:
        return False
