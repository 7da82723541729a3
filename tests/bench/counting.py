"""What it costs to open and count a long book: the first time, once it is known, after an edit."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.bench.figure import Figure, at_most
from tests.bench.rounds import rounds

from inkstand.config import Config
from inkstand.desk import Desks
from inkstand.workspace.status import Status

ROUNDS, SECONDS = 40, 15.0
FILES, WORDS_OF_A_FILE = 300, 3_400
WORDS = 1_000_000
_WORDS = ["ferry", "gull", "tide", "don’t", "quay", "rope", "lamp", "rain", "never", "well-known"]


def figures(folder: Path) -> list[Figure]:
    """Each in this process, from nothing open to the status; beside it a bare read and split."""
    book = folder / "book"
    write(book, random.Random(FILES))
    state = book / ".inkstand"

    def cold() -> None:
        shutil.rmtree(state, ignore_errors=True)

    def edited() -> None:
        file = book / "manuscript" / "part-7" / "150.md"
        file.write_text(file.read_text(encoding="utf-8") + "\nOne more.\n", encoding="utf-8")

    _opened(book, folder)
    bare = median([_bare(book) for _ in range(5)])
    beside = f"to read the files and split them at blanks: {bare:.0f} ms"
    return [
        _timed(
            "Open and count 1,000,000 words in 300 files, new", book, folder, 1_500, cold, beside
        ),
        _timed("The same, counted before", book, folder, 400, lambda: None, beside),
        _timed("Status after one edit, opened anew", book, folder, 50, edited, ""),
        _still_open(book, folder, edited),
        _loading(book, folder),
    ]


def _timed(
    what: str,
    book: Path,
    folder: Path,
    limit: float,
    before: Callable[[], None],
    beside: str,
) -> Figure:
    times = []
    for _ in rounds(ROUNDS, SECONDS):
        before()
        took, status = _opened(book, folder)
        times.append(took)
        if status.count.words < WORDS:
            raise RuntimeError("Words are missing.")
    slowest = f"slowest of {len(times)}: {max(times):.0f} ms"
    return at_most(what, median(times), limit, " ms", "; ".join(filter(None, (slowest, beside))))


def _still_open(book: Path, folder: Path, edit: Callable[[], None]) -> Figure:
    desks = Desks(folder / "data", Config, lambda _note: None)
    desk = desks.at(book)
    desk.status()
    times = []
    for _ in rounds(ROUNDS, SECONDS):
        edit()
        started = time.perf_counter()
        desk.status()
        times.append((time.perf_counter() - started) * 1000)
    desks.close()
    return at_most("Status after one edit, held open", median(times), 50, " ms")


def _loading(book: Path, folder: Path) -> Figure:
    times = []
    for _ in rounds(ROUNDS, SECONDS):
        desks = Desks(folder / "data", Config, lambda _note: None)
        started = time.perf_counter()
        desks.at(book).manuscript(book)
        times.append((time.perf_counter() - started) * 1000)
        desks.close()
    return at_most("Load all its scenes for a tool, counted before", median(times), 400, " ms")


def _opened(book: Path, folder: Path) -> tuple[float, Status]:
    """Milliseconds from nothing open to the status, and the status."""
    started = time.perf_counter()
    desks = Desks(folder / "data", Config, lambda _note: None)
    status = desks.at(book).status()
    desks.close()
    return (time.perf_counter() - started) * 1000, status


def _bare(book: Path) -> float:
    started = time.perf_counter()
    words = sum(len(path.read_text(encoding="utf-8").split()) for path in book.rglob("*.md"))
    if words < WORDS:
        raise RuntimeError("The book is too short.")
    return (time.perf_counter() - started) * 1000


def write(book: Path, dice: random.Random) -> None:
    """Write a book of 1,000,000 words in 300 scenes."""
    for number in range(FILES):
        path = book / "manuscript" / f"part-{number // 20}" / f"{number:03d}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"---\ntitle: Scene {number}\npov: Ada\nstatus: draft\n---\n", "# A Chapter\n"]
        words = 0
        while words < WORDS_OF_A_FILE:
            length = dice.randrange(30, 120)
            lines.append(f"“{' '.join(dice.choices(_WORDS, k=length))}.”\n")
            words += length
            if dice.random() < 0.02:
                lines.append("* * *\n")
        path.write_text("\n".join(lines), encoding="utf-8")
    (book / "inkstand.toml").write_text('title = "Long"\n[goals]\ntotal = 1200000\n')
