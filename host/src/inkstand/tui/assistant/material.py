"""What a tool is given to work on, and the way back from its quotations to the files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from inkstand.tui.assistant.shapes import Link
from inkstand.tui.assistant.where import Where
from inkstand_sdk.errors import InputError, UsageError
from inkstand_sdk.manuscript import Manuscript, Scene

if TYPE_CHECKING:
    from inkstand.studio import Studio

SCENE, SELECTION, BOOK = "this scene", "selection", "whole book"


class Material(msgspec.Struct, frozen=True):
    """A manuscript, the file or folder that it was taken from, and the files of its scenes."""

    manuscript: Manuscript
    path: Path
    files: tuple[Path, ...]


class Place(msgspec.Struct, frozen=True):
    """A passage of a file, in code points; `is_there` is whether it stands there word for word."""

    file: Path
    start: int
    end: int
    is_there: bool = True


def material(studio: Studio, book: Path, where: Where, what: str) -> Material:
    """What is meant by `SCENE`, `SELECTION` or `BOOK`. Reads the disk.

    Raises:
        UsageError: no text is open, or nothing is selected.
        InputError: it cannot be read.

    """
    if what == BOOK:
        whole = studio.manuscript(book)
        return Material(whole, book, _files(studio, book, whole.scenes))
    if where.file is None:
        raise UsageError("No text is open.", "", "Open one on the left, or work on the whole book.")
    loaded = studio.manuscript(where.file)
    scene = _scene(loaded.scenes, where)
    if what == SELECTION:
        scene = _selection(scene, where)
    only = msgspec.structs.replace(scene, index=0)
    part = msgspec.structs.replace(loaded, scenes=(only,))
    return Material(part, where.file, (where.file,))


def place_of(studio: Studio, given: Material | None, link: Link, root: Path) -> Place | None:
    """Where a quotation stands now: where it was, or else nearest to that. Reads the disk.

    None if its file is not there any more.
    """
    start = link.start
    if link.scene >= 0 and given is not None and link.scene < len(given.files):
        file = given.files[link.scene]
        start += given.manuscript.scenes[link.scene].offset
    elif link.file:
        file = _found(link.file, (root, given.path if given is not None else root))
    else:
        return None
    try:
        text = studio.text_of(file.read_bytes(), str(file))
    except (OSError, InputError):
        return None
    if text.startswith(link.quote, start):
        return Place(file, start, start + len(link.quote))
    at = _nearest(text, link.quote, start)
    if at < 0:
        return Place(file, min(start, len(text)), min(start, len(text)), is_there=False)
    return Place(file, at, at + len(link.quote))


def _nearest(text: str, quote: str, start: int) -> int:
    before = text.rfind(quote, 0, start + len(quote))
    after = text.find(quote, start)
    found = [at for at in (before, after) if at >= 0]
    return min(found, key=lambda at: abs(at - start), default=-1)


def _scene(scenes: Sequence[Scene], where: Where) -> Scene:
    """The scene that the cursor is in."""
    found = scenes[0] if scenes else None
    for scene in scenes:
        if scene.offset <= where.cursor:
            found = scene
    if found is None:
        raise InputError("There is no scene here.", "The text is empty.", "Write something first.")
    return found


def _selection(scene: Scene, where: Where) -> Scene:
    text = where.selected
    if not text.strip():
        raise UsageError("Nothing is selected.", "", "Select a passage, or work on the scene.")
    return msgspec.structs.replace(
        scene,
        text=text,
        offset=min(where.selection),
        line=where.text.count("\n", 0, min(where.selection)) + 1,
        words=len(text.split()),
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
    )


def _files(studio: Studio, book: Path, scenes: Sequence[Scene]) -> tuple[Path, ...]:
    if book.is_file():
        return (book,) * len(scenes)
    around = (studio.desk(book).workspace.root, book)
    known: dict[str, Path] = {}
    for scene in scenes:
        if scene.file not in known:
            known[scene.file] = _found(scene.file, around)
    return tuple(known[scene.file] for scene in scenes)


def _found(name: str, around: Sequence[Path]) -> Path:
    folders = [folder for each in around for folder in (each, each / "manuscript")]
    return next(
        (folder / name for folder in folders if (folder / name).is_file()), folders[0] / name
    )
