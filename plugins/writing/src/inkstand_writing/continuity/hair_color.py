"""Hair of one color in one place, and of another elsewhere; that it turns grey is no slip."""

from __future__ import annotations

from collections.abc import Iterator

from inkstand_writing.continuity.coloring import Palette, contradictions
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion

_PALETTE = Palette(
    kind="hair_color",
    attribute="hair",
    shades={
        "black": frozenset(["black", "dark"]),
        "brown": frozenset(["brown", "dark", "light-brown"]),
        "light-brown": frozenset(["light-brown", "blond", "sandy"]),
        "chestnut": frozenset(["brown", "auburn", "dark", "chestnut"]),
        "auburn": frozenset(["auburn", "red", "chestnut"]),
        "red": frozenset(["red"]),
        "sandy": frozenset(["sandy", "blond", "red"]),
        "grey": frozenset(["grey", "white"]),
        "dark": frozenset(["dark"]),
    },
    near={
        frozenset(["black", "brown"]): 0.7,
        frozenset(["brown", "auburn"]): 0.6,
        frozenset(["brown", "blond"]): 0.9,
        frozenset(["brown", "sandy"]): 0.6,
        frozenset(["chestnut", "red"]): 0.6,
        frozenset(["chestnut", "blond"]): 0.66,
        frozenset(["auburn", "blond"]): 0.75,
        frozenset(["auburn", "dark"]): 0.6,
        frozenset(["auburn", "sandy"]): 0.6,
        frozenset(["blond", "red"]): 0.85,
        frozenset(["white", "blond"]): 0.4,
        **{
            frozenset([old, young]): 0.6
            for old in ("grey", "white")
            for young in ("black", "brown", "chestnut", "auburn", "red", "dark", "sandy")
        },
        frozenset(["grey", "blond"]): 0.5,
        frozenset(["bald", "grey"]): 0.0,
        frozenset(["bald", "white"]): 0.0,
    },
    passing=frozenset(["grey", "white", "bald"]),
)


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """Suspicions of hair that changes its color."""
    return contradictions(facts, _PALETTE)
