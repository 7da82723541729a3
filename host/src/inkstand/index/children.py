"""The short-lived children that import plugins, so that the host never does.

A child may raise, exit, crash, hang, print without end or leave children of its own behind: it is
given a time limit and a process group, and what it says is bounded.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import IO

import msgspec

from inkstand.index.cache import BackendSettings
from inkstand_sdk.backend_settings import VARIABLE
from inkstand_sdk.description import Done, Message, Stage
from inkstand_sdk.offline import ENVIRONMENT

ANSWER_BYTES = 32_000_000
"""A child that answers more than this is ended."""
TAIL_BYTES = 8_192
"""So much of the end of what a child prints is kept."""


_LAST_WORDS_SECONDS = 2.0
LOOK_SECONDS = 0.2
"""So often it is looked whether a silent child is still there."""


class _Unfinished(Exception):
    """A child that did not say everything; the message is the cause, on one line."""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a child ended. `cause` is "" if it said everything, else one line that says why not.

    `tail` is the end of what it printed to stdout and stderr, `printed` how many bytes.
    """

    messages: tuple[Message, ...]
    cause: str = ""
    tail: str = ""
    printed: int = 0


class Child:
    """A running `python -m inkstand_sdk.describe`.

    Raises:
        OSError: the interpreter cannot be started.

    """

    def __init__(
        self,
        interpreter: str,
        arguments: Sequence[str],
        seconds: float,
        settings: BackendSettings | None = None,
        *,
        offline: bool = False,
    ) -> None:
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        command = [interpreter, "-I", "-m", "inkstand_sdk.describe", f"--limit={seconds}"]
        self._process = subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                **os.environ,
                **(ENVIRONMENT if offline else {}),
                VARIABLE: json.dumps(settings or {}),
            },
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows only
        )
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._too_long = False
        self._tail = b""
        self._printed = 0
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._readers = [
            threading.Thread(target=self._read_answer, args=(self._process.stdout,), daemon=True),
            threading.Thread(target=self._drain, args=(self._process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def wait(self) -> Ending:
        """What it said, once it is gone; its process group is gone with it."""
        messages: list[Message] = []
        cause = ""
        try:
            self._listen(messages)
        except _Unfinished as unfinished:
            cause = str(unfinished)
        self.end()
        tail = self._tail.decode("utf-8", "replace")
        return Ending(messages=tuple(messages), cause=cause, tail=tail, printed=self._printed)

    def _listen(self, messages: list[Message]) -> None:
        """Add its messages to `messages` until it is done; raises `_Unfinished` if it never is."""
        decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)
        doing = "starting Python"
        while True:
            try:
                message = decoder.decode(self._next_line(doing))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise _Unfinished(f"its description cannot be read: {error}") from error
            match message:
                case Stage():
                    doing = message.doing
                case Done():
                    return
                case _:
                    messages.append(message)

    def _next_line(self, doing: str) -> bytes:
        while True:
            left = self._deadline - time.monotonic()
            try:
                line = self._lines.get(timeout=max(0.0, min(left, LOOK_SECONDS)))
            except queue.Empty:
                if left <= 0:
                    raise _Unfinished(
                        f"timed out after {self._seconds:g} s while {doing}"
                    ) from None
                if not self._is_dead():
                    continue
                # Dead. Its last words may not have been read yet, where threads have to wait for
                # their turn; or a process of its own still holds its answer open.
                try:
                    line = self._lines.get(timeout=_LAST_WORDS_SECONDS)
                except queue.Empty:
                    line = None
            if line is not None:
                return line
            if self._too_long:
                raise _Unfinished(f"its description is longer than {ANSWER_BYTES / 1e6:g} MB")
            raise _Unfinished(f"{self._death()} while {doing}")

    def end(self) -> None:
        """Kill it with its process group, and free what it held. May be called twice."""
        self._kill_group()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        for reader, pipe in zip(
            self._readers, (self._process.stdout, self._process.stderr), strict=True
        ):
            reader.join(1)  # a stray grandchild of another group may still hold the pipe
            if not reader.is_alive() and pipe is not None:
                pipe.close()

    def _kill_group(self) -> None:
        if sys.platform == "win32":
            self._process.kill()
        elif self._process.returncode is None:
            # Not yet waited for, so its number cannot have gone to another process.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _death(self) -> str:
        """How it ended, seen from its exit status."""
        while time.monotonic() < self._deadline and not self._is_dead():
            time.sleep(0.002)
        if not self._is_dead():
            return f"it closed its answer and went on for {self._seconds:g} s"
        self._kill_group()
        status = self._process.wait()
        if status < 0:
            return f"killed by {_signal_name(-status)}"
        return f"the process exited with status {status}"

    def _is_dead(self) -> bool:
        """Whether it has ended; if possible it is left a zombie, which keeps its number taken."""
        if sys.platform == "win32" or not hasattr(os, "waitid"):
            return self._process.poll() is not None
        try:
            options = os.WEXITED | os.WNOWAIT | os.WNOHANG
            return os.waitid(os.P_PID, self._process.pid, options) is not None
        except ChildProcessError:  # already waited for
            return True

    def _read_answer(self, pipe: IO[bytes]) -> None:
        total = 0
        pending = b""
        while chunk := os.read(pipe.fileno(), 65_536):
            total += len(chunk)
            if total > ANSWER_BYTES:
                self._too_long = True
                break
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                self._lines.put(line)
        self._lines.put(None)

    def _drain(self, pipe: IO[bytes]) -> None:
        while chunk := os.read(pipe.fileno(), 65_536):
            self._printed += len(chunk)
            self._tail = (self._tail + chunk)[-TAIL_BYTES:]


def _signal_name(number: int) -> str:
    try:
        found = signal.Signals(number)
    except ValueError:
        return f"signal {number}"
    meaning = signal.strsignal(number)
    return f"{found.name} ({meaning})" if meaning else found.name
