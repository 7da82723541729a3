"""Reads each annotated novel with weights that were learnt from the others alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from tests.eval import baseline
from tests.eval.scoring import Score, load_novel, score

ROOT = Path(__file__).parents[2]
TRAINING = ROOT / "plugins" / "prose" / "training"
_MOST_PROCESSES = 4


class Crossed(msgspec.Struct, frozen=True):
    """One novel read by a Reader that was not trained on it, and by the naive baseline."""

    name: str
    score: Score
    naive: Score


def cross_validate(folders: Sequence[Path]) -> Iterator[Crossed]:
    """Leave out one novel after the other; needs numpy, and a minute."""
    with ProcessPoolExecutor(min(_MOST_PROCESSES, os.cpu_count() or 1)) as processes:
        lessons = list(processes.map(_lessons, folders))
        yield from processes.map(
            partial(_left_out, folders=folders, lessons=lessons), range(len(folders))
        )


def as_json(reading: Any) -> dict[str, Any]:
    """A `Reading` as far as `inkstand read --json` prints it and it is scored."""
    return {
        "cast": [{"name": p.name, "aliases": list(p.aliases)} for p in reading.cast],
        "quotations": [
            {
                "start": q.span.start,
                "end": q.span.end,
                "speaker": q.speaker,
                "confidence": q.confidence,
                "kind": q.kind,
                "addressees": list(q.addressees),
            }
            for q in reading.quotations
        ],
    }


def _lessons(folder: Path) -> list[Any]:
    trainer = _trainer()
    found: list[Any] = trainer.examples(trainer.load_novel(folder))
    return found


def _left_out(at: int, folders: Sequence[Path], lessons: Sequence[list[Any]]) -> Crossed:
    from inkstand_prose.weights import other_weights

    others = [lesson for number, found in enumerate(lessons) if number != at for lesson in found]
    weights: Mapping[str, float] = _trainer().fit(others)
    novel = load_novel(folders[at])
    with other_weights(weights):
        reading = read(novel.text)
    return Crossed(
        folders[at].name, score(novel, as_json(reading)), score(novel, baseline.read(novel.text))
    )


def read(text: str) -> Any:
    """The reading of one text by a Reader that remembers nothing."""
    from inkstand_prose.memo import Memo
    from inkstand_prose.reading import read_manuscript
    from inkstand_sdk.testing.manuscripts import manuscript_from_text

    return read_manuscript(manuscript_from_text(text), "english", "", _ignore, Memo())


def _ignore(fraction: float, message: str) -> None:
    """Nobody waits to see how far it is."""
    del fraction, message


def _trainer() -> Any:
    if str(TRAINING) not in sys.path:
        sys.path.insert(0, str(TRAINING))
    import train

    return train
