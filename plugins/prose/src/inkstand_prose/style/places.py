"""Where the narration of a book has a phrase; kept from one reading to the next, since most scenes
are the same in it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from inkstand_prose.quotations import Quote
from inkstand_prose.style.scene import SceneStyle
from inkstand_sdk.span import Span

Row = tuple[str, ...]
_Kept = dict[int, tuple[SceneStyle, tuple[tuple[int, int], ...]]]
"""By `id` of a style: the style itself, so that no other can have its place, and where its scene
has the phrase.
"""
_last: list[dict[Row, _Kept]] = []
"""Of the latest book. It is exchanged whole, and nothing in it is ever changed."""


class TextOfScene(msgspec.Struct, frozen=True):
    """A scene's text, its quotations, and its style."""

    text: str
    quotes: Sequence[Quote]
    style: SceneStyle


class Places:
    """Seeks phrases in the scenes of one book; `leave` leaves to the next what it found."""

    def __init__(self, scenes: Sequence[TextOfScene]) -> None:
        self._scenes = scenes
        self._known = _last[0] if _last else {}
        self._found: dict[Row, _Kept] = {}

    def of(self, row: Row) -> list[Span]:
        """Where the narration has the phrase, in order."""
        known = self._known.get(row, {})
        found: _Kept = {}
        places = []
        for number, scene in enumerate(self._scenes):
            style = scene.style
            kept = known.get(id(style)) or (style, tuple(_in_scene(scene, row)))
            found[id(style)] = kept
            for start, end in kept[1]:
                places.append(Span(number, start, end))
        self._found[row] = found
        return places

    def leave(self) -> None:
        """Leave what was found to the next book."""
        _last[:] = [self._found]


def _in_scene(scene: TextOfScene, row: Row) -> Iterator[tuple[int, int]]:
    if f" {' '.join(row)} " not in f" {scene.style.narration.stream} ":
        return
    starts = [quote.start for quote in scene.quotes]
    for match in _pattern(row).finditer(scene.text):
        at = bisect_right(starts, match.start()) - 1
        if at < 0 or scene.quotes[at].end <= match.start():
            yield match.span()


@lru_cache(maxsize=256)
def _pattern(row: Row) -> re.Pattern[str]:
    words = r"[\W_]+".join(re.escape(word).replace("'", "['’]") for word in row)
    first = words[0]
    if not (first.isascii() and first.isalpha()):
        return re.compile(rf"\b{words}\b", re.IGNORECASE)
    # A text is searched for one of a few letters in a tenth of the time.
    return re.compile(rf"[{first}{first.upper()}{_ALSO.get(first, '')}](?<!\w.)(?i:{words[1:]}\b)")


_ALSO = {"i": "\u0130\u0131", "k": "\u212a", "s": "\u017f"}
"""What else is one of these letters where case is ignored."""
