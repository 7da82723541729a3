"""A writer's desk: one workspace, with what belongs to it, each thing made when first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inkstand.workspace.history import History
    from inkstand.workspace.project import Workspace
    from inkstand.workspace.saving import Saver

# SQLite, and what reads texts, is only loaded where a desk is used.


class Desk:
    """One workspace at work.

    Args:
        workspace: The folder.
        noted: Told a sentence for the user when something was mended.

    """

    def __init__(self, workspace: Workspace, noted: Callable[[str], None]) -> None:
        self.workspace = workspace
        self._noted = noted

    @cached_property
    def history(self) -> History:
        """What its files held before."""
        from inkstand.workspace.history import History

        return History(self.workspace.state, self._noted)

    @cached_property
    def saver(self) -> Saver:
        """The way in which its files are written."""
        from inkstand.workspace.saving import Saver

        return Saver(self.workspace, self.history)

    def close(self) -> None:
        """Let go of what is open. It may be called twice."""
        if "history" in self.__dict__:
            self.history.close()


class Desks:
    """The desks of a Studio: one for each workspace that was asked for.

    Args:
        data: The user's data folder, for workspaces that have none of their own.
        noted: Told a sentence for the user when something was mended.

    """

    def __init__(self, data: Path, noted: Callable[[str], None]) -> None:
        self._data = data
        self._noted = noted
        self._open: dict[tuple[Path, Path | None], Desk] = {}
        self._lock = threading.Lock()

    def at(self, path: Path) -> Desk:
        """The desk of the workspace that a file or folder is, or lies in.

        Raises:
            InputError: there is no such file or folder.

        """
        from inkstand.workspace.project import Workspace

        workspace = Workspace.at(path, self._data)
        key = (workspace.root, workspace.only)
        with self._lock:
            return self._open.setdefault(key, Desk(workspace, self._noted))

    def close(self) -> None:
        """Close them all. It may be called twice."""
        with self._lock:
            desks = list(self._open.values())
        for desk in desks:
            desk.close()
