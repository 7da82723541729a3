"""Where receipts are kept: in the writer's workspace, or else with the user's data."""

from __future__ import annotations

from pathlib import Path

WORKSPACE_FILE = "inkstand.toml"


def folder_for(text: Path | None, data: Path) -> Path:
    """`.inkstand/` of the workspace that `text` is or lies in; `data` if it lies in none."""
    if text is None:
        return data
    where = text.absolute()
    for folder in (where, *where.parents):
        if (folder / WORKSPACE_FILE).is_file():
            return folder / ".inkstand"
    return data
