"""Snapshots of a workspace's files: each text kept once, by its content, in one SQLite file."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from inkstand.database import Database
from inkstand_sdk.errors import InputError, NotFound

HISTORY = "history.db"
_SCHEMA = """
CREATE TABLE texts (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, packed BLOB NOT NULL);
CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, sha256 TEXT NOT NULL,
  at INTEGER NOT NULL, made_by TEXT NOT NULL, why TEXT NOT NULL
);
CREATE INDEX snapshots_of_name ON snapshots (name, id);
CREATE INDEX snapshots_of_text ON snapshots (sha256);
"""
_COLUMNS = "s.id, s.name, s.at, s.made_by, s.why, t.size, s.sha256"
_JOINED = f"SELECT {_COLUMNS} FROM snapshots s JOIN texts t ON t.sha256 = s.sha256"  # noqa: S608
_HOUR = 3_600_000
_DAY = 24 * _HOUR
# Up to this age in milliseconds, one snapshot is kept for every so many.
_KEPT = ((2 * _DAY, 0), (14 * _DAY, _HOUR), (90 * _DAY, _DAY))
_OLDER = 7 * _DAY


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


class History:
    """The snapshots of one workspace. Thread-safe; several processes may write.

    Args:
        state: The workspace's state folder.
        on_damage: Told a sentence for the user when a damaged file was moved aside.

    """

    def __init__(self, state: Path, on_damage: Callable[[str], None] | None = None) -> None:
        self._database = Database(state / HISTORY, [_SCHEMA], on_damage, durable=True)

    def snapshot(self, name: str, data: bytes, *, by: str, why: str) -> int:
        """Keep a file's bytes, and return the snapshot's id; the latest one's if nothing changed.

        Raises:
            InputError: it could not be kept.

        """
        return self.snapshots([(name, data)], by=by, why=why)[0]

    def snapshots(self, files: Iterable[tuple[str, bytes]], *, by: str, why: str) -> list[int]:
        """Keep several files in one go: all of them, or none."""
        now = int(dt.datetime.now(dt.UTC).timestamp() * 1000)

        def work(connection: sqlite3.Connection) -> list[int]:
            return [_kept(connection, name, data, now, by, why) for name, data in files]

        with self._failing_clearly():
            kept: list[int] = self._database.write(work)
        return kept

    def of(self, name: str, limit: int = -1) -> list[Snapshot]:
        """The snapshots of a file, the latest first."""
        return self._found(f"{_JOINED} WHERE s.name = ? ORDER BY s.id DESC LIMIT ?", (name, limit))

    def latest(self, limit: int = -1) -> list[Snapshot]:
        """The snapshots of all files, the latest first."""
        return self._found(f"{_JOINED} ORDER BY s.id DESC LIMIT ?", (limit,))

    def get(self, number: int) -> Snapshot:
        """The snapshot of that id. Raises `NotFound`."""
        found = self._found(f"{_JOINED} WHERE s.id = ?", (number,))
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

        def work(connection: sqlite3.Connection) -> bytes | None:
            row = connection.execute(
                "SELECT packed FROM texts WHERE sha256 = ?", (sha256,)
            ).fetchone()
            return row[0] if row else None

        packed = self._database.read(work, None)
        if packed is None:
            raise NotFound("The text of that snapshot is not kept.", "", "See: inkstand history")
        try:
            data = zlib.decompress(packed)
        except zlib.error:
            data = b""
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
        """
        at = int((now or dt.datetime.now(dt.UTC)).timestamp() * 1000)

        def work(connection: sqlite3.Connection) -> int:
            rows = connection.execute("SELECT id, name, at FROM snapshots ORDER BY name, id")
            dropped = [(number,) for number in _too_many(rows.fetchall(), at)]
            connection.executemany("DELETE FROM snapshots WHERE id = ?", dropped)
            if dropped:
                connection.execute(
                    "DELETE FROM texts WHERE NOT EXISTS"
                    " (SELECT 1 FROM snapshots s WHERE s.sha256 = texts.sha256)"
                )
            return len(dropped)

        with self._failing_clearly():
            dropped: int = self._database.write(work)
        return dropped

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

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
                f"The history in {self._database.path.parent} cannot be written: {error}.",
                "The disk may be full, or Inkstand may not write there. Nothing was changed.",
                "Make room, or change the folder's permissions, and try again.",
            ) from error


def _kept(
    connection: sqlite3.Connection, name: str, data: bytes, now: int, by: str, why: str
) -> int:
    sha256 = hashlib.sha256(data).hexdigest()
    last = connection.execute(
        "SELECT id, sha256 FROM snapshots WHERE name = ? ORDER BY id DESC LIMIT 1", (name,)
    ).fetchone()
    if last is not None and last[1] == sha256:
        return int(last[0])
    if connection.execute("SELECT 1 FROM texts WHERE sha256 = ?", (sha256,)).fetchone() is None:
        connection.execute(
            "INSERT INTO texts VALUES (?, ?, ?)", (sha256, len(data), zlib.compress(data, 1))
        )
    added = connection.execute(
        "INSERT INTO snapshots (name, sha256, at, made_by, why) VALUES (?, ?, ?, ?, ?)",
        (name, sha256, now, by, why),
    )
    return int(added.lastrowid or 0)


def _too_many(rows: list[tuple[int, str, int]], now: int) -> Iterator[int]:
    """Ids of the snapshots to drop, of rows sorted by name and id."""
    for place, (number, name, at) in enumerate(rows):
        first = place == 0 or rows[place - 1][1] != name
        last = place + 1 == len(rows) or rows[place + 1][1] != name
        if first or last:
            continue
        every = next((every for age, every in _KEPT if now - at <= age), _OLDER)
        # The last of each stretch stays: what a text had become by then.
        if every and rows[place + 1][2] // every == at // every:
            yield number


def _iso(milliseconds: int) -> str:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC).isoformat(timespec="seconds")
