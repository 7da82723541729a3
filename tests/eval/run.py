"""Measures the English Reader on annotated novels and writes `docs/explanation/accuracy.md`, then
the continuity checks on planted errors (`continuity/run.py`).

The novels are no part of this repository. They are looked for beside it, in
`../shared/data/pdnc`, and LitBank's openings in `../shared/data/litbank`; without them this says
so and ends well.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.eval import litbank  # noqa: E402
from tests.eval.continuity.run import main as measure_continuity  # noqa: E402
from tests.eval.crossed import cross_validate  # noqa: E402
from tests.eval.report import crossed_tables, litbank_table, spaced  # noqa: E402
from tests.eval.scoring import KINDS, Novel, Score, Tally, load_novel, score  # noqa: E402

CORPUS = ROOT.parent / "shared" / "data" / "pdnc"
INKSTAND = (sys.executable, "-m", "inkstand")
PAGE = ROOT / "docs" / "explanation" / "accuracy.md"
BEGIN, END = "<!-- {}: written by make eval -->", "<!-- end of {} -->"


class Measured(msgspec.Struct, frozen=True):
    """One novel: its name for people, its words, how long reading took, and the score."""

    name: str
    words: int
    seconds: float
    score: Score


def main() -> int:
    """Measure, print, and write the page; returns the exit status."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpus", type=Path, default=CORPUS, help="folder of the novels")
    options.add_argument("--novels", default="", help="comma-separated names; writes no page")
    given = options.parse_args()
    if not given.corpus.is_dir():
        print(f"Skipped: there are no annotated novels in {given.corpus}.")
        return 0
    wanted = {name for name in given.novels.split(",") if name}
    folders = [f for f in sorted(given.corpus.iterdir()) if not wanted or f.name in wanted]
    results = list(_measured(folders))
    tables = {"familiar figures": "\n".join(_figures(results))}
    if not wanted:
        print("Leaving out one novel after the other ...", file=sys.stderr, flush=True)
        tables["figures"] = "\n".join(crossed_tables(list(cross_validate(folders))))
        tables |= _litbank(given.corpus.parent)
    print("\n\n".join(tables.values()))
    if not wanted:
        _write(tables)
    return 0


def _litbank(data: Path) -> dict[str, str]:
    corpus, books = data / "litbank", data / "novels"
    if not (corpus.is_dir() and books.is_dir()):
        print(f"Skipped: LitBank needs both {corpus} and {books}.")
        return {}
    print("Reading openings ...", file=sys.stderr, flush=True)
    return {"openings": "\n".join(litbank_table(litbank.measure(litbank.load(corpus, books))))}


def _measured(folders: Sequence[Path]) -> Iterator[Measured]:
    with tempfile.TemporaryDirectory() as scratch:
        # A home of its own, because a reading that is cached would look too fast.
        environment = {**os.environ, "INKSTAND_HOME": str(Path(scratch) / "home")}
        subprocess.run(
            [*INKSTAND, "plugins", "list"], stdout=subprocess.DEVNULL, env=environment, check=True
        )
        for folder in folders:
            novel = load_novel(folder)
            print(f"Reading {folder.name} ...", file=sys.stderr, flush=True)
            started = time.perf_counter()
            reading = _read(novel, Path(scratch) / f"{folder.name}.txt", environment)
            seconds = time.perf_counter() - started
            yield Measured(
                spaced(folder.name), len(novel.text.split()), seconds, score(novel, reading)
            )


def _read(
    novel: Novel, path: Path, environment: Mapping[str, str]
) -> dict[str, list[dict[str, object]]]:
    path.write_text(novel.text, encoding="utf-8", newline="")
    command = [*INKSTAND, "read", "--json", str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True)
    reading: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return reading


def _figures(results: Sequence[Measured]) -> Iterator[str]:
    """Two Markdown tables: by kind of quotation, and by novel."""
    yield "| How the speaker is told | Lines | Right | Stands by | Right where it stands by it |"
    yield "|---|--:|--:|--:|--:|"
    whole = Tally()
    for kind in KINDS:
        tally = Tally()
        for result in results:
            tally.add(result.score.kinds[kind])
        whole.add(tally)
        yield _row(kind.capitalize(), tally)
    yield _row("**All**", whole)
    yield ""
    yield (
        "| Novel | Words | Lines | Right | Stands by | Right where it stands by it"
        " | Speech F1 | Top ten found | Split | Words per second |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for result in results:
        total, scored = result.score.total(), result.score
        yield (
            f"| {result.name} | {result.words:,} | {total.lines:,} | {total.accuracy:.1%}"
            f" | {total.coverage:.1%} | {total.precision:.1%} | {scored.speech_f1:.3f}"
            f" | {scored.found:.0%} | {scored.split:.0%} | {_rounded(result)} |"
        )


def _row(name: str, tally: Tally) -> str:
    return (
        f"| {name} | {tally.lines:,} | {tally.accuracy:.1%} | {tally.coverage:.1%}"
        f" | {tally.precision:.1%} |"
    )


def _rounded(result: Measured) -> str:
    return f"{round(result.words / result.seconds, -3):,.0f}"


def _write(tables: Mapping[str, str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, table in tables.items():
        begin, end = BEGIN.format(name), END.format(name)
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        page = f"{before}{begin}\n\n{table}\n\n{end}{after}"
    PAGE.write_text(page, encoding="utf-8")
    print(f"\nWritten to {PAGE.relative_to(ROOT)}.")


if __name__ == "__main__":
    # With arguments it is about the speakers alone, and quick.
    sys.exit(main() or (measure_continuity([]) if len(sys.argv) == 1 else 0))
