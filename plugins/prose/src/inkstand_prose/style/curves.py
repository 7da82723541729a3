"""Curves: how fast, how tense and how bright the story is, stretch by stretch.

All is read from the surface and compared with the same book, so a curve tells of one book only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from inkstand_prose.style.scene import RawStretch
from inkstand_sdk.style import Stretch

_PACE = {"short sentences": 0.4, "short paragraphs": 0.3, "speech": 0.3}
_TENSION = {
    "tense words": 0.45,
    "exclamations": 0.2,
    "short sentences": 0.2,
    "short paragraphs": 0.15,
}
_SIGNALS = frozenset([*_PACE, *_TENSION])
_FARTHEST = 2.5
"""In standard deviations: what is farther from the mean tells no more."""
_STEADY = 6
"""Words of feeling of either kind that a stretch is thought to have besides its own, so that a
single one makes it neither heaven nor hell."""


def curves(scenes: Sequence[Sequence[RawStretch]]) -> list[tuple[Stretch, ...]]:
    """The stretches of each scene, measured against all of them."""
    raw = [stretch for scene in scenes for stretch in scene]
    signals = [_signals(stretch) for stretch in raw]
    scores = {name: _scores([signal[name] for signal in signals]) for name in _SIGNALS}
    pace = _combined(scores, _PACE)
    tension = _combined(scores, _TENSION)
    found: list[tuple[Stretch, ...]] = []
    at = 0
    for scene in scenes:
        found.append(
            tuple(
                Stretch(
                    each.start,
                    each.end,
                    each.words,
                    pace[at + number],
                    tension[at + number],
                    round((each.bright - each.dark) / (each.bright + each.dark + _STEADY), 3),
                )
                for number, each in enumerate(scene)
            )
        )
        at += len(scene)
    return found


def _signals(stretch: RawStretch) -> dict[str, float]:
    words = max(1, stretch.words)
    return {
        "tense words": stretch.tense / words,
        "exclamations": stretch.exclamations / words,
        "short sentences": -words / max(1, stretch.sentences),
        "short paragraphs": -words / max(1, stretch.paragraphs),
        "speech": stretch.spoken / words,
    }


def _scores(column: Sequence[float]) -> list[float]:
    """How many standard deviations each value is from the mean; 0 where all are the same."""
    mean = math.fsum(column) / max(1, len(column))
    # `statistics.pstdev` reckons with fractions, which takes thirty times as long.
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in column) / max(1, len(column)))
    if not spread:
        return [0.0] * len(column)
    return [max(-_FARTHEST, min(_FARTHEST, (value - mean) / spread)) for value in column]


def _combined(scores: Mapping[str, Sequence[float]], weights: Mapping[str, float]) -> list[float]:
    """For each stretch 0 to 1, where 0.5 is the book's mean."""
    columns = [scores[name] for name in weights]
    shares = list(weights.values())
    totals = [
        sum(share * score for share, score in zip(shares, row, strict=True))
        for row in zip(*columns, strict=True)
    ]
    return [round(max(0.0, min(1.0, 0.5 + 0.25 * total)), 3) for total in totals]


def mean_of(stretches: Sequence[Stretch], name: str, otherwise: float) -> float:
    """The mean of a curve over a scene, by words."""
    words = sum(stretch.words for stretch in stretches)
    if not words:
        return otherwise
    total: float = sum(stretch.words * getattr(stretch, name) for stretch in stretches)
    return round(total / words, 3)
