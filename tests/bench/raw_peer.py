"""The far side of `alone`: a library, asked over lines of JSON.

Needs only the standard library: it runs in the environment that has the engine.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any


def serve(write: Callable[[str, int], list[float]]) -> None:
    """Answer requests until the end of the input.

    A request has `prompts` and `max_tokens`; the texts are written one after another. `write`
    writes one, and gives the time on the performance counter at which each of its tokens came.
    """
    _say({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        started = time.perf_counter()
        tokens = 0
        begun, times = started, [started]
        for prompt in request["prompts"]:
            begun = time.perf_counter()
            times = write(prompt, request["max_tokens"])
            tokens += len(times)
        _say(
            {
                "seconds": time.perf_counter() - started,
                "tokens": tokens,
                "first_ms": (times[0] - begun) * 1000,
                "tokens_per_second": (len(times) - 1) / (times[-1] - times[0]),
            }
        )


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
