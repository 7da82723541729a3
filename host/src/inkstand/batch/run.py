"""A batch at work: lines in, answers out, and as many requests at once as the models take."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Protocol

import msgspec

from inkstand.batch.lines import Answer, Asked, Defaults, Line, asked
from inkstand.batch.results import Results
from inkstand.jobs import CancelToken
from inkstand_sdk.errors import Cancelled, ErrorInfo, InkstandError, InputError
from inkstand_sdk.messages import GenerateResult, LoadProgress

MOST_LINES = 512
"""Lines that are held at once: read, being answered, or waiting for an earlier one."""
MOST_BYTES = 32 * 2**20
_MOST_THREADS = 128
# A request more than a model has places for waits in the queue of its worker, so that no place is
# ever empty while the last answer is put away.
_SPARE = 1
_SETTLED_EVERY = 2.0  # seconds
_TOLD_EVERY = 0.2
# What keeps a model from answering anything at all: with such an error from the batch's own model,
# before it has answered one line, there is no use in asking it a million times.
_ENDING = frozenset(
    {"load-failed", "model-file", "not-found", "offline", "out-of-memory", "plugin-broken"}
)


class Writer(Protocol):
    """What answers the lines."""

    def write(
        self, line: Asked, cancel: CancelToken, on_load: Callable[[LoadProgress | None], None]
    ) -> GenerateResult:
        """The whole answer; called by several threads at once. `on_load` is told how far its
        model is with loading, and None when that is over.
        """
        ...

    def places(self, model: str) -> int:
        """How many requests the model of that name takes at once, as far as is known by now."""
        ...


class BatchProgress(msgspec.Struct, frozen=True):
    """How far a batch is: `share` of the source and `seconds_left` are None where unknown.

    `loading` is the model that is being loaded, if one is.
    """

    done: int
    failed: int
    share: float | None
    tokens_per_second: float
    seconds_left: float | None
    loading: LoadProgress | None = None


class BatchOutcome(msgspec.Struct, frozen=True):
    """A batch that has ended: the lines that were answered, all runs together, and how many of
    the answers are errors; `begun_before` were there when this run began.
    """

    done: int
    failed: int
    begun_before: int
    tokens: int
    seconds: float


class _Load(msgspec.Struct, frozen=True):
    of: LoadProgress | None


class _Finished(msgspec.Struct, frozen=True):
    line: Asked
    result: GenerateResult | None = None
    error: Exception | None = None


class _End(msgspec.Struct, frozen=True):
    """After the last line; `error` is why there are no more."""

    number: int
    error: Exception | None = None


class _Lane:
    """The lines of one model."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.queued: deque[Asked] = deque()
        self.in_flight = 0
        self.answered = False


class BatchRun:
    """One run of a batch. Use it once.

    Args:
        lines: The source.
        results: Where the answers go.
        writer: What answers.
        defaults: What holds for lines that say nothing else.
        size: How much of the source there is, as `Line.end` counts; None if that is unknown.

    """

    def __init__(
        self,
        lines: Iterator[Line],
        results: Results,
        writer: Writer,
        defaults: Defaults,
        size: int | None,
    ) -> None:
        self._lines = lines
        self._results = results
        self._writer = writer
        self._defaults = defaults
        self._size = size
        self._events: SimpleQueue[Line | _End | _Finished | _Load | None] = SimpleQueue()
        self._room = threading.Condition()
        self._held: deque[tuple[int, int, int]] = deque()  # number, bytes, end
        self._held_bytes = 0
        self._closed = False
        self._lanes: dict[str, _Lane] = {}
        self._one_model_at_a_time = False
        self._stop = CancelToken()
        self._loading: LoadProgress | None = None
        self._tokens = 0
        self._reached = 0
        self._skipped = 0
        self._taken = 0

    def run(self, cancel: CancelToken, emit: Callable[[BatchProgress], None]) -> BatchOutcome:
        """Answer every line.

        Raises:
            Cancelled: `cancel` was cancelled; what was in flight is lost, and nothing else.
            InputError: the source cannot be read, or the answers not be written.
            InkstandError: the batch's own model cannot be used.

        """
        started = time.monotonic()
        before = self._results.done
        settled = told = started
        threading.Thread(target=self._read, name="batch lines", daemon=True).start()
        ended = False
        with (
            ThreadPoolExecutor(_MOST_THREADS, "batch") as threads,
            cancel.listening(self._cancelled),
        ):
            try:
                while not ended or self._open():
                    event = self._events.get()
                    if self._stop.cancelled:
                        self._events.put(event)  # an answer that came in time is kept
                        self._stop.check()
                    if isinstance(event, Line):
                        self._take(event)
                    elif isinstance(event, _Finished):
                        self._put_away(event)
                    elif isinstance(event, _Load):
                        self._loading = event.of
                        if told == started:  # nothing was told yet: say at once why not
                            told = started - _TOLD_EVERY
                    elif isinstance(event, _End):
                        if event.error is not None:
                            raise event.error
                        self._results.ended(event.number)
                        ended = True
                    self._dispatch(threads)
                    now = time.monotonic()
                    if now - settled > _SETTLED_EVERY:
                        self._results.settle()
                        settled = time.monotonic()
                    if now - told > _TOLD_EVERY:
                        emit(self._progress(now - started))
                        told = now
            finally:
                self._give_up(threads)
        seconds = time.monotonic() - started
        emit(self._progress(seconds))
        results = self._results
        return BatchOutcome(results.done, results.failed, before, self._tokens, seconds)

    def _read(self) -> None:
        """Read ahead, as far as there is room. In a thread of its own: a pipe may be slow."""
        number = 0
        try:
            for line in self._lines:
                number = line.number
                with self._room:
                    self._room.wait_for(self._has_room)
                    if self._closed:
                        return
                    self._held.append((number, len(line.data), line.end))
                    self._held_bytes += len(line.data)
                self._events.put(line)
        # Told to the thread that waits for lines.
        except Exception as error:  # noqa: BLE001
            self._events.put(_End(number, error))
        else:
            self._events.put(_End(number))

    def _has_room(self) -> bool:
        full = len(self._held) >= MOST_LINES or self._held_bytes >= MOST_BYTES
        return self._closed or not full

    def _take(self, line: Line) -> None:
        """Queue a line for its model, unless it needs no answer or has one."""
        self._taken = line.number
        if self._results.has(line.number, line.digest) or line.blank:
            self._skipped = max(self._skipped, line.end)
        else:
            self._results.expect(line.number)
            wanted = asked(line, self._defaults)
            if isinstance(wanted, Answer):
                self._results.give(wanted)
            else:
                lane = self._lanes.setdefault(wanted.model, _Lane(wanted.model))
                lane.queued.append(wanted)
        self._make_room()

    def _put_away(self, finished: _Finished) -> None:
        line, lane = finished.line, self._lanes[finished.line.model]
        lane.in_flight -= 1
        error, result = finished.error, finished.result
        if error is not None and not isinstance(error, InkstandError):
            raise error
        if result is not None and result.finish == "cancelled":
            result, error = None, Cancelled("The model's worker was stopped.")
        if isinstance(error, Cancelled):
            raise error
        if error is not None and self._may_fit_alone(error, lane):
            lane.queued.appendleft(line)
            return
        if error is not None:
            if error.code in _ENDING and not line.own_model and not lane.answered:
                raise error
            self._results.give(Answer(line.number, line.id, error=_without_text(error)))
        elif result is not None:
            lane.answered = True
            self._tokens += result.usage.completion_tokens
            self._results.give(Answer(line.number, line.id, result))
        self._make_room()

    def _may_fit_alone(self, error: InkstandError, lane: _Lane) -> bool:
        """Whether a model found no memory beside the others of the batch; from then on they take
        turns.
        """
        if error.code != "out-of-memory":
            return False
        others = [each for each in self._lanes.values() if each is not lane]
        first_time, self._one_model_at_a_time = not self._one_model_at_a_time, bool(others)
        return bool(others) if first_time else any(each.in_flight for each in others)

    def _make_room(self) -> None:
        """Let the reader go on, for what has been passed on since."""
        open_from = self._results.first_open or self._taken + 1
        with self._room:
            while self._held and self._held[0][0] < open_from:
                _, size, self._reached = self._held.popleft()
                self._held_bytes -= size
            self._room.notify()

    def _dispatch(self, threads: ThreadPoolExecutor) -> None:
        for lane in self._to_serve():
            if not lane.queued:
                continue
            places = self._writer.places(lane.model) + _SPARE
            while lane.queued and lane.in_flight < places:
                lane.in_flight += 1
                threads.submit(self._answer, lane.queued.popleft())

    def _to_serve(self) -> list[_Lane]:
        """The models that may be given lines now."""
        lanes = list(self._lanes.values())
        if not self._one_model_at_a_time:
            return lanes
        busy = [lane for lane in lanes if lane.in_flight]
        if busy:
            return busy if len(busy) == 1 else []
        return sorted(
            (lane for lane in lanes if lane.queued), key=lambda lane: lane.queued[0].number
        )[:1]

    def _answer(self, line: Asked) -> None:
        """In a thread of the pool."""
        try:
            self._stop.check()
            result = self._writer.write(line, self._stop, self._told_of_load)
        # Told to the thread that puts answers away.
        except Exception as error:  # noqa: BLE001
            self._events.put(_Finished(line, error=error))
        else:
            self._events.put(_Finished(line, result))

    def _told_of_load(self, progress: LoadProgress | None) -> None:
        """In a thread of the pool."""
        self._events.put(_Load(progress))

    def _open(self) -> bool:
        return any(lane.queued or lane.in_flight for lane in self._lanes.values())

    def _cancelled(self) -> None:
        self._stop.cancel()
        self._events.put(None)

    def _give_up(self, threads: ThreadPoolExecutor) -> None:
        """Stop what is in flight and the reader; keep the answers that were complete in time."""
        self._stop.cancel()
        with self._room:
            self._closed = True
            self._room.notify_all()
        threads.shutdown(wait=True)
        with contextlib.suppress(InputError, BrokenPipeError):  # the error that led here is told
            while not self._events.empty():
                event = self._events.get()
                result = event.result if isinstance(event, _Finished) else None
                if isinstance(event, _Finished) and result and result.finish != "cancelled":
                    self._results.give(Answer(event.line.number, event.line.id, result))

    def _progress(self, seconds: float) -> BatchProgress:
        results = self._results
        share = left = None
        if self._size:
            share = min(1.0, self._reached / self._size)
            fresh = self._reached - min(self._skipped, self._reached)
            if fresh > 0:
                left = seconds * (self._size - self._reached) / fresh
        rate = round(self._tokens / seconds, 1) if seconds > 0 else 0.0
        return BatchProgress(results.done, results.failed, share, rate, left, self._loading)


def _without_text(error: InkstandError) -> ErrorInfo:
    """The error as it is written down; a traceback or log tail belongs into the log."""
    return msgspec.structs.replace(error.to_info(), detail="")
