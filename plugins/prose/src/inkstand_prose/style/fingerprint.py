"""The fingerprint of a text from its sketch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from inkstand_prose.style import tables
from inkstand_prose.style.readability import readability
from inkstand_prose.style.rhythm import rhythm
from inkstand_prose.style.richness import Sums, richness
from inkstand_prose.style.sketch import MARKS, Sketch
from inkstand_prose.style.tokens import ADVERB, CONTRACTION, Traits
from inkstand_prose.style.tone import tone
from inkstand_sdk.style import Frequency, Style, Use

_OPENINGS = 10
_BANDS = (100, 1_000, 5_000)


def fingerprint(
    sketch: Sketch,
    sums: Sums,
    traits: Traits,
    *,
    counts: Counter[str] | None = None,
    phrases: Sequence[Use] = (),
    passives: int = 0,
    filters: int = 0,
    dialogue: float = 0.0,
    remarks: Mapping[str, int] | None = None,
) -> Style:
    """The style of a stretch of prose; what a sketch does not tell is given."""
    counts = Counter(sketch.words) if counts is None else counts
    total = counts.total()
    if not total:
        return Style()
    sentences = rhythm(sketch.sentences)
    contractions = _flagged(counts, traits, CONTRACTION)
    marks = dict(zip(MARKS, sketch.marks, strict=True)) if sketch.marks else {}
    return Style(
        words=total,
        richness=richness(counts, sums),
        frequency=frequency(counts),
        sentences=sentences,
        paragraphs=rhythm(sketch.paragraphs),
        word_length=round(sum(len(word) * count for word, count in counts.items()) / total, 3),
        transitions=round(sketch.leading / max(1, len(sketch.openings)), 4),
        openings=_openings(sketch.openings),
        marks={mark: _rate(count, total) for mark, count in marks.items()},
        function_words={
            word: _rate(counts[word], total) for word in tables.words("function_words")
        },
        phrases=tuple(phrases),
        contractions=_rate(contractions, total),
        adverbs=_rate(_flagged(counts, traits, ADVERB), total),
        passives=_rate(passives, total),
        filter_words=_rate(filters, total),
        dialogue=round(dialogue, 4),
        readability=readability(counts, sentences.mean or total),
        tone=tone(counts, contractions, marks, total),
        remarks=dict(remarks or {}),
    )


def frequency(counts: Mapping[str, int]) -> Frequency:
    """The shares of words by how common they are."""
    ranks = tables.ranks()
    bands = [0] * (len(_BANDS) + 1)
    for word, count in counts.items():
        rank = ranks.get(word, tables.UNKNOWN_RANK)
        bands[sum(rank > limit for limit in _BANDS)] += count
    total = max(1, sum(bands))
    first_100, first_1000, first_5000, rarer = (round(band / total, 4) for band in bands)
    return Frequency(first_100=first_100, first_1000=first_1000, first_5000=first_5000, rarer=rarer)


def _flagged(counts: Mapping[str, int], traits: Traits, flag: int) -> int:
    return sum(count for word, count in counts.items() if traits[word] & flag)


def _rate(count: int, words: int) -> float:
    return round(1000 * count / words, 3)


def _openings(openings: Sequence[str]) -> tuple[Use, ...]:
    counts = Counter(openings)
    order = sorted(counts, key=lambda word: (-counts[word], word))
    return tuple(Use(word, counts[word]) for word in order[:_OPENINGS])
