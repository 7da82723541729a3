"""Plugins that take part: each hook implementation is asked alone, and a failing one skipped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import msgspec
from inkstand_sdk.errors import Cancelled, InkstandError

T = TypeVar("T", bound=msgspec.Struct)

HOOK_TIMEOUT = 30.0


class HookWorkers(Protocol):
    """What calls one distribution's implementation of a hook in its worker."""

    def takers(self, hook: str) -> Sequence[str]:
        """The distributions that implement `hook`, in order."""
        ...

    def call_hook(self, distribution: str, hook: str, body: bytes, timeout: float) -> bytes | None:
        """The implementation's answer as msgpack, None if it leaves the value as it is."""
        ...


def passed_through(workers: HookWorkers, hook: str, value: T) -> tuple[T, tuple[str, ...]]:
    """`value` after every implementation of `hook` had its turn, each given the last one's.

    An implementation that fails, or answers with something else, is skipped and named in the
    notes.
    """
    notes: list[str] = []
    for distribution in workers.takers(hook):
        try:
            answer = workers.call_hook(
                distribution, hook, msgspec.msgpack.encode(value), HOOK_TIMEOUT
            )
            if answer is not None:
                value = msgspec.msgpack.decode(answer, type=type(value))
        except Cancelled:
            raise
        except InkstandError as error:
            notes.append(f"The plugin {distribution} failed in {hook} and was skipped: {error.what}")
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            notes.append(
                f"The plugin {distribution} gave something in {hook} that is no"
                f" {type(value).__name__} and was skipped: {error}."
            )
    return value, tuple(notes)
