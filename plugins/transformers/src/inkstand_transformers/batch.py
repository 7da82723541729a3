"""The batch: requests that are generated together, each joining as soon as there is room."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import torch

from inkstand_sdk.errors import EngineError, InkstandError
from inkstand_transformers.decoder import Decoder
from inkstand_transformers.drafting import Drafter
from inkstand_transformers.failures import while_generating
from inkstand_transformers.row import Row
from inkstand_transformers.search import Search

T = TypeVar("T")

_PATIENCE = 30.0  # for the thread to end when the engine is closed


class _NobodyWaitsError(Exception):
    """Every row of a group was abandoned while its prompts were evaluated."""


class Group:
    """Rows that share a state; `tokens` are the last of each row, not yet evaluated.

    A row with a search is alone in its group, and the search has the state.
    """

    def __init__(self, rows: list[Row], state: Any, tokens: list[int]) -> None:
        self.rows = rows
        self.state = state
        self.tokens = tokens

    @property
    def adapters(self) -> tuple[tuple[str, float], ...]:
        """The adapters that all its rows want."""
        return self.rows[0].adapters

    @property
    def search(self) -> Search | None:
        """What chooses the tokens of its only row, if anything does."""
        return self.rows[0].search


class Batch:
    """Runs rows on a thread of its own. Safe to use from any number of threads."""

    def __init__(
        self, decoder: Decoder, *, most_rows: int, threads: int, drafter: Drafter | None = None
    ) -> None:
        self._decoder: Decoder | None = decoder
        self._drafter = drafter
        self._most_rows = most_rows
        self._threads = threads
        self._waiting: deque[Row] = deque()
        self._tasks: deque[Callable[[], None]] = deque()
        self._groups: list[Group] = []
        self._changed = threading.Condition()
        self._closing = False
        # A daemon, so that an engine that never returns cannot keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="transformers-batch", daemon=True)
        self._thread.start()

    def submit(self, row: Row) -> None:
        """Have `row` generated; raises `EngineError` if this was closed."""
        with self._changed:
            if self._closing:
                raise closed()
            self._waiting.append(row)
            self._changed.notify()

    def between_steps(self, work: Callable[[], T]) -> T:
        """What `work` gives, run while the model is not in use."""
        result: Future[T] = Future()

        def task() -> None:
            try:
                result.set_result(work())
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                result.set_exception(error)

        with self._changed:
            if self._closing:
                raise closed()
            self._tasks.append(task)
            self._changed.notify()
        return result.result()

    def close(self) -> None:
        """Stop what runs, with an error for those who wait, and let go of the model."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        torch.set_num_threads(self._threads)  # counts for each thread by itself
        with torch.inference_mode():
            while self._wait_for_work():
                while self._tasks:
                    self._tasks.popleft()()
                for rows in self._admitted():
                    self._begin(rows)
                for group in list(self._groups):
                    self._step(group)
        for row in [row for group in self._groups for row in group.rows] + list(self._waiting):
            row.fail(closed())
        while self._tasks:
            self._tasks.popleft()()
        self._groups.clear()
        self._waiting.clear()
        self._decoder = self._drafter = None

    def _wait_for_work(self) -> bool:
        with self._changed:
            while not (self._waiting or self._groups or self._tasks or self._closing):
                self._changed.wait()
            return not self._closing

    def _admitted(self) -> list[list[Row]]:
        """The waiting rows for which there is room, those together that can begin together."""
        with self._changed:
            room = self._most_rows - sum(len(group.rows) for group in self._groups)
            rows: list[Row] = []
            while self._waiting and len(rows) < room:
                row = self._waiting.popleft()
                if not row.abandoned:
                    rows.append(row)
        sets: list[list[Row]] = []
        for row in sorted(rows, key=lambda row: (row.adapters, len(row.prompt))):
            # Padding costs as much as text, so only prompts of about one length begin together.
            if sets and _alike(sets[-1][0], row) and self._can_share():
                sets[-1].append(row)
            else:
                sets.append([row])
        return sets

    def _can_share(self) -> bool:
        return self._most_rows > 1

    def _begin(self, rows: list[Row]) -> None:
        decoder = self._decoder
        assert decoder is not None
        for row in rows:
            row.begin()

        def watch(evaluated: int) -> None:
            if self._closing or all(row.abandoned for row in rows):
                raise _NobodyWaitsError
            for row in rows:
                row.progress(evaluated)

        try:
            decoder.use(rows[0].adapters)
            if rows[0].search is not None:
                rows[0].search.begin(decoder, rows[0], watch)
                if not rows[0].finished:
                    self._groups.append(Group(rows, None, [0]))
                return
            state, logits = decoder.begin([row.prompt for row in rows], watch)
        except _NobodyWaitsError:
            if self._closing:
                _fail(rows, closed())
            return
        except Exception as error:  # noqa: BLE001 - told to every row that it ends
            _fail(rows, while_generating(error))
            return
        group = Group(rows, state, [])
        if self._draw(group, logits):
            self._place(group)

    def _place(self, group: Group) -> None:
        """Put the group with another one if they can be one."""
        assert self._decoder is not None
        if self._decoder.joins:
            for other in self._groups:
                if other.adapters == group.adapters and other.search is None:
                    other.state = self._decoder.join(other.state, group.state)
                    other.rows += group.rows
                    other.tokens += group.tokens
                    return
        self._groups.append(group)

    def _step(self, group: Group) -> None:
        decoder = self._decoder
        assert decoder is not None
        try:
            if not self._keep(group, [not row.abandoned for row in group.rows]):
                return
            decoder.use(group.adapters)
            if group.search is not None:
                group.search.step(decoder)
                self._keep(group, [not group.rows[0].finished])
                return
            if self._drafter is not None and self._is_alone(group):
                self._drafter.step(group.state, group.rows[0], group.tokens)
                self._keep(group, [not group.rows[0].finished])
                return
            logits = decoder.step(group.state, group.tokens)
        except Exception as error:  # noqa: BLE001 - told to every row that it ends
            _fail(group.rows, while_generating(error))
            self._groups.remove(group)
            return
        self._draw(group, logits)

    def _is_alone(self, group: Group) -> bool:
        return len(self._groups) == 1 and len(group.rows) == 1 and not self._waiting

    def _draw(self, group: Group, logits: torch.Tensor) -> bool:
        """Draw a token for every row; whether any row goes on."""
        group.tokens = [0] * len(group.rows)
        for place, row in enumerate(group.rows):
            try:
                group.tokens[place] = row.advance(logits[place])
            except Exception as error:  # noqa: BLE001 - only this row is concerned
                row.fail(error if isinstance(error, InkstandError) else while_generating(error))
        return self._keep(group, [not row.finished for row in group.rows])

    def _keep(self, group: Group, wanted: list[bool]) -> bool:
        """Drop the rows that are not wanted; whether any is left."""
        assert self._decoder is not None
        if all(wanted):
            return True
        places = [place for place, stays in enumerate(wanted) if stays]
        group.rows = [group.rows[place] for place in places]
        group.tokens = [group.tokens[place] for place in places]
        if places:
            self._decoder.keep(group.state, places)
        elif group in self._groups:
            self._groups.remove(group)
        return bool(places)


def _alike(one: Row, other: Row) -> bool:
    """Whether two rows, the first the shorter, can have their prompts evaluated together."""
    if one.search is not None or other.search is not None:
        return False
    return one.adapters == other.adapters and len(other.prompt) <= 2 * len(one.prompt) + 16


def _fail(rows: list[Row], error: Exception) -> None:
    for row in rows:
        row.fail(error)


def closed() -> EngineError:
    """The error for whoever asks a model that is closed."""
    return EngineError("The model was closed.", "", "Load it again.")
