"""What every call of a model took: a row each, in a file that never leaves the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec

from inkstand.database import Database

FILE = "usage.db"
By = Literal["model", "tool", "day"]


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call of one model.

    `at` is when the request was made, in seconds since the epoch; `outcome` a finish reason or an
    error's code; `from_cache` whether the text came from the output cache, in which case no
    model worked and the tokens are 0. `remote` is whether it went to another machine. `run` is the
    id of the tool's run, if there was one.
    """

    at: float
    request_id: str
    backend: str
    model: str
    outcome: str
    tool: str = ""
    run: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    exact: bool = True
    load_ms: float = 0.0
    first_token_ms: float = 0.0
    total_ms: float = 0.0
    tokens_per_second: float = 0.0
    cost: float = 0.0
    from_cache: bool = False
    remote: bool = False


class UsageTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What calls took together. `name` is the model, tool or day (ISO 8601, local time).

    `failed` counts the calls that ended with an error; `first_token_ms` is the mean over the calls
    that wrote, `tokens_per_second` the speed over all that they wrote.
    """

    name: str
    calls: int
    failed: int
    from_cache: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    total_ms: float
    first_token_ms: float
    tokens_per_second: float
    cost: float


_COLUMNS = Call.__struct_fields__
_FINISHED = "('stop', 'length', 'cancelled')"
_NAMES: dict[By, str] = {
    "model": "backend || ':' || model",
    "tool": "tool",
    "day": "strftime('%Y-%m-%d', at, 'unixepoch', 'localtime')",
}
_MIGRATIONS = (
    """
    CREATE TABLE calls (
        id INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        request_id TEXT NOT NULL,
        backend TEXT NOT NULL,
        model TEXT NOT NULL,
        outcome TEXT NOT NULL,
        tool TEXT NOT NULL,
        run TEXT NOT NULL,
        prompt_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL,
        cached_tokens INTEGER NOT NULL,
        exact INTEGER NOT NULL,
        load_ms REAL NOT NULL,
        first_token_ms REAL NOT NULL,
        total_ms REAL NOT NULL,
        tokens_per_second REAL NOT NULL,
        cost REAL NOT NULL,
        from_cache INTEGER NOT NULL
    );
    CREATE INDEX calls_at ON calls (at);
    """,
    "ALTER TABLE calls ADD COLUMN remote INTEGER NOT NULL DEFAULT 0",
)


class UsageLedger:
    """The calls of all Inkstand processes of a user. Thread-safe.

    Args:
        folder: Where its file is kept.
        on_damage: Told a sentence for the user when a damaged file was moved aside.

    """

    def __init__(self, folder: Path, on_damage: Callable[[str], None] | None = None) -> None:
        self._database = Database(folder / FILE, _MIGRATIONS, on_damage)

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    def add(self, calls: Iterable[Call]) -> None:
        """Write calls down.

        Raises:
            sqlite3.Error, OSError: they could not be written.

        """
        rows = [msgspec.structs.astuple(call) for call in calls]
        places = ", ".join("?" * len(_COLUMNS))
        statement = f"INSERT INTO calls ({', '.join(_COLUMNS)}) VALUES ({places})"  # noqa: S608
        self._database.write(lambda connection: connection.executemany(statement, rows))

    def calls(self, since: float = 0.0, last: int = 50, request_id: str = "") -> list[Call]:
        """The latest calls, newest first; those of one request if its id is given."""
        statement = (
            f"SELECT {', '.join(_COLUMNS)} FROM calls WHERE at >= ?"  # noqa: S608
            " AND (? = '' OR request_id = ?) ORDER BY at DESC, id DESC LIMIT ?"
        )
        rows: list[tuple[Any, ...]] = self._database.read(
            lambda connection: connection.execute(
                statement, (since, request_id, request_id, last)
            ).fetchall(),
            [],
        )
        kept = (dict(zip(_COLUMNS, row, strict=True)) for row in rows)
        return [msgspec.convert(row, Call, strict=False) for row in kept]

    def totals(self, by: By = "model", since: float = 0.0) -> list[UsageTotal]:
        """What calls took together, the most used first; days from the latest on."""
        order = "1 DESC" if by == "day" else "6 DESC, 2 DESC, 1"
        statement = f"""
            SELECT {_NAMES[by]}, count(*), sum(outcome NOT IN {_FINISHED}), sum(from_cache),
                sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens), sum(total_ms),
                coalesce(avg(CASE WHEN first_token_ms > 0 THEN first_token_ms END), 0.0),
                coalesce(sum(CASE WHEN tokens_per_second > 0 THEN completion_tokens END) / sum(
                    CASE WHEN tokens_per_second > 0 THEN completion_tokens / tokens_per_second END
                ), 0.0),
                sum(cost)
            FROM calls WHERE at >= ? GROUP BY 1 ORDER BY {order}
        """  # noqa: S608
        rows: list[tuple[Any, ...]] = self._database.read(
            lambda connection: connection.execute(statement, (since,)).fetchall(), []
        )
        return [UsageTotal(**dict(zip(_TOTALS, row, strict=True))) for row in rows]

    def clear(self) -> int:
        """Forget all calls, for good; how many there were."""
        return self._database.clear("calls")

    def close(self) -> None:
        """Close the file."""
        self._database.close()


_TOTALS = UsageTotal.__struct_fields__
