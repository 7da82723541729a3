"""A new workspace: its folder, its settings, a first chapter and an empty bible."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import msgspec

from inkstand import atomic
from inkstand.workspace.files import SETTINGS, SUFFIXES, sound
from inkstand.workspace.project import STATE
from inkstand.workspace.turns import make_state
from inkstand_sdk.errors import InputError, UsageError

_SETTINGS = """\
# What Inkstand knows about this book. Everything in this file is yours to change.
title = {title}
author = {author}
language = {language}

# What you have set out to do, in words; see: inkstand status
# [goals]
# total = 80000
# daily = 500
# by = "2027-03-01"

# What must never be sent to another machine; `cloud: never` in a file's front matter does the same.
# [cloud]
# never = ["manuscript/secret/*"]
"""
_CHAPTER = """\
---
title:
pov:
when:
place:
status: draft
---

# {heading}

"""
_FOLDERS = ("manuscript", "bible/characters", "bible/places", "bible/things", "bible/threads")
_FIRST = "manuscript/01-first-chapter.md"


class Created(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace that was made: its folder, and the files that were added."""

    root: str
    title: str
    files: tuple[str, ...]


def create(
    root: Path, *, title: str = "", author: str = "", language: str = "en", here: bool = False
) -> Created:
    """Make a workspace in a new or empty folder, or add what a folder lacks to be one.

    No file that is there is ever changed.

    Args:
        root: The folder; made if it is not there.
        title: The book's; the folder's name if empty.
        author: Who writes it.
        language: An ISO 639-1 code.
        here: Whether the folder may hold something already.

    Raises:
        UsageError: it does and may not, or its name cannot be one.
        InputError: it cannot be written.

    """
    root = root.expanduser().absolute()
    title = sound(title.strip() or root.name)
    if any(unicodedata.category(character) == "Cc" for character in f"{root.name}{title}"):
        raise UsageError(
            "A name cannot hold control characters.", "", "For example: inkstand new my-novel"
        )
    try:
        if not here and root.is_dir() and any(root.iterdir()):
            raise UsageError(
                f"The folder {sound(str(root))} is not empty.",
                "Nothing was written.",
                "Add what it lacks to be a workspace with --here, or give another name.",
            )
        has_prose = _has_prose(root)
        added = []
        for name, text in _texts(title, author, language).items():
            if name == _FIRST and has_prose:
                continue
            if _is_added(root / name, text):
                added.append(name)
        # Prose that lies in the folder itself would no longer be found beside a `manuscript/`.
        for folder in _FOLDERS if not has_prose else _FOLDERS[1:]:
            (root / folder).mkdir(parents=True, exist_ok=True)
        make_state(root / STATE)
    except OSError as error:
        raise InputError(
            f"The workspace {sound(str(root))} cannot be made: {error.strerror or error}.",
            "Inkstand may not write there, the disk is full, or the name cannot be a folder's.",
            "Check the name and the folder's permissions.",
        ) from error
    return Created(root=sound(str(root)), title=title, files=tuple(added))


def copy_workspace(source: Path, into: Path) -> Path:
    """Copy a workspace into a new folder, all of it or nothing; the folder.

    Raises:
        UsageError: there is something already.
        InputError: it cannot be written.

    """
    import shutil

    into = into.expanduser().absolute()
    if into.exists():
        raise UsageError(f"There is a {sound(into.name)} already.", "", "Give another name.")
    aside = into.with_name(f".{into.name}.new")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(source, aside, ignore=shutil.ignore_patterns(STATE, "__pycache__"))
        aside.rename(into)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise InputError(
            f"{sound(str(into))} cannot be written: {error.strerror or error}.",
            "Inkstand may not write there, or the disk is full. Nothing was left there.",
            "Name another folder.",
        ) from error
    return into


def _texts(title: str, author: str, language: str) -> dict[str, str]:
    from inkstand.workspace.bible import kinds

    # A JSON string is a TOML string as well.
    said = {"title": title, "author": author, "language": language}
    settings = _SETTINGS.format(**{name: _quoted(value) for name, value in said.items()})
    chapter = _CHAPTER.format(heading="Chapter 1")
    return {_FIRST: chapter, **kinds.templates(), SETTINGS: settings}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _has_prose(root: Path) -> bool:
    """Whether a folder holds texts already, in its manuscript or by themselves."""
    for folder in (root, root / "manuscript"):
        if folder.is_dir() and any(
            path.suffix.lower() in SUFFIXES and path.stem.lower() != "readme"
            for path in folder.iterdir()
        ):
            return True
    return False


def _is_added(path: Path, text: str) -> bool:
    """Write a file unless there is one; whether it was written."""
    if path.exists() or path.is_symlink():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_text(path, text)
    return True
