"""How many threads the engine computes with."""

from __future__ import annotations

import os
import sys

from inkstand_sdk.engine_settings import core_count, thread_count

_POLICY = "OMP_WAIT_POLICY"
_PASSIVE = "passive"


def wait_asleep() -> None:
    """Let threads that wait for each other sleep where all of few cores are used.

    OpenMP reads this once, when the engine is imported.
    """
    if _few_cores():
        os.environ.setdefault(_POLICY, _PASSIVE)


def batch_thread_count(wanted: int) -> int:
    """The threads for prompts, and for several texts at once, which computing holds up.

    One text at a time is held up by memory, and a core is left free; of two cores that is half of
    what a batch could have. Both can only be used because threads wait asleep: where they wait in
    a busy loop, one that has to share its core holds up the other for as long as that takes.
    """
    asleep = os.environ.get(_POLICY, "").lower() == _PASSIVE
    return core_count() if not wanted and _few_cores() and asleep else thread_count(wanted)


def _few_cores() -> bool:
    # Only there are the engine's threads OpenMP's. With more cores, sleeping costs more than it
    # gains: one token takes hundreds of waits.
    return sys.platform == "linux" and core_count() == 2
