"""A new scene: a file of its own, in its place among the others."""

from __future__ import annotations

import re
from pathlib import Path

from inkstand.workspace.counts import Count
from inkstand.workspace.layout import front_matter, slug
from inkstand.workspace.project import Workspace
from inkstand.workspace.reordering import between
from inkstand.workspace.saving import Saver
from inkstand_sdk.errors import UsageError

_NUMBER = re.compile(r"(\d+)")


def new_scene(
    workspace: Workspace, saver: Saver, count: Count, title: str, after: str = ""
) -> tuple[Path, int]:
    """Make a file for a new scene; it, and where to write on in it, in code points.

    Args:
        workspace: Where it is to be.
        saver: Writes it.
        count: The scenes as they stand.
        title: What the scene is called.
        after: The id of the scene that it comes after, or the name of a file that holds none;
            "" for the end of the book.

    Raises:
        UsageError: the workspace is a single file.
        InputError: it cannot be written.

    """
    if workspace.only is not None:
        raise UsageError(
            f"{workspace.only.name} is a book in one file.",
            "There is no place for another file in it.",
            "Type * * * on a line of its own where the new scene begins.",
        )
    files = list(count.files)
    before = next((scene.file for scene in count.scenes if scene.id == after), after)
    place = next((at for at, file in enumerate(files) if file.name == before), len(files) - 1)
    folder = (workspace.root / files[place].name).parent if files else workspace.prose
    fields: dict[str, object] = {"title": title, "status": "draft"}
    path = folder / f"{_number(folder)}{slug(title) or 'scene'}.md"
    names = [file.name for file in files]
    following = files[place + 1] if files and place + 1 < len(files) else None
    if following is not None:
        fields["order"] = between(files[place].order, following.order)
    elif files and files[place].order >= len(files):
        fields["order"] = int(files[place].order) + 1
    text = front_matter(fields)
    number = 2
    while path.exists() or workspace.name_of(path) in names:
        path = path.with_name(f"{path.stem.removesuffix(f'-{number - 1}')}-{number}.md")
        number += 1
    saver.save(path, text, basis=None, why="a scene was made")
    return path, len(text)


def _number(folder: Path) -> str:
    """The number that the next file's name begins with: "07-"; "" where the others have none."""
    if not folder.is_dir():
        return "01-"
    found = [_NUMBER.match(path.name) for path in folder.iterdir() if path.is_file()]
    numbers = [match[1] for match in found if match is not None]
    if not numbers:
        return "" if found else "01-"
    width = max(map(len, numbers))
    return f"{max(map(int, numbers)) + 1:0{width}}-"
