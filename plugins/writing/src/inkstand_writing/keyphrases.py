"""Key phrases: names, phrases whose words keep company, and words that one text lives on.

Candidates are one to three words without a stopword or a comma between them, as in RAKE (Rose et
al., 2010). A word weighs the more, the oftener it comes than in an ordinary novel; a phrase, the
oftener its words stand together than they would by chance.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from inkstand_writing import lexicon
from inkstand_writing.book import Book, Sentence
from inkstand_writing.text import WORD, plain, words

Kind = Literal["name", "phrase", "word"]
MAX_WORDS = 3
RARE = 8.0
"""The rate in a million words that a word is taken to have if it is not among the common ones."""
MIN_RATIO = 3.5
"""A word that comes less than this many times oftener than usual is no key to the text."""
MIN_ASSOCIATION = 12.0
"""Dunning's log-likelihood ratio (1993) from which on words stand together on purpose."""


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
    single: Counter[str] = Counter()
    written: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for sentence in book.sentences:
        text = book.manuscript.scenes[sentence.scene].text
        for run in _runs(book, sentence):
            single.update(word for word, _, _ in run)
            for gram in _grams(run):
                key = tuple(word for word, _, _ in gram)
                written[key][text[gram[0].start : gram[-1].end]] += 1
    counts = {key: forms.total() for key, forms in written.items()}
    named = {
        word
        for person in book.reading.cast
        for name in (person.name, *person.aliases)
        for word in words(name)
    }
    least = max(2, min(8, book.words // 20_000))
    scored: list[tuple[float, tuple[str, ...], int]] = []
    for key, count in counts.items():
        if count < least or not named.isdisjoint(word.removesuffix("'s") for word in key):
            continue
        if len(key) == 1:
            weight = _weight_of_word(key[0], count, book.words)
        else:
            weight = _weight_of_phrase(key, count, single, counts)
        if weight > 0:
            scored.append((weight, key, count))
    scored.sort(key=lambda item: (-item[0], item[1]))
    chosen: list[KeyPhrase] = []
    taken: set[str] = set()
    for _, key, count in scored:
        if len(chosen) == limit:
            break
        if taken.isdisjoint(key):
            taken.update(key, (word.removesuffix("s") for word in key), (f"{w}s" for w in key))
            phrase = plain(written[key].most_common(1)[0][0])
            kind: Kind = "phrase" if len(key) > 1 else "word"
            chosen.append(KeyPhrase(phrase=phrase, kind=kind, count=count))
    return chosen


def _weight_of_word(word: str, count: int, total: int) -> float:
    """A count times the log of how much oftener than usual the word comes; 0 for the usual."""
    # How a thing is done, or that it was, tells less of a text than the thing.
    if len(word) < 4 or "'" in word or word.endswith(("ly", "ed")):
        return 0.0
    ratio = count / (lexicon.rates().get(word, RARE) * total / 1e6)
    return count * math.log(ratio) if ratio >= MIN_RATIO else 0.0


def _weight_of_phrase(
    key: tuple[str, ...],
    count: int,
    single: Counter[str],
    counts: dict[tuple[str, ...], int],
) -> float:
    """A count times the log of how much oftener than by chance its words stand together."""
    total = single.total()
    head = counts[key[:-1]] if len(key) > 2 else single[key[0]]
    tail = single[key[-1]]
    if _log_likelihood(count, head, tail, total) < MIN_ASSOCIATION:
        return 0.0
    return count * math.log(count * total / (head * tail))


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


class _Word(NamedTuple):
    """A word in lower case, and where it stands in its scene."""

    word: str
    start: int
    end: int


def _grams(run: list[_Word]) -> Iterator[list[_Word]]:
    for size in range(1, MAX_WORDS + 1):
        for start in range(len(run) - size + 1):
            yield run[start : start + size]


def _runs(book: Book, sentence: Sentence) -> Iterator[list[_Word]]:
    """Stretches of the sentence's words without a stopword or a mark between."""
    text = book.manuscript.scenes[sentence.scene].text
    run: list[_Word] = []
    for match in WORD.finditer(text, sentence.start, sentence.end):
        word = match.group().lower().replace("’", "'")
        stop = word in book.stopwords
        if run and (stop or text[run[-1].end : match.start()].strip("_* \n\r\t-")):
            yield run
            run = []
        if not stop:
            run.append(_Word(word, match.start(), match.end()))
    if run:
        yield run
