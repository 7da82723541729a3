"""What was typed and not saved yet, kept beside the workspace, to be offered back after a crash."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import msgspec

from inkstand import atomic
from inkstand.workspace import files
from inkstand.workspace.files import sound
from inkstand.workspace.frontmatter import parse
from inkstand.workspace.project import STATE, Workspace
from inkstand.workspace.saving import HUMAN, Saved, Saver
from inkstand.workspace.scenes import count_words
from inkstand.workspace.textfile import TextFile
from inkstand.workspace.turns import make_state
from inkstand_sdk.errors import InkstandError, InputError

# psutil (17 ms) is only loaded where a text is kept or looked for.

_FOLDER = "recovery"
_SUFFIX = ".unsaved"


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What lies on disk. `basis` is the file's bytes as it was read; None for a new one."""

    path: str
    text: str
    basis: bytes | None
    at: str
    cursor: int
    pid: int
    started: float


class Unsaved(msgspec.Struct, frozen=True, kw_only=True):
    """A text that was not saved before its program ended.

    `at` is when it was last typed in (ISO 8601, UTC), `changed` whether its file is another one
    now than the one it was typed into, `cursor` where the cursor was, in code points.
    """

    path: Path
    text: str
    words: int
    at: str
    changed: bool
    cursor: int
    kept: Path
    basis: bytes | None


class Recovery:
    """The texts of a workspace that are not saved. Thread-safe: each is one file, written whole.

    Args:
        workspace: The folder.
        elsewhere: A folder outside of it, for when it cannot be written.
        saver: Gives what writes files.

    """

    def __init__(self, workspace: Workspace, elsewhere: Path, saver: Callable[[], Saver]) -> None:
        self._workspace = workspace
        self._saver = saver
        self._places = tuple(dict.fromkeys((workspace.state / _FOLDER, elsewhere / _FOLDER)))

    def keep(self, path: Path, text: str, basis: TextFile | None, cursor: int = 0) -> Path:
        """Keep a text that is not saved in place of what was kept of it; where it lies now.

        Args:
            path: The file that it is to be.
            text: All of it.
            basis: That file as it was read; None for a new one.
            cursor: Where the cursor is.

        Raises:
            InputError: it can be kept nowhere.

        """
        kept = _Kept(
            path=os.fsencode(path).decode("utf-8", "surrogateescape"),
            text=text,
            basis=None if basis is None else basis.data,
            at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            cursor=cursor,
            pid=os.getpid(),
            started=_started(os.getpid()),
        )
        data = msgspec.msgpack.encode(_writable(kept))
        failures: list[OSError] = []
        for place in self._places:
            target = place / _name(path, kept.pid)
            try:
                self._make(place)
                atomic.write_bytes(target, data)
            except OSError as error:
                failures.append(error)
                continue
            for other in self._places:
                if other != place:
                    _remove(other / target.name)
            return target
        raise InputError(
            f"What you typed into {sound(path.name)} can be kept nowhere:"
            f" {failures[-1].strerror or failures[-1]}.",
            "The disk may be full. The text is only in this window.",
            "Make room on the disk, or copy the text elsewhere.",
        )

    def forget(self, path: Path) -> None:
        """Let go of what this program kept of a file: it is saved."""
        for place in self._places:
            _remove(place / _name(path, os.getpid()))

    def pending(self) -> list[Unsaved]:
        """The texts that programs left which are no more, the latest first.

        One that its file holds by now is let go.
        """
        found: list[Unsaved] = []
        for path in self._left():
            left = _read(path)
            if left is None:
                continue
            kept, now = left
            if kept.text == now:
                _remove(path)
                continue
            found.append(
                Unsaved(
                    path=_path_of(kept),
                    text=kept.text,
                    words=_words(kept.text),
                    at=kept.at,
                    changed=now != _text(kept.basis),
                    cursor=kept.cursor,
                    kept=path,
                    basis=kept.basis,
                )
            )
        return sorted(found, key=lambda each: each.at, reverse=True)

    def restore(self, unsaved: Unsaved, *, over: bool = False) -> Saved:
        """Save a text that was not; what the file holds now is in the history then.

        Args:
            unsaved: The text.
            over: Whether it is to replace what was changed elsewhere in the same lines.

        Raises:
            ChangedMeanwhile: the file was changed elsewhere in the same place, and `over` is not
                set; nothing was written.
            InputError: it cannot be written.

        """
        there = unsaved.path.exists()
        basis: TextFile | None = None
        if there and (over or unsaved.basis is None):
            basis = TextFile.read(unsaved.path)
        elif there and unsaved.basis is not None:
            basis = TextFile.of(unsaved.basis, unsaved.path.name)
        saved = self._saver().save(
            unsaved.path, unsaved.text, basis=basis, by=HUMAN, why="what was not saved"
        )
        _remove(unsaved.kept)
        return saved

    def discard(self, unsaved: Unsaved) -> None:
        """Let a text go that was not saved; it is in the history if that can be written."""
        with contextlib.suppress(InkstandError):
            saver = self._saver()
            name = saver.workspace.history_name(unsaved.path)
            data = unsaved.text.encode("utf-8", "replace")
            saver.history.snapshot(name, data, by=HUMAN, why="typed, and not wanted back")
        _remove(unsaved.kept)

    def _make(self, place: Path) -> None:
        """Make a place to keep texts in, but never the folder of a workspace that is gone."""
        state = self._workspace.state
        if place.parent == state and state.name == STATE and not self._workspace.root.is_dir():
            raise FileNotFoundError(2, "the folder is not there any more")
        make_state(place.parent)
        place.mkdir(mode=0o700, exist_ok=True)

    def _left(self) -> Iterator[Path]:
        for place in self._places:
            with contextlib.suppress(OSError):
                for path in sorted(place.iterdir()):
                    if path.suffix == _SUFFIX:
                        yield path


def _read(path: Path) -> tuple[_Kept, str | None] | None:
    """A text that was left, and what its file holds now; None if its program still runs."""
    try:
        kept = msgspec.msgpack.decode(path.read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return None
    if _started(kept.pid) == kept.started:
        return None
    try:
        now: str | None = TextFile.of(files.read(_path_of(kept)), "").text
    except InputError:
        now = None
    return kept, now


def _words(text: str) -> int:
    """As a scene's words are counted: without front matter and headings."""
    body = text[parse(text, "").end :].splitlines()
    return sum(count_words(line) for line in body if not line.startswith("#"))


def _text(data: bytes | None) -> str | None:
    return None if data is None else TextFile.of(data, "").text


def _path_of(kept: _Kept) -> Path:
    return Path(kept.path)


def _writable(kept: _Kept) -> _Kept:
    """With halves of characters taken out, which cannot be written at all."""
    return msgspec.structs.replace(
        kept,
        text=kept.text.encode("utf-8", "replace").decode("utf-8"),
        path=kept.path.encode("utf-8", "replace").decode("utf-8"),
    )


def _name(path: Path, pid: int) -> str:
    return f"{hashlib.sha256(os.fsencode(path)).hexdigest()[:24]}-{pid}{_SUFFIX}"


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


@cache
def _own_start() -> float:
    return _asked_start(os.getpid())


def _started(pid: int) -> float:
    """When a process was started, by which it differs from a later one of its number; 0 if gone."""
    return _own_start() if pid == os.getpid() else _asked_start(pid)


def _asked_start(pid: int) -> float:
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return 0.0
        return float(process.create_time())
    except psutil.Error:
        return 0.0
