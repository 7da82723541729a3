"""The backend llama-cpp-python through the host, against the library's own high-level API."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from tests.bench.alone import Alone, alone
from tests.bench.beside import host_with, interpreter, overhead, ratio
from tests.bench.figure import Figure
from tests.bench.host import BATCH, THREADS, BenchModel
from tests.bench.make_model import Precision, bench_model
from tests.bench.rounds import rounds

PLUGIN = "llama-cpp-python"
ROUNDS, SECONDS = 8, 60.0
REQUESTS, TOKENS = 8, 32
CONTEXT = 512


def measure() -> list[Figure]:
    """First one text at a time on both sides, then many: in both precisions, since how much a
    batch gains depends on the processor's kernels for each.
    """
    return [*_measured("Q8_0"), *_measured("F16")[1:]]


def _measured(precision: Precision) -> list[Figure]:
    settings = {
        "context_length": CONTEXT,
        "slots": REQUESTS,
        "batch": BATCH,
        "threads": THREADS,
        "gpu_layers": 0,
    }
    file = bench_model(precision)
    with (
        alone(
            interpreter(PLUGIN), "raw_llama_cpp_python", file, CONTEXT, BATCH, THREADS
        ) as library,
        host_with(PLUGIN) as studio,
    ):
        model = BenchModel(studio, f"{PLUGIN}:{file}", settings)
        return [overhead(PLUGIN, model, library), _together(model, library, precision)]


def _together(model: BenchModel, library: Alone, precision: Precision) -> Figure:
    """Several requests at once through the host, against the library's one after another."""
    pairs: list[tuple[float, float]] = []
    with ThreadPoolExecutor(REQUESTS) as threads:

        def ours(prompts: list[str]) -> float:
            started = time.perf_counter()
            texts = list(threads.map(lambda prompt: model.write(prompt, TOKENS), prompts))
            return sum(text.tokens for text in texts) / (time.perf_counter() - started)

        def theirs(prompts: list[str]) -> float:
            timed = library.write(prompts, TOKENS)
            return timed.tokens / timed.seconds

        for turn in rounds(ROUNDS, SECONDS):
            prompts = [f"Letter {turn}, {number}:" for number in range(REQUESTS)]
            order = (ours, theirs) if turn % 2 else (theirs, ours)
            rate = {write: write(prompts) for write in order}
            pairs.append((rate[ours], rate[theirs]))
    what = (
        f"{PLUGIN}: {REQUESTS} requests at once through the host, against its high-level API one"
        f" after another ({precision})"
    )
    return ratio(what, pairs, 1.5, " times")
