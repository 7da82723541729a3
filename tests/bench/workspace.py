"""What it costs that nothing is lost, and to count a long book.

Saving a scene with its snapshots, listing them, and opening a workspace.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench import counting
from tests.bench.figure import Figure, at_most
from tests.bench.rounds import rounds

from inkstand import atomic
from inkstand.workspace.history import History, Version
from inkstand.workspace.project import Workspace
from inkstand.workspace.saving import Saver
from inkstand.workspace.textfile import TextFile

ROUNDS, SECONDS = 200, 20.0
SCENE, BOOK = 20_000, 1_000_000
SNAPSHOTS = 10_000
WORDS = ["ferry", "gull", "tide", "salt", "quay", "rope", "lamp", "rain", "never", "again"]


def measure() -> list[Figure]:
    """The figures of a workspace."""
    with tempfile.TemporaryDirectory(prefix="inkstand-bench-") as folder:
        return [
            _saving("Save a scene of 20 KB with its snapshots", Path(folder, "scene"), SCENE, 20),
            _saving("Save a file of 1 MB with its snapshots", Path(folder, "book"), BOOK, 40),
            _listing(Path(folder, "history")),
            *counting.figures(Path(folder, "counted")),
        ]


def _saving(what: str, folder: Path, size: int, limit: float) -> Figure:
    """Each save changes one paragraph; the bare write puts the same bytes on the same disk."""
    dice = random.Random(size)
    book = folder / "book"
    book.mkdir(parents=True)
    workspace = Workspace.at(book, folder / "data")
    saver = Saver(workspace, History(workspace.state))
    path = book / "scene.md"
    paragraphs = [_paragraph(dice) for _ in range(size // 400)]
    saver.save(path, "\n\n".join(paragraphs), basis=None)
    saved: list[float] = []
    bare: list[float] = []
    for _ in rounds(ROUNDS, SECONDS):
        paragraphs[dice.randrange(len(paragraphs))] = _paragraph(dice)
        text, basis = "\n\n".join(paragraphs), TextFile.read(path)
        started = time.perf_counter()
        saver.save(path, text, basis=basis)
        saved.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        atomic.write_text(folder / "bare.md", text)
        bare.append((time.perf_counter() - started) * 1000)
    if len(saver.history.of("scene.md")) != len(saved) + 1:
        raise RuntimeError("What was to be kept was not.")
    saver.history.close()
    kept = saver.history.path.stat().st_size / len("\n\n".join(paragraphs))
    return at_most(
        what,
        median(saved),
        limit,
        " ms",
        f"slowest of {len(saved)}: {max(saved):.1f} ms; without history, lock and merge:"
        f" {median(bare):.1f} ms; all {len(saved)} versions take {kept:.1f} times the text",
    )


def _listing(folder: Path) -> Figure:
    history = History(folder)
    dice = random.Random(SNAPSHOTS)
    texts = (_paragraph(dice).encode() for _ in range(SNAPSHOTS))
    history.keep(*(Version(name="scene.md", data=text, by="human", why="saved") for text in texts))
    listed: list[float] = []
    for _ in rounds(ROUNDS // 4, SECONDS):
        started = time.perf_counter()
        found = history.of("scene.md")
        listed.append((time.perf_counter() - started) * 1000)
        if len(found) != SNAPSHOTS:
            raise RuntimeError("Some snapshots are missing.")
    history.close()
    return at_most(
        f"List a history of {SNAPSHOTS:,} snapshots",
        median(listed),
        100,
        " ms",
        f"slowest of {len(listed)}: {max(listed):.0f} ms",
    )


def _paragraph(dice: random.Random) -> str:
    return " ".join(dice.choices(WORDS, k=75)).capitalize() + "."
