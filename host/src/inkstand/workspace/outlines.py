"""Outlines of files: where each scene of a file lies and what it holds, without its text.

They are kept in the workspace's state, so that a book is only split once. One is used for a file
whose bytes have its hash; to count words, also for a file that looks untouched since it was made.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from inkstand.database import Database
from inkstand.workspace import frontmatter
from inkstand.workspace.encoding import decode
from inkstand.workspace.files import MARKDOWN
from inkstand.workspace.project import STATE
from inkstand.workspace.scenes import split
from inkstand.workspace.turns import make_state
from inkstand_sdk.errors import InputError
from inkstand_sdk.manuscript import Scene

STATE_FILE = "state.db"
FORMAT = 1
"""Raised when texts are split in another way: outlines that were kept are made anew."""
_LITTLE = 300_000
"""Bytes of text that are quickly split again: a single story leaves nothing on the disk."""
# A file that was changed this many ns before it was read may be changed once more within the same
# tick of the file system's clock; two seconds are the coarsest of them (FAT).
_TICK = 2_000_000_000
_MIGRATIONS = (
    """
    CREATE TABLE outlines (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE counts (
      name TEXT PRIMARY KEY, day TEXT NOT NULL, base INTEGER NOT NULL, words INTEGER NOT NULL,
      gone INTEGER NOT NULL, mark TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE TABLE days (day TEXT PRIMARY KEY, words INTEGER NOT NULL) WITHOUT ROWID",
)


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """What tells whether a file was touched: size in bytes, times in ns, and its inode."""

    size: int
    changed: int
    touched: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp of a file by its status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


class Outline(msgspec.Struct, frozen=True, array_like=True):
    """A file without its text.

    `scenes` have no text, no file and no id; `lengths` are their code points. `order`, `part` and
    `chapter` are those of the front matter; `cloud` is whether its text may leave the machine.
    `read` is when it was read, in ns since the epoch.
    """

    format: int
    stamp: Stamp | None
    read: int
    sha256: bytes
    scenes: tuple[Scene, ...]
    lengths: tuple[int, ...]
    order: float | None = None
    part: str = ""
    chapter: str = ""
    cloud: bool = True
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        """The words of all scenes."""
        return sum(scene.words for scene in self.scenes)

    def holds_for(self, stamp: Stamp) -> bool:
        """Whether the file has surely not been changed since."""
        if self.stamp != stamp or self.format != FORMAT:
            return False
        return max(stamp.changed, stamp.touched) < self.read - _TICK


class Read(msgspec.Struct, frozen=True):
    """A file that was read: its outline and its text."""

    outline: Outline
    text: str


def outlined(
    data: bytes, name: str, *, markdown: bool, read: int = 0, before: Outline | None = None
) -> Read:
    """The outline of a file's bytes; `name` is what to call it in notes and errors.

    `before` is an earlier outline of the file: the words of scenes that stayed as they were are
    not counted again.

    Raises:
        InputError: the bytes are not text.

    """
    decoded = decode(data, name)
    front = frontmatter.parse(decoded.text, name)
    words = {scene.sha256: scene.words for scene in before.scenes} if before is not None else {}
    found = split(
        decoded.text,
        front.end,
        file="",
        fields=front.fields,
        first=0,
        markdown=markdown,
        words=words,
    )
    cloud = not frontmatter.says_never(decoded.text, front)
    bare = tuple(msgspec.structs.replace(scene, text="", id="", cloud=cloud) for scene in found)
    outline = Outline(
        format=FORMAT,
        stamp=None,
        read=read,
        sha256=hashlib.sha256(data).digest(),
        scenes=bare,
        lengths=tuple(len(scene.text) for scene in found),
        order=_order(front.fields.get("order")),
        part=_text(front.fields.get("part")),
        chapter=_text(front.fields.get("chapter")),
        cloud=cloud,
        notes=tuple(note for note in (decoded.note, front.note) if note),
    )
    return Read(outline, decoded.text)


class Outlines:
    """The outlines of a workspace's files, by name. Thread-safe.

    What cannot be read or written of them only costs the time to make them again.

    Args:
        state: The workspace's state folder; None keeps them in memory alone.
        on_damage: Told a sentence for the user when a damaged file was moved aside.

    """

    def __init__(
        self, state: Path | None = None, on_damage: Callable[[str], None] | None = None
    ) -> None:
        self._state = state
        self._database = Database(state / STATE_FILE, _MIGRATIONS, on_damage) if state else None
        self._lock = threading.RLock()
        self._known: dict[str, Outline] | None = None
        self._fresh: dict[str, Outline] = {}

    def at(self, path: Path, name: str, stamp: Stamp) -> Outline:
        """The outline of a file, which is only read if it may have been changed.

        Raises:
            InputError: it cannot be read, or is no text.

        """
        known = self.known().get(name)
        if known is not None and known.holds_for(stamp):
            return known
        return self.read(path, name, stamp).outline

    def read(self, path: Path, name: str, stamp: Stamp | None = None) -> Read:
        """A file's text and outline, which is only made if the file's bytes are new.

        Raises:
            InputError: it cannot be read, or is no text.

        """
        from inkstand.workspace.files import read

        began = time.time_ns()
        data = read(path)
        known = self.known().get(name)
        if (
            known is not None
            and known.format == FORMAT
            and known.sha256 == hashlib.sha256(data).digest()
        ):
            got = Read(known, decode(data, name).text)
        else:
            before = known if known is not None and known.format == FORMAT else None
            got = outlined(data, name, markdown=path.suffix.lower() in MARKDOWN, before=before)
        if known is got.outline and stamp is not None and known.holds_for(stamp):
            return got
        # Without a stamp from before the file was read, it cannot be known to be untouched.
        keep = msgspec.structs.replace(got.outline, stamp=stamp, read=began)
        if stamp is not None or known is not got.outline:
            self._keep(name, keep)
        return Read(keep, got.text)

    def known(self) -> Mapping[str, Outline]:
        """The outlines that were kept."""
        with self._lock:
            if self._known is None:
                self._known = self._loaded()
            return self._known

    def forget(self, names: Iterable[str]) -> None:
        """Drop the outlines of files that are gone."""
        with self._lock:
            gone = [name for name in names if name in self.known()]
            for name in gone:
                self._known.pop(name)  # type: ignore[union-attr]
                self._fresh.pop(name, None)
        if gone:
            self.written(
                lambda connection: connection.executemany(
                    "DELETE FROM outlines WHERE name = ?", [(name,) for name in gone]
                )
            )

    def flush(self) -> None:
        """Write what is new."""
        with self._lock:
            fresh, self._fresh = self._fresh, {}
        if fresh:
            rows = [(name, _ENCODER.encode(outline)) for name, outline in fresh.items()]
            self.written(
                lambda connection: connection.executemany(
                    "INSERT OR REPLACE INTO outlines VALUES (?, ?)", rows
                )
            )

    def written(self, work: Callable[[sqlite3.Connection], Any]) -> bool:
        """Do `work` in the workspace's state; whether it could be done."""
        if self._database is None or self._state is None:
            return False
        # A workspace that was deleted meanwhile does not come back.
        if self._state.name == STATE and not self._state.parent.is_dir():
            return False
        with contextlib.suppress(sqlite3.Error, OSError, InputError):
            make_state(self._state)
            self._database.write(work)
            return True
        return False

    def looked_up(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of the workspace's state; none where it cannot be read."""
        if self._database is None:
            return []
        with contextlib.suppress(sqlite3.Error, OSError, InputError):
            return self._database.read(
                lambda connection: connection.execute(statement).fetchall(), []
            )
        return []

    def close(self) -> None:
        """Write what is new if it took time to make, and close the file. It may be called twice."""
        with self._lock:
            size = sum(outline.stamp.size for outline in self._fresh.values() if outline.stamp)
        if size > _LITTLE:
            self.flush()
        if self._database is not None:
            self._database.close()

    def _keep(self, name: str, outline: Outline) -> None:
        with self._lock:
            self.known()
            self._known[name] = outline  # type: ignore[index]
            self._fresh[name] = outline

    def _loaded(self) -> dict[str, Outline]:
        found: dict[str, Outline] = {}
        for name, body in self.looked_up("SELECT name, body FROM outlines"):
            with contextlib.suppress(msgspec.DecodeError):
                found[name] = _DECODER.decode(body)
        return found


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Outline)


def _order(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _text(value: Any) -> str:
    return "" if value is None else str(value)
