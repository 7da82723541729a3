"""Texts in a database, in pieces: what two versions of one have in common is kept once.

A thousand versions of a long chapter then take about as much room as what was changed in them.
"""

from __future__ import annotations

import hashlib
import sqlite3
import struct
import zlib
from collections.abc import Sequence

from inkstand.workspace.pieces import pieces

SCHEMA = """
CREATE TABLE pieces (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, packed BLOB NOT NULL);
CREATE TABLE texts (sha256 TEXT PRIMARY KEY, pieces BLOB NOT NULL);
"""
_BYTES_OF_A_NUMBER = 8


def add(connection: sqlite3.Connection, sha256: str, data: bytes) -> None:
    """Keep a text, unless it is kept already."""
    if connection.execute("SELECT 1 FROM texts WHERE sha256 = ?", (sha256,)).fetchone() is None:
        numbers = [_number(connection, piece) for piece in pieces(data)]
        packed = zlib.compress(struct.pack(f"<{len(numbers)}q", *numbers), 1)
        connection.execute("INSERT INTO texts VALUES (?, ?)", (sha256, packed))


def find(connection: sqlite3.Connection, sha256: str) -> bytes | None:
    """A text by its hash, which is the caller's to check; None if it is not kept."""
    row = connection.execute("SELECT pieces FROM texts WHERE sha256 = ?", (sha256,)).fetchone()
    if row is None:
        return None
    try:
        packed = (
            connection.execute("SELECT packed FROM pieces WHERE id = ?", (number,)).fetchone()
            for number in _numbers(row[0])
        )
        return b"".join(zlib.decompress(each[0]) if each else b"" for each in packed)
    except (zlib.error, struct.error):
        return b""


def drop_unused(connection: sqlite3.Connection) -> None:
    """Drop the texts that no snapshot has, and the pieces that no text has."""
    unused = connection.execute(
        "DELETE FROM texts WHERE NOT EXISTS"
        " (SELECT 1 FROM snapshots s WHERE s.sha256 = texts.sha256)"
    )
    if not unused.rowcount:
        return
    try:
        used = {
            number
            for (packed,) in connection.execute("SELECT pieces FROM texts")
            for number in _numbers(packed)
        }
    except (zlib.error, struct.error):
        # The disk damaged a row: nobody can say any more which pieces it needs.
        return
    there = [number for (number,) in connection.execute("SELECT id FROM pieces")]
    connection.executemany(
        "DELETE FROM pieces WHERE id = ?", [(number,) for number in there if number not in used]
    )


def _number(connection: sqlite3.Connection, piece: bytes) -> int:
    digest = hashlib.sha256(piece).digest()
    row = connection.execute("SELECT id FROM pieces WHERE digest = ?", (digest,)).fetchone()
    if row is not None:
        return int(row[0])
    added = connection.execute(
        "INSERT INTO pieces (digest, packed) VALUES (?, ?)", (digest, zlib.compress(piece, 1))
    )
    return int(added.lastrowid or 0)


def _numbers(packed: bytes) -> Sequence[int]:
    data = zlib.decompress(packed)
    return struct.unpack(f"<{len(data) // _BYTES_OF_A_NUMBER}q", data)
