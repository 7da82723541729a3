# ruff: noqa: INP001
"""Learn the weights of the reader's features from annotated novels.

usage: python plugins/prose/training/train.py CORPUS

CORPUS is laid out like the Project Dialogism Novel Corpus: a folder for each novel with
`novel_text.txt`, `quotation_info.csv` and `character_info.csv`.

Each turn without a name in its tag is an example: of its candidates, given the true speakers of
the turns around it, the true one is to score highest (maximum pseudo-likelihood; J. Besag,
"Statistical analysis of non-lattice data", 1975). Needs numpy, and a minute.
"""

from __future__ import annotations

import ast
import csv
import re
import sys
from bisect import bisect_left
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from inkstand_prose.book import Book
from inkstand_prose.candidates import Candidate, SceneCandidates
from inkstand_prose.taking_apart import take_apart
from inkstand_prose.turn_taking import link_case, link_features
from inkstand_prose.turns import Turn

_PENALTY = 1.5
_STEPS = 150
_CERTAINTY = 0.7
"""Weights are shrunk by this, because true neighbors are known only here: it makes the stated
probabilities come out right on novels that were left out."""
_WEIGHTS = Path(__file__).parent.parent / "src" / "inkstand_prose" / "weights.json"

_UNKNOWN = -2

Example = tuple[list[list[str]], list[bool]]
"""The features of each candidate, and which of them is right."""


class Novel(msgspec.Struct):
    """One novel read, with candidates and kinds of cue for each turn.

    `truth` are the speaker's numbers in the cast (several, where the cast splits a person);
    empty where the annotators say nothing or the person was not found.
    """

    name: str
    turns: list[Turn]
    kinds: list[str]
    candidates: list[list[Candidate]]
    truth: list[set[int]]

    def speaker(self, number: int) -> int:
        """One number for who said turn `number`; -2 where it is not known."""
        likely = [c.person for c in self.candidates[number] if c.person in self.truth[number]]
        return likely[0] if likely else min(self.truth[number], default=_UNKNOWN)


def load_novel(folder: Path) -> Novel:
    """Read a novel and match its cast and turns with the annotations."""
    text = (folder / "novel_text.txt").read_text(encoding="utf-8")
    book = take_apart([text], [""], _ignore).book
    scene = book.scenes[0]
    walk = SceneCandidates(book, scene)
    owners = _owners(book, folder)
    spans = sorted(_spoken(folder))
    truth = [owners.get(_speaker(spans, turn), set()) for turn in scene.turns]
    return Novel(
        name=folder.name,
        turns=scene.turns,
        candidates=list(walk.all()),
        kinds=[kind for kind, _ in walk.cues],
        truth=truth,
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z ]", "", name.lower()).strip()


def _owners(book: Book, folder: Path) -> dict[str, set[int]]:
    """Numbers in the cast by the annotators' name of the person."""
    known = {
        row["Main Name"]: {_plain(n) for n in [*ast.literal_eval(row["Aliases"]), row["Main Name"]]}
        for row in _rows(folder / "character_info.csv")
    }
    owners: dict[str, set[int]] = {}
    for number, character in enumerate(book.cast):
        names = {_plain(n) for n in (character.name, *character.aliases)}
        best = max(known, key=lambda k: (len(names & known[k]), _plain(character.name) in known[k]))
        if names & known[best]:
            owners.setdefault(best, set()).add(number)
    return owners


def _spoken(folder: Path) -> list[tuple[int, int, str]]:
    return [
        (start, end, row["speaker"])
        for row in _rows(folder / "quotation_info.csv")
        for start, end in ast.literal_eval(row["quoteByteSpans"])
    ]


def _speaker(spans: list[tuple[int, int, str]], turn: Turn) -> str:
    """Whose speech most of the turn is; "" for nobody's."""
    shares: Counter[str] = Counter()
    at = max(0, bisect_left(spans, (turn.start, 0, "")) - 1)
    while at < len(spans) and spans[at][0] < turn.end:
        start, end, speaker = spans[at]
        shares[speaker] += max(0, min(end, turn.end) - max(start, turn.start))
        at += 1
    return max(shares, key=lambda name: (shares[name], name), default="")


def _ignore(fraction: float, message: str) -> None:
    """Nobody waits to see how far it is."""
    del fraction, message


def examples(novel: Novel) -> list[Example]:
    """All turns of the novel that teach something."""
    found: list[Example] = []
    speakers = [novel.speaker(number) for number in range(len(novel.turns))]
    for number, group in enumerate(novel.candidates):
        right = [candidate.person in novel.truth[number] for candidate in group]
        if novel.kinds[number] == "name" or len(group) < 2 or not any(right):
            continue
        features = []
        for candidate in group:
            said = [*speakers[:number], candidate.person, *speakers[number + 1 : number + 3]]
            links = _links(novel, said, number)
            features.append([*candidate.features, *links])
        found.append((features, right))
    return found


def _links(novel: Novel, said: list[int], number: int) -> list[str]:
    found = []
    for at in range(max(1, number), min(len(said), number + 3)):
        window = [said[at - 2] if at > 1 else -1, said[at - 1], said[at]]
        if _UNKNOWN not in window:
            names = link_features(novel.kinds[at], novel.turns[at - 1], novel.turns[at])
            found.append(names[link_case(*window)])
    return found


def fit(lessons: list[Example]) -> dict[str, float]:
    """Weights by feature: multinomial logistic regression with an L2 penalty, by Adam."""
    names = sorted({f for features, _ in lessons for group in features for f in group})
    number = {name: n for n, name in enumerate(names)}
    flat = [group for features, _ in lessons for group in features]
    rows = np.repeat(np.arange(len(flat)), [len(group) for group in flat])
    columns = np.array([number[f] for group in flat for f in group])
    sizes = [len(right) for _, right in lessons]
    of = np.repeat(np.arange(len(lessons)), sizes)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    right = np.array([r for _, rights in lessons for r in rights], dtype=float)

    def gradient(weights: Any) -> Any:
        scores = np.bincount(rows, weights=weights[columns], minlength=len(flat))
        scale = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
        guess = scale / np.add.reduceat(scale, starts)[of]
        hit = np.maximum(np.add.reduceat(guess * right, starts), 1e-30)
        pull = guess - guess * right / hit[of]
        return np.bincount(columns, weights=pull[rows], minlength=len(names)) + _PENALTY * weights

    weights = np.zeros(len(names))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        slope = gradient(weights)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope * slope
        rate = 0.15 * (1 - step / (_STEPS + 1)) + 0.002
        ahead = np.sqrt(square / (1 - 0.99**step)) + 1e-9
        weights = weights - rate * (mean / (1 - 0.9**step)) / ahead
    return {name: round(float(weights[n]) * _CERTAINTY, 3) for n, name in enumerate(names)}


def main() -> None:
    """Train on every novel of the corpus and write the reader's weights."""
    folders = sorted(p for p in Path(sys.argv[1]).iterdir() if (p / "novel_text.txt").is_file())
    lessons = [lesson for folder in folders for lesson in examples(load_novel(folder))]
    weights = fit(lessons)
    encoded = msgspec.json.format(msgspec.json.encode(weights), indent=1)
    _WEIGHTS.write_bytes(encoded + b"\n")
    sys.stderr.write(f"{len(weights)} weights from {len(lessons)} lines of {len(folders)} novels\n")


if __name__ == "__main__":
    main()
