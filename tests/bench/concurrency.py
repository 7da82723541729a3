"""Eight requests at once against the same eight one after another, through the host."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from tests.bench.figure import Figure, at_least
from tests.bench.host import BATCH, CONTEXT, BenchModel
from tests.bench.rounds import rounds

from inkstand.studio import Studio

ROUNDS, SECONDS = 8, 40.0
REQUESTS = 8
TOKENS = 32


def measure() -> list[Figure]:
    """Both ways in every round, over prompts that differ between requests and rounds."""
    serial: list[float] = []
    together: list[float] = []
    with Studio() as studio, ThreadPoolExecutor(REQUESTS) as threads:
        # Threads as users have them: a batch may have more than one text.
        settings = {
            "context_length": CONTEXT,
            "slots": REQUESTS,
            "batch": BATCH,
            "gpu_layers": 0,
        }
        model = BenchModel(studio, settings=settings)
        model.write("Load, please.", 8)

        def write(prompt: str) -> int:
            return model.write(prompt, TOKENS).tokens

        for turn in rounds(ROUNDS, SECONDS):
            for name in ("serial", "together") if turn % 2 else ("together", "serial"):
                prompts = [f"{name} {turn}, letter {number}:" for number in range(REQUESTS)]
                started = time.perf_counter()
                written = sum(
                    map(write, prompts) if name == "serial" else threads.map(write, prompts)
                )
                rate = written / (time.perf_counter() - started)
                (serial if name == "serial" else together).append(rate)
    return [
        at_least(
            f"Throughput of {REQUESTS} requests at once, against one after another",
            median(many / one for many, one in zip(together, serial, strict=True)),
            1.6,
            " times",
            f"{median(together):.0f} against {median(serial):.0f} tokens/s",
        )
    ]
