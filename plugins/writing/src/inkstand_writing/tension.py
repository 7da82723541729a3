"""How tense a text is, passage by passage, and where it turns.

How tense each stretch is, the Reading tells; here it is gathered for passages of any length and
compared with the same text's mean, so a curve tells of one book only.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec

from inkstand_writing import lexicon
from inkstand_writing.book import Book, Passage, Sentence
from inkstand_writing.ranking import telling

_TENSE = lexicon.Matcher("tension")
_PIVOT = lexicon.Matcher("pivots")
SWING = 15
"""A change of tension, from one passage to the next, that is worth a word."""
NOTABLE = 0.05
"""Whose coming and going counts: people of at least this importance."""
SPREAD = 15
"""A standard deviation, on the scale of 0 to 100."""
LEVEL = 50
"""The tension of a passage like any other of its book, on the scale of 0 to 100."""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A place where the story turns: the sentence, how strongly (0 to about 1), and why."""

    sentence: Sentence
    strength: float
    reasons: tuple[str, ...]


def tension_curve(book: Book, passages: Sequence[Passage]) -> tuple[int, ...]:
    """For each passage 0 to 100, where 50 is the book's mean and most stand between 35 and 65."""
    column = [_tension(book, passage) for passage in passages]
    spread = statistics.pstdev(column) if column else 0.0
    if not spread:
        return (LEVEL,) * len(passages)
    mean = statistics.fmean(column)
    return tuple(
        round(max(0.0, min(100.0, LEVEL + SPREAD * (value - mean) / spread))) for value in column
    )


def _tension(book: Book, passage: Passage) -> float:
    """The mean of the stretches that a passage overlaps, by how much it does."""
    first, last = book.sentences[passage.first], book.sentences[passage.last - 1]
    total = weight = 0.0
    for scene in range(first.scene, last.scene + 1):
        begin = first.start if scene == first.scene else 0
        for stretch in book.reading.scenes[scene].stretches:
            end = last.end if scene == last.scene else stretch.end
            overlap = min(end, stretch.end) - max(begin, stretch.start)
            if overlap > 0:
                total += overlap * stretch.tension
                weight += overlap
    return total / weight if weight else LEVEL / 100


def turning_points(
    book: Book, passages: Sequence[Passage], curve: Sequence[int], limit: int
) -> list[Turn]:
    """The `limit` strongest turns in the text's order, not more than one to a passage."""
    turns: list[Turn] = []
    for row, passage in enumerate(passages):
        before = curve[row - 1] if row else LEVEL
        after = curve[row + 1] if row + 1 < len(curve) else curve[row]
        # A rise turns a story more than the calm after it.
        swing = max(curve[row] - before, after - curve[row], (before - curve[row]) // 2, 0) / 100
        entering = _entering(book, passages, row)
        sentence, pivot, mark = _pivot(book, passage)
        if sentence is None:
            continue
        cast = min(1.0, sum(book.cast[name].importance for name in entering))
        strength = 0.35 * min(1.0, swing * 2) + 0.25 * cast + 0.4 * pivot
        reasons = _reasons(book, passage, (before, curve[row]), entering, mark)
        turns.append(Turn(sentence=sentence, strength=round(strength, 3), reasons=reasons))
    strongest = sorted(turns, key=lambda turn: -turn.strength)[:limit]
    return sorted(strongest, key=lambda turn: turn.sentence.index)


def _reasons(
    book: Book, passage: Passage, swing: tuple[int, int], entering: Sequence[str], mark: str
) -> tuple[str, ...]:
    """What gives a turn away, in words."""
    before, now = swing
    reasons = []
    if now - before >= SWING:
        reasons.append(f"tension rises from {before} to {now}")
    first_scene = book.sentences[passage.first]
    for name in entering[:2]:
        seen = book.cast[name].spans[0]
        new = (seen.scene, seen.start) >= (first_scene.scene, first_scene.start)
        reasons.append(f"{name} {'appears' if new else 'is back'}")
    if mark:
        reasons.append(f"the words “{mark}”")
    if before - now >= SWING and not reasons:
        reasons.append(f"tension falls from {before} to {now}")
    return tuple(reasons or ("words of danger",))


def _entering(book: Book, passages: Sequence[Passage], row: int) -> list[str]:
    """Who matters here and was in neither of the two passages before."""
    if row == 0:
        return []
    before = {
        name
        for passage in passages[max(0, row - 2) : row]
        for sentence in book.within(passage)
        for name in sentence.people
    }
    here: dict[str, int] = {}
    for sentence in book.within(passages[row]):
        for name in sentence.people:
            here[name] = here.get(name, 0) + 1
    fresh = [
        name
        for name, count in here.items()
        if count > 2 and name not in before and book.cast[name].importance >= NOTABLE
    ]
    return sorted(fresh, key=lambda name: -here[name])


def _pivot(book: Book, passage: Passage) -> tuple[Sentence | None, float, str]:
    """The passage's sentence at which it turns most, how much (0 to 1), and the word for it."""
    best: Sentence | None = None
    best_score, best_mark = 0.0, ""
    for sentence in book.within(passage):
        marks = list(dict.fromkeys(_PIVOT.found(sentence.words)))
        tense = len(_TENSE.found(sentence.words))
        if not marks and not tense:
            continue
        score = telling(book, sentence) * (len(marks[:3]) + 0.3 * min(2, tense))
        if score > best_score:
            best, best_score, best_mark = sentence, score, marks[0] if marks else ""
    return best, min(1.0, best_score / 6), best_mark
