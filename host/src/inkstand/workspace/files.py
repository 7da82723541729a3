"""The text files of a folder: which of them are prose, in which order, and how each is read."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from inkstand_sdk.errors import InputError

SUFFIXES = (".md", ".markdown", ".txt", ".text")
MARKDOWN = (".md", ".markdown")
SETTINGS = "inkstand.toml"
MANUSCRIPT = "manuscript"
BIBLE = "bible"
LARGEST = 256 * 2**20
"""Bytes of a text file at most: no manuscript is larger."""
_NOT_PROSE = {"readme", "license", "licence", "changelog", "contributing"}
_DIGITS = re.compile(r"(\d+)")


def prose_files(folder: Path) -> list[Path]:
    """The files of a folder that are prose, by name, chapter 2 before chapter 10.

    Hidden files and folders, `bible/` and README files are not prose. Of a workspace within the
    folder, what it counts itself is: its `manuscript/` where it has one.
    """
    # Names are strings until the end: a path takes 5 us each time one is made.
    start = len(f"{folder}{os.sep}") if folder.name else len(str(folder))
    found = sorted(_walk(str(folder), top=True), key=lambda path: _natural(path[start:]))
    return [Path(path) for path in found]


def _walk(folder: str, *, top: bool = False) -> Iterator[str]:
    try:
        with os.scandir(folder) as listed:
            entries = {entry.name: entry for entry in listed if not entry.name.startswith(".")}
    except OSError:
        return
    if top or SETTINGS in entries:
        entries.pop(BIBLE, None)
    inner = None if top or SETTINGS not in entries else entries.get(MANUSCRIPT)
    if inner is not None and inner.is_dir(follow_symlinks=False):
        yield from _walk(inner.path, top=True)
        return
    for name, entry in entries.items():
        # A folder behind a link may lead back to where it is.
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
            continue
        stem, suffix = os.path.splitext(name.lower())  # noqa: PTH122
        if suffix in SUFFIXES and stem not in _NOT_PROSE and entry.is_file():
            yield entry.path


def natural(path: Path) -> list[list[tuple[int, int, str]]]:
    """A sort key by which chapter 2 comes before chapter 10."""
    return _natural(str(path))


def _natural(name: str) -> list[list[tuple[int, int, str]]]:
    return [
        [
            (0, int(piece), "") if piece.isdecimal() else (1, 0, piece)
            for piece in _DIGITS.split(part)
            if piece
        ]
        for part in name.lower().split(os.sep)  # noqa: PTH206  a path takes long
    ]


def sound(name: str) -> str:
    """A file's name as text: on Linux it may be any bytes."""
    return name.encode("utf-8", "replace").decode("utf-8")


def absolute(path: Path) -> Path:
    """A path from the root on, `~` expanded where there is such a user; links are kept."""
    with contextlib.suppress(RuntimeError):
        path = path.expanduser()
    return Path(os.path.abspath(path))  # noqa: PTH100  its other spelling follows links


def read(path: Path) -> bytes:
    """The bytes of a text file.

    Raises:
        InputError: it cannot be read, or is larger than any manuscript.

    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError(
                f"{sound(str(path))} is not a regular file.",
                "It is a folder, a pipe or a device.",
                "Name a text file.",
            )
        if status.st_size > LARGEST:
            raise InputError(
                f"{sound(str(path))} is larger than {LARGEST // 2**20} MB.",
                "No manuscript is; it is probably not one.",
                "Split the file if it is.",
            )
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> InputError:
    """The error for a file that cannot be opened."""
    return InputError(
        f"{sound(str(path))} cannot be read: {error.strerror}.",
        "Inkstand may not open it, or the disk failed.",
        "Check the file's permissions.",
    )
