"""What the state directory holds of a batch, so that it can be gone on with and listed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from inkstand import atomic
from inkstand.batch.lines import Defaults


class BatchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that writes to a file. `source` is where its lines come from: a path, "-" for
    standard input, "" for requests of a program. Times are in seconds since the epoch; the counts
    are those of the last time that the record was written.
    """

    source: str
    out: str
    defaults: Defaults = Defaults()
    began: float = msgspec.field(default_factory=time.time)
    seen: float = msgspec.field(default_factory=time.time)
    done: int = 0
    failed: int = 0
    complete: bool = False


class RecordFolder:
    """Where the records of batches lie: one set of files for each path that one writes to."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "batches"

    def path(self, out: Path, kind: str) -> Path:
        """The file of that kind ("json", "lines", "early") for a batch that writes to `out`."""
        key = hashlib.sha256(str(out).encode("utf-8", "surrogatepass")).hexdigest()[:24]
        return self.folder / f"{key}.{kind}"

    def read(self, out: Path) -> BatchRecord | None:
        """The record of the batch that writes to `out`; None if there is none."""
        return _read(self.path(out, "json"))

    def write(self, record: BatchRecord) -> None:
        """Put a record in the place of the last one of its output."""
        self.folder.mkdir(parents=True, exist_ok=True)
        atomic.write_bytes(self.path(Path(record.out), "json"), msgspec.json.encode(record))

    def all(self) -> Iterator[BatchRecord]:
        """Every record whose output is still there, the latest first; others are taken away."""
        found = [(path, _read(path)) for path in self.folder.glob("*.json")]
        for path, record in found:
            if record is None or not Path(record.out).exists():
                for kind in ("json", "lines", "early"):
                    path.with_suffix(f".{kind}").unlink(missing_ok=True)
        records = [record for _, record in found if record and Path(record.out).exists()]
        yield from sorted(records, key=lambda record: record.seen, reverse=True)


def _read(path: Path) -> BatchRecord | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=BatchRecord)
    except (OSError, msgspec.MsgspecError):
        return None
