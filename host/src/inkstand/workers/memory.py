"""Room for a model: idle workers go, least recently used first, until it fits the budget."""

from __future__ import annotations

from collections.abc import Callable

from inkstand.workers.live import Found, LiveWorkers, machine_memory
from inkstand_sdk.errors import OutOfMemory

DEFAULT_SHARE = 0.8
"""Of the machine's memory, where no budget is set."""


def make_room(
    live: LiveWorkers,
    needed: int,
    budget: int | None,
    *,
    own_pid: int,
    stop: Callable[[Found], None],
) -> None:
    """Stop idle workers of any Inkstand process until `needed` bytes fit.

    Without a budget that the user has set, a model that still does not fit is left to its engine:
    `needed` is an estimate, and engines may map files that need not be resident.

    Args:
        live: All workers of this machine.
        needed: Estimate in bytes of what is about to be loaded.
        budget: Bytes for all workers together; None takes a share of the machine's memory.
        own_pid: The worker that is about to load.
        stop: Stops a claimed worker and returns when its memory is free.

    Raises:
        OutOfMemory: it does not fit the budget that the user has set.

    """
    total, _ = machine_memory()
    limit = budget if budget is not None else int(total * DEFAULT_SHARE)
    for candidate in [None, *(found for found in live.found() if found.state == "idle")]:
        if candidate is not None and live.claim(candidate):
            stop(candidate)
        used = sum(found.memory() for found in live.found() if found.record.pid != own_pid)
        available = machine_memory()[1]
        if used + needed <= limit and needed <= available:
            return
    if budget is not None and used + needed > budget:
        raise OutOfMemory(
            f"The model needs about {_megabytes(needed)} MB, and {_megabytes(budget - used)} of the"
            f" {_megabytes(budget)} MB that workers may take are free.",
            "The other workers are busy." if used else "The model is larger than the budget.",
            "Raise it: inkstand config set workers.ram_budget_mb MB",
            needed=needed,
            budget=budget,
            used=used,
        )


def _megabytes(size: int) -> int:
    return max(0, size) // 1_000_000
