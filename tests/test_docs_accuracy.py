"""`make eval`: what it measures, and that it needs nothing which is not here."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUN = ROOT / "tests" / "eval" / "run.py"
TEXT = (
    "“The tide is out,” said Marta. She put down the oil.\n\n"
    "“It will be back,” said Tom, and he laughed.\n\n"
    "“You always say so,” said Marta.\n"
)
LINES = (
    ("“The tide is out,”", "Marta", "Explicit"),
    ("“It will be back,”", "Tom", "Explicit"),
    ("“You always say so,”", "Tom", "Implicit"),
)
"""The last one is annotated wrongly, so that not all can be right."""


def evaluate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(RUN), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def corpus(folder: Path) -> Path:
    """A corpus of one short novel."""
    novel = folder / "ALampOfTwo"
    novel.mkdir(parents=True)
    (novel / "novel_text.txt").write_text(TEXT, encoding="utf-8")
    with (novel / "character_info.csv").open("w", encoding="utf-8", newline="") as file:
        people = csv.writer(file)
        people.writerow(["Main Name", "Aliases", "Category"])
        people.writerows([["Marta", "{'Marta'}", "major"], ["Tom", "{'Tom'}", "major"]])
    with (novel / "quotation_info.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["quoteByteSpans", "speaker", "quoteType"])
        for words, speaker, kind in LINES:
            start = TEXT.index(words)
            lines.writerow([[[start, start + len(words)]], speaker, kind])
    return folder


def test_without_annotated_novels_the_measurement_is_skipped_and_ends_well(tmp_path: Path) -> None:
    done = evaluate("--corpus", str(tmp_path / "nothing"))
    assert done.returncode == 0
    assert done.stdout.startswith("Skipped:")


def test_lines_are_scored_by_kind_and_by_novel(tmp_path: Path) -> None:
    page = ROOT / "docs" / "explanation" / "accuracy.md"
    before = page.read_bytes()
    done = evaluate("--corpus", str(corpus(tmp_path)), "--novels", "ALampOfTwo")
    assert done.returncode == 0, done.stderr
    assert "| Explicit | 2 | 100.0% |" in done.stdout
    assert "| Implicit | 1 | 0.0% |" in done.stdout
    assert "| A Lamp of Two | 26 | 3 | 66.7% |" in done.stdout
    assert page.read_bytes() == before
