"""The scenes that a page names: by title, file, chapter, id or number."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from inkstand.workspace.bible.kinds import same
from inkstand_sdk.bible import fields_at
from inkstand_sdk.errors import NotFound
from inkstand_sdk.manuscript import Manuscript, Scene


class NamedScenes:
    """The scenes of a manuscript, to be found by what writers call them."""

    def __init__(self, manuscript: Manuscript) -> None:
        self.scenes = manuscript.scenes
        self._places: dict[str, int] = {}
        # Where two things have one name, the more particular one is meant.
        for names in (_ids, _titles, _files, _headings):
            for scene in self.scenes:
                for name in names(scene):
                    self._places.setdefault(same(name), scene.index)

    def place_of(self, name: str | int) -> int | None:
        """The place of the scene with that name, or of that number from 1; None without one."""
        found = self._places.get(same(str(name)))
        if found is None and isinstance(name, int) and 1 <= name <= len(self.scenes):
            return name - 1
        return found

    def find(self, name: str) -> int:
        """The place of the scene that a user names.

        Raises:
            NotFound: there is none.

        """
        number = int(name) if name.isdecimal() and len(name) < 9 else name
        found = self.place_of(number)
        if found is None:
            near = self.near(name)
            raise NotFound(
                f"There is no scene {name!r}.",
                f"There is {near!r}." if near else f"The manuscript has {len(self.scenes)} scenes.",
                "Name a scene by its title, its file or its number.",
            )
        return found

    def near(self, name: str) -> str:
        """The title or file that resembles a name most; "" if none does."""
        from difflib import get_close_matches

        names = [name for scene in self.scenes for name in (*_titles(scene), *_files(scene))]
        plain = {same(each): each for each in names}
        return plain[near[0]] if (near := get_close_matches(same(name), plain, n=1)) else ""

    def act_of(self, place: int) -> int:
        """The act of a scene: what its front matter says, or else the number of its part."""
        scene = self.scenes[place]
        own = scene.meta.get("act")
        if isinstance(own, int) and not isinstance(own, bool):
            return own
        parts = list(dict.fromkeys(each.part for each in self.scenes if each.part))
        return parts.index(scene.part) + 1 if scene.part else 0

    def at(self, fields: dict[str, Any], place: int) -> dict[str, Any]:
        """The fields of a page as they are in one scene."""
        return fields_at(fields, place, self.place_of, self.act_of(place))


def _ids(scene: Scene) -> list[str]:
    return [scene.id, scene.id.removeprefix("manuscript/")]


def _titles(scene: Scene) -> list[str]:
    return [scene.title] if scene.title else []


def _files(scene: Scene) -> list[str]:
    path = PurePosixPath(scene.file)
    return [scene.file, scene.file.removeprefix("manuscript/"), path.name, path.stem]


def _headings(scene: Scene) -> list[str]:
    return [each for each in (scene.chapter, scene.part) if each]
