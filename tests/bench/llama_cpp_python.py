"""The backend llama-cpp-python through the host, against the library's own high-level API."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from tests.bench.alone import Alone, alone
from tests.bench.beside import host_with, interpreter, overhead, ratio
from tests.bench.figure import Figure
from tests.bench.host import BATCH, THREADS, BenchModel
from tests.bench.make_model import bench_model
from tests.bench.rounds import rounds

PLUGIN = "llama-cpp-python"
ROUNDS, SECONDS = 8, 60.0
REQUESTS, TOKENS = 8, 32
CONTEXT = 512


def measure() -> list[Figure]:
    """First one text at a time on both sides, then many."""
    settings = {
        "context_length": CONTEXT,
        "slots": REQUESTS,
        "batch": BATCH,
        "threads": THREADS,
        "gpu_layers": 0,
    }
    arguments = (bench_model(), CONTEXT, BATCH, THREADS)
    with (
        alone(interpreter(PLUGIN), "raw_llama_cpp_python", *arguments) as library,
        host_with(PLUGIN) as studio,
    ):
        model = BenchModel(studio, f"{PLUGIN}:{bench_model()}", settings)
        return [overhead(PLUGIN, model, library), _together(model, library)]


def _together(model: BenchModel, library: Alone) -> Figure:
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
        " after another"
    )
    return ratio(what, pairs, 1.5, " times")
