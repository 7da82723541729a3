"""Files that are no texts of the workspace: read within bounds, and never replaced unasked."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from inkstand import atomic
from inkstand.workspace.files import sound, unreadable
from inkstand_sdk.errors import InputError, UsageError

LARGEST = 256 * 2**20
"""Bytes of such a file at most."""


def read_outside(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        InputError: it is not there, is no regular file, cannot be read, or is too large.

    """
    path = path.expanduser()
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{sound(str(path))} is not a regular file.", "", "Name a file.")
        if status.st_size > LARGEST:
            raise InputError(
                f"{sound(str(path))} is larger than {LARGEST // 2**20} MB.",
                "No card or lorebook is.",
                "Name another file.",
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(
            f"There is no file {sound(str(path))}.",
            "The name may be misspelled, or relative to another folder.",
            f"You are in {Path.cwd()}.",
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error


def write_outside(path: Path, data: bytes, *, force: bool) -> None:
    """Write a file, whole or not at all.

    Raises:
        UsageError: there is one of that name, and it is not to be replaced.
        InputError: it cannot be written.

    """
    path = path.expanduser()

    def see_free() -> None:
        if not force and os.path.lexists(path):
            raise UsageError(
                f"{sound(str(path))} is there already.",
                "Nothing was written.",
                "Use --force to replace it, or name another file.",
            )

    try:
        see_free()
        atomic.write_bytes(path, data, before_rename=see_free)
    except OSError as error:
        raise InputError(
            f"{sound(str(path))} cannot be written: {error.strerror or error}.",
            "The folder may not be there, or you may not write in it, or the disk is full.",
            "Name a file in another folder.",
        ) from error
