"""Eyes of one color in one place, and of another elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from inkstand_writing.continuity.coloring import Palette, contradictions
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion

_PALETTE = Palette(
    kind="eye_color",
    attribute="eyes",
    shades={
        "blue-grey": frozenset(["blue", "grey"]),
        "grey-green": frozenset(["grey", "green"]),
        "blue-green": frozenset(["blue", "green"]),
        "hazel": frozenset(["hazel", "brown", "green", "amber"]),
        "amber": frozenset(["amber", "brown"]),
        "black": frozenset(["black", "dark"]),
        "brown": frozenset(["brown", "dark"]),
        "dark": frozenset(["dark"]),
        "violet": frozenset(["violet", "blue"]),
    },
    near={
        frozenset(["blue", "grey"]): 0.8,
        frozenset(["green", "grey"]): 0.85,
        frozenset(["dark", "blue"]): 0.57,
        frozenset(["dark", "grey"]): 0.56,
        frozenset(["dark", "green"]): 0.57,
        frozenset(["dark", "violet"]): 0.55,
        frozenset(["dark", "hazel"]): 0.3,
        frozenset(["dark", "amber"]): 0.4,
        frozenset(["black", "hazel"]): 0.8,
    },
)


def find(facts: BookFacts) -> Iterator[Suspicion]:
    """Suspicions of eyes that change their color."""
    return contradictions(facts, _PALETTE)
