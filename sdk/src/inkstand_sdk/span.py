"""Where something stands in a manuscript."""

from __future__ import annotations

import msgspec


class Span(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`[start, end)` in code points of the text of scene number `scene`."""

    scene: int
    start: int
    end: int
