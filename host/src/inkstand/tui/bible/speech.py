"""Who speaks to whom, counted from the quotations of a reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from inkstand_sdk.reader import COMMITTED, Person, Quotation, Reading


class Tie(msgspec.Struct, frozen=True):
    """Two people who speak with each other: lines of the first to the second, and back."""

    one: str
    other: str
    there: int
    back: int

    @property
    def lines(self) -> int:
        """The lines between them."""
        return self.there + self.back


def ties(reading: Reading, scene: int | None = None) -> list[Tie]:
    """Who speaks to whom, those first who speak most; in one scene only, if one is named.

    Lines whose speaker is only guessed at are left out, and so are those to oneself.
    """
    lines: Counter[tuple[str, str]] = Counter()
    for quotation in _certain(reading, scene):
        for heard in quotation.addressees:
            if heard != quotation.speaker:
                lines[quotation.speaker or "", heard] += 1
    pairs = {tuple(sorted(pair)) for pair in lines}
    found = [_tie(one, other, lines) for one, other in pairs]
    return sorted(found, key=lambda tie: (-tie.lines, tie.one, tie.other))


def _tie(one: str, other: str, lines: Counter[tuple[str, str]]) -> Tie:
    there, back = lines[one, other], lines[other, one]
    return Tie(one, other, there, back) if there >= back else Tie(other, one, back, there)


def between(reading: Reading, tie: Tie, scene: int | None = None) -> list[Quotation]:
    """The lines of two people to each other, in the order of the text."""
    pair = (tie.one, tie.other)
    return [
        quotation
        for quotation in _certain(reading, scene)
        if quotation.speaker in pair
        and any(name in pair and name != quotation.speaker for name in quotation.addressees)
    ]


def _certain(reading: Reading, scene: int | None) -> list[Quotation]:
    return [
        quotation
        for quotation in reading.quotations
        if quotation.speaker is not None
        and quotation.confidence >= COMMITTED
        and (scene is None or quotation.span.scene == scene)
    ]


def people_of(found: Sequence[Tie], most: int) -> list[str]:
    """Those who speak and are spoken to most, so many at most."""
    lines: Counter[str] = Counter()
    for tie in found:
        lines[tie.one] += tie.lines
        lines[tie.other] += tie.lines
    return [name for name, _ in lines.most_common(most)]


def short_names(names: Sequence[str], cast: Sequence[Person]) -> dict[str, str]:
    """What to write for each of these: the first name, where nobody else has it."""
    titles = {"mr", "mrs", "miss", "ms", "dr", "sir", "lady", "lord", "the", "captain", "aunt"}

    def first(name: str) -> str:
        words = name.split()
        return name if not words or words[0].rstrip(".").lower() in titles else words[0]

    taken = Counter(first(name) for name in {*names, *(person.name for person in cast)})
    return {name: first(name) if taken[first(name)] == 1 else name for name in names}
