"""What a request costs that was answered before, against having it written."""

from __future__ import annotations

import time
from statistics import median

from tests.bench.figure import Figure, at_most
from tests.bench.host import BATCH, THREADS
from tests.bench.make_model import bench_model
from tests.bench.rounds import rounds

from inkstand.studio import Studio
from inkstand_sdk.messages import GenerateResult, Sampling

ROUNDS, SECONDS = 30, 60.0
HITS_A_ROUND = 10
TOKENS = 64


def measure() -> list[Figure]:
    """In every round a new prompt: written once, and then asked for again."""
    written: list[float] = []
    hits: list[float] = []
    with Studio() as studio:
        _timed(studio, "Load, please.")
        _timed(studio, "Load, please.")
        for turn in rounds(ROUNDS, SECONDS):
            prompt = f"Scene {turn}. The ferry was late, and nobody on the quay knew why."
            took, result = _timed(studio, prompt)
            if result.cached:
                raise RuntimeError("This was never written before.")
            written.append(took)
            for _ in range(HITS_A_ROUND):
                took, again = _timed(studio, prompt)
                if not again.cached or again.text != result.text:
                    raise RuntimeError("That was written before.")
                hits.append(took)
    return [
        at_most(
            f"A text of {TOKENS} tokens from the output cache",
            median(hits),
            2,
            " ms",
            f"slowest of {len(hits)}: {max(hits):.1f} ms; to write it: {median(written):.0f} ms",
        )
    ]


def _timed(studio: Studio, prompt: str) -> tuple[float, GenerateResult]:
    """Milliseconds from the call to the result."""
    started = time.perf_counter()
    result = studio.generate(
        prompt,
        raw=True,
        model=str(bench_model()),
        settings={"context_length": 1024, "batch": BATCH, "threads": THREADS, "gpu_layers": 0},
        max_tokens=TOKENS,
        sampling=Sampling(temperature=0.0),
    ).result
    return (time.perf_counter() - started) * 1000, result
