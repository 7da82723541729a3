"""What is kept of every generation: a usage row, a receipt, a line in the log.

Nothing here is on the way of a token: `record` returns at once, and threads write. SQLite is
imported by them, with the first record.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from inkstand.generation.counting import Counter, cut_note
from inkstand.generation.fallback import Failed
from inkstand.jobs import CancelToken
from inkstand.logs import HostLog
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import GenerateRequest, GenerateResult, Usage

if TYPE_CHECKING:
    from inkstand.records.books import Books, Filed
    from inkstand.records.receipts import Receipts
    from inkstand.records.usage import UsageLedger

LAST_SECONDS = 2.0
"""How long what waits may take when everything is closed."""
_MOST_WAITING = 1_000


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One generation that is over, well or not: `result` or `error` is given.

    `request` is what the caller asked for, with its id; `sent` what an engine was given last,
    after presets, hooks and whatever structured output added (None if none was asked). `spec`,
    `model` and `backend` are the model that answered, or that failed last; `failed` those tried
    in vain. `usage` is what all tries at that model used up, `last_usage` what the last one did;
    both None if it was not asked. `run` is the id of the tool's run. `at` is when it began, in
    seconds since the epoch. `text` is the file or folder that was worked on, None if that is the
    one of the whole Studio.
    """

    request: GenerateRequest
    at: float
    spec: WorkerSpec | None = None
    model: str = ""
    backend: str = ""
    sent: GenerateRequest | None = None
    result: GenerateResult | None = None
    error: InkstandError | None = None
    usage: Usage | None = None
    last_usage: Usage | None = None
    failed: tuple[Failed, ...] = ()
    tool: str = ""
    run: str = ""
    text: Path | None = None

    @property
    def outcome(self) -> str:
        """How it ended: a finish reason or an error's code."""
        if self.result is not None:
            return self.result.finish
        return self.error.code if self.error is not None else "error"


class Recorder:
    """Writes down what was generated, in threads of its own. Thread-safe; never raises.

    Two threads: one writes, and never waits for a model; the other has loaded models count the
    blocks of receipts, which are then written once more. What cannot be written costs a note.

    Args:
        pool: Where loaded models count; none is loaded for that.
        usage: Makes the ledger of calls; None keeps none.
        receipts: Makes the book of the receipts that belong to a text; None keeps none.
        texts: Whether receipts keep the blocks' texts, or their numbers alone.
        log: Where a line of each generation goes.

    """

    def __init__(
        self,
        pool: WorkerPool,
        *,
        usage: Callable[[Callable[[str], None]], UsageLedger] | None = None,
        receipts: Callable[[Path | None, Callable[[str], None]], Receipts] | None = None,
        texts: bool = True,
        log: HostLog | None = None,
    ) -> None:
        self._counter = Counter(pool)
        self._usage = usage
        self._receipts = receipts
        self._texts = texts
        self._log = log
        self._books: Books | None = None
        self._waiting: SimpleQueue[Recorded | Filed | None] = SimpleQueue()
        self._uncounted: SimpleQueue[tuple[Filed, WorkerSpec] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._stop = CancelToken()
        self._closed = False
        self._notes: dict[str, None] = {}

    def unread(
        self, sent: GenerateRequest, result: GenerateResult, spec: WorkerSpec
    ) -> tuple[str, ...]:
        """A note if the engine read less than it was given: silent truncation.

        For `result.notes`, so call it before the result is given, with no lease of the worker
        held. Compares numbers, and only if they look wrong has the loaded model count.
        """
        return self._counter.unread(sent, result, spec)

    def record(self, recorded: Recorded) -> None:
        """Write it down; returns at once, or when it is written if all was closed before."""
        if self._usage is None and self._receipts is None and self._log is None:
            return
        with self._lock:
            if not self._threads and not self._closed:
                self._start()
            late = self._closed
        self._waiting.put(recorded)
        if late:
            self._write_all()

    def notes(self) -> tuple[str, ...]:
        """Sentences for the user that came too late for a result: a cut prompt, a full disk."""
        return tuple(self._notes)

    def close(self, stop_workers: Callable[[], None] = lambda: None) -> None:
        """Finish what waits, for two seconds at most; it may be called twice.

        `stop_workers` is called when the workers are no longer needed, so that what ends with them
        is written down as well.
        """
        deadline = monotonic() + LAST_SECONDS
        with self._lock:
            first, self._closed = not self._closed, True
        if first and self._threads:
            writer, counter = self._threads
            self._waiting.put(None)  # the writer hands over what is to be counted, then ends
            writer.join(LAST_SECONDS)
            self._uncounted.put(None)
            counter.join(max(0.0, deadline - monotonic()))
            self._stop.cancel()
            counter.join(LAST_SECONDS)
        stop_workers()
        if first and self._threads and self._threads[0].is_alive():
            self._note(
                "What was generated last may not be on record: its files are locked, or very slow."
            )
        elif first:
            self._write_all()
            if self._books is not None:
                self._books.close()

    def _start(self) -> None:
        self._threads = [
            threading.Thread(target=self._write, name="records", daemon=True),
            threading.Thread(target=self._count, name="counting", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _write(self) -> None:
        """Write what comes, as much at a time as is there."""
        while True:
            first = self._waiting.get()
            more = self._taken() if first is not None else []
            self._put([each for each in (first, *more) if each is not None])
            if first is None or None in more:
                return

    def _write_all(self) -> None:
        self._put([each for each in self._taken() if each is not None])

    def _taken(self) -> list[Recorded | Filed | None]:
        taken: list[Recorded | Filed | None] = []
        while True:
            try:
                taken.append(self._waiting.get_nowait())
            except Empty:
                return taken

    def _count(self) -> None:
        """Have the blocks of receipts counted, one receipt after another."""
        while (uncounted := self._uncounted.get()) is not None:
            filed, spec = uncounted
            # Whoever writes faster than can be counted gets the newest counted.
            if self._stop.cancelled or self._uncounted.qsize() > _MOST_WAITING:
                continue
            counted = self._counter.counted(filed.receipt, spec, self._stop)
            if counted is None:
                continue
            if counted.unread:
                self._note(cut_note(counted))
            self._waiting.put(msgspec.structs.replace(filed, receipt=counted))

    def _put(self, records: list[Recorded | Filed]) -> None:
        """Write records to wherever they belong; what fails is a note, and the rest goes on."""
        if not records:
            return
        from inkstand.generation.entries import calls_of, receipt_of
        from inkstand.records.books import Books, Filed

        with self._lock:
            if self._books is None:
                self._books = Books(self._usage, self._receipts, self._note, texts=self._texts)
        new = [each for each in records if isinstance(each, Recorded)]
        for recorded in new:
            self._say(recorded)
        uncounted = (
            [(Filed(receipt_of(each), each.text), each.spec) for each in new]
            if self._receipts
            else []
        )
        fresh = [filed for filed, _ in uncounted]
        counted = [each for each in records if not isinstance(each, Recorded)]
        self._books.write([call for each in new for call in calls_of(each)], [*fresh, *counted])
        for filed, spec in uncounted:
            if spec is not None and filed.receipt.blocks and not filed.receipt.from_cache:
                self._uncounted.put((filed, spec))

    def _note(self, note: str) -> None:
        if note not in self._notes:
            self._notes[note] = None
            logging.getLogger(__name__).warning("%s", note)

    def _say(self, recorded: Recorded) -> None:
        if self._log is not None:
            from inkstand.generation.entries import said_of

            level, message, detail, data = said_of(recorded)
            self._log.write(
                level,
                message,
                source="inkstand.generation",
                request=recorded.request.id,
                run=recorded.run,
                detail=detail,
                **data,
            )
