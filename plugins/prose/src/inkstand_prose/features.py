"""What speaks for each candidate when a line's speaker is not told outright.

Features are names of facts that hold; a weight for each is learnt from annotated novels
(`training/`), one set for every kind of cue.
"""

from __future__ import annotations

_GAPS = ((0, "0"), (1, "1"), (2, "2"), (4, "3-4"), (7, "5-7"), (12, "8-12"), (25, "13-25"))


def gap_name(gap: int) -> str:
    """A bucket for a distance in paragraphs."""
    for limit, name in _GAPS:
        if gap <= limit:
            return name
    return "far"
