"""What is kept of every generation: a usage row, a receipt, a line in the log.

Nothing here is on the way of a token: `record` returns at once, and a thread of its own writes.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import Failure, GenerateRequest, GenerateResult


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One generation that is over, well or not: `result` or `error` is given.

    `request` is what the caller asked for, with its id; `sent` what an engine was given last,
    after presets, hooks and whatever structured output added (None if none was asked). `spec`,
    `model` and `backend` are the model that answered, or that failed last; `failures` those tried
    in vain before it. `run` is the id of the tool's run. `at` is when it began, in seconds since
    the epoch.
    """

    request: GenerateRequest
    at: float
    spec: WorkerSpec | None = None
    model: str = ""
    backend: str = ""
    sent: GenerateRequest | None = None
    result: GenerateResult | None = None
    error: InkstandError | None = None
    failures: tuple[Failure, ...] = ()
    tool: str = ""
    run: str = ""


class Recorder:
    """Writes down what was generated, in threads of its own. Thread-safe; never raises.

    Args:
        pool: Where loaded models count the tokens of a receipt; none is loaded for that.

    """

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool

    def unread(
        self, sent: GenerateRequest, result: GenerateResult, spec: WorkerSpec
    ) -> tuple[str, ...]:
        """A note if the engine read less than it was given: silent truncation.

        For `result.notes`, so call it before the result is given, with no lease of the worker
        held. Compares numbers, and only if they look wrong has the loaded model count.
        """
        return ()

    def record(self, recorded: Recorded) -> None:
        """Write it down; returns at once."""

    def close(self, stop_workers: Callable[[], None] = lambda: None) -> None:
        """Finish what waits, for two seconds at most; `stop_workers` is called when the workers
        are no longer needed, so that what ends with them is written down as well.
        """
        stop_workers()

    def notes(self) -> tuple[str, ...]:
        """Sentences for the user that came too late for a result: mismatches, a full disk."""
        return ()
