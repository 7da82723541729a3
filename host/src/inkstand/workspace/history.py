"""Snapshots of a workspace's files: each text kept once, by its content, in one SQLite file."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from inkstand.database import Database
from inkstand.workspace import texts
from inkstand.workspace.thinning import DAY, too_many
from inkstand_sdk.errors import InputError, NotFound

HISTORY = "history.db"
_SCHEMA = f"""
{texts.SCHEMA}
CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, at INTEGER NOT NULL,
  made_by TEXT NOT NULL, why TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL
);
CREATE INDEX snapshots_of_name ON snapshots (name, id);
CREATE INDEX snapshots_of_text ON snapshots (sha256);
CREATE TABLE thinned (at INTEGER NOT NULL);
"""
_SELECT = "SELECT id, name, at, made_by, why, size, sha256 FROM snapshots"


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was.

    `at` is the time (ISO 8601, UTC), `by` who made the text ("human", "machine", ...), `why` the
    occasion in a few words, `size` the bytes.
    """

    id: int
    name: str
    at: str
    by: str
    why: str
    size: int
    sha256: str


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A file's bytes that are to be kept: whose they are, and on what occasion."""

    name: str
    data: bytes
    by: str
    why: str


class Kept(msgspec.Struct, frozen=True):
    """A file of which there are snapshots: how many, and when the last one was made."""

    name: str
    snapshots: int
    at: str


class History:
    """The snapshots of one workspace. Thread-safe; several processes may write.

    Args:
        state: The workspace's state folder.
        on_damage: Told a sentence for the user when a damaged file was moved aside.

    """

    def __init__(self, state: Path, on_damage: Callable[[str], None] | None = None) -> None:
        self.path = state / HISTORY
        self._database = Database(self.path, [_SCHEMA], on_damage, durable=True)

    def snapshot(self, name: str, data: bytes, *, by: str, why: str) -> int:
        """Keep a file's bytes, and return the snapshot's id; the latest one's if nothing changed.

        Raises:
            InputError: it could not be kept.

        """
        return self.keep(Version(name=name, data=data, by=by, why=why))[0]

    def keep(self, *versions: Version) -> list[int]:
        """Keep several texts in one go, all of them or none, and return their snapshots' ids.

        Raises:
            InputError: they could not be kept.

        """
        now = _milliseconds(dt.datetime.now(dt.UTC))

        def work(connection: sqlite3.Connection) -> list[int]:
            return [_kept(connection, version, now) for version in versions]

        with self._failing_clearly():
            kept: list[int] = self._database.write(work)
        return kept

    def of(self, name: str, limit: int = -1) -> list[Snapshot]:
        """The snapshots of a file, the latest first.

        A name whose accents are written in another way counts where there is none as it stands:
        systems differ in how they store it.
        """
        found = self._of(name, limit)
        if found:
            return found
        plain = _composed(name)
        alike = [each.name for each in self.files() if _composed(each.name) == plain]
        return self._of(alike[0], limit) if alike else []

    def latest(self, limit: int = -1, below: str = "") -> list[Snapshot]:
        """The snapshots of all files whose names begin with `below`, the latest first."""
        return self._found(
            f"{_SELECT} WHERE substr(name, 1, ?) = ? ORDER BY id DESC LIMIT ?",
            (len(below), below, limit),
        )

    def files(self) -> list[Kept]:
        """The files of which there are snapshots, the one that changed last first."""
        rows: list[tuple[str, int, int]] = self._database.read(
            lambda connection: connection.execute(
                "SELECT name, count(*), max(at) FROM snapshots GROUP BY name ORDER BY max(id) DESC"
            ).fetchall(),
            [],
        )
        return [Kept(name, count, _iso(at)) for name, count, at in rows]

    def get(self, number: int) -> Snapshot:
        """The snapshot of that id. Raises `NotFound`."""
        found = self._found(f"{_SELECT} WHERE id = ?", (number,)) if abs(number) < 2**63 else []
        if not found:
            raise NotFound(
                f"There is no snapshot {number}.",
                "It may belong to another workspace, or have been thinned out.",
                "See: inkstand history",
            )
        return found[0]

    def data(self, sha256: str) -> bytes:
        """The bytes of a snapshot, by their hash.

        Raises:
            NotFound: they are not kept.
            InputError: they are damaged.

        """
        data = self._database.read(lambda connection: texts.find(connection, sha256), None)
        if data is None:
            raise NotFound("The text of that snapshot is not kept.", "", "See: inkstand history")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise InputError(
                "The text of that snapshot is damaged.",
                "The disk may have failed.",
                "Choose another one: inkstand history",
            )
        return data

    def thin(self, now: dt.datetime | None = None) -> int:
        """Drop snapshots that lie close together and far back; how many were dropped.

        All of two days are kept, then one an hour for two weeks, one a day for three months, and
        one a week. The first and the last of a file are always kept.

        Raises:
            InputError: the history cannot be written.

        """
        at = _milliseconds(now or dt.datetime.now(dt.UTC))

        def work(connection: sqlite3.Connection) -> int:
            rows = connection.execute("SELECT id, name, at FROM snapshots ORDER BY name, id")
            dropped = [(number,) for number in too_many(rows.fetchall(), at)]
            connection.executemany("DELETE FROM snapshots WHERE id = ?", dropped)
            if dropped:
                texts.drop_unused(connection)
            connection.execute("DELETE FROM thinned")
            connection.execute("INSERT INTO thinned VALUES (?)", (at,))
            return len(dropped)

        with self._failing_clearly():
            dropped: int = self._database.write(work)
        return dropped

    def is_due(self, now: dt.datetime | None = None) -> bool:
        """Whether the last thinning is more than a day ago, or was never."""
        at = _milliseconds(now or dt.datetime.now(dt.UTC))
        last: int | None = self._database.read(
            lambda connection: connection.execute("SELECT max(at) FROM thinned").fetchone()[0], at
        )
        return last is None or abs(at - last) > DAY

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _of(self, name: str, limit: int) -> list[Snapshot]:
        return self._found(f"{_SELECT} WHERE name = ? ORDER BY id DESC LIMIT ?", (name, limit))

    def _found(self, query: str, values: tuple[object, ...]) -> list[Snapshot]:
        rows: list[tuple[int, str, int, str, str, int, str]] = self._database.read(
            lambda connection: connection.execute(query, values).fetchall(), []
        )
        return [
            Snapshot(id=number, name=name, at=_iso(at), by=by, why=why, size=size, sha256=sha256)
            for number, name, at, by, why, size, sha256 in rows
        ]

    @contextlib.contextmanager
    def _failing_clearly(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise InputError(
                f"The history in {self.path.parent} cannot be written: {error}.",
                "The disk may be full, or Inkstand may not write there. Nothing was changed.",
                "Make room, or change the folder's permissions, and try again.",
            ) from error


def _kept(connection: sqlite3.Connection, version: Version, now: int) -> int:
    sha256 = hashlib.sha256(version.data).hexdigest()
    last = connection.execute(
        "SELECT id, sha256 FROM snapshots WHERE name = ? ORDER BY id DESC LIMIT 1", (version.name,)
    ).fetchone()
    if last is not None and last[1] == sha256:
        return int(last[0])
    texts.add(connection, sha256, version.data)
    added = connection.execute(
        "INSERT INTO snapshots (name, at, made_by, why, size, sha256) VALUES (?, ?, ?, ?, ?, ?)",
        (version.name, now, version.by, version.why, len(version.data), sha256),
    )
    return int(added.lastrowid or 0)


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _milliseconds(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1000)


def _iso(milliseconds: int) -> str:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC).isoformat(timespec="seconds")
