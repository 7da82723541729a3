"""Whose turn it is to write: of two Inkstands in one workspace, or in one folder, one waits."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from inkstand.atomic import close_to_others
from inkstand.locking import locked
from inkstand.workspace.project import STATE
from inkstand_sdk.errors import InputError


class Turns:
    """The lock of one workspace, between threads and between processes.

    Args:
        state: The workspace's state folder; made when the lock is first held.
        on_wait: Told a sentence for the user when another Inkstand has had it for a second, and ""
            when it is over.

    """

    def __init__(self, state: Path, on_wait: Callable[[str], None] = lambda _said: None) -> None:
        self._state = state
        self._on_wait = on_wait
        self._threads = threading.RLock()
        self._depth = 0

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock; a thread that holds it may hold it again.

        Raises:
            InputError: the state folder cannot be written.

        """
        with self._threads, contextlib.ExitStack() as held:
            # A second lock on the same file, by the thread that has the first, would never be had.
            if self._depth == 0:
                self._take(held)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1

    def _take(self, held: contextlib.ExitStack) -> None:
        try:
            make_state(self._state)
            lock = held.enter_context((self._state / "lock").open("ab"))
            waited = threading.Event()

            def wait() -> None:
                waited.set()
                self._on_wait("Another Inkstand is writing in this workspace; waiting for it")

            try:
                held.enter_context(locked(lock.fileno(), wait))
            finally:
                if waited.is_set():
                    self._on_wait("")
        except OSError as error:
            raise InputError(
                f"Inkstand cannot keep a history in {self._state}: {error.strerror or error}.",
                "The disk may be full, or Inkstand may not write there. Nothing was changed.",
                "Make room, or change the folder's permissions, and try again.",
            ) from error


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder's own lock, where the system has such: two workspaces may share a folder."""
    with contextlib.ExitStack() as held:
        if sys.platform != "win32":
            # A folder that may not be listed, or a network drive without locks.
            with contextlib.suppress(OSError):
                descriptor = os.open(folder, os.O_RDONLY)
                held.callback(os.close, descriptor)
                held.enter_context(locked(descriptor))
        yield


def make_state(state: Path) -> None:
    """Make a workspace's state folder; one inside the workspace is left out of git."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    close_to_others(state)
    ignore = state / ".gitignore"
    if state.name == STATE and not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
