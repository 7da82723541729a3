"""Plugins that take part: each hook implementation is asked alone, and a failing one skipped."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from inkstand.index import PluginIndex, Taker
from inkstand.workers.placement import distribution_spec
from inkstand.workers.pool import WorkerPool
from inkstand_sdk.errors import Cancelled, InkstandError
from inkstand_sdk.worker.protocol import Hook

T = TypeVar("T", bound=msgspec.Struct)

HOOK_TIMEOUT = 30.0
"""Seconds that one distribution's implementations of a hook may take."""
_NONE = b"\xc0"


class Hooks:
    """Calls hook implementations in the workers of their distributions."""

    def __init__(self, index: PluginIndex, pool: WorkerPool) -> None:
        self._index = index
        self._pool = pool

    def passed_through(self, hook: str, value: T) -> tuple[T, tuple[str, ...]]:
        """`value` after every implementation of `hook` had its turn, each given the last one's.

        An implementation that fails, or answers with something else, is skipped and named in
        the notes.
        """
        notes: list[str] = []
        for taker in self._index.takers(hook):
            try:
                value = self._ask(taker, hook, value)
            except Cancelled:
                raise
            except InkstandError as error:
                notes.append(
                    f"The plugin {taker.distribution} failed in {hook} and was skipped:"
                    f" {error.what}"
                )
            except (msgspec.ValidationError, msgspec.DecodeError) as error:
                notes.append(
                    f"The plugin {taker.distribution} gave something in {hook} that is no"
                    f" {type(value).__name__} and was skipped: {error}."
                )
        return value, tuple(notes)

    def _ask(self, taker: Taker, hook: str, value: T) -> T:
        body = msgspec.Raw(msgspec.msgpack.encode(value))
        with self._pool.lease(distribution_spec(self._index, taker)) as worker:
            answer = bytes(
                worker.call("hook", Hook(hook=hook, body=body), msgspec.Raw, timeout=HOOK_TIMEOUT)
            )
        return value if answer == _NONE else msgspec.msgpack.decode(answer, type=type(value))
