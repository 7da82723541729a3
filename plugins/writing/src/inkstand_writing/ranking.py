"""Which sentences say most: a graph of likeness, a weight for prose, a choice without repetition.

The graph is LexRank's (Erkan and Radev, 2004): sentences are nodes, the cosine of their idf
weighted words the edges, PageRank the score. The choice is maximal marginal relevance
(Carbonell and Goldstein, 1998). Both work on passages of a few thousand words, so that the work
grows with the length of a book and not with its square.
"""

from __future__ import annotations

import math
import re
from collections import Counter, deque
from collections.abc import Mapping, Sequence

from inkstand_writing import lexicon
from inkstand_writing.book import Book, Passage, Sentence
from inkstand_writing.text import WORD

DAMPING = 0.85
ROUNDS = 15
MIN_LIKENESS = 0.08
"""Below this cosine two sentences are not linked: they share a word by chance."""
MOST_HOLDERS = 100
"""A sentence is compared with that many before it for each word: texts that repeat themselves
take no longer than others."""
REDUNDANCY = 0.6
"""How much of its likeness to one already chosen a sentence loses of its score."""
SAME = 0.9
"""From this cosine on two sentences say the same: the second scores nothing."""

# A sentence that opens with one of these leans on the sentence before it.
_LEANING = lexicon.words("leaning")

# What a retelling would not leave out.
_EVENTS = lexicon.words("events")
_ADDRESS = lexicon.words("address")
_OPENING_MARKS = "\"“”‘’'«(["
_HAS_LOWER = re.compile(r"[^\W\d_A-Z]{2}")


def telling(book: Book, sentence: Sentence) -> float:
    """How well a sentence stands in a retelling, apart from what it is about: 0 to about 4.

    Narration counts more than speech, a named person more than a pronoun, a deed more than a
    remark; headings, scraps and endless periods count little.
    """
    if sentence.index not in book.tellings:
        book.tellings[sentence.index] = _telling(book, sentence)
    return book.tellings[sentence.index]


def _telling(book: Book, sentence: Sentence) -> float:
    count = len(sentence.words)
    text = book.text(sentence)
    if count < 4 or not _HAS_LOWER.search(text):
        return 0.0
    weight = _length_weight(count)
    weight *= 1 - sentence.spoken * (0.85 - 0.5 * book.spoken_share)
    if text[-1] not in ".!?…\"'”’»)—。！？":
        weight *= 0.3
    if "?" in text:
        weight *= 0.5
    if text[0] in _OPENING_MARKS and not sentence.spoken:
        weight *= 0.4
    if sentence.words[0] in _LEANING:
        weight *= 0.45
    if not _ADDRESS.isdisjoint(sentence.words):
        weight *= 0.5
    if "!" in text:
        weight *= 0.7
    if _mostly_capitals(text):
        weight *= 0.1
    weight *= _presence(book, sentence)
    events = sum(1 for word in sentence.words if word in _EVENTS)
    return weight * (1 + 0.4 * min(events, 2))


def _presence(book: Book, sentence: Sentence) -> float:
    """1 for a sentence without people, more for who matters in the book and for company."""
    people = sentence.people
    if book.narrator and book.narrator not in people and "i" in sentence.words:
        people = (*people, book.narrator)
    if not people:
        return 1.0
    importance = max(book.cast[name].importance for name in people)
    return 1.25 + 0.5 * math.sqrt(importance) + 0.15 * min(2, len(people) - 1)


def _mostly_capitals(text: str) -> bool:
    """Whether a text is set like a heading."""
    found = WORD.findall(text)
    return len([word for word in found if word[0].isupper()]) > 0.6 * len(found)


def _length_weight(count: int) -> float:
    if count < 14:
        return 0.1 + 0.09 * (count - 4)
    if count <= 32:
        return 1.0
    return max(0.15, 1.0 - (count - 32) / 40)


def inverse_frequencies(book: Book, sentences: Sequence[Sentence]) -> dict[str, float]:
    """For each word that carries meaning, log(sentences / sentences that have it)."""
    seen: Counter[str] = Counter()
    for sentence in sentences:
        seen.update(set(book.content(sentence)))
    total = len(sentences) + 1
    return {word: math.log(total / count) for word, count in seen.items()}


def vector(words: Sequence[str], idf: Mapping[str, float]) -> dict[str, float]:
    """The words' idf weights, scaled to length one; empty for no words."""
    weights = {word: count * idf.get(word, 0.0) for word, count in Counter(words).items()}
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / norm for word, weight in weights.items() if weight} if norm else {}


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of two vectors of length one."""
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other[word] for word, weight in one.items() if word in other)


def centrality(vectors: Sequence[Mapping[str, float]]) -> list[float]:
    """PageRank of each vector in the graph of their likeness; the mean is 1."""
    size = len(vectors)
    links = _links(vectors)
    strength = [sum(row.values()) for row in links]
    scores = [1.0] * size
    for _ in range(ROUNDS):
        given = [
            score / total if total else 0.0 for score, total in zip(scores, strength, strict=True)
        ]
        scores = [
            1 - DAMPING + DAMPING * sum(weight * given[other] for other, weight in row.items())
            for row in links
        ]
    return scores


def _links(vectors: Sequence[Mapping[str, float]]) -> list[dict[int, float]]:
    """For each vector the others that are like it, found through the words they share."""
    holders: dict[str, deque[tuple[int, float]]] = {}
    links: list[dict[int, float]] = [{} for _ in vectors]
    for row, own in enumerate(vectors):
        likeness: dict[int, float] = {}
        for word, weight in own.items():
            for other, theirs in holders.get(word, ()):
                likeness[other] = likeness.get(other, 0.0) + weight * theirs
            holders.setdefault(word, deque(maxlen=MOST_HOLDERS)).append((row, weight))
        for other, value in likeness.items():
            if value >= MIN_LIKENESS:
                links[row][other] = links[other][row] = value
    return links


class Ranked:
    """Sentences with their scores and vectors, ready to be chosen from."""

    def __init__(
        self,
        sentences: Sequence[Sentence],
        scores: Sequence[float],
        vectors: Sequence[Mapping[str, float]],
    ) -> None:
        self.sentences = sentences
        self.scores = scores
        self.vectors = vectors

    def choose(self, count: int, spread: float = 0.0) -> list[Sentence]:
        """The `count` best in the text's order, each penalized for repeating a better one.

        `spread` is a number of words: closer to one already chosen than that counts as
        repetition, too.
        """
        left = sorted(
            (row for row, score in enumerate(self.scores) if score > 0),
            key=lambda row: (-self.scores[row], row),
        )
        penalty = dict.fromkeys(left, 0.0)
        chosen: list[int] = []
        while left and len(chosen) < count:
            best = max(left, key=lambda row: (self.scores[row] * (1 - penalty[row]), -row))
            if penalty[best] == 1:
                break
            left.remove(best)
            chosen.append(best)
            for row in left:
                penalty[row] = max(penalty[row], self._repetition(row, best, spread))
        return [self.sentences[row] for row in sorted(chosen)]

    def _repetition(self, row: int, chosen: int, spread: float) -> float:
        alike = cosine(self.vectors[row], self.vectors[chosen])
        alike = 1.0 if alike > SAME else REDUNDANCY * alike
        if not spread:
            return alike
        apart = abs(self.sentences[row].at - self.sentences[chosen].at)
        return max(alike, 0.8 * max(0.0, 1 - apart / spread))


def rank(book: Book, sentences: Sequence[Sentence]) -> Ranked:
    """Sentences of one passage, scored by centrality and by how well they tell."""
    idf = inverse_frequencies(book, sentences)
    vectors = [vector(book.content(sentence), idf) for sentence in sentences]
    central = centrality(vectors)
    scores = [
        math.sqrt(central[row]) * telling(book, sentence) for row, sentence in enumerate(sentences)
    ]
    return Ranked(sentences, scores, vectors)


def rank_passage(book: Book, passage: Passage, keep: int) -> Ranked:
    """A passage of any length: each piece is ranked, then the `keep` best of each together."""
    pieces = book.split(passage)
    if len(pieces) == 1:
        return rank(book, book.within(passage))
    winners = [
        sentence for piece in pieces for sentence in rank(book, book.within(piece)).choose(keep)
    ]
    return rank(book, winners)
