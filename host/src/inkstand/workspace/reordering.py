"""Scenes put in another order: within their file, or as files of one folder."""

from __future__ import annotations

from pathlib import Path

import msgspec

from inkstand.workspace import frontmatter
from inkstand.workspace.counts import Count, SceneCount
from inkstand.workspace.files import MARKDOWN
from inkstand.workspace.project import Workspace
from inkstand.workspace.saving import Saver
from inkstand.workspace.scenes import WORD, cuts
from inkstand.workspace.textfile import TextFile
from inkstand_sdk.errors import NotFound, UsageError


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A scene that was moved: the file that was changed for it, and which scene it is now."""

    file: Path
    scene: str


class _Block(msgspec.Struct, frozen=True):
    """A scene with its own title, as code points of its file."""

    start: int
    end: int


class _Whole(msgspec.Struct, frozen=True, kw_only=True):
    """What is moved with its file: the file, what it is called, and the scene it was asked as."""

    file: str
    label: str
    scene: str


def move_scene(workspace: Workspace, saver: Saver, count: Count, scene: str, by: int) -> Moved:
    """Move a scene one place up or down.

    Scenes of one file change places in it, between two headings of chapters. A file that holds one
    scene changes places with its neighbor in the same folder: its front matter says `order` then.

    Args:
        workspace: Where it is.
        saver: Writes the file, with a snapshot.
        count: The scenes as they stand.
        scene: Its id, or the name of a file that holds no words yet.
        by: -1 for up, 1 for down.

    Raises:
        NotFound: there is no such scene.
        UsageError: there is nothing beside it that it could change places with.
        InputError: the file cannot be read or written.

    """
    ids = [each.id for each in count.scenes]
    if scene not in ids and any(file.name == scene for file in count.files):
        whole = _Whole(file=scene, label=Path(scene).stem, scene=scene)
        return _file_moved(workspace, saver, count, whole, by)
    if scene not in ids:
        raise NotFound(
            "The scene is not where it was.",
            "The text was changed meanwhile.",
            "Look at the list again, and try once more.",
        )
    place = ids.index(scene)
    moving = count.scenes[place]
    beside = count.scenes[place + by] if 0 <= place + by < len(ids) else None
    if beside is not None and beside.file == moving.file:
        return _swapped(workspace, saver, count, moving, by)
    whole = _Whole(file=moving.file, label=moving.label, scene=scene)
    return _file_moved(workspace, saver, count, whole, by)


def _swapped(
    workspace: Workspace, saver: Saver, count: Count, moving: SceneCount, by: int
) -> Moved:
    path = workspace.root / moving.file
    with saver.alone():
        basis = TextFile.read(path)
        markdown = path.suffix.lower() in MARKDOWN
        found = _blocks(basis.text, markdown=markdown)
        of_file = [scene.id for scene in count.scenes if scene.file == moving.file]
        place = of_file.index(moving.id)
        upper = min(place, place + by)
        if len(found) != len(of_file):
            raise UsageError(
                f"{path.name} was changed meanwhile.", "", "Save it, and try once more."
            )
        first, second = found[upper], found[upper + 1]
        if _has_heading(basis.text, first, second, markdown=markdown):
            raise _no_neighbor(moving.label, by, "chapter")
        text = basis.text
        changed = (
            text[: first.start]
            + text[second.start : second.end]
            + text[first.end : second.start]
            + text[first.start : first.end]
            + text[second.end :]
        )
        saver.save(path, changed, basis=basis, why="a scene was moved")
    return Moved(file=path, scene=of_file[place + by])


def _blocks(text: str, *, markdown: bool) -> list[_Block]:
    """Where each scene of a file stands with the title that is its own."""
    found: list[_Block] = []
    start = at = frontmatter.parse(text, "").end

    def end_block(end: int) -> None:
        # What holds no words is no scene: its title goes on to the next text.
        if WORD.search(text, at, end):
            whole = text[start:end]
            lead = len(whole) - len(whole.lstrip())
            found.append(_Block(start + lead, start + len(whole.rstrip())))

    for cut in cuts(text, start, markdown=markdown):
        end_block(cut.start)
        if cut.mark != "title":
            start = cut.end
        elif WORD.search(text, at, cut.start) or not text[start : cut.start].strip():
            start = cut.start
        at = cut.end
    end_block(len(text))
    return found


def _has_heading(text: str, first: _Block, second: _Block, *, markdown: bool) -> bool:
    """Whether a chapter or part begins between two scenes."""
    marks = cuts(text, frontmatter.parse(text, "").end, markdown=markdown)
    return any(
        cut.mark in ("chapter", "part") and first.end <= cut.start < second.start for cut in marks
    )


def _file_moved(workspace: Workspace, saver: Saver, count: Count, moving: _Whole, by: int) -> Moved:
    from inkstand.workspace.bible.rewriting import rewritten

    of_file = [scene for scene in count.scenes if scene.file == moving.file]
    if len(of_file) > 1:
        raise UsageError(
            f"“{moving.label}” shares its file with other scenes, and none of them is"
            f" {'before' if by < 0 else 'after'} it.",
            "Only whole files change places.",
            "Cut its text, and paste it where it is to be.",
        )
    names = [file.name for file in count.files]
    place = names.index(moving.file)
    other = place + by
    if not 0 <= other < len(names) or names[other].rpartition("/")[0] != _folder(moving):
        raise _no_neighbor(moving.label, by, "folder" if "/" in moving.file else "book")
    nearest = count.files[other].order
    beyond = other + by
    farther = count.files[beyond].order if 0 <= beyond < len(names) else nearest + 2 * by
    path = workspace.root / moving.file
    with saver.alone():
        basis = TextFile.read(path)
        changed = rewritten(basis.text, ("order",), between(nearest, farther, by))
        saver.save(path, changed, basis=basis, why="a scene was moved")
    return Moved(file=path, scene=moving.scene)


def _folder(scene: _Whole) -> str:
    return scene.file.rpartition("/")[0]


def between(nearest: float, farther: float, by: int = 1) -> int | float:
    """The shortest number between two; beyond the nearest one if they are the same."""
    if nearest == farther:
        farther = nearest + 2 * by
    low, high = sorted((nearest, farther))
    for digits in range(12):
        number = round((low + high) / 2, digits)
        if low < number < high:
            return int(number) if number == int(number) else number
    return (low + high) / 2


def _no_neighbor(label: str, by: int, of: str) -> UsageError:
    which = "first" if by < 0 else "last"
    return UsageError(
        f"“{label}” is the {which} scene of its {of}.",
        f"Scenes change places within a {of}.",
        "To have it elsewhere, cut its text and paste it there, or move its file.",
    )
