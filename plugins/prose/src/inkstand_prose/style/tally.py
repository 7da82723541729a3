"""What is counted of a text's words, so that it can be counted on after an edit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

from inkstand_prose.running import Running, change, plus
from inkstand_prose.style import tables
from inkstand_prose.style.readability import syllables
from inkstand_prose.style.scene import SceneStyle, traits
from inkstand_prose.style.sketch import BREAK
from inkstand_prose.style.tokens import ADVERB, CONTRACTION, stem

BANDS = (100, 1_000, 5_000)
"""The ranks that part words by how common they are."""


class WordSums(msgspec.Struct, frozen=True):
    """Sums over words, each as often as it stands there; `bands` are those between `BANDS`."""

    words: int = 0
    letters: int = 0
    syllables: int = 0
    contractions: int = 0
    adverbs: int = 0
    bands: tuple[int, ...] = (0,) * (len(BANDS) + 1)

    def plus(self, counts: Mapping[str, int]) -> WordSums:
        """With more words; fewer, where counts are below 0."""
        words, letters, spoken = self.words, self.letters, self.syllables
        contractions, adverbs, bands = self.contractions, self.adverbs, list(self.bands)
        ranks, known = tables.ranks(), traits()
        first, second, third = BANDS
        for word, count in counts.items():
            words += count
            letters += len(word) * count
            spoken += syllables(word) * count
            flags = known[word]
            if flags & CONTRACTION:
                contractions += count
            if flags & ADVERB:
                adverbs += count
            rank = ranks.get(word, tables.UNKNOWN_RANK)
            bands[(rank > first) + (rank > second) + (rank > third)] += count
        return WordSums(words, letters, spoken, contractions, adverbs, tuple(bands))


class Tally(msgspec.Struct, frozen=True):
    """The words of a narration: their counts, those of their stems, and those with a capital
    that no sentence gave them. `tags` are the adverbs that tell how something is said, and
    `openings` the words that sentences begin with.
    """

    words: Counter[str]
    stems: Counter[str]
    capitals: Counter[str]
    tags: Counter[str]
    openings: Counter[str]
    sums: WordSums


def running() -> Running[SceneStyle, Tally]:
    """Counts the words of book after book."""
    return Running(Tally(Counter(), Counter(), Counter(), Counter(), Counter(), WordSums()), _add)


def _add(tally: Tally, went: list[SceneStyle], came: list[SceneStyle]) -> Tally:
    words = change(map(_words, went), map(_words, came))
    words.pop(BREAK, None)
    stems: Counter[str] = Counter()
    for word, count in words.items():
        stems[stem(word)] += count
    return Tally(
        plus(tally.words, words),
        plus(tally.stems, stems),
        plus(
            tally.capitals,
            change((style.capitals for style in went), (style.capitals for style in came)),
        ),
        plus(tally.tags, change(map(_tags, went), map(_tags, came))),
        plus(tally.openings, change(map(_openings, went), map(_openings, came))),
        tally.sums.plus(words),
    )


def _words(style: SceneStyle) -> list[str]:
    return style.narration.stream.split()


def _openings(style: SceneStyle) -> list[str]:
    return style.narration.openings


def _tags(style: SceneStyle) -> Iterator[str]:
    for candidate in style.candidates:
        if candidate.kind == "adverb" and not candidate.also:
            yield candidate.subject
