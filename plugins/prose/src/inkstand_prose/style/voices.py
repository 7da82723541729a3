"""Voices: how each person speaks, and what is theirs alone."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from functools import lru_cache

import msgspec

from inkstand_prose.style import tables
from inkstand_prose.style.fingerprint import fingerprint
from inkstand_prose.style.richness import sums
from inkstand_prose.style.sketch import BREAK, Sketch
from inkstand_sdk.style import Style, Use, Voice

FEWEST_LINES = 5
COMPARABLE_WORDS = 1_000
"""From so many words on the rates of function words are worth comparing."""
_COMPARED = 24
"""The people who say most are compared with one another: the work grows with their square."""
_PRIOR = 0.1
"""The prior's weight for each occurrence in all the speech together."""
_CERTAIN = 1.96
"""From this z-score on something is called somebody's own: 19 chances in 20."""
_FEWEST_USES = 3
_SHOWN = 12
_PLAIN_WORDS, _PLAIN_PHRASE_WORDS = 100, 60
"""The ranks up to which words tell nothing by themselves, and nothing in phrases of them alone."""


class Said(msgspec.Struct, frozen=True):
    """How often somebody says things; `often` are those said more than now and then."""

    counts: Counter[str]
    often: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, counts: Counter[str]) -> Said:
        """The same, with those that are said often picked out."""
        return cls(counts, tuple(pair for pair in counts.items() if pair[1] >= _FEWEST_USES))


class _Spoken(msgspec.Struct, frozen=True):
    """All that somebody says: its style, its words, and its phrases."""

    style: Style
    words: Said
    phrases: Said


_Said = tuple[tuple[str, tuple[tuple[str, ...], tuple[int, ...], int]], ...]
"""Of each person: the streams of the lines, the sums of their marks, and how many sentences in
them lead over."""


def voices(
    lines: Iterable[tuple[str, Sketch]], names: Set[str], tick: Callable[[], None] = lambda: None
) -> tuple[Voice, ...]:
    """The voices of everybody who says enough, who says most first.

    Args:
        lines: Who says each line, and the line. The parts of a line that the tag interrupts may
            be lines of their own.
        names: Words that are names, which tell whom one talks to and not how.
        tick: Called now and then; it raises to stop.

    """
    by_person: dict[str, list[Sketch]] = defaultdict(list)
    for person, sketch in lines:
        if sketch.stream:
            by_person[person].append(sketch)
    said: list[tuple[str, tuple[tuple[str, ...], tuple[int, ...], int]]] = []
    spoken: dict[str, _Spoken] = {}
    for person, sketches in by_person.items():
        if len(sketches) >= FEWEST_LINES:
            tick()
            streams = tuple(sketch.stream for sketch in sketches)
            marks = tuple(map(sum, zip(*(sketch.marks for sketch in sketches), strict=True)))
            own = (streams, marks, sum(sketch.leading for sketch in sketches))
            said.append((person, own))
            spoken[person] = _spoken(*own)
    heard = frozenset(name for each in spoken.values() for name in names & each.words.counts.keys())
    return _voices(tuple(said), heard)


@lru_cache(maxsize=4)
def _voices(said: _Said, names: frozenset[str]) -> tuple[Voice, ...]:
    spoken = {person: _spoken(*own) for person, own in said}
    total = max(1, sum(each.style.words for each in spoken.values()))
    own_words = telling({person: each.words for person, each in spoken.items()}, names)
    own_phrases = telling({person: each.phrases for person, each in spoken.items()}, names)
    most = sorted(spoken, key=lambda person: (-spoken[person].style.words, person))
    between = distances(
        {
            person: spoken[person].style.function_words
            for person in most[:_COMPARED]
            if spoken[person].style.words >= COMPARABLE_WORDS
        }
    )
    found = [
        Voice(
            person=person,
            lines=len(streams),
            style=msgspec.structs.replace(
                spoken[person].style, dialogue=round(spoken[person].style.words / total, 4)
            ),
            words=own_words[person],
            phrases=own_phrases[person],
            distances=between.get(person, {}),
        )
        for person, (streams, _, _) in said
    ]
    return tuple(sorted(found, key=lambda voice: (-voice.style.words, voice.person)))


# An edit changes what one or two people say: what the others say need not be measured again.
@lru_cache(maxsize=256)
def _spoken(streams: tuple[str, ...], marks: tuple[int, ...], leading: int) -> _Spoken:
    """What somebody's lines come to; they are all that it depends on."""
    rows = [stream.removesuffix(f" {BREAK}").split(f" {BREAK} ") for stream in streams]
    sentences = [[sentence.split() for sentence in row] for row in rows]
    sketch = Sketch(
        stream=" ".join(streams),
        sentences=[[len(sentence) for sentence in row] for row in sentences],
        paragraphs=[[sum(map(len, row)) for row in sentences]],
        openings=[sentence[0] for row in sentences for sentence in row],
        leading=leading,
        marks=list(marks),
    )
    words = sketch.words
    stream = sketch.stream.split()
    phrases: Counter[str] = Counter()
    for size in (2, 3):
        runs = zip(*(stream[at:] for at in range(size)), strict=False)
        phrases.update(" ".join(run) for run in runs if BREAK not in run)
    counts = Counter(words)
    return _Spoken(fingerprint(sketch, sums(words), counts), Said.of(counts), Said.of(phrases))


def telling(own: Mapping[str, Said], names: Set[str]) -> dict[str, tuple[Use, ...]]:
    """What each says more than the others: the log-odds ratio with an informative Dirichlet
    prior made of what all say together (Monroe, Colaresi and Quinn, 2008).
    """
    if len(own) < 2:
        return dict.fromkeys(own, ())
    totals = {person: said.counts.total() for person, said in own.items()}
    total = sum(totals.values())
    often = {thing for said in own.values() for thing, _ in said.often}
    telling = {thing for thing in often if _tells(thing.split(), names)}
    everyone: Counter[str] = Counter()
    for said in own.values():
        for thing in telling & said.counts.keys():
            everyone[thing] += said.counts[thing]
    found: dict[str, tuple[Use, ...]] = {}
    for person, said in own.items():
        scored: list[tuple[float, str, int]] = []
        for thing, count in said.often:
            if thing not in telling:
                continue
            together = everyone[thing]
            mine, prior = totals[person], _PRIOR * together + 0.01
            score = log_odds(count, mine, together - count, total - mine, prior, _PRIOR * total + 1)
            if score >= _CERTAIN:
                scored.append((score, thing, count))
        scored.sort(key=lambda item: (-item[0], item[1]))
        found[person] = tuple(
            Use(thing, count, round(score, 2)) for score, thing, count in _apart(scored)
        )
    return found


def _tells(words: list[str], names: Set[str]) -> bool:
    """Whether a word or phrase is worth a look: function words have their rates."""
    if not names.isdisjoint(words):
        return False
    ranks = tables.ranks()
    plain = _PLAIN_WORDS if len(words) == 1 else _PLAIN_PHRASE_WORDS
    return any(ranks.get(word, tables.UNKNOWN_RANK) > plain for word in words)


def log_odds(
    mine: int, my_total: int, theirs: int, their_total: int, prior: float, prior_total: float
) -> float:
    """The z-score of the log-odds ratio of a thing said `mine` times of `my_total` by one and
    `theirs` of `their_total` by the others.
    """
    one, other = mine + prior, theirs + prior
    odds = math.log(one / (my_total + prior_total - one))
    odds -= math.log(other / (their_total + prior_total - other))
    return odds / math.sqrt(1 / one + 1 / other)


def _apart(scored: list[tuple[float, str, int]]) -> list[tuple[float, str, int]]:
    """The best, without those that are part of a better one or the other way round."""
    kept: list[tuple[float, str, int]] = []
    for each in scored:
        inside = f" {each[1]} "
        if any(inside in f" {other} " or f" {other} " in inside for _, other, _ in kept):
            continue
        kept.append(each)
        if len(kept) == _SHOWN:
            break
    return kept


def distances(rates: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Burrows's Delta between each two texts by name: the mean difference of the z-scores of
    their rates of words (Burrows, 2002). Of fewer than three texts there are none.
    """
    if len(rates) < 3:
        return {}
    scores: dict[str, list[float]] = {name: [] for name in rates}
    for word in next(iter(rates.values())):
        column = [each.get(word, 0.0) for each in rates.values()]
        spread = statistics.pstdev(column)
        if spread > 0:
            mean = statistics.fmean(column)
            for name, value in zip(rates, column, strict=True):
                scores[name].append((value - mean) / spread)
    return {
        one: {
            other: round(_distance(mine, theirs), 3)
            for other, theirs in scores.items()
            if other != one
        }
        for one, mine in scores.items()
    }


def _distance(mine: list[float], theirs: list[float]) -> float:
    if not mine:
        return 0.0
    return sum(abs(a - b) for a, b in zip(mine, theirs, strict=True)) / len(mine)
