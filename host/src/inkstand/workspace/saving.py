"""The one way in which Inkstand changes a writer's file: nothing is lost, whoever else writes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from inkstand import atomic
from inkstand.workspace import files
from inkstand.workspace.files import sound
from inkstand.workspace.history import History, Version
from inkstand.workspace.merging import merged
from inkstand.workspace.project import Workspace
from inkstand.workspace.textfile import NEW, TextFile
from inkstand.workspace.turns import Turns, alone_in
from inkstand_sdk.errors import ChangedMeanwhile, InkstandError, InputError

HUMAN = "human"
MACHINE = "machine"
RESTORED = "restored"
Listener = Callable[[str, str, str, str], None]
"""Told a file's name, its old and its new text, and who made that."""


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was written: what it holds now, and the snapshots of what it was and is.

    `name` is the file's in the history. `merged` is whether a change from elsewhere was brought
    together with this one; `before` is 0 for a new file.
    """

    path: Path
    name: str
    data: bytes
    before: int = 0
    after: int = 0
    merged: bool = False
    notes: tuple[str, ...] = ()


class Saver:
    """Writes files of a workspace, with a snapshot before and after.

    `listeners` are called after each write, in the order of the writes; one that fails becomes a
    note of what was saved. `on_wait` is told a sentence when another Inkstand writes for long,
    and "" when that is over.
    """

    def __init__(
        self,
        workspace: Workspace,
        history: History,
        on_wait: Callable[[str], None] = lambda _said: None,
    ) -> None:
        self.workspace = workspace
        self.history = history
        self.listeners: list[Listener] = []
        self._turns = Turns(workspace.state, on_wait)

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Hold the workspace's lock, for several writes in one go: no other Inkstand writes then.

        Raises:
            InputError: the workspace's state folder cannot be written.

        """
        return self._turns.alone()

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
        notes = []
        with self.alone():
            now = self._read(path)
            base = NEW if basis is None else basis
            if now is NEW and basis is not None:
                raise _gone(path)
            was_merged = now.data != base.data
            if was_merged:
                text = _brought_together(path, base, text, now)
                notes.append(f"{path.name} had been changed elsewhere; both changes are in it.")
            data, note = now.encoded(text)
            saved = self._write(path, now, data, by, why)
            notes += [note] if note else []
            notes += [*saved.notes, *self._told(saved, now.text, text, by)]
        return msgspec.structs.replace(saved, merged=was_merged, notes=tuple(notes))

    def put(self, path: Path, data: bytes, *, by: str = RESTORED, why: str = "restored") -> Saved:
        """Write bytes as they are, whatever the file holds now: that is in the history then.

        Raises:
            UsageError: the file lies outside of the workspace.
            InputError: it cannot be written; it is then as it was.

        """
        with self.alone():
            now = self._as_bytes(path)
            saved = self._write(path, now, data, by, why)
            told = self._told(saved, _text(now.data), _text(data), by)
        return msgspec.structs.replace(saved, notes=(*saved.notes, *told))

    def _read(self, path: Path) -> TextFile:
        real = self.workspace.writable(path)
        return TextFile.read(real) if _is_there(real, path) else NEW

    def _as_bytes(self, path: Path) -> TextFile:
        """The file as it is now, text or not: what is replaced whole need not be text."""
        real = self.workspace.writable(path)
        return TextFile(files.read(real), "", "utf-8") if _is_there(real, path) else NEW

    def _write(self, path: Path, now: TextFile, data: bytes, by: str, why: str) -> Saved:
        real = self.workspace.writable(path)
        name = self.workspace.history_name(real)
        after = Version(name=name, data=data, by=by, why=why)
        if now is NEW:
            versions = [after]
        else:
            before = Version(name=name, data=now.data, by=HUMAN, why=f"before: {why}")
            versions = [before, after]
        if now is not NEW and data == now.data:
            kept = self.history.keep(*versions)
            return Saved(path=path, name=name, data=data, before=kept[0], after=kept[-1])
        notes = [] if now is NEW else _told_of_names(real)
        kept = self._replaced(path, real, now, versions)
        return Saved(
            path=path,
            name=name,
            data=data,
            before=0 if now is NEW else kept[0],
            after=kept[-1],
            notes=tuple(notes),
        )

    def _replaced(
        self, path: Path, real: Path, now: TextFile, versions: list[Version]
    ) -> list[int]:
        """Put the last version in the place of the file.

        All of them are in the history right before: even a text whose writing is cut off by a
        power failure can be had from there.
        """
        kept: list[int] = []

        def last_look() -> None:
            _see_unchanged(real, now, path)
            kept.extend(self.history.keep(*versions))
            _see_unchanged(real, now, path)

        try:
            _see_writable(real, path)
            made = _made_folders(real.parent)
            with alone_in(real.parent):
                atomic.sweep(real.parent)
                atomic.write_bytes(real, versions[-1].data, before_rename=last_look)
                atomic.sync_folders(real.parent, *made)
        except OSError as error:
            raise _unwritable(path, error) from error
        return kept

    def _told(self, saved: Saved, old: str, new: str, by: str) -> list[str]:
        """Tell the listeners, and say of which of them something went wrong."""
        notes = []
        for listener in self.listeners:
            try:
                listener(saved.name, old, new, by)
            except (InkstandError, OSError) as error:
                notes.append(f"{saved.path.name} was saved, but: {error}")
        return notes


def _is_there(real: Path, path: Path) -> bool:
    try:
        real.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise _unwritable(path, error) from error
    return True


def _text(data: bytes) -> str:
    """Bytes as text; "" if they are none."""
    try:
        return TextFile.of(data, "").text
    except InputError:
        return ""


def _made_folders(folder: Path) -> list[Path]:
    """Make a folder with those above it; where a name was added to make it last, too."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return [each.parent for each in missing]


def _see_writable(real: Path, path: Path) -> None:
    """A file that its owner marked as not to be written is left alone: renaming would not ask."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        if not real.stat().st_mode & 0o222:
            raise InputError(
                f"{sound(str(path))} is marked as read-only.",
                "Somebody protected it. Nothing was written.",
                "Make it writable, and try again.",
            )


def _told_of_names(real: Path) -> list[str]:
    with contextlib.suppress(OSError):
        if real.stat().st_nlink > 1:
            name = sound(real.name)
            return [f"{name} had another name (a hard link), which still has the old text."]
    return []


def _see_unchanged(real: Path, now: TextFile, path: Path) -> None:
    """A last look, right before the new file takes the old one's place."""
    try:
        current: bytes | None = real.read_bytes()
    except FileNotFoundError:
        current = None
    if current != (None if now is NEW else now.data):
        raise _changed(path)


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
        f"{sound(str(path))} was changed by another program in the meantime.",
        "The same lines were changed there and here. Nothing was written.",
        "Look at the file as it is now, and try again.",
    )


def _gone(path: Path) -> ChangedMeanwhile:
    return ChangedMeanwhile(
        f"{sound(str(path))} is not there any more.",
        "It was deleted or renamed by another program in the meantime. Nothing was written.",
        f"Its text is in the history: inkstand history {sound(str(path))}",
    )


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{sound(str(path))} cannot be written: {error.strerror or error}.",
        "The disk may be full, Inkstand may not write there, or another program has it open."
        " The text is as it was.",
        "Make room, or change the permissions, and try again.",
    )
