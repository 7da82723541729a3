"""Tone: whether prose leans to the formal, the casual, the professional or the emphatic."""

from __future__ import annotations

from collections.abc import Mapping

from inkstand_prose.style import tables
from inkstand_sdk.style import Tone, Use

TYPICAL = {"formal": 11.9, "casual": 3.5, "professional": 4.5, "emphatic": 20.5}
"""Signs of each in 1,000 words of an ordinary novel's narration: the medians of sixty."""
_EVIDENCE = 6


def signs_of_tone(
    counts: Mapping[str, int], contractions: int, marks: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    """How often each sign of each tone stands there. Contractions are signs of the casual;
    exclamation marks and words set off are signs of the emphatic.
    """
    found: dict[str, dict[str, int]] = {}
    for name in TYPICAL:
        known = tables.word_set(f"tone_{name}")
        found[name] = {word: counts[word] for word in known if word in counts}
    if contractions:
        found["casual"]["contractions"] = contractions
    for mark, shown in (("exclamation", "!"), ("emphasis", "emphasis")):
        if marks.get(mark):
            found["emphatic"][shown] = marks[mark]
    return found


def tone(
    counts: Mapping[str, int], contractions: int, marks: Mapping[str, int], words: int
) -> Tone:
    """The tone of a text of so many words."""
    found = signs_of_tone(counts, contractions, marks)
    weight = {
        name: sum(signs.values()) * 1000 / max(1, words) / TYPICAL[name]
        for name, signs in found.items()
    }
    whole = sum(weight.values())
    if not whole:
        return Tone()
    return Tone(
        **{name: round(each / whole, 3) for name, each in weight.items()},
        evidence={name: _commonest(signs) for name, signs in found.items() if signs},
    )


def _commonest(signs: Mapping[str, int]) -> tuple[Use, ...]:
    ranks = tables.ranks()
    # What every text has is no evidence: of equal counts the rarer word tells more.
    order = sorted(signs, key=lambda sign: (-signs[sign] * ranks.get(sign, 1_000) ** 0.5, sign))
    return tuple(Use(sign, signs[sign]) for sign in order[:_EVIDENCE])
