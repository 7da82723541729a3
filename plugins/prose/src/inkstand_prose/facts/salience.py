"""Whom the text has lately pointed at, and how strongly: what pronouns choose from."""

from __future__ import annotations

from math import exp

import msgspec

_FADE = 0.45
"""How fast attention fades: per sentence, and per paragraph once more."""
_FORGOTTEN = 0.02
_MOST = 14
_UNTOLD = 0.55
"""What somebody whose gender is unknown counts for, against one whom the pronoun fits."""


class _Held(msgspec.Struct, gc=False):
    weight: float
    time: float
    gender: str


class Salience:
    """Referents (numbers; below -1 those without a name) and the attention that each holds."""

    def __init__(self) -> None:
        self.time = 0.0
        self._held: dict[int, _Held] = {}

    def pass_by(self, sentences: float) -> None:
        """Let attention fade."""
        self.time += sentences

    def point(self, who: int, gender: str, weight: float) -> None:
        """The text points at somebody; as a subject with weight 1, otherwise with less."""
        held = self._held.get(who)
        if held is None:
            if len(self._held) >= _MOST:
                self._forget()
            self._held[who] = _Held(weight, self.time, gender)
            return
        left = held.weight * exp(_FADE * (held.time - self.time))
        held.weight, held.time = weight + 0.5 * left, self.time
        if held.gender == "unknown":
            held.gender = gender

    def best(
        self, gender: str, barred: int | None, favored: int | None, favor: float
    ) -> tuple[int, float, float, int]:
        """The one whom a pronoun of that gender most likely means, how strongly it is held,
        how strongly the next, and who that is; -1 and 0 where there is nobody.
        """
        first, strongest, second, following = -1, 0.0, 0.0, -1
        for who, held in self._held.items():
            if who == barred or held.gender not in {gender, "unknown"}:
                continue
            weight = held.weight * exp(_FADE * (held.time - self.time))
            if held.gender == "unknown":
                weight *= _UNTOLD
            if who == favored:
                weight *= favor
            if weight > strongest:
                first, strongest, second, following = who, weight, strongest, first
            elif weight > second:
                second, following = weight, who
        return first, strongest, second, following

    def _forget(self) -> None:
        now = {
            who: held.weight * exp(_FADE * (held.time - self.time))
            for who, held in self._held.items()
        }
        weakest = min(now, key=lambda who: now[who])
        for who in [w for w, weight in now.items() if weight < _FORGOTTEN or w == weakest]:
            del self._held[who]
