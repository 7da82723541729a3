"""Key phrases: names, phrases whose words keep company, and words that one text lives on.

Phrases are pairs or triples of words without a stopword or a comma between them, as in RAKE
(Rose et al., 2010), scored by Dunning's log-likelihood ratio (1993): how much oftener they stand
together than their words would by chance.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from inkstand_writing import lexicon
from inkstand_writing.book import Book, Sentence
from inkstand_writing.text import WORD

Kind = Literal["name", "phrase", "word"]
MAX_WORDS = 3
_COMMON = lexicon.words("common")


class KeyPhrase(msgspec.Struct, frozen=True, kw_only=True):
    """A name, phrase or word that the text keeps coming back to."""

    phrase: Annotated[str, Meta(description="As the text most often writes it.")]
    kind: Annotated[Kind, Meta(description="A person's name, a phrase, or a single word.")]
    count: Annotated[int, Meta(description="How often it occurs.", ge=1)]


def key_phrases(book: Book, limit: int) -> tuple[KeyPhrase, ...]:
    """The `limit` best key phrases: a third names, the rest phrases and words, by weight."""
    if limit == 0:
        return ()
    names = [
        KeyPhrase(phrase=person.name, kind="name", count=person.mentions)
        for person in book.reading.cast
        if person.mentions > 1 and not person.narrator
    ][: max(1, limit // 3)]
    phrases = _phrases(book, limit - len(names))
    return (*names, *phrases)


def _phrases(book: Book, limit: int) -> list[KeyPhrase]:
    runs = [run for sentence in book.sentences for run in _runs(book, sentence)]
    single = Counter(word.lower() for run in runs for word in run)
    written: dict[str, Counter[str]] = defaultdict(Counter)
    counts: Counter[tuple[str, ...]] = Counter()
    for run in runs:
        for gram in _grams(run):
            key = tuple(word.lower() for word in gram)
            counts[key] += 1
            written[" ".join(key)][" ".join(gram)] += 1
    names = {
        word
        for person in book.reading.cast
        for name in (person.name, *person.aliases)
        for word in name.lower().replace("’", "'").split()
    }
    total = sum(single.values())
    least = 2 if book.words < 20_000 else 3
    scored: list[tuple[float, str, Kind, int]] = []
    for key, count in counts.items():
        if count >= least and not names.issuperset(key):
            weight = _weight(key, count, single, counts, total)
            if weight > 0:
                scored.append((weight, " ".join(key), "phrase" if len(key) > 1 else "word", count))
    scored.sort(key=lambda item: (-item[0], item[1]))
    chosen: list[KeyPhrase] = []
    taken: set[str] = set()
    for _, phrase, kind, count in scored:
        parts = set(phrase.split())
        if parts & taken:
            continue
        taken |= parts
        chosen.append(
            KeyPhrase(phrase=written[phrase].most_common(1)[0][0], kind=kind, count=count)
        )
        if len(chosen) == limit:
            break
    return chosen


def _weight(
    key: tuple[str, ...],
    count: int,
    single: Counter[str],
    counts: Counter[tuple[str, ...]],
    total: int,
) -> float:
    """How much a candidate says about this text rather than about its language."""
    if len(key) == 1:
        return 0.0 if key[0] in _COMMON or len(key[0]) < 4 else count
    if _COMMON.issuperset(key):
        return 0.0
    head = counts[key[:-1]] if len(key) > 2 else single[key[0]]
    together = _log_likelihood(count, head, single[key[-1]], total)
    # On the scale of a count, so that phrases and single words can be told apart by weight.
    return math.sqrt(count * max(0.0, together)) if together > 10 else 0.0


def _log_likelihood(both: int, first: int, second: int, total: int) -> float:
    """Dunning's ratio for two words that stand together `both` times; 0 if seldomer than chance."""
    if both * total <= first * second:
        return 0.0
    rest = total - first - second + both

    def part(observed: float, row: float, column: float) -> float:
        return observed * math.log(observed * total / (row * column)) if observed > 0 else 0.0

    return 2 * (
        part(both, first, second)
        + part(first - both, first, total - second)
        + part(second - both, total - first, second)
        + part(rest, total - first, total - second)
    )


def _grams(run: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for size in range(1, MAX_WORDS + 1):
        for start in range(len(run) - size + 1):
            yield run[start : start + size]


def _runs(book: Book, sentence: Sentence) -> Iterable[tuple[str, ...]]:
    """Stretches of the sentence's words, as written, without a stopword or a mark between."""
    text = book.manuscript.scenes[sentence.scene].text
    run: list[str] = []
    end = sentence.start
    first = True
    for match in WORD.finditer(text, sentence.start, sentence.end):
        word = match.group()
        lower = word.lower().replace("’", "'")
        if text[end : match.start()].strip("_* \n\r\t-") or lower in book.stopwords:
            if run:
                yield tuple(run)
            run = []
        if lower not in book.stopwords:
            # The capital of a sentence's first word says nothing about the word.
            run.append(lower if first else word)
        first = False
        end = match.end()
    if run:
        yield tuple(run)
