"""The fingerprint of a text from its sketch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import nsmallest

from inkstand_prose.style import tables
from inkstand_prose.style.readability import readability
from inkstand_prose.style.rhythm import Beat, beat, rhythm_of
from inkstand_prose.style.richness import Sums, richness
from inkstand_prose.style.sketch import MARKS, Sketch
from inkstand_prose.style.tally import WordSums
from inkstand_prose.style.tone import tone
from inkstand_sdk.style import Frequency, Style, Use

_OPENINGS = 10


def fingerprint(
    sketch: Sketch,
    sums: Sums,
    counts: Counter[str],
    *,
    words: WordSums | None = None,
    sentences: Sequence[Beat] | None = None,
    paragraphs: Sequence[Beat] | None = None,
    openings: Counter[str] | None = None,
    phrases: Sequence[Use] = (),
    passives: int = 0,
    filters: int = 0,
    dialogue: float = 0.0,
    remarks: Mapping[str, int] | None = None,
) -> Style:
    """The style of a stretch of prose with those counts of words; what a sketch does not tell
    is given, and so may be what was made of it before.
    """
    found = WordSums().plus(counts) if words is None else words
    total = found.words
    if not total:
        return Style()
    rhythm = rhythm_of([beat(sketch.sentences)] if sentences is None else sentences)
    marks = dict(zip(MARKS, sketch.marks, strict=True)) if sketch.marks else {}
    return Style(
        words=total,
        richness=richness(counts, sums),
        frequency=frequency(found),
        sentences=rhythm,
        paragraphs=rhythm_of([beat(sketch.paragraphs)] if paragraphs is None else paragraphs),
        word_length=round(found.letters / total, 3),
        transitions=round(sketch.leading / max(1, len(sketch.openings)), 4),
        openings=_openings(Counter(sketch.openings) if openings is None else openings),
        marks={mark: _rate(count, total) for mark, count in marks.items()},
        function_words={
            word: _rate(counts[word], total) for word in tables.words("function_words")
        },
        phrases=tuple(phrases),
        contractions=_rate(found.contractions, total),
        adverbs=_rate(found.adverbs, total),
        passives=_rate(passives, total),
        filter_words=_rate(filters, total),
        dialogue=round(dialogue, 4),
        readability=readability(total, found.letters, found.syllables, rhythm.mean or total),
        tone=tone(counts, found.contractions, marks, total),
        remarks=dict(remarks or {}),
    )


def frequency(found: WordSums) -> Frequency:
    """The shares of words by how common they are."""
    total = max(1, found.words)
    first_100, first_1000, first_5000, rarer = (round(band / total, 4) for band in found.bands)
    return Frequency(first_100=first_100, first_1000=first_1000, first_5000=first_5000, rarer=rarer)


def _rate(count: int, words: int) -> float:
    return round(1000 * count / words, 3)


def _openings(counts: Counter[str]) -> tuple[Use, ...]:
    most = nsmallest(_OPENINGS, [(-count, word) for word, count in counts.items()])
    return tuple(Use(word, -count) for count, word in most)
