"""How soon a key is seen in the editor, and how soon a long scene is open.

In a terminal of its own, as in use: each key is read by the driver, and its frame handed back.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median, quantiles

from tests.bench.figure import Figure, at_most

APP = Path(__file__).with_name("typing_app.py")
KEYS = 150
PAUSE_S = 0.04
"""Between two keys: faster than anybody types."""
OPENINGS = 5
_SENTENCE = "The ferry came in late, and Ada counted the lamps along the “long” quay — one by one. "


def measure() -> list[Figure]:
    """A scene of 30,000 words, and one whose every paragraph has 5,000, with a stream beside."""
    if sys.platform == "win32":
        return []
    paragraph = _SENTENCE * 6
    words = len(paragraph.split())
    scene = "\n\n".join([paragraph] * (30_000 // words + 1))
    long = "\n\n".join([_SENTENCE * (5_000 // len(_SENTENCE.split()) + 1)] * 6)
    with tempfile.TemporaryDirectory(prefix="inkstand-bench-editor-") as folder:
        plain = _typed(Path(folder), scene, streams=False)
        beside = _typed(Path(folder), scene, streams=True)
        in_long = _typed(Path(folder), long, streams=True)
        opened = [_typed(Path(folder), scene, streams=False, keys=0)[0] for _ in range(OPENINGS)]
    return [
        at_most("A scene of 30,000 words is open", median(opened), 200, " ms",
                f"slowest of {OPENINGS}: {max(opened):.0f} ms"),
        _figure("Key to paint in it, while an assistant streams 500 tokens/s, p95", beside[1:],
                f"alone: {_p95(plain[1:]):.1f} ms"),
        _figure("The same in paragraphs of 5,000 words", in_long[1:], ""),
    ]  # fmt: skip


def _figure(what: str, times: list[float], more: str) -> Figure:
    told = f"median {median(times):.1f} ms, slowest of {len(times)}: {max(times):.0f} ms"
    return at_most(what, _p95(times), 60, " ms", f"{told}; {more}" if more else told)


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def _typed(folder: Path, text: str, *, streams: bool, keys: int = KEYS) -> list[float]:
    """Milliseconds: of the opening, then of each key that was typed into the text's middle."""
    import pty

    scene, times = folder / "scene.md", folder / "times.json"
    scene.write_text(text, encoding="utf-8")
    times.unlink(missing_ok=True)
    master, worker = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(APP), str(times), str(scene), *(["stream"] if streams else [])],
        stdin=worker,
        stdout=worker,
        stderr=worker,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"},
        start_new_session=True,
    )
    os.close(worker)
    reader = _Drain(master)
    try:
        reader.wait_for_silence(streams=streams)
        os.write(master, b"\x1b[24~")
        reader.wait_for_silence(streams=streams)
        for _ in range(12):
            os.write(master, b"\x1b[B")
            time.sleep(PAUSE_S)
        for number in range(keys):
            os.write(master, b"abcde "[number % 6 :][:1])
            time.sleep(PAUSE_S)
        time.sleep(0.5)
        os.write(master, b"\x11")
        process.wait(timeout=30)
        found: list[float] = json.loads(times.read_text(encoding="utf-8"))
    finally:
        process.kill()
        process.wait()
        os.close(master)
    return found


class _Drain:
    """Reads what is drawn, so that the terminal never holds anything up."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._last = time.monotonic()
        self._bytes = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self._master, 65_536):
                self._last = time.monotonic()
                self._bytes += len(data)

    def wait_for_silence(self, *, streams: bool) -> None:
        """Wait until nothing was drawn for a moment, or for a while if something always is."""
        start = time.monotonic()
        while not self._bytes or time.monotonic() - (start if streams else self._last) < 1.0:
            time.sleep(0.05)
        if streams:
            time.sleep(1.0)
