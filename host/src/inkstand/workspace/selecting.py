"""Which scenes of a manuscript are meant by numbers and by the names of chapters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from inkstand_sdk.errors import UsageError
from inkstand_sdk.manuscript import Manuscript, Scene

_RANGE = re.compile(r"(\d{1,9})(?:\s*-\s*(\d{1,9}))?$")


class Selection:
    """Some scenes of a manuscript.

    Args:
        manuscript: All of them.
        scenes: Their numbers from 1, such as "3-7,9"; "" for all.
        chapters: Headings of chapters, or their numbers from 1; none for all.

    Raises:
        UsageError: a scene or chapter is not there.

    """

    def __init__(self, manuscript: Manuscript, scenes: str, chapters: Sequence[str]) -> None:
        self._scenes = _numbers(scenes, len(manuscript.scenes)) if scenes.strip() else None
        self._chapters = _of_chapters(manuscript, chapters) if chapters else None

    def holds(self, scene: Scene) -> bool:
        """Whether a scene is among them."""
        of_numbers = self._scenes is None or scene.index + 1 in self._scenes
        return of_numbers and (self._chapters is None or scene.index in self._chapters)


def _numbers(text: str, last: int) -> set[int]:
    found: set[int] = set()
    for piece in text.split(","):
        match = _RANGE.match(piece.strip())
        first, end = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= end <= last:
            raise UsageError(
                f"There are no scenes {piece.strip()!r}.",
                f"The manuscript has scenes 1 to {last}.",
                "Give numbers and ranges, such as 3-7,9.",
            )
        found.update(range(first, end + 1))
    return found


def _of_chapters(manuscript: Manuscript, chapters: Sequence[str]) -> set[int]:
    """The indexes of the scenes in these chapters."""
    order: list[tuple[str, set[int]]] = []
    before: tuple[str, str, str] | None = None
    for scene in manuscript.scenes:
        name = scene.chapter or scene.title
        # A file without a heading is a chapter of its own.
        here = (scene.part, scene.chapter, "" if scene.chapter else scene.file)
        if here != before:
            order.append((name, set()))
        before = here
        order[-1][1].add(scene.index)
    found: set[int] = set()
    for asked in chapters:
        wanted = asked.strip().casefold()
        named = [indexes for name, indexes in order if name.strip("*_ ").casefold() == wanted]
        if not named and asked.strip().isdecimal() and 1 <= int(asked) <= len(order):
            named = [order[int(asked) - 1][1]]
        if not named:
            raise UsageError(
                f"There is no chapter {asked!r}.",
                "It may be misspelled.",
                f"Give a heading, or a number from 1 to {len(order)}.",
            )
        found.update(*named)
    return found
