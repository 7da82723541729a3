"""The one way in which Inkstand changes a writer's file: nothing is lost, whoever else writes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from inkstand import atomic
from inkstand.locking import locked
from inkstand.workspace.history import History
from inkstand.workspace.merging import merged
from inkstand.workspace.project import STATE, Workspace
from inkstand.workspace.textfile import NEW, TextFile
from inkstand_sdk.errors import ChangedMeanwhile, InputError

HUMAN = "human"
MACHINE = "machine"


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was written: what it holds now, and the snapshots of what it was and is.

    `merged` is whether a change from elsewhere was brought together with this one; `before` is 0
    for a new file.
    """

    path: Path
    data: bytes
    before: int = 0
    after: int = 0
    merged: bool = False
    notes: tuple[str, ...] = ()


class Saver:
    """Writes files of a workspace, with a snapshot before and after."""

    def __init__(self, workspace: Workspace, history: History) -> None:
        self.workspace = workspace
        self.history = history
        self._turn = threading.RLock()

    def save(
        self, path: Path, text: str, *, basis: TextFile | None, by: str = HUMAN, why: str = "saved"
    ) -> Saved:
        """Write a new text into a file in that file's own manner.

        Args:
            path: The file.
            text: Its whole new text.
            basis: The file as it was read before it was changed; None for one that is new. A
                change from elsewhere since then is merged where both touch different lines.
            by: Who made the text: "human", "machine", ...
            why: The occasion in a few words, for the history.

        Raises:
            ChangedMeanwhile: it was changed elsewhere in the same place; nothing was written.
            UsageError: the file lies outside of the workspace.
            InputError: it cannot be written; it is then as it was.

        """
        with self._alone():
            now = self._read(path)
            base = NEW if basis is None else basis
            if now is NEW and basis is not None:
                raise _gone(path)
            was_merged = now.data != base.data
            if was_merged:
                text = _brought_together(path, base, text, now)
            data, note = now.encoded(text)
            saved = self._write(path, now, data, by, why)
        notes = [note] if note else []
        if was_merged:
            notes.append(f"{path.name} had been changed elsewhere; both changes are in it.")
        return msgspec.structs.replace(saved, merged=was_merged, notes=tuple(notes))

    def put(self, path: Path, data: bytes, *, by: str = HUMAN, why: str = "restored") -> Saved:
        """Write bytes as they are, whatever the file holds now: that is in the history then."""
        with self._alone():
            return self._write(path, self._as_bytes(path), data, by, why)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the workspace's lock: two Inkstands do not write at once."""
        state = self.workspace.state
        with self._turn:
            try:
                make_state(state)
                lock = (state / "lock").open("ab")
            except OSError as error:
                raise _unwritable(state, error) from error
            with lock, locked(lock.fileno()):
                yield

    def _read(self, path: Path) -> TextFile:
        real = self.workspace.writable(path)
        return TextFile.read(real) if real.exists() else NEW

    def _as_bytes(self, path: Path) -> TextFile:
        """The file as it is now, text or not: what is replaced whole need not be text."""
        try:
            return TextFile(self.workspace.writable(path).read_bytes(), "", "utf-8")
        except FileNotFoundError:
            return NEW
        except OSError as error:
            raise _unwritable(path, error) from error

    def _write(self, path: Path, now: TextFile, data: bytes, by: str, why: str) -> Saved:
        name = self.workspace.name_of(path)
        real = self.workspace.writable(path)
        before = 0
        is_new = now is NEW
        if not is_new:
            before = self.history.snapshot(name, now.data, by=HUMAN, why=f"before: {why}")
        if is_new or data != now.data:
            try:
                real.parent.mkdir(parents=True, exist_ok=True)
                atomic.write_bytes(real, data, before_rename=_unchanged(real, now, path))
            except OSError as error:
                raise _unwritable(path, error) from error
        after = self.history.snapshot(name, data, by=by, why=why)
        return Saved(path=path, data=data, before=before, after=after)


def make_state(state: Path) -> None:
    """Make a workspace's state folder; one inside the workspace is left out of git."""
    state.mkdir(parents=True, exist_ok=True)
    ignore = state / ".gitignore"
    if state.name == STATE and not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")


def _unchanged(real: Path, now: TextFile, path: Path) -> Callable[[], None]:
    """A last look, right before the new file takes the old one's place."""

    def check() -> None:
        try:
            current = real.read_bytes()
        except FileNotFoundError:
            current = b""
        if current != now.data:
            raise _changed(path)

    return check


def _brought_together(path: Path, base: TextFile, text: str, now: TextFile) -> str:
    result = merged(base.text, text, now.text)
    if result is None:
        # Line ends of another kind are no change of the words.
        result = merged(*(each.replace("\r\n", "\n") for each in (base.text, text, now.text)))
    if result is None:
        raise _changed(path)
    return result


def _changed(path: Path) -> ChangedMeanwhile:
    return ChangedMeanwhile(
        f"{path} was changed by another program in the meantime.",
        "The same lines were changed there and here. Nothing was written.",
        "Look at the file as it is now, and try again.",
    )


def _gone(path: Path) -> ChangedMeanwhile:
    return ChangedMeanwhile(
        f"{path} is not there any more.",
        "It was deleted or renamed by another program in the meantime. Nothing was written.",
        f"Its text is in the history: inkstand history {path}",
    )


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path} cannot be written: {error.strerror or error}.",
        "The disk may be full, or Inkstand may not write there. The text is as it was.",
        "Make room, or change the permissions, and try again.",
    )
