"""Voices: how each person speaks, and what is theirs alone."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set

from inkstand_prose.style import tables
from inkstand_prose.style.fingerprint import fingerprint
from inkstand_prose.style.richness import sums
from inkstand_prose.style.sketch import BREAK, Sketch, merged
from inkstand_prose.style.tokens import Traits
from inkstand_sdk.style import Use, Voice

FEWEST_LINES = 5
COMPARABLE_WORDS = 1_000
"""From so many words on the rates of function words are worth comparing."""
_PRIOR = 0.1
"""The prior's weight for each occurrence in all the speech together."""
_CERTAIN = 1.96
"""From this z-score on something is called somebody's own: 19 chances in 20."""
_FEWEST_USES = 3
_SHOWN = 12
_PLAIN_WORDS, _PLAIN_PHRASE_WORDS = 100, 60
"""The ranks up to which words tell nothing by themselves, and nothing in phrases of them alone."""


def voices(
    lines: Iterable[tuple[str, Sketch]], traits: Traits, names: Set[str]
) -> tuple[Voice, ...]:
    """The voices of everybody who says enough, who says most first.

    Args:
        lines: Who says each line, and the line. The parts of a line that the tag interrupts may
            be lines of their own.
        traits: What is known of words.
        names: Words that are names, which tell whom one talks to and not how.

    """
    spoken: dict[str, list[Sketch]] = defaultdict(list)
    for person, sketch in lines:
        if sketch.stream:
            spoken[person].append(sketch)
    people = {person: said for person, said in spoken.items() if len(said) >= FEWEST_LINES}
    whole = {person: merged(said) for person, said in people.items()}
    words = {person: Counter(sketch.words) for person, sketch in whole.items()}
    phrases = {person: _phrases(sketch) for person, sketch in whole.items()}
    total = sum(counts.total() for counts in words.values())
    own_words = telling(words, names)
    own_phrases = telling(phrases, names)
    found: list[Voice] = []
    for person, sketch in whole.items():
        sketch.paragraphs = [[len(line.words) for line in people[person]]]
        style = fingerprint(
            sketch, sums(sketch.words), traits, dialogue=words[person].total() / max(1, total)
        )
        found.append(
            Voice(
                person=person,
                lines=len(people[person]),
                style=style,
                words=own_words[person],
                phrases=own_phrases[person],
            )
        )
    found.sort(key=lambda voice: (-voice.style.words, voice.person))
    return _with_distances(found)


def _phrases(sketch: Sketch) -> Counter[str]:
    stream = sketch.stream.split()
    counts: Counter[str] = Counter()
    for size in (2, 3):
        rows = zip(*(stream[at:] for at in range(size)), strict=False)
        counts.update(" ".join(row) for row in rows if BREAK not in row)
    return counts


def telling(own: Mapping[str, Counter[str]], names: Set[str]) -> dict[str, tuple[Use, ...]]:
    """What each says more than the others: the log-odds ratio with an informative Dirichlet
    prior made of what all say together (Monroe, Colaresi and Quinn, 2008).
    """
    everyone: Counter[str] = Counter()
    for counts in own.values():
        everyone.update(counts)
    total = everyone.total()
    found: dict[str, tuple[Use, ...]] = {}
    for person, counts in own.items():
        mine_total = counts.total()
        scored: list[tuple[float, str, int]] = []
        for thing, count in counts.items():
            if count < _FEWEST_USES or len(own) < 2:
                continue
            if not _tells(thing.split(), names):
                continue
            prior = _PRIOR * everyone[thing] + 0.01
            score = log_odds(
                count,
                mine_total,
                everyone[thing] - count,
                total - mine_total,
                prior,
                _PRIOR * total + 1,
            )
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


def _with_distances(found: list[Voice]) -> tuple[Voice, ...]:
    rates = {
        voice.person: voice.style.function_words
        for voice in found
        if voice.style.words >= COMPARABLE_WORDS
    }
    between = distances(rates)
    return tuple(
        Voice(
            person=voice.person,
            lines=voice.lines,
            style=voice.style,
            words=voice.words,
            phrases=voice.phrases,
            distances=between.get(voice.person, {}),
        )
        for voice in found
    )


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
