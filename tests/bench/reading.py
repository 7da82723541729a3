"""How long it takes to read a novel, and to read it again after an edit of one scene.

Processor time of the host and its worker together: it does not depend on what else runs.
"""

from __future__ import annotations

import random
import re
import tempfile
from itertools import pairwise
from pathlib import Path

import psutil
from tests.bench.figure import Figure, at_least, at_most

import inkstand
from inkstand.studio import Studio

WORDS, SCENES, EDITS = 120_000, 60, 20
SAMPLE = Path(inkstand.__file__).parent / "sample"
PEOPLE = (
    "Ada Lunt",
    "Mr. Orme",
    "Nell Harwick",
    "Captain Drury",
    "Mrs. Vane",
    "Tobias",
    "Dr. Quill",
)


def measure() -> list[Figure]:
    """The figures of reading."""
    with tempfile.TemporaryDirectory(prefix="inkstand-bench-") as folder:
        return _read(Path(folder))


def _read(folder: Path) -> list[Figure]:
    dice = random.Random(1)
    scenes = _novel(dice)
    book, other = folder / "novel.md", folder / "other.md"
    other.write_text('"Yes," said Tom.', encoding="utf-8")
    with Studio(path=book) as studio:
        # What a worker does once, when it starts, is none of a reading.
        studio.read(other)
        started = _seconds()
        _write(book, scenes)
        reading = studio.read(book)
        full = _seconds() - started
        started = _seconds()
        for _ in range(EDITS):
            number = dice.randrange(SCENES)
            scenes[number] += f"\n\n{_sentence(dice, _following(), 12)}"
            _write(book, scenes)
            studio.read(book)
        again = (_seconds() - started) / EDITS
    words = sum(scene.words for scene in reading.scenes)
    return [
        at_least(
            "Read a novel for the first time",
            words / full,
            30_000,
            " words a second",
            f"{words:,} words, {len(reading.quotations):,} quotations in {full:.2f} s",
        ),
        at_most(
            "Read it again after an edit of one scene, beside the first time",
            100 * again / full,
            5,
            " %",
            f"{1000 * again:.0f} ms, the mean of {EDITS} edits",
        ),
    ]


def _write(book: Path, scenes: list[str]) -> None:
    text = "\n\n".join(f"# Chapter {number}\n\n{scene}" for number, scene in enumerate(scenes, 1))
    book.write_text(text, encoding="utf-8")


def _seconds() -> float:
    """Processor time so far, of this process and its workers."""
    me = psutil.Process()
    times = [process.cpu_times() for process in (me, *me.children(recursive=True))]
    return sum(time.user + time.system for time in times)


def _following() -> dict[str, list[str]]:
    """Which words follow each word in the sample manuscript."""
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(SAMPLE.rglob("*.md")))
    words = re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower())
    following: dict[str, list[str]] = {}
    for word, after in pairwise(words):
        following.setdefault(word, []).append(after)
    return following


def _novel(dice: random.Random) -> list[str]:
    """Scenes of speech and narration that go as English goes, and mean nothing."""
    following = _following()
    scenes = []
    for _ in range(SCENES):
        paragraphs, words = [], 0
        while words < WORDS / SCENES:
            paragraph = _paragraph(dice, following)
            words += len(paragraph.split())
            paragraphs.append(paragraph)
        scenes.append("\n\n".join(paragraphs))
    return scenes


def _paragraph(dice: random.Random, following: dict[str, list[str]]) -> str:
    def sentence() -> str:
        return _sentence(dice, following, dice.randint(4, 24))

    who = dice.choice(PEOPLE)
    match dice.randrange(5):
        case 0:
            return f'"{sentence()[:-1]}," said {who}. {sentence()}'
        case 1:
            return f'"{sentence()}"'
        case 2:
            return f'{sentence()} "{sentence()[:-1]}?" she asked. "{sentence()}"'
        case _:
            told = " ".join(sentence() for _ in range(dice.randint(2, 7)))
            return f"{who} {dice.choice(['went', 'looked', 'waited'])} there. {told}"


def _sentence(dice: random.Random, following: dict[str, list[str]], length: int) -> str:
    words = [dice.choice(("the", "he", "she", "it", "a", "there"))]
    while len(words) < length:
        words.append(dice.choice(following.get(words[-1]) or ["and"]))
    return f"{' '.join(words).capitalize()}."
