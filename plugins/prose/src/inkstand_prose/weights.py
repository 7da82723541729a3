"""The learnt weights of `features`, kept beside this file as JSON."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from importlib.resources import files

import msgspec

_others: ContextVar[Mapping[str, float] | None] = ContextVar("others", default=None)


def load_weights() -> Mapping[str, float]:
    """Weight by feature name, as `training/` wrote them."""
    others = _others.get()
    return _shipped() if others is None else others


@contextlib.contextmanager
def other_weights(weights: Mapping[str, float]) -> Iterator[None]:
    """Read with other weights, such as those learnt without the novel that is to be measured."""
    token = _others.set(weights)
    try:
        yield
    finally:
        _others.reset(token)


@functools.cache
def _shipped() -> dict[str, float]:
    raw = files(__package__).joinpath("weights.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, float])
