"""Receipts: what went into a prompt, what was left out of it, and what the engine says it read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from inkstand.database import Database
from inkstand_sdk.errors import NotFound, UsageError
from inkstand_sdk.messages import Dropped, GenerateRequest

FILE = "receipts.db"
_THINNED_EVERY = 16


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a prompt. `tokens` is None while nobody has counted it; `exact` is whether the
    model's own tokenizer did; `text` is "" where texts are not kept.
    """

    label: str
    role: str
    characters: int
    tokens: int | None = None
    exact: bool = False
    text: str = ""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What one generation was given.

    `evaluated` is how many tokens the engine says its prompt had, `cached` how many of those it
    took from its prefix cache, both None where it does not say. `unread` are tokens that the blocks
    hold and the engine did not read: more than 0 is a prompt that was cut. `changed` is whether
    the prompt is another than was asked for: a plugin changed it, or a schema was put into words.
    `outcome` is a finish reason or an error's code; `from_cache` whether the text came from the
    output cache, and no engine read anything.
    """

    request_id: str
    at: float
    backend: str
    model: str
    outcome: str
    tool: str = ""
    run: str = ""
    blocks: tuple[Block, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    changed: bool = False
    evaluated: int | None = None
    evaluated_exact: bool = True
    cached: int | None = None
    written: int = 0
    unread: int = 0
    from_cache: bool = False

    @property
    def counted(self) -> int | None:
        """The tokens of all blocks; None if one was not counted."""
        counts = [block.tokens for block in self.blocks]
        return None if None in counts else sum(count or 0 for count in counts)

    @property
    def exact(self) -> bool:
        """Whether both the blocks and what was read were counted, not estimated."""
        return self.evaluated_exact and all(block.exact for block in self.blocks)

    @property
    def overhead(self) -> int | None:
        """Tokens of the chat template: read, but in no block; None if that is not known."""
        if self.evaluated is None or self.counted is None or not self.exact:
            return None
        return max(0, self.evaluated - self.counted)

    def with_unread(self) -> Receipt:
        """The same with `unread`, which can only be told while the blocks have their texts."""
        if self.evaluated is None or self.counted is None:
            return self
        missing = self.counted - self.evaluated
        cut = missing > sum(_slack(block) for block in self.blocks)
        if not self.exact:
            # An estimate is far off for rows of blanks or of one letter; but no tokenizer that is
            # in use makes one token of two words.
            words = sum(len(block.text.split()) for block in self.blocks)
            cut = missing > self.counted // 2 and self.evaluated < words
        return msgspec.structs.replace(self, unread=missing if cut else 0)


class ReceiptSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list of receipts."""

    request_id: str
    at: float
    backend: str
    model: str
    outcome: str
    tool: str
    bytes: int


def blocks_of(request: GenerateRequest) -> tuple[Block, ...]:
    """The parts of a request's prompt, not counted yet."""
    if request.prompt is not None:
        return (_block("prompt", "", request.prompt),)
    return tuple(
        _block(part.label or message.role, message.role, part.text)
        for message in request.messages
        for part in message.content
    )


def without_texts(receipt: Receipt) -> Receipt:
    """The receipt with its numbers alone."""
    blocks = tuple(msgspec.structs.replace(block, text="") for block in receipt.blocks)
    return msgspec.structs.replace(receipt, blocks=blocks)


def _block(label: str, role: str, text: str) -> Block:
    return Block(label=label, role=role, characters=len(text), text=text)


def _slack(block: Block) -> int:
    """Tokens by which a block may count more alone than within its prompt.

    Where two blocks meet, their last and first tokens may become one; and chat templates cut off
    blanks at both ends, each of which may be a token.
    """
    return 1 + len(block.text) - len(block.text.strip())


_MIGRATIONS = (
    """
    CREATE TABLE receipts (
        id INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        request_id TEXT NOT NULL UNIQUE,
        backend TEXT NOT NULL,
        model TEXT NOT NULL,
        outcome TEXT NOT NULL,
        tool TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        body BLOB NOT NULL
    );
    CREATE INDEX receipts_bytes ON receipts (id, bytes);
    """,
)
_SUMMARY = ReceiptSummary.__struct_fields__


class Receipts:
    """The receipts of one workspace, or of a user. Thread-safe.

    Args:
        folder: Where its file is kept.
        most: How many receipts are kept.
        most_bytes: How much they may hold together.
        on_damage: Told a sentence for the user when a damaged file was moved aside.

    """

    def __init__(
        self,
        folder: Path,
        *,
        most: int = 1_000,
        most_bytes: int = 50_000_000,
        on_damage: Callable[[str], None] | None = None,
    ) -> None:
        self._database = Database(folder / FILE, _MIGRATIONS, on_damage)
        self._most = most
        self._most_bytes = most_bytes
        self._added = 0

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    def put(self, receipts: list[Receipt]) -> None:
        """Keep receipts; one of the same request is replaced. The oldest go when it is too many.

        Raises:
            sqlite3.Error, OSError: they could not be written.

        """
        rows = [_row(receipt) for receipt in receipts]
        thin = self._added % _THINNED_EVERY < len(rows) or len(rows) >= _THINNED_EVERY
        self._added += len(rows)

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT INTO receipts (at, request_id, backend, model, outcome, tool, bytes, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (request_id) DO UPDATE SET"
                " body = excluded.body, bytes = excluded.bytes, outcome = excluded.outcome,"
                " backend = excluded.backend, model = excluded.model",
                rows,
            )
            if thin:
                self._thin(connection)

        self._database.write(work)

    def find(self, which: str = "last") -> Receipt:
        """The receipt of a request, by its id or how that begins; "last" is the latest.

        Raises:
            NotFound: there is none.
            UsageError: several ids begin like that.

        """
        bodies: list[bytes] = self._database.read(lambda connection: _bodies(connection, which), [])
        if not bodies:
            latest = which == "last"
            raise NotFound(
                "There is no receipt yet." if latest else f"There is no receipt {which!r}.",
                "Nothing was generated, or receipts are off."
                if latest
                else "The id may be misspelled, or the receipt was old and is gone.",
                "See: inkstand config get receipts" if latest else "See: inkstand receipt list",
            )
        if len(bodies) > 1:
            raise UsageError(
                f"Several receipts begin with {which!r}.", "", "Give more of the id's letters."
            )
        return msgspec.json.decode(bodies[0], type=Receipt)

    def listed(self, last: int = 20) -> list[ReceiptSummary]:
        """The latest receipts, newest first."""
        statement = f"SELECT {', '.join(_SUMMARY)} FROM receipts ORDER BY at DESC, id DESC LIMIT ?"  # noqa: S608
        rows: list[tuple[Any, ...]] = self._database.read(
            lambda connection: connection.execute(statement, (last,)).fetchall(), []
        )
        return [ReceiptSummary(**dict(zip(_SUMMARY, row, strict=True))) for row in rows]

    def clear(self) -> int:
        """Delete all receipts, for good; how many there were."""
        return self._database.clear("receipts")

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _thin(self, connection: sqlite3.Connection) -> None:
        """Delete the oldest beyond the number and the bytes that are kept."""
        connection.execute(
            "DELETE FROM receipts WHERE id IN ("
            " SELECT id FROM (SELECT id, row_number() OVER newest AS place,"
            " sum(bytes) OVER newest AS so_far FROM receipts WINDOW newest AS (ORDER BY id DESC))"
            " WHERE place > ? OR (so_far > ? AND place > 1))",
            (self._most, self._most_bytes),
        )


def _row(receipt: Receipt) -> tuple[Any, ...]:
    body = msgspec.json.encode(receipt)
    return (
        receipt.at,
        receipt.request_id,
        receipt.backend,
        receipt.model,
        receipt.outcome,
        receipt.tool,
        len(body),
        body,
    )


def _bodies(connection: sqlite3.Connection, which: str) -> list[bytes]:
    if which == "last":
        rows = connection.execute("SELECT body FROM receipts ORDER BY at DESC, id DESC LIMIT 1")
    else:
        end = f"{which}\U0010ffff"
        rows = connection.execute(
            "SELECT body FROM receipts WHERE request_id >= ? AND request_id < ? LIMIT 2",
            (which, end),
        )
    return [row[0] for row in rows]
