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
_FARTHEST = 2.5
"""In standard deviations: what is farther from the mean tells no more."""
_STEADY = 6
"""Words of feeling of either kind that a stretch is thought to have besides its own, so that a
single one makes it neither heaven nor hell."""


def curves(scenes: Sequence[Sequence[RawStretch]]) -> list[tuple[Stretch, ...]]:
    """The stretches of each scene, measured against all of them."""
    raw = [stretch for scene in scenes for stretch in scene]
    scores = {name: _scores(column) for name, column in _signals(raw).items()}
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


def _signals(raw: Sequence[RawStretch]) -> dict[str, list[float]]:
    words = [max(1, each.words) for each in raw]
    both = list(zip(raw, words, strict=True))
    return {
        "tense words": [each.tense / words for each, words in both],
        "exclamations": [each.exclamations / words for each, words in both],
        "short sentences": [-words / max(1, each.sentences) for each, words in both],
        "short paragraphs": [-words / max(1, each.paragraphs) for each, words in both],
        "speech": [each.spoken / words for each, words in both],
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
    totals = [0.0] * max(map(len, scores.values()))
    for name, share in weights.items():
        totals = [total + share * score for total, score in zip(totals, scores[name], strict=True)]
    return [round(max(0.0, min(1.0, 0.5 + 0.25 * total)), 3) for total in totals]


def mean_of(stretches: Sequence[Stretch], name: str, otherwise: float) -> float:
    """The mean of a curve over a scene, by words."""
    words = sum(stretch.words for stretch in stretches)
    if not words:
        return otherwise
    total: float = sum(stretch.words * getattr(stretch, name) for stretch in stretches)
    return round(total / words, 3)
