"""What one file was: its snapshots, the one that is meant, and the way back to it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from inkstand import atomic
from inkstand.workspace import files
from inkstand.workspace.encoding import decode
from inkstand.workspace.files import sound
from inkstand.workspace.history import Snapshot
from inkstand.workspace.passages import Passage, changed_passages
from inkstand.workspace.saving import Saved, Saver
from inkstand_sdk.errors import InputError, NotFound


class Past:
    """The snapshots of a file, which may be deleted.

    Args:
        saver: What writes its workspace.
        path: The file.

    """

    def __init__(self, saver: Saver, path: Path) -> None:
        self._saver = saver
        self.path = path
        self.name = saver.workspace.history_name(path)

    def snapshots(self, limit: int = -1) -> list[Snapshot]:
        """The snapshots of the file, the latest first."""
        return self._saver.history.of(self.name, limit)

    def known(self) -> list[Snapshot]:
        """The snapshots of the file, the latest first. Raises `NotFound` if there are none."""
        snapshots = self.snapshots()
        if not snapshots:
            raise NotFound(
                f"There is no snapshot of {self.name}.",
                "Inkstand makes one whenever it is about to change a file,"
                " and has not changed this one.",
                "See which files have some: inkstand history",
            )
        return snapshots

    def get(self, number: int) -> Snapshot:
        """The snapshot of that id. Raises `NotFound` if this file has none of it."""
        found = [each for each in self.snapshots() if each.id == number]
        if not found:
            raise NotFound(
                f"{self.name} has no snapshot {number}.",
                "It may be one of another file, or have been thinned out.",
                f"See: inkstand history {self.name}",
            )
        return found[0]

    def at(self, moment: datetime) -> Snapshot:
        """The file as it was at a time: its first snapshot, if that is younger.

        Raises:
            NotFound: there is no snapshot of the file.

        """
        when = moment.astimezone(UTC).isoformat(timespec="seconds")
        snapshots = self.known()
        return next((each for each in snapshots if each.at <= when), snapshots[-1])

    def before(self) -> Snapshot:
        """The latest snapshot that differs from what the file holds now.

        Raises:
            NotFound: there is none.

        """
        known = self.known()
        now = self.now()
        for snapshot in known:
            if now is None or self.data(snapshot) != now:
                return snapshot
        raise NotFound(
            f"There is no other text of {self.name} in the history.",
            "All its snapshots are as the file is now.",
            f"See: inkstand history {self.name}",
        )

    def is_there(self) -> bool:
        """Whether there is such a file now."""
        return os.path.lexists(self.path)

    def now(self) -> bytes | None:
        """What the file holds; None if it is not there.

        Raises:
            InputError: it cannot be read, or is no regular file now.

        """
        return files.read(self.path) if self.is_there() else None

    def data(self, snapshot: Snapshot) -> bytes:
        """The bytes of a snapshot. Raises `InputError` if they are damaged."""
        return self._saver.history.data(snapshot.sha256)

    def text(self, snapshot: Snapshot | None) -> str:
        """A snapshot as text, or what the file holds now; "" if that is not there.

        Lines end with a line feed, whatever they end with in the file.

        Raises:
            InputError: it is no text.

        """
        data = self.now() if snapshot is None else self.data(snapshot)
        text = decode(data or b"", self.name).text
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def changes(self, old: Snapshot, new: Snapshot | None) -> list[Passage]:
        """What differs from `old` in another snapshot, or in what the file holds now.

        Raises:
            InputError: one of them is no text.

        """
        return changed_passages(self.text(old), self.text(new))

    def restore(self, snapshot: Snapshot) -> Saved:
        """Make the file what it was, and it again if it is deleted; what it held is kept.

        Raises:
            InputError: it cannot be written; it is then as it was.

        """
        return self._saver.put(
            self.path, self.data(snapshot), why=f"restored snapshot {snapshot.id}"
        )

    def copy(self, snapshot: Snapshot, to: Path) -> None:
        """Write what the file was into a new file, wherever that is.

        Raises:
            InputError: there is such a file already, or it cannot be written.

        """
        if os.path.lexists(to):
            raise InputError(
                f"There is a file {sound(str(to))} already.",
                "Nothing was written over it.",
                "Choose another name.",
            )
        data = self.data(snapshot)
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            atomic.write_bytes(to, data)
        except OSError as error:
            raise InputError(
                f"{sound(str(to))} cannot be written: {error.strerror or error}.",
                "The disk may be full, or Inkstand may not write there.",
                "Choose another place.",
            ) from error
