"""Where receipts are kept: in the writer's workspace, or else with the user's data."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from inkstand.workspace.project import see_own

WORKSPACE_FILE = "inkstand.toml"
_KNOWN = "receipts-in"


def folder_for(text: Path | None, data: Path) -> Path:
    """`.inkstand/` of the workspace that `text` is or lies in; `data` if it lies in none.

    Raises:
        UsageError: what is written there would lie outside of that workspace.

    """
    if text is None:
        return data
    where = text.absolute()
    for folder in (where, *where.parents):
        if (folder / WORKSPACE_FILE).is_file():
            see_own(folder)
            return folder / ".inkstand"
    return data


def remember(folder: Path, data: Path) -> None:
    """Note that receipts are kept in that folder of a workspace, so that they are found later.

    Raises:
        OSError: it cannot be noted.

    """
    if folder == data:
        return
    name = os.fsencode(folder)
    # A file for each folder: processes that note one at the same time are not in each other's way.
    note = data / _KNOWN / hashlib.sha256(name).hexdigest()[:16]
    if not note.exists():
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_bytes(name)


def remembered(data: Path) -> list[Path]:
    """The folders of workspaces that have receipts, as far as they are still there."""
    folders = []
    for note in sorted((data / _KNOWN).glob("*")):
        with contextlib.suppress(OSError, ValueError):
            folder = Path(os.fsdecode(note.read_bytes()))
            if folder.is_dir():
                folders.append(folder)
    return folders
