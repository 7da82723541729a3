"""Progress on standard error: a line that is rewritten on a terminal, nothing elsewhere."""

from __future__ import annotations

import os
import sys
import threading
from shutil import get_terminal_size


class StatusLine:
    """One line at the bottom of the terminal that says what is going on.

    Silent where standard error is no terminal, so that logs and pipes stay clean.
    """

    def __init__(self) -> None:
        self._live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._shown = False
        self._lock = threading.Lock()

    def show(self, message: str, fraction: float | None = None) -> None:
        """Show a message, with a percentage if the fraction is known."""
        if not self._live:
            return
        share = "" if fraction is None else f" {min(max(fraction, 0.0), 1.0):4.0%}"
        text = f"{message}{share}"[: get_terminal_size().columns - 1]
        with self._lock:
            sys.stderr.write(f"\r\x1b[2K{text}")
            sys.stderr.flush()
            self._shown = True

    def clear(self) -> None:
        """Take the line away, before other output."""
        with self._lock:
            if self._shown:
                sys.stderr.write("\r\x1b[2K")
                sys.stderr.flush()
                self._shown = False


STATUS = StatusLine()
