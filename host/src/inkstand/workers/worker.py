"""A started worker, and a lease of it."""

from __future__ import annotations

import sys

from inkstand.workers.connection import Connection
from inkstand.workers.live import Registration
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.backend import Loaded
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.worker.protocol import Hello, Opened


class Running:
    """A worker that was started, and who uses it."""

    def __init__(self, spec: WorkerSpec, connection: Connection) -> None:
        self.spec = spec
        self.connection = connection
        self.registration: Registration | None = None
        self.opened: Opened | None = None
        self.loaded: Loaded | None = None
        self.capacity = sys.maxsize if spec.kind == "distribution" else max(1, spec.concurrency)
        self.users = 1  # whoever starts it
        self.idle_since = 0.0
        self.retired = False

    def show_state(self) -> bool:
        """Tell other processes whether it is in use; False if one of them is stopping it."""
        if self.registration is None:
            return True
        return self.registration.become("busy" if self.users else "idle")


class Worker:
    """A worker for as long as it is leased.

    `load_ms` is what starting and loading took for this lease, 0.0 if it was warm.
    """

    def __init__(self, running: Running, load_ms: float) -> None:
        self._of = running
        self.load_ms = load_ms
        self.call = running.connection.call
        self.stream = running.connection.stream

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._of.connection.process.pid

    @property
    def hello(self) -> Hello:
        """How it greeted."""
        hello = self._of.connection.hello
        if hello is None:
            raise InkstandError("The worker has not said hello.")
        return hello

    @property
    def opened(self) -> Opened:
        """What it serves: plugin version, capabilities, devices."""
        if self._of.opened is None:
            raise InkstandError("The worker serves nothing yet.")
        return self._of.opened

    @property
    def loaded(self) -> Loaded | None:
        """What its backend said of the model; None if it is no backend's worker."""
        return self._of.loaded
