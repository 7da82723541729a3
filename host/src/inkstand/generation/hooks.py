"""Plugins that take part: each hook implementation is asked alone, and a failing one skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from inkstand.index import PluginIndex, Taker
from inkstand.jobs import CancelToken
from inkstand.workers.placement import distribution_spec
from inkstand.workers.pool import WorkerPool
from inkstand_sdk.errors import Cancelled, ErrorInfo, InkstandError
from inkstand_sdk.worker.protocol import Hook

T = TypeVar("T", bound=msgspec.Struct)

HOOK_TIMEOUT = 30.0
"""Seconds that one distribution's implementations of a hook may take."""
_NONE = b"\xc0"


class Hooks:
    """Calls hook implementations in the workers of their distributions."""

    def __init__(self, index: Callable[[], PluginIndex], pool: WorkerPool) -> None:
        self._index = index
        self._pool = pool

    def takers(self, hook: str) -> list[Taker]:
        """The distributions that take part in `hook`, in order."""
        return self._index().takers(hook)

    def passed_through(
        self,
        hook: str,
        value: T,
        *,
        check: Callable[[T], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> tuple[T, tuple[str, ...]]:
        """`value` after every implementation of `hook` had its turn, each given the last one's.

        An implementation that fails, answers with something else, or with what `check` refuses,
        is skipped and named in the notes.

        Raises:
            Cancelled: `cancel` was cancelled meanwhile.

        """
        notes: list[str] = []
        for taker in self.takers(hook):

            def note(what: str, taker: Taker = taker) -> None:
                notes.append(
                    f"The plugin {taker.distribution} failed in {hook} and was skipped: {what}"
                )

            try:
                answer = self._ask(taker, hook, value, note, cancel)
                if check is not None and answer is not value:
                    check(answer)
                value = answer
            except Cancelled:
                if cancel is not None:
                    cancel.check()
                note("Its worker was stopped.")
            except InkstandError as error:
                note(error.what)
            except msgspec.MsgspecError as error:
                note(f"It gave something that is no {type(value).__name__}: {error}.")
        return value, tuple(notes)

    def _ask(
        self,
        taker: Taker,
        hook: str,
        value: T,
        note: Callable[[str], None],
        cancel: CancelToken | None,
    ) -> T:
        body = msgspec.Raw(msgspec.msgpack.encode(value))
        with self._pool.lease(distribution_spec(self._index(), taker), cancel=cancel) as worker:
            answer = bytes(
                worker.call(
                    "hook",
                    Hook(hook=hook, body=body),
                    msgspec.Raw,
                    on_item=lambda failure: note(failure.what),
                    item_type=ErrorInfo,
                    cancel=cancel,
                    timeout=HOOK_TIMEOUT,
                )
            )
        return value if answer == _NONE else msgspec.msgpack.decode(answer, type=type(value))
