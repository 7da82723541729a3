"""The scenes of several files as one book: in which order, in which part and chapter."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from inkstand.workspace.files import MANUSCRIPT, sound
from inkstand.workspace.headings import plain_mark
from inkstand.workspace.outlines import Outline
from inkstand_sdk.manuscript import Scene

_NUMBER = re.compile(r"\d+[\s._)-]*(?=\S)")


class Entry(msgspec.Struct, frozen=True):
    """A file of a book: its name, the folders it lies in below the manuscript, and its outline.

    `here` is whether settings keep it on this machine; `text` is "" where only words are counted.
    """

    name: str
    folders: tuple[str, ...]
    outline: Outline
    here: bool = False
    text: str = ""


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """The files as they are read: as they come, but for those whose front matter says `order`."""
    return [entry for _, entry in with_places(entries)]


def with_places(entries: Sequence[Entry]) -> list[tuple[float, Entry]]:
    """The files as they are read, with the number that each one's place comes from."""
    places = (
        (float(place) if entry.outline.order is None else entry.outline.order, entry)
        for place, entry in enumerate(entries)
    )
    return sorted(places, key=lambda it: it[0])


def arranged(entries: Sequence[Entry]) -> list[Scene]:
    """The scenes of a book in reading order, their texts those of their files.

    What a heading says of part and chapter comes first, then front matter, then the folders. A
    part goes on in the files after it that do not say better.
    """
    scenes: list[Scene] = []
    part_so_far = ""
    for entry in in_order(entries):
        outline = entry.outline
        of_folder = _of_folders(entry.folders)
        cloud = outline.cloud and not entry.here
        for number, (scene, length) in enumerate(
            zip(outline.scenes, outline.lengths, strict=True), 1
        ):
            said = scene.part or outline.part
            part_so_far = said or part_so_far
            scenes.append(
                msgspec.structs.replace(
                    scene,
                    index=len(scenes),
                    id=f"{entry.name}#{number}",
                    file=entry.name,
                    text=entry.text[scene.offset : scene.offset + length],
                    part=said or of_folder[0] or ("" if entry.folders else part_so_far),
                    chapter=scene.chapter or outline.chapter or of_folder[1],
                    cloud=cloud,
                )
            )
    return scenes


def _of_folders(folders: Sequence[str]) -> tuple[str, str]:
    """Part and chapter by the names of folders: one folder is a part, unless it is "Chapter 3"."""
    names = [
        _NUMBER.sub("", sound(folder), count=1).replace("_", " ")
        for folder in folders
        if folder != MANUSCRIPT  # of a book among several
    ]
    if not names:
        return "", ""
    if len(names) == 1:
        return ("", names[0]) if plain_mark(names[0]) == "chapter" else (names[0], "")
    return names[0], names[1]
