"""Proposals on disk, with the texts they were made for, and accepts that are under way."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from inkstand.database import Database
from inkstand.workspace.made import SCHEMA as MADE
from inkstand.workspace.made import Made, keep_made, read_made
from inkstand.workspace.units import Unit
from inkstand_sdk.errors import InputError, NotFound

T = TypeVar("T")
PROPOSALS = "proposals.db"
Status = Literal["waiting", "part", "accepted", "rejected", "stale"]
_SCHEMA = f"""
CREATE TABLE bases (sha256 TEXT PRIMARY KEY, packed BLOB NOT NULL);
CREATE TABLE proposals (
  id INTEGER PRIMARY KEY AUTOINCREMENT, status TEXT NOT NULL, body BLOB NOT NULL
);
CREATE INDEX proposals_of_status ON proposals (status, id);
CREATE TABLE accepts (proposal INTEGER PRIMARY KEY, body BLOB NOT NULL);
{MADE}
"""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A text that a tool would have in the manuscript.

    The code points [start, end) of `file`, as it was when its text had the hash `basis`, are to
    become `text`; `snapshot` is that text's in the history. `file` is named from the workspace's
    root. `status` is "part" where some of it is accepted and some still waits, and "stale" where
    its place in the file has changed. `at` is the time (ISO 8601, UTC); `requests` are the ids of
    what a model was asked for it.
    """

    id: int = 0
    file: str
    is_new: bool = False
    start: int = 0
    end: int = 0
    text: str
    basis: str = ""
    snapshot: int = 0
    tool: str = ""
    model: str = ""
    requests: tuple[str, ...] = ()
    title: str = ""
    why: str = ""
    at: str = ""
    status: Status = "waiting"
    units: tuple[Unit, ...] = ()


class Accept(msgspec.Struct, frozen=True):
    """An accept that is about to be written, or taken back: its units, and the hashes of the file's
    bytes before and after.
    """

    units: tuple[int, ...]
    before: str
    after: str
    made: tuple[Made, ...]
    is_back: bool = False


class ProposalStore:
    """The proposals of one workspace. Thread-safe; several processes may write.

    Args:
        state: The workspace's state folder.
        on_damage: Told a sentence for the user when a damaged file was moved aside.

    """

    def __init__(self, state: Path, on_damage: Callable[[str], None] | None = None) -> None:
        self.path = state / PROPOSALS
        self._database = Database(self.path, [_SCHEMA], on_damage, durable=True)

    def add(self, proposal: Proposal, basis: str) -> Proposal:
        """Keep a proposal with the text that it is for, and return it with its id."""
        data = basis.encode("utf-8")
        digest = hashlib.sha256(data).hexdigest()
        kept = msgspec.structs.replace(proposal, basis=digest)

        def work(connection: sqlite3.Connection) -> int:
            connection.execute(
                "INSERT OR IGNORE INTO bases VALUES (?, ?)", (digest, zlib.compress(data, 1))
            )
            added = connection.execute(
                "INSERT INTO proposals (status, body) VALUES (?, ?)",
                (kept.status, msgspec.msgpack.encode(kept)),
            )
            return int(added.lastrowid or 0)

        return msgspec.structs.replace(kept, id=self._write(work))

    def get(self, number: int) -> Proposal:
        """The proposal of that id. Raises `NotFound`."""
        query = "SELECT id, body FROM proposals WHERE id = ?"
        found = self._found(query, (number,)) if abs(number) < 2**63 else []
        if not found:
            raise NotFound(
                f"There is no proposal {number}.",
                "It may belong to another workspace.",
                "See: inkstand proposals list --all",
            )
        return found[0]

    def of(self, *statuses: Status) -> list[Proposal]:
        """The proposals of these statuses, or all, the oldest first."""
        if not statuses:
            return self._found("SELECT id, body FROM proposals ORDER BY id", ())
        marks = ", ".join("?" for _ in statuses)
        return self._found(
            f"SELECT id, body FROM proposals WHERE status IN ({marks}) ORDER BY id",  # noqa: S608
            statuses,
        )

    def basis(self, proposal: Proposal) -> str:
        """The text that a proposal was made for.

        Raises:
            InputError: it is damaged.

        """
        row = self._database.read(
            lambda connection: connection.execute(
                "SELECT packed FROM bases WHERE sha256 = ?", (proposal.basis,)
            ).fetchone(),
            None,
        )
        try:
            data = zlib.decompress(row[0]) if row else b""
        except zlib.error:
            data = b""
        if hashlib.sha256(data).hexdigest() != proposal.basis:
            raise InputError(
                f"The text that proposal {proposal.id} was made for is damaged.",
                "The disk may have failed.",
                f"Copy what you want of it: inkstand proposals show {proposal.id}",
            )
        return data.decode("utf-8")

    def change(self, proposal: Proposal) -> None:
        """Keep a proposal's new state."""
        self._write(lambda connection: _update(connection, proposal))

    def begin(self, number: int, accept: Accept) -> None:
        """Keep what is about to be written."""
        body = msgspec.msgpack.encode(accept)
        self._write(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO accepts VALUES (?, ?)", (number, body)
            )
        )

    def under_way(self) -> dict[int, Accept]:
        """Accepts that were begun and not ended, by the id of their proposal."""
        rows: list[tuple[int, bytes]] = self._database.read(
            lambda connection: connection.execute("SELECT proposal, body FROM accepts").fetchall(),
            [],
        )
        return {number: msgspec.msgpack.decode(body, type=Accept) for number, body in rows}

    def finish(self, proposal: Proposal, made: Sequence[Made]) -> None:
        """Keep a proposal whose text is in the file now, and which sentences are the machine's."""

        def work(connection: sqlite3.Connection) -> None:
            _update(connection, proposal)
            keep_made(connection, made)
            connection.execute("DELETE FROM accepts WHERE proposal = ?", (proposal.id,))

        self._write(work)

    def take_back(self, proposal: Proposal, text: str) -> None:
        """Keep a proposal of which some waits again, and forget the sentences that went with it.

        `text` is the file's now: what is still in it stays known as a machine's, as long as some
        of the proposal is accepted.
        """
        some = any(unit.state == "accepted" for unit in proposal.units)
        mine = [each for each in self.made() if each.proposal == proposal.id]
        gone = [(each.id,) for each in mine if not some or each.text not in text]

        def work(connection: sqlite3.Connection) -> None:
            _update(connection, proposal)
            connection.executemany("DELETE FROM made WHERE id = ?", gone)
            connection.execute("DELETE FROM accepts WHERE proposal = ?", (proposal.id,))

        self._write(work)

    def drop(self, number: int) -> None:
        """Forget an accept of which nothing was written."""
        self._write(
            lambda connection: connection.execute(
                "DELETE FROM accepts WHERE proposal = ?", (number,)
            )
        )

    def made(self) -> list[Made]:
        """Every sentence that came from a machine, in the order of accepting."""
        return self._database.read(read_made, [])

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _found(self, query: str, values: tuple[object, ...]) -> list[Proposal]:
        rows: list[tuple[int, bytes]] = self._database.read(
            lambda connection: connection.execute(query, values).fetchall(), []
        )
        return [
            msgspec.structs.replace(msgspec.msgpack.decode(body, type=Proposal), id=number)
            for number, body in rows
        ]

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._failing_clearly():
            return self._database.write(work)

    @contextlib.contextmanager
    def _failing_clearly(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise InputError(
                f"The proposals in {self.path.parent} cannot be written: {error}.",
                "The disk may be full, or Inkstand may not write there.",
                "Make room, or change the folder's permissions, and try again.",
            ) from error


def _update(connection: sqlite3.Connection, proposal: Proposal) -> None:
    connection.execute(
        "UPDATE proposals SET status = ?, body = ? WHERE id = ?",
        (proposal.status, msgspec.msgpack.encode(proposal), proposal.id),
    )
