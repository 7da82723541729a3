"""A person while names are being gathered."""

from __future__ import annotations

import msgspec

from inkstand_prose.given_forms import same_given
from inkstand_prose.lexicon import words
from inkstand_prose.lexicon.titles import KIN_TITLES, PLAIN_TITLES
from inkstand_prose.names import Key

LEARNED = words("titles_learned")
"""Titles that somebody may bear beside "Mr."."""
LADDER = ("sergeant", "ensign", "lieutenant", "captain", "major", "colonel", "general")
"""Ranks that an officer has one after the other."""
MATRONS = frozenset(["mrs", "lady", "madame", "frau", "senora", "señora", "signora", "widow"])
"""Titles of women who have, or had, a husband."""


class Figure(msgspec.Struct):
    """A person while names are being gathered. `given` and `surname` are "" where unknown."""

    keys: list[Key]
    uses: int = 0
    given: str = ""
    givens: set[str] = msgspec.field(default_factory=set)
    surname: str = ""
    gender: str = "unknown"
    titles: set[str] = msgspec.field(default_factory=set)

    def is_called(self, name: str) -> bool:
        """Whether the given name, or one that it is short for, is this one's."""
        return any(same_given(given, name) for given in self.givens)

    def ranks(self) -> set[str]:
        """Titles that belong to this one alone: "Captain", "Lady"."""
        return self.titles - PLAIN_TITLES - KIN_TITLES - LEARNED


def genders_agree(one: str, other: str) -> bool:
    """Whether two may be one person's: the same, or one of them unknown."""
    return one == other or "unknown" in {one, other}
