"""A workspace: the folder that a writer works in, and where Inkstand keeps what belongs to it.

Any folder of Markdown or text is one, and so is a single file; `inkstand.toml` makes it a project
with a title, goals, and an `.inkstand/` folder of its own.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any

from inkstand.workspace.files import MANUSCRIPT, SETTINGS, absolute, prose_files, sound
from inkstand_sdk.errors import InputError, UsageError

STATE = ".inkstand"


class Workspace:
    """A folder of prose.

    Args:
        root: The folder, as an absolute path.
        state: Where Inkstand keeps history and what it has worked out; made when first written.
        only: The one file that was named, where there is no folder around it that counts.

    """

    def __init__(self, root: Path, state: Path, only: Path | None = None) -> None:
        self.root = root
        self.state = state
        self.only = only

    @classmethod
    def at(cls, path: Path, data: Path) -> Workspace:
        """The workspace that `path` is, or lies in.

        The nearest folder upwards with `inkstand.toml` is the root. Without one, a folder is its
        own workspace and a file one of itself alone; their state lies below `data`.

        Raises:
            InputError: there is no such file or folder.

        """
        where = absolute(path)
        try:
            is_folder, is_there = where.is_dir(), where.exists()
        except (OSError, ValueError):
            is_folder = is_there = False
        if not is_there:
            raise InputError(
                f"There is no file or folder {sound(str(path))[:200]}.",
                "The name may be misspelled, or relative to another folder.",
                f"You are in {Path.cwd()}.",
            )
        for folder in (where, *where.parents) if is_folder else where.parents:
            if (folder / SETTINGS).is_file():
                see_own(folder)
                return cls(folder, folder / STATE)
        root = where if is_folder else where.parent
        return cls(root, plain_state(root, data), None if is_folder else where)

    @classmethod
    def around(cls, path: Path, data: Path) -> list[Workspace]:
        """Every workspace that may know a file, which may be deleted: the nearest one first.

        A folder may have been worked on by itself before, or as part of a larger one.
        """
        where = absolute(path)
        there = next(each for each in (where, *where.parents) if each.exists())
        nearest = cls.at(there, data)
        plain = [cls(folder, plain_state(folder, data)) for folder in where.parents]
        return [nearest, *(each for each in plain if each.state.is_dir())]

    @property
    def is_project(self) -> bool:
        """Whether the folder has an `inkstand.toml`."""
        return (self.root / SETTINGS).is_file()

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What `inkstand.toml` says; empty without one.

        Raises:
            InputError: it is no TOML.

        """
        path = self.root / SETTINGS
        try:
            return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
        except FileNotFoundError:
            return {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, RecursionError) as error:
            raise InputError(
                f"{path} cannot be read: {error}.",
                "It was probably edited by hand and is no longer valid TOML.",
                "Mend that line.",
            ) from error

    @property
    def prose(self) -> Path:
        """The folder of the manuscript: `manuscript/`, or the root itself."""
        folder = self.root / MANUSCRIPT
        return folder if folder.is_dir() else self.root

    def prose_files(self) -> list[Path]:
        """The files of the manuscript, in the order of their names."""
        return [self.only] if self.only is not None else prose_files(self.prose)

    def name_of(self, path: Path) -> str:
        """The path of a file as Inkstand names it: from the root on, with `/`.

        Bytes of a file's name that are no text are written in hexadecimal.

        Raises:
            UsageError: the file does not lie in the workspace.

        """
        _see_nameable(path)
        where = absolute(path)
        inside = _within(where, self.root)
        if inside is None:
            # The folder may be reached in two ways, one of them over a link.
            inside = _within(Path(os.path.realpath(where)), Path(os.path.realpath(self.root)))
        if inside is None:
            raise _outside(where, self.root)
        return _named(inside)

    def history_name(self, path: Path) -> str:
        """The name of the file that a path leads to, its links followed within the workspace.

        Raises:
            UsageError: the path does not lie in the workspace.

        """
        _see_nameable(path)
        inside = _within(Path(os.path.realpath(path)), Path(os.path.realpath(self.root)))
        return self.name_of(path) if inside is None else _named(inside)

    def writable(self, path: Path) -> Path:
        """Where a file that is to be written really lies, its links followed.

        Raises:
            UsageError: that is outside of the workspace, or among what Inkstand keeps itself.

        """
        self.name_of(path)
        real, root = Path(os.path.realpath(path)), Path(os.path.realpath(self.root))
        if not real.is_relative_to(root):
            raise _outside(real, self.root)
        if real.is_relative_to(Path(os.path.realpath(self.state))):
            raise UsageError(
                f"{path} is among the files that Inkstand keeps for itself.",
                "They are not written as texts.",
                "Name a file of yours.",
            )
        return real


def plain_state(root: Path, data: Path) -> Path:
    """Where what belongs to a folder without `inkstand.toml` is kept."""
    return data / "workspaces" / _key(root)


def _see_nameable(path: Path) -> None:
    """See that a file could be called that: what a tool names may be anything."""
    try:
        is_name = b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        is_name = False
    if not is_name:
        raise UsageError(
            f"{sound(str(path))!r} cannot be the name of a file.",
            "It holds a NUL, or half of a character.",
            "Give another name.",
        )


def _named(inside: Path) -> str:
    return os.fsencode(inside.as_posix()).decode("utf-8", "backslashreplace")


def _within(path: Path, folder: Path) -> Path | None:
    return path.relative_to(folder) if path.is_relative_to(folder) else None


def _outside(path: Path, root: Path) -> UsageError:
    return UsageError(
        f"{sound(str(path))} does not lie in the workspace {sound(str(root))}.",
        "It may be a link that leads out of it; Inkstand writes nothing there.",
        "Name a file of the workspace, or work in that file's own folder.",
    )


def see_own(root: Path) -> None:
    """See that what Inkstand keeps in a workspace would not be written elsewhere.

    Raises:
        UsageError: its state folder, or a file in it, is a link that leads out.

    """
    state = root / STATE
    try:
        with os.scandir(state) as entries:
            links = [entry.path for entry in entries if entry.is_symlink()]
    except OSError:
        links = []
    if state.is_symlink():
        links.append(str(state))
    real = Path(os.path.realpath(root))
    for link in links:
        if not Path(os.path.realpath(link)).is_relative_to(real):
            raise UsageError(
                f"{sound(link)} is a link that leads out of the workspace.",
                "Inkstand keeps the history there, and writes nothing through such a link.",
                "Look where it leads; delete the link, or put a folder in its place.",
            )


def _key(root: Path) -> str:
    """A name for what is kept of a folder elsewhere: readable, and its own."""
    digest = hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:16]
    readable = "".join(c if c.isascii() and c.isalnum() else "-" for c in root.name)[:40]
    return f"{readable or 'root'}-{digest}"
