"""A SQLite file that several processes write, and that may be damaged, full or gone.

In WAL mode, with a busy timeout; a schema's version stands in `user_version`. A process that is
killed leaves the last whole transaction. One that is damaged is moved aside and begun anew.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from inkstand.locking import locked
from inkstand_sdk.errors import InputError

T = TypeVar("T")

BUSY_SECONDS = 10.0
_PARTS = ("", "-wal", "-shm")


class Database:
    """One file of records. Thread-safe. It is opened, and made, when it is first written.

    Args:
        path: The file; it and what SQLite puts beside it are readable by its owner alone.
        migrations: SQL scripts, each of which brings the schema from one version to the next.
        on_damage: Told a sentence for the user when a damaged file was moved aside.
        durable: Whether what was written is to survive a power failure right after.

    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[str],
        on_damage: Callable[[str], None] | None = None,
        *,
        durable: bool = False,
    ) -> None:
        self.path = path
        self._migrations = migrations
        self._on_damage = on_damage or (lambda _note: None)
        self._synchronous = "FULL" if durable else "NORMAL"
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` in one transaction; on damage, once more in a new file.

        Raises:
            sqlite3.Error, OSError: it could not be written, and nothing of it was.
            InputError: a newer Inkstand wrote the file.

        """
        with self._lock:
            return self._mended(lambda: self._transaction(work))

    def read(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What `work` finds; `otherwise` where there is no file yet.

        Raises:
            InputError: the file cannot be read.

        """
        if not self.path.exists():
            return otherwise
        try:
            with self._lock:
                return self._mended(lambda: self._looked_up(work))
        except (sqlite3.Error, OSError) as error:
            raise InputError(
                f"{self.path} cannot be read: {error}.",
                "Inkstand keeps records of what it generated there.",
                "Make room if the disk is full, or check the folder's permissions.",
            ) from error

    def clear(self, table: str) -> int:
        """Delete every row of a table, and what was left of it in the file; how many there were.

        Raises:
            InputError: the file cannot be written.

        """
        if not self.path.exists():
            return 0
        try:
            deleted = self.write(lambda connection: connection.execute(f"DELETE FROM {table}"))  # noqa: S608
            with self._lock:
                # Deleted texts would stay in free pages and in the log of changes.
                self._current().execute("VACUUM")
                self._current().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except (sqlite3.Error, OSError) as error:
            raise InputError(
                f"{self.path} cannot be cleared: {error}.",
                "Inkstand may not write it, or another program has it open.",
                "Make room if the disk is full, see to the folder's permissions, or delete it.",
            ) from error
        return deleted.rowcount

    def close(self) -> None:
        """Close the file. What is written later opens it again."""
        with self._lock:
            self._let_go()

    def _transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._current()
        connection.execute("BEGIN IMMEDIATE")
        try:
            value = work(connection)
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # SQLite may have rolled back by itself
                connection.execute("ROLLBACK")
            raise
        return value

    def _looked_up(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return work(self._current())
        except (sqlite3.OperationalError, PermissionError):
            # A folder that may not be written: SQLite cannot put its lock beside the file there.
            if os.access(self.path.parent, os.W_OK):
                raise
            uri = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
            with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
                return work(connection)

    def _mended(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
        self._let_go()
        self._put_aside()
        return call()

    def _current(self) -> sqlite3.Connection:
        """A connection to the file that has the name now."""
        if self._connection is not None and self._identity != _identity(self.path):
            self._let_go()
        if self._connection is None:
            self._connection = self._opened()
            self._identity = _identity(self.path)
        return self._connection

    def _opened(self) -> sqlite3.Connection:
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
        connection = self._connected()
        try:
            if _version(connection) != len(self._migrations):
                # Two processes that change the mode at once would refuse each other.
                with self._alone():
                    self._migrate(connection)
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _connected(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )

    def _migrate(self, connection: sqlite3.Connection) -> None:
        version = _version(connection)
        if version > len(self._migrations):
            raise InputError(
                f"{self.path} was written by a newer Inkstand.",
                f"Its version is {version}, and this Inkstand knows {len(self._migrations)}.",
                "Upgrade Inkstand, or move the file away.",
            )
        connection.execute("PRAGMA journal_mode = WAL")
        for number, script in enumerate(self._migrations[version:], version + 1):
            connection.executescript(
                f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;"
            )

    def _put_aside(self) -> None:
        """Rename a damaged file, unless another process has done so and begun a new one."""
        with self._alone():
            if self._is_sound():
                return
            aside = self.path.with_name(f"{self.path.stem}-damaged-{time.time_ns():x}.db")
            for part in _PARTS:
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{self.path}{part}").rename(f"{aside}{part}")
        self._on_damage(
            f"{self.path.name} was damaged; a new one was begun, and the old one is {aside}."
        )

    def _is_sound(self) -> bool:
        if not self.path.exists():
            return True
        try:
            with contextlib.closing(self._connected()) as connection:
                return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            return False

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with self.path.with_suffix(".lock").open("ab") as file, locked(file.fileno()):
            yield

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
