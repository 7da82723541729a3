"""Plants continuity errors in novels, looks for them, and writes how many were found.

The novels are no part of this repository. They are looked for beside it, in
`../shared/data/novels`; without them this says so and ends well. The page is
`docs/explanation/continuity-accuracy.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

from tests.eval.continuity.planting import Planted, plant  # noqa: E402
from tests.eval.continuity.scoring import (  # noqa: E402
    Tallies,
    Tally,
    findings_in,
    score,
    total,
)
from tests.eval.continuity.templates import KINDS, SIDES, Side, load_templates  # noqa: E402

CORPUS = ROOT.parent / "shared" / "data" / "novels"
INKSTAND = (sys.executable, "-m", "inkstand")
PAGE = ROOT / "docs" / "explanation" / "continuity-accuracy.md"
BEGIN, END = "<!-- figures: written by make eval -->", "<!-- end of figures -->"
PROCESSES = 2


class Options(msgspec.Struct, frozen=True):
    """What to measure. `kinds` empty: those that the tool looks for by itself."""

    sides: tuple[Side, ...] = SIDES
    seed: int = 1
    kinds: tuple[str, ...] = ()
    keep: Path | None = None


class Measured(msgspec.Struct):
    """The novels together: words, kinds looked for, and tallies by side."""

    novels: int = 0
    words: int = 0
    checked: tuple[str, ...] = ()
    sides: dict[Side, Tallies] = msgspec.field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the page; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of the novels")
    parser.add_argument("--novels", type=int, default=0, help="so many only; writes no page")
    parser.add_argument("--side", choices=SIDES, help="these templates only; writes no page")
    parser.add_argument("--kind", action="append", default=[], help="look for it; no page")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for planted novels, keys and findings")
    given = parser.parse_args(arguments)
    if not given.corpus.is_dir():
        print(f"Skipped: there are no novels in {given.corpus}.")
        return 0
    paths = sorted(given.corpus.glob("*.txt"))
    if given.novels:
        chosen = random.Random(given.seed).sample(paths, min(given.novels, len(paths)))
        paths = sorted(chosen)
    sides = (given.side,) if given.side else SIDES
    options = Options(sides, given.seed, tuple(given.kind), given.keep)
    measured = measure(paths, options)
    figures = "\n".join(lines(measured))
    print(figures)
    if paths and (given.corpus, given.novels, given.side, given.kind) == (CORPUS, 0, None, []):
        _write(figures)
    return 0


def measure(paths: Sequence[Path], options: Options) -> Measured:
    """All of the novels, with at most two processes at a time."""
    measured = Measured(sides={side: {} for side in options.sides})
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, "INKSTAND_HOME": str(Path(scratch) / "home")}
        # One process builds the index, so that two do not.
        subprocess.run(
            [*INKSTAND, "plugins", "list"], stdout=subprocess.DEVNULL, env=environment, check=True
        )
        novel = partial(_novel, scratch=Path(scratch), environment=environment, options=options)
        with ThreadPoolExecutor(PROCESSES) as pool:
            for path, one in zip(paths, pool.map(novel, paths), strict=True):
                print(f"Looked into {path.stem}", file=sys.stderr, flush=True)
                measured.novels += 1
                measured.words += one.words
                measured.checked = one.checked
                for side, tallies in one.sides.items():
                    for kind, tally in tallies.items():
                        measured.sides[side].setdefault(kind, Tally()).add(tally)
    return measured


def lines(measured: Measured) -> Iterator[str]:
    """Two Markdown tables: by templates, and by kind."""
    checked = [kind for kind in KINDS if kind in measured.checked]
    yield f"{measured.novels} novels, {measured.words:,} words."
    yield ""
    yield (
        "| Templates | Planted | Found | Both passages quoted | Findings | True"
        " | True among the new | False per 100,000 words of clean novels |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for side, tallies in measured.sides.items():
        whole = total(tallies, checked)
        yield (
            f"| {_title(side)} | {whole.planted:,} | {_share(whole.recall)}"
            f" | {_share(whole.both / whole.planted if whole.planted else None)}"
            f" | {whole.findings:,} | {_share(whole.precision)}"
            f" | {_share(whole.precision_of_new)} | {_rate(whole.clean, measured.words)} |"
        )
    yield ""
    heads = "".join(f" | {_title(s)}: planted | Found | True" for s in measured.sides)
    yield f"| Kind | Looked for{heads} | False per 100,000 words of clean novels |"
    yield f"|---|---{'|--:|--:|--:' * len(measured.sides)}|--:|"
    for kind in KINDS:
        cells = [_title(kind), "yes" if kind in checked else "no"]
        clean = 0
        for tallies in measured.sides.values():
            tally = tallies.get(kind, Tally())
            clean = tally.clean
            told = kind in checked
            cells += [
                f"{tally.planted:,}",
                _share(tally.recall if told else None),
                _share(tally.precision),
            ]
        cells.append(_rate(clean, measured.words) if kind in checked else "–")
        yield f"| {' | '.join(cells)} |"


def _novel(
    path: Path, *, scratch: Path, environment: Mapping[str, str], options: Options
) -> Measured:
    text = path.read_bytes().decode("utf-8")
    look = partial(_look, environment=environment, kinds=options.kinds)
    output = look(path)
    clean = findings_in(text, output)
    checked = tuple(options.kinds or output["checked"])
    measured = Measured(1, len(text.split()), checked)
    if options.keep:
        _keep(options.keep / "clean", path.stem, output)
    for side in options.sides:
        templates = [t for t in load_templates(side) if t.kind in (checked or KINDS)]
        planted = plant(text, f"{side}/{path.stem}", templates, options.seed)
        file = (options.keep or scratch) / side / path.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(planted.text, encoding="utf-8", newline="")
        found = look(file)
        measured.sides[side] = score(planted, findings_in(planted.text, found), clean)
        if options.keep:
            _keep(file.parent, path.stem, found)
            key = key_of(file.name, planted)
            file.with_suffix(".key.json").write_bytes(msgspec.json.format(msgspec.json.encode(key)))
    return measured


def key_of(file: str, planted: Planted) -> list[dict[str, object]]:
    """The key of a planted novel, for JSON."""
    return [{"file": file, **msgspec.to_builtins(error)} for error in planted.errors]


def _look(path: Path, *, environment: Mapping[str, str], kinds: Sequence[str]) -> dict[str, Any]:
    asked = [word for kind in kinds for word in ("--kinds", kind)]
    command = [*INKSTAND, "run", "continuity", *asked, "--json", str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True)
    output: dict[str, Any] = json.loads(done.stdout)
    return output


def _keep(folder: Path, name: str, output: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.findings.json"
    file.write_text(json.dumps(output, indent=1, ensure_ascii=False), encoding="utf-8")


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _rate(count: int, words: int) -> str:
    return f"{count * 100_000 / max(1, words):.2f}"


def _title(name: str) -> str:
    return name.replace("_", " ").replace("held out", "held-out").capitalize()


def _write(figures: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}", encoding="utf-8")
    print(f"\nWritten to {PAGE.relative_to(ROOT)}.")


if __name__ == "__main__":
    sys.exit(main())
