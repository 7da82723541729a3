"""A manuscript as tools and readers see it: scenes in order."""

from __future__ import annotations

from typing import Any

import msgspec


class Scene(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One scene.

    `text` is the scene's own text, without front matter and headings, newlines untranslated.
    `offset` is where it starts in its file's decoded text and `line` the line it starts on (from
    1); both count the file as it is, `offset` in code points. `id` is stable under edits
    elsewhere: file and number within the file. `chapter` and `part` are headings, "" where there
    are none.
    """

    index: int
    id: str
    text: str
    title: str = ""
    chapter: str = ""
    part: str = ""
    file: str = ""
    offset: int = 0
    line: int = 1
    words: int = 0
    sha256: str = ""
    pov: str = ""
    when: str = ""
    place: str = ""
    status: str = ""
    cloud: bool = True
    """False when front matter says `cloud: never`."""
    meta: dict[str, Any] = msgspec.field(default_factory=dict)
    """Front matter that has no field of its own."""

    def label(self) -> str:
        """What to call the scene when quoting from it."""
        return self.title or self.chapter or self.file or f"Scene {self.index + 1}"


class Manuscript(msgspec.Struct, frozen=True, kw_only=True):
    """Scenes in reading order; `language` is an ISO 639-1 code."""

    title: str
    scenes: tuple[Scene, ...]
    language: str = "en"
    notes: tuple[str, ...] = ()
    """Sentences for the user: what was skipped, how an odd encoding was read."""

    def words(self) -> int:
        """Words in all scenes."""
        return sum(scene.words for scene in self.scenes)
