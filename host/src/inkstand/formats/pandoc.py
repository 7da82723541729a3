"""Pandoc, which reads and writes DOCX, ODT, EPUB and HTML: found, fenced in, and run.

It runs as a process of its own with `--sandbox` (no file and no address beyond those it is
given), bounded in memory and time, and ends when the work is cancelled.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile

from inkstand.jobs import CancelToken
from inkstand_sdk.errors import InkstandError, InputError

MEMORY_MB = 3_072
TIME_S = 600
INSTALL = 'pip install "inkstand[formats]"'
_POLL_S = 0.05
_TAIL = 2_000
_HEAP_EXHAUSTED = 251
_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class FormatMissing(InkstandError):
    """A format needs a program that is not installed."""

    code = "format-missing"


Cancel = CancelToken
NEVER = CancelToken()


def program(what: str) -> str:
    """The path of the pandoc program; `what` is the format that needs it, for the error.

    Raises:
        FormatMissing: there is none.

    """
    found = _bundled() or shutil.which("pandoc")
    if found is None:
        raise FormatMissing(
            f"{what} needs pandoc, which is not installed.",
            "Inkstand itself reads and writes Markdown, text, Fountain, Final Draft, RTF,"
            " novelWriter and Scrivener; the other formats are an extra.",
            f"Install them: {INSTALL}",
        )
    return found


def _bundled() -> str | None:
    """Pandoc as the package pypandoc_binary brings it, found without importing that."""
    spec = find_spec("pypandoc")
    if spec is None or spec.origin is None:
        return None
    name = "pandoc.exe" if sys.platform == "win32" else "pandoc"
    path = Path(spec.origin).parent / "files" / name
    return str(path) if path.is_file() else None


def run(
    arguments: Sequence[str],
    *,
    what: str,
    stdin: bytes = b"",
    cancel: Cancel | None = None,
    folder: Path | None = None,
    memory_mb: int = MEMORY_MB,
    time_s: float = TIME_S,
) -> tuple[bytes, list[str]]:
    """Run pandoc, and give its standard output and its warnings.

    Args:
        arguments: What it is told, without `--sandbox`, which it is always told.
        what: What is read or written ("novel.docx"), for errors.
        stdin: What it reads, if no file is among the arguments.
        cancel: Its `check` raises when the work is no longer wanted; pandoc is ended then.
        folder: Where it runs.
        memory_mb: It may use that much memory, in MB,
        time_s: and that much time, in seconds.

    Raises:
        FormatMissing: pandoc is not installed.
        InputError: pandoc could not do it: the file is damaged, or too much for the limits.
        Cancelled: `cancel` was.

    """
    cancel = cancel or NEVER
    limit = ["+RTS", f"-M{memory_mb}m", "-RTS"]
    command = [program(what), *limit, "--sandbox", *arguments]
    # Files, not pipes: what fills a pipe that nobody empties would stand still for ever.
    with TemporaryFile() as given, TemporaryFile() as output, TemporaryFile() as errors:
        given.write(stdin)
        given.seek(0)
        process = subprocess.Popen(
            command,
            stdin=given,
            stdout=output,
            stderr=errors,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            creationflags=_WINDOW,
        )
        try:
            status = _waited_for(process, cancel, time.monotonic() + time_s)
        finally:
            _ended(process)
        errors.seek(0)
        said = errors.read(1_000_000).decode("utf-8", "replace")
        if status != 0:
            raise _failed(status, said, what, memory_mb, time_s)
        output.seek(0)
        return output.read(), _warnings(said)


def _waited_for(process: subprocess.Popen[bytes], cancel: Cancel, until: float) -> int | None:
    """The exit status; None if time ran out."""
    while True:
        cancel.check()
        try:
            return process.wait(_POLL_S)
        except subprocess.TimeoutExpired:
            if time.monotonic() > until:
                return None


def _ended(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()


def _warnings(said: str) -> list[str]:
    return [
        line.removeprefix("[WARNING] ")
        for line in said.splitlines()
        if line.startswith("[WARNING] ")
    ]


def _failed(status: int | None, said: str, what: str, memory_mb: int, time_s: float) -> InputError:
    if status is None:
        return InputError(
            f"{what} took longer than {time_s:.0f} seconds, and was given up.",
            "It is very large, or made so that a reader does not come to an end.",
            "Cut it into smaller files, and try them one by one.",
            detail=said[-_TAIL:],
        )
    if status == _HEAP_EXHAUSTED or "Heap exhausted" in said or "heap overflow" in said:
        return InputError(
            f"{what} needs more than {memory_mb:,} MB of memory.",
            "It is very large, or nested very deeply.",
            "Cut it into smaller files, and try them one by one.",
            detail=said[-_TAIL:],
        )
    reason = next((line for line in said.splitlines() if line.strip()), f"status {status}")
    return InputError(
        f"{what} could not be converted: {reason[:300]}",
        "It is probably damaged, or not of the kind that its name says.",
        "Open it in the program that made it, save it anew, and try again.",
        detail=said[-_TAIL:],
    )
