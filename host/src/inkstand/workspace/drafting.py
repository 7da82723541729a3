"""A file while somebody writes in it: read, saved, kept until it is, and looked at now and then.

What a face needs to let a writer edit a file; it holds the text, and this holds the file.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from inkstand.workspace import files
from inkstand.workspace.files import sound
from inkstand.workspace.merging import matches
from inkstand.workspace.outlines import Stamp
from inkstand.workspace.project import Workspace
from inkstand.workspace.recovery import Recovery
from inkstand.workspace.saving import HUMAN, Saved, Saver
from inkstand.workspace.scenes import count_words
from inkstand.workspace.sentences import spans
from inkstand.workspace.textfile import TextFile
from inkstand_sdk.errors import ChangedMeanwhile, InputError


class Hunk(msgspec.Struct, frozen=True):
    """A difference of two texts: what is between two places of the old one is `text` in the new."""

    start: int
    end: int
    text: str


class Draft:
    """One file of a workspace that is being written. Thread-safe; its calls touch the disk.

    Args:
        workspace: The folder that it lies in.
        path: The file.
        saver: Gives what writes it.
        recovery: Keeps what is not saved.

    Raises:
        InputError: it cannot be read, or is no text.

    """

    def __init__(
        self, workspace: Workspace, path: Path, saver: Callable[[], Saver], recovery: Recovery
    ) -> None:
        self.path = files.absolute(path)
        self.name = workspace.name_of(self.path)
        self.real = Path(os.path.realpath(self.path))
        """Where it lies, its links followed: one file may be reached by several names."""
        self._workspace = workspace
        self._saver = saver
        self._recovery = recovery
        self._lock = threading.RLock()
        self._keeping = threading.Lock()
        self._saved_version = 0
        self._stamp = self._seen = self._stamped()
        self.file = TextFile.read(self.path)
        """The file as it was last read or written."""

    def look(self) -> TextFile | None:
        """The file if another program has changed it since; None if it is as it was.

        It is not taken for this draft's own until `take` is called.

        Raises:
            ChangedMeanwhile: it is not there any more.
            InputError: it cannot be read.

        """
        with self._lock:
            stamp = self._stamped()
            if stamp == self._stamp:
                return None
            if stamp is None:
                raise _gone(self.path)
            now = TextFile.read(self.path)
            self._seen = stamp
            if now.data == self.file.data:
                self._stamp = stamp
                return None
            return now

    def take(self, file: TextFile) -> None:
        """Go on from the file as another program left it."""
        with self._lock:
            self._stamp = self._seen
            self.file = file

    def save(self, text: str, why: str = "saved") -> Saved:
        """Save a text; a change of another program in other lines is brought together with it.

        Raises:
            ChangedMeanwhile: it was changed elsewhere in the same lines, or deleted.
            InputError: it cannot be written.

        """
        with self._lock:
            self._see_folder()
            return self._saved(
                self._saver().save(self.path, text, basis=self.file, by=HUMAN, why=why)
            )

    def overwrite(self, text: str) -> Saved:
        """Save a text whatever the file holds now, or if it is gone: that is in the history then.

        Raises:
            InputError: it cannot be written.

        """
        with self._lock:
            self._see_folder()
            now = TextFile.read(self.path) if self.path.exists() else None
            return self._saved(
                self._saver().save(self.path, text, basis=now, by=HUMAN, why="kept over another")
            )

    def set_aside(self, text: str) -> None:
        """Keep a text in the history that is not to be saved.

        Raises:
            InputError: it could not be kept.

        """
        saver = self._saver()
        data, _ = self.file.encoded(text)
        name = saver.workspace.history_name(self.path)
        saver.history.snapshot(name, data, by=HUMAN, why="set aside for another program's")

    def keep(self, text: str, cursor: int = 0, version: int = 1) -> Path | None:
        """Keep a text for the case that it is never saved; where, None if it is saved by now.

        Args:
            text: All of it.
            cursor: Where the cursor is in it.
            version: Greater for a later text: threads may come here in any order.

        Raises:
            InputError: it can be kept nowhere.

        """
        with self._keeping:
            if version <= self._saved_version:
                return None
            return self._recovery.keep(self.path, text, self.file, cursor)

    def forget(self, version: int = 1) -> None:
        """Let go of what was kept up to a version: it is saved."""
        with self._keeping:
            self._saved_version = max(version, self._saved_version)
            self._recovery.forget(self.path)

    def hunks(self, old: str, new: str) -> list[Hunk]:
        """The differences of two texts by lines, the last one first, to be made in that order."""
        lines, others = old.splitlines(keepends=True), new.splitlines(keepends=True)
        found: list[Hunk] = []
        place = line = other = 0
        for start, start_new, length in [*matches(lines, others), (len(lines), len(others), 0)]:
            if start > line or start_new > other:
                end = place + sum(map(len, lines[line:start]))
                found.append(Hunk(place, end, "".join(others[other:start_new])))
                place = end
            place += sum(map(len, lines[start : start + length]))
            line, other = start + length, start_new + length
        return found[::-1]

    def words(self, text: str) -> int:
        """How many words a text has, as they are counted everywhere."""
        return count_words(text)

    def sentences(self, text: str) -> list[tuple[int, int]]:
        """Where each sentence of a text begins and ends."""
        return spans(text)

    def _saved(self, saved: Saved) -> Saved:
        self.file = TextFile.of(saved.data, self.path.name)
        self._stamp = self._stamped()
        return saved

    def _stamped(self) -> Stamp | None:
        try:
            return Stamp.of(os.stat(self.path))  # noqa: PTH116  as `Counts` does
        except OSError:
            return None

    def _see_folder(self) -> None:
        root = self._workspace.root
        if not root.is_dir():
            # Writing would make a folder anew that somebody moved or deleted.
            raise InputError(
                f"The folder {sound(str(root))} is not there any more.",
                "It was deleted or renamed, or its disk is gone. Your text is kept here.",
                "Bring the folder back; it is saved then.",
            )


def _gone(path: Path) -> ChangedMeanwhile:
    return ChangedMeanwhile(
        f"{sound(path.name)} is not there any more.",
        "Another program deleted or renamed it.",
        "Keep your text to have it back.",
    )
