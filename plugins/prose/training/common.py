# ruff: noqa: INP001
"""Count what is common in English fiction: words in order, and phrases with their rates.

usage: python plugins/prose/training/common.py FOLDER

FOLDER holds novels as text files, fifty or more. A word or phrase is kept when many of them have
it; its rate is the mean without the tenth of the novels that have it most and the tenth that have
it least, so that no one book decides. Names are left out. Needs a minute.
"""

from __future__ import annotations

import re
import statistics
import sys
from collections import Counter, defaultdict
from pathlib import Path
from textwrap import wrap

_TABLES = Path(__file__).parent.parent / "src" / "inkstand_prose" / "style" / "words"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BREAK = re.compile(r"[.!?;:,\"“”()\[\]_—]|--+|\n\s*\n|(?<!\w)['‘’]|['‘’](?!\w)")
_SHORTEST, _LONGEST = 150_000, 900_000
_WORD_NOVELS, _PHRASE_NOVELS = 0.3, 0.2
_LEAST_RATE = 4.0
"""A phrase that is rarer than this in a million words needs no row: it is not common."""
_ALWAYS_CAPITAL = {"i", "i'm", "i'll", "i've", "i'd"}


def main(folder: Path) -> None:
    """Write both tables."""
    words: list[dict[str, float]] = []
    phrases: list[dict[str, float]] = []
    small: Counter[str] = Counter()
    large: Counter[str] = Counter()
    for file in sorted(folder.glob("*.txt")):
        text = file.read_text(encoding="utf-8")[:_LONGEST]
        if len(text) < _SHORTEST:
            continue
        found = _WORD.findall(text)
        for word in found:
            (large if word[0].isupper() else small)[_plain(word)] += 1
        words.append(_rates(Counter(map(_plain, found)), len(found), 1))
        phrases.append(_rates(_phrases(text), len(found), 2))
    common = _typical(words, _WORD_NOVELS)
    order = sorted(common, key=lambda word: (-common[word], word))
    kept = [word for word in order if word in _ALWAYS_CAPITAL or small[word] > large[word]]
    _write(
        "common_words",
        "Words of English fiction, the commonest first.",
        wrap(" ".join(kept), 100, break_on_hyphens=False),
    )
    by_rate: dict[int, list[str]] = defaultdict(list)
    for phrase, rate in _typical(phrases, _PHRASE_NOVELS).items():
        if rate >= _LEAST_RATE:
            by_rate[round(rate)].append(phrase)
    rows = [f"{rate}:{','.join(sorted(by_rate[rate]))}" for rate in sorted(by_rate, reverse=True)]
    _write("common_phrases", "Phrases of English fiction by their rate in a million words.", rows)
    sys.stdout.write(f"{len(words)} novels, {len(kept)} words\n")


def _phrases(text: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for stretch in _BREAK.split(text):
        found = [_plain(word) for word in _WORD.findall(stretch)]
        for size in (2, 3, 4):
            counts.update(" ".join(found[at : at + size]) for at in range(len(found) - size + 1))
    return counts


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


def _rates(counts: Counter[str], total: int, least: int) -> dict[str, float]:
    return {thing: count * 1e6 / total for thing, count in counts.items() if count >= least}


def _typical(novels: list[dict[str, float]], share: float) -> dict[str, float]:
    spread = Counter(thing for rates in novels for thing in rates)
    tenth = len(novels) // 10
    return {
        thing: statistics.fmean(
            sorted(rates.get(thing, 0.0) for rates in novels)[tenth : len(novels) - tenth]
        )
        for thing, count in spread.items()
        if count >= share * len(novels)
    }


def _write(name: str, title: str, rows: list[str]) -> None:
    lines = [f"# {title} Written by training/common.py.", *rows]
    (_TABLES / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
