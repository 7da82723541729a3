"""The terminal UI on a long book: its first paint, its keys while all is busy, and its memory.

The program runs in a terminal of its own, as in use: what it draws is read as it comes.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import msgspec
import psutil
from tests.bench import counting
from tests.bench.figure import Figure, at_most

from inkstand_sdk.testing.environments import PluginEnvironment

ROOT = Path(__file__).parents[2]
STARTS = 5
KEYS = 150
PAUSE_S = 0.04
"""Between two keys: faster than anybody types."""
SPEED = 500
HOUR_OF_TOKENS = SPEED * 3_600
_PATIENCE_S = 120.0
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
_SENTENCE = "The ferry came in late, and Ada counted the lamps along the “long” quay, one by one. "
_STYLE = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]")


def measure() -> list[Figure]:
    """The figures; none where there are no terminals of this kind."""
    if sys.platform == "win32":
        return []
    home = os.environ.get("INKSTAND_HOME", "")
    with tempfile.TemporaryDirectory(prefix="inkstand-bench-tui-") as folder:
        os.environ["INKSTAND_HOME"] = str(Path(folder) / "home")
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(folder) / "bytecode"))
        try:
            return _figures(Path(folder))
        finally:
            os.environ["INKSTAND_HOME"] = home


def _figures(folder: Path) -> list[Figure]:
    _install_replay(folder)
    book = folder / "book"
    counting.write(book, random.Random(counting.FILES))
    words = len(_SENTENCE.split())
    scenes = {
        "plain": "\n\n".join([_SENTENCE * 6] * (30_000 // (words * 6) + 1)),
        "long": "\n\n".join([_SENTENCE * (5_000 // words + 1)] * 6),
    }
    for name, text in scenes.items():
        (book / "manuscript" / f"{name}.md").write_text(text, encoding="utf-8")
    _start(book)  # the words are counted and the plugins examined, as on any day but the first
    starts = [_start(book) for _ in range(STARTS)]
    plain = _typed(folder, book, "plain")
    long = _typed(folder, book, "long")
    return [
        *_of_starts(starts),
        at_most("A scene of 30,000 words is open in it", plain["opened"], 200, " ms"),
        _of_keys(
            "Key to paint in it, while an assistant streams 500 tokens/s and a tool reads the book,"
            " p95",
            plain,
        ),
        _of_keys("The same in paragraphs of 5,000 words", long),
        _of_memory(_streamed(folder, book)),
    ]


def _install_replay(folder: Path) -> None:
    environment = PluginEnvironment(folder / "environment")
    source = (Path(__file__).with_name("replaying.py")).read_text(encoding="utf-8")
    environment.install("bench-replay", {"bench_replay.py": source}, {"replay": "bench_replay"})
    config = folder / "home" / "config"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(
        f"[plugins]\ninterpreters = ['{environment.python}']\n", encoding="utf-8"
    )


class Start(msgspec.Struct, frozen=True):
    """One start: seconds until the screen was painted and until the text was open.

    `worked` is the CPU time of the first; `memory` is in bytes, of all that is loaded in the end.
    """

    painted: float
    worked: float
    opened: float
    memory: int


def _start(book: Path) -> Start:
    began = time.perf_counter()
    with _running("-m", "inkstand", str(book)) as screen:
        painted = screen.wait_for(b"Manuscript") - began
        cpu = screen.worked
        opened = screen.wait_for(b" ferry", b" today") - began
        memory = psutil.Process(screen.process.pid).memory_info().rss
        screen.end()
    return Start(painted, cpu, opened, memory)


def _of_starts(starts: list[Start]) -> list[Figure]:
    painted = [start.painted for start in starts]
    worked = median(start.worked for start in starts)
    opened = median(start.opened for start in starts)
    return [
        at_most(
            f"First paint of a workspace of 1,000,000 words in {counting.FILES} scenes",
            median(painted),
            1.0,
            " s",
            f"{worked:.2f} s of CPU, slowest of {len(starts)}: {max(painted):.2f} s; words counted"
            f" and text open after {opened:.2f} s",
        ),
        at_most("Its memory then", median(start.memory for start in starts) / 1e6, 150, " MB"),
    ]


def _of_keys(what: str, found: dict[str, Any]) -> Figure:
    times = found["keys"]
    told = (
        f"median {median(times):.1f} ms, slowest of {len(times)}: {max(times):.0f} ms;"
        f" {_p95(found['worked']):.1f} ms of CPU"
    )
    return at_most(what, _p95(times), 60, " ms", told)


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def _of_memory(memory: list[float]) -> Figure:
    return at_most(
        "Memory that an hour of 500 tokens/s, streamed at full speed, adds after its first tenth",
        max(memory[-1] - memory[0], 0.0),
        5,
        " MB",
        f"{memory[0]:.0f} MB after a tenth, {memory[-1]:.0f} MB after {HOUR_OF_TOKENS:,} tokens",
    )


def _typed(folder: Path, book: Path, scene: str) -> dict[str, Any]:
    """What typing into the middle of a scene took, with everything else at work."""
    with _timed(folder, book, scene, f"1000000-at-{SPEED}") as (screen, told):
        screen.press(b"\x1b[24~")
        told("open")
        screen.press(b"\x1b[23~")
        told("beside")
        for number in range(KEYS):
            screen.press(b"abcde "[number % 6 :][:1])
            time.sleep(PAUSE_S)
        time.sleep(1.0)
        screen.press(b"\x11")
        screen.process.wait(timeout=60)
    found: dict[str, Any] = json.loads((folder / "times.json").read_text(encoding="utf-8"))
    if len(found["keys"]) < KEYS or found["speed"] < SPEED / 2 or not found["reads"]:
        raise RuntimeError(f"It was not measured what was to be: {found}")
    return found


def _streamed(folder: Path, book: Path) -> list[float]:
    """Megabytes after each tenth of an hour of tokens."""
    with _timed(folder, book, "plain", f"{HOUR_OF_TOKENS // 10}-at-0") as (screen, told):
        screen.press(b"\x1b[21~")
        told("answered")
        screen.press(b"\x11")
        screen.process.wait(timeout=60)
    found: dict[str, Any] = json.loads((folder / "times.json").read_text(encoding="utf-8"))
    if found["tokens"] < HOUR_OF_TOKENS:
        raise RuntimeError(f"Only {found['tokens']} of {HOUR_OF_TOKENS} tokens came.")
    memory: list[float] = found["memory"]
    return memory


@contextmanager
def _timed(
    folder: Path, book: Path, scene: str, model: str
) -> Iterator[tuple[_Screen, Callable[[str], None]]]:
    result, log = folder / "times.json", folder / "times.log"
    result.unlink(missing_ok=True)
    log.write_text("", encoding="utf-8")
    file = book / "manuscript" / f"{scene}.md"
    command = ["-m", "tests.bench.timed_app", str(result), str(book), str(file), model]
    with _running(*command) as screen:

        def told(what: str) -> None:
            end = time.monotonic() + _PATIENCE_S
            while what not in log.read_text(encoding="utf-8").splitlines():
                if screen.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"It never said {what!r}: {screen.last}")
                time.sleep(0.05)

        told("ready")
        yield screen, told


@contextmanager
def _running(*arguments: str) -> Iterator[_Screen]:
    import pty

    master, worker = pty.openpty()
    # Bytecode is kept, as it is of what is installed, whatever the variables of this process say.
    variables = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        stdin=worker,
        stdout=worker,
        stderr=worker,
        env={**variables, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"},
        start_new_session=True,
    )
    os.close(worker)
    screen = _Screen(process, master)
    try:
        yield screen
    finally:
        process.kill()
        process.wait()
        screen.close()


class _Screen:
    """Reads what is drawn, so that the terminal never holds anything up."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.worked = 0.0
        self._master = master
        self._seen = b""
        self._news = threading.Condition()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self._master, 65_536):
                with self._news:
                    self._seen = (self._seen + data)[-200_000:]
                    self._news.notify_all()

    @property
    def last(self) -> str:
        """The end of what was drawn."""
        return _STYLE.sub(b"", self._seen)[-2_000:].decode("utf-8", "replace")

    def wait_for(self, *words: bytes) -> float:
        """Wait until all words were drawn; when that was."""

        def there() -> bool:
            plain = _STYLE.sub(b"", self._seen)
            return all(word in plain for word in words)

        with self._news:
            if not self._news.wait_for(there, _PATIENCE_S):
                raise RuntimeError(f"Never drawn: {words}")
        now = time.perf_counter()
        used = psutil.Process(self.process.pid).cpu_times()
        self.worked = used.user + used.system
        return now

    def press(self, key: bytes) -> None:
        """Press a key."""
        os.write(self._master, key)

    def end(self) -> None:
        """Leave as a writer does."""
        self.press(b"\x11")
        self.process.wait(timeout=60)

    def close(self) -> None:
        """Let go of the terminal."""
        os.close(self._master)
        self._reading.join(timeout=10)
