"""A place in the queue for a worker, and what whoever holds it is told meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from inkstand_sdk.errors import InkstandError

OnLoad = Callable[[float | None], None]
"""Told how much of a model is loaded, 0 to 1; None where the engine does not say."""


class Ticket:
    """A place in the queue. `error` is why the worker that was waited for did not start."""

    def __init__(self, on_load: OnLoad | None) -> None:
        self.error: InkstandError | None = None
        self.on_load = on_load or (lambda _share: None)
