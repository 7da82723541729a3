"""A reference: words that point at a person."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["name", "description", "subject", "object", "own", "self"]
"""What a reference is: "own" is "his", "her", "my"; "self" is "himself"."""


class Reference(msgspec.Struct, gc=False):
    """Words at `[start, end)` that point at somebody: a number in the cast, below 0 nobody
    known. `quote` is the number of the quotation that they stand in, -1 in narration.
    """

    start: int
    end: int
    role: Role
    person: int
    confidence: float
    quote: int = -1
    possessive: bool = False
    next_best: int = -1
    """Whom a pronoun means if not that one."""
