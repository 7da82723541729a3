"""Where the narration of a book has a phrase; kept from one reading to the next, since most scenes
are the same in it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

import msgspec

from inkstand_prose.quotations import Quote
from inkstand_prose.style.scene import SceneStyle
from inkstand_sdk.span import Span

Row = tuple[str, ...]


class TextOfScene(msgspec.Struct, frozen=True):
    """A scene's text, its quotations, and its style."""

    text: str
    quotes: Sequence[Quote]
    style: SceneStyle


class _Found(msgspec.Struct, frozen=True):
    """The scenes of a book, and where each of them has each phrase that was sought."""

    styles: list[SceneStyle]
    places: dict[Row, list[tuple[Span, ...]]]


_last: list[_Found] = []
"""The latest book. It is exchanged whole, and nothing in it is ever changed."""


class Places:
    """Seeks phrases in the scenes of one book; `leave` leaves to the next what it found."""

    def __init__(self, scenes: Sequence[TextOfScene]) -> None:
        self._scenes = scenes
        self._known = _last[0] if _last else _Found([], {})
        numbers = {id(style): number for number, style in enumerate(self._known.styles)}
        self._before = [numbers.get(id(scene.style), -1) for scene in scenes]
        """The number that each scene had in the book before; -1 for those that it had not."""
        self._found: dict[Row, list[tuple[Span, ...]]] = {}

    def of(self, row: Row) -> list[Span]:
        """Where the narration has the phrase, in order."""
        known = self._known.places.get(row)
        found = []
        for number, before in enumerate(self._before):
            if known is None or before < 0:
                spans = tuple(_in_scene(self._scenes[number], number, row))
            elif before == number:
                spans = known[before]
            else:
                spans = tuple(Span(number, span.start, span.end) for span in known[before])
            found.append(spans)
        self._found[row] = found
        return list(chain.from_iterable(found))

    def leave(self) -> None:
        """Leave what was found to the next book."""
        _last[:] = [_Found([scene.style for scene in self._scenes], self._found)]


def _in_scene(scene: TextOfScene, number: int, row: Row) -> Iterator[Span]:
    if f" {' '.join(row)} " not in f" {scene.style.narration.stream} ":
        return
    starts = [quote.start for quote in scene.quotes]
    for match in _pattern(row).finditer(scene.text):
        at = bisect_right(starts, match.start()) - 1
        if at < 0 or scene.quotes[at].end <= match.start():
            yield Span(number, *match.span())


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
