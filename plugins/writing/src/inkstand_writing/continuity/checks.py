"""The checks, one module a kind, and which of them are run unless the writer names others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Literal, get_args

import msgspec

from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Suspicion

Kind = Literal[
    "eye_color",
    "hair_color",
    "age",
    "dead_speak",
    "name_spelling",
    "kinship",
    "two_places",
    "lost_thing",
    "days",
    "pov_slip",
    "tense_slip",
    "names_alike",
]

CLAIMED: tuple[Kind, ...] = (
    "eye_color",
    "hair_color",
    "age",
    "dead_speak",
    "kinship",
    "name_spelling",
    "two_places",
    "lost_thing",
    "days",
    "pov_slip",
    "tense_slip",
)
"""The kinds that are checked by default: those that are hardly ever wrong on novels without slips.
How much of what they look for they find, `docs/explanation/continuity-accuracy.md` says.
"""

Find = Callable[[BookFacts], Iterator[Suspicion]]


class Check(msgspec.Struct, frozen=True):
    """One kind of check. Its module is imported when it is run."""

    kind: Kind

    @property
    def find(self) -> Find:
        """What looks for suspicions of the kind in a book."""
        found: Find = import_module(f"inkstand_writing.continuity.{self.kind}").find
        return found


KINDS: tuple[Kind, ...] = get_args(Kind)
