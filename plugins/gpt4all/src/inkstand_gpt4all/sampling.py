"""`Sampling` in the library's words."""

from __future__ import annotations

import msgspec

from inkstand_sdk.messages import Sampling

HONORED = ("temperature", "top_p", "top_k", "min_p", "repeat_penalty")
REPEAT_WINDOW = 64  # how many of the last tokens `repeat_penalty` looks at


class EngineSampling(msgspec.Struct, frozen=True):
    """How the library draws a token; the defaults are those of llama.cpp."""

    temperature: float = 0.8
    top_p: float = 0.95
    top_k: int = 40
    min_p: float = 0.05
    repeat_penalty: float = 1.0


def engine_sampling(sampling: Sampling) -> EngineSampling:
    """The library's values for `sampling`."""
    given = {name: value for name, value in sampling.given().items() if name in HONORED}
    if sampling.temperature == 0:
        # The library divides by the temperature; one candidate is what greedy means.
        return EngineSampling(1.0, 1.0, 1, 0.0, given.get("repeat_penalty", 1.0))
    return EngineSampling(**given)


def unsupported(sampling: Sampling) -> tuple[str, ...]:
    """The fields of `sampling` that are set and that the library has no words for."""
    return tuple(name for name in sampling.given() if name not in HONORED)
