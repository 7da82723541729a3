"""What a worker is to be, and what is known of those that live."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from inkstand_sdk.backend import Model
from inkstand_sdk.worker.protocol import Open, WorkerKind


class WorkerSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What to start. `backend` is the name of the backend or embedder that the worker serves.

    Two leases of the same `key` share a worker. `title` is what people see. `memory_needed` is an
    estimate in bytes, 0 if unknown; `concurrency` how many leases a backend's worker takes at
    once until its load has said better (a distribution's worker takes any number);
    `keep_alive` seconds of idleness, None for the pool's own. `remote` is whether texts that it is
    given go to another machine.
    """

    key: str
    kind: WorkerKind
    distribution: str
    interpreter: str
    title: str
    entry_points: tuple[str, ...] | None = None
    backend: str = ""
    model: Model | None = None
    settings: dict[str, Any] = msgspec.field(default_factory=dict)
    memory_needed: int = 0
    concurrency: int = 1
    keep_alive: float | None = None
    remote: bool = False

    def to_open(self) -> Open:
        """What the worker is told to serve."""
        return Open(
            kind=self.kind,
            distribution=self.distribution,
            entry_points=self.entry_points,
            name=self.backend,
        )


class LiveWorker(msgspec.Struct, frozen=True, kw_only=True):
    """A worker that lives now, of this or another Inkstand process.

    `since` is when its state began (seconds since the epoch), `rss` its resident bytes.
    """

    pid: int
    host_pid: int
    title: str
    kind: WorkerKind
    model: str
    state: Literal["loading", "busy", "idle"]
    since: float
    rss: int
    idle_seconds: float
