"""The files that are open in an app: each once, however many editors show it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from inkstand.tui.background import run_blocking
from inkstand.tui.editor.open_file import OpenFile, Quit

if TYPE_CHECKING:
    from textual.app import App

    from inkstand.desk import Desk

_TICK_S = 0.25


class OpenFiles:
    """The open files of one app, saved and looked at while it runs."""

    def __init__(self, app: App[Any]) -> None:
        self._files: dict[Path, OpenFile] = {}
        self._timer = app.set_interval(_TICK_S, self._tick, name="open files")

    async def open(self, desk: Desk, path: Path, autosave: float) -> OpenFile:
        """The file at a path, read now unless it is open. Raises `InputError`."""
        draft = await run_blocking(desk.draft, path)
        found = self._files.get(draft.real)
        if found is None:
            found = self._files[draft.real] = OpenFile(draft, autosave)
        found.autosave = autosave
        found.editors += 1
        return found

    async def leave(self, file: OpenFile) -> None:
        """Show a file in one editor less; it is saved, and the last one closes it."""
        file.editors -= 1
        await file.save()
        if file.editors <= 0 and not file.dirty:
            self._files.pop(file.draft.real, None)

    def all(self) -> list[OpenFile]:
        """The files that are open, or are not saved though nobody shows them any more."""
        return list(self._files.values())

    def save_now(self) -> list[Quit]:
        """Save every file, in the thread that calls and without an event loop; what came of it."""
        found = [file.save_now() for file in self.all()]
        return [each for each in found if each is not None]

    def _tick(self) -> None:
        for file in self.all():
            if file.editors > 0 or file.dirty:
                file.tick()
            else:
                del self._files[file.draft.real]


_OF_APPS: WeakKeyDictionary[Any, OpenFiles] = WeakKeyDictionary()


def open_files(app: App[Any]) -> OpenFiles:
    """The open files of an app."""
    found = _OF_APPS.get(app)
    if found is None:
        found = _OF_APPS[app] = OpenFiles(app)
    return found


def save_now(app: App[Any]) -> list[Quit]:
    """Save what is open in an app, if anything is: for quitting, and for a crash."""
    found = _OF_APPS.get(app)
    return [] if found is None else found.save_now()
