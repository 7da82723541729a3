"""The backend gpt4all through the host, against the library's own streaming; and its memory."""

from __future__ import annotations

from tests.bench.beside import left_behind, overhead
from tests.bench.figure import Figure
from tests.bench.host import BATCH, THREADS
from tests.bench.make_model import bench_model

CONTEXT = 512


def measure() -> list[Figure]:
    """Both in every round, in changing order."""
    settings = {"context_length": CONTEXT, "batch": BATCH, "threads": THREADS}
    arguments = [str(bench_model()), *map(str, (CONTEXT, BATCH, THREADS))]
    return [
        overhead("gpt4all", "raw_gpt_4_all.py", arguments, settings),
        left_behind("gpt4all"),
    ]
