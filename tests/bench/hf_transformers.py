"""The backend transformers through the host, against the library's own `generate`.

(The file is not called as the library is, or it would be imported in its place by `run.py`.)
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from tests.bench.alone import alone
from tests.bench.beside import host_with, interpreter, overhead, ratio
from tests.bench.figure import Figure
from tests.bench.host import THREADS, BenchModel
from tests.bench.make_model import bench_model
from tests.bench.rounds import rounds

ROUNDS, SECONDS = 6, 60.0
REQUESTS, TOKENS = 8, 24
CONTEXT = 512


def measure() -> list[Figure]:
    """First one text at a time on both sides, then the host's many at once and in turn."""
    settings = {
        "context_length": CONTEXT,
        "batch": REQUESTS,
        "threads": THREADS,
        "half_precision": "off",  # as on the other side
    }
    with (
        alone(
            interpreter("transformers"), "raw_hf_transformers", bench_model(), THREADS
        ) as library,
        host_with("transformers") as studio,
    ):
        model = BenchModel(studio, f"transformers:{bench_model()}", settings)
        return [overhead("transformers", model, library), _together(model)]


def _together(model: BenchModel) -> Figure:
    """Several requests at once against the same ones one after another, through the host."""
    pairs: list[tuple[float, float]] = []
    with ThreadPoolExecutor(REQUESTS) as threads:
        for turn in rounds(ROUNDS, SECONDS):
            prompts = [f"Letter {turn}, {number}:" for number in range(REQUESTS)]
            rate = {}
            for run in (threads.map, map) if turn % 2 else (map, threads.map):
                started = time.perf_counter()
                texts = list(run(lambda prompt: model.write(prompt, TOKENS), prompts))
                tokens = sum(text.tokens for text in texts)
                rate[run] = tokens / (time.perf_counter() - started)
            pairs.append((rate[threads.map], rate[map]))
    what = f"transformers: {REQUESTS} requests at once, against one after another"
    return ratio(what, pairs, 3.0, " times")
