"""The backend gpt4all through the host, against the library's own streaming."""

from __future__ import annotations

from tests.bench.alone import alone
from tests.bench.beside import host_with, interpreter, overhead
from tests.bench.figure import Figure
from tests.bench.host import BATCH, THREADS, BenchModel
from tests.bench.make_model import bench_model

CONTEXT = 512


def measure() -> list[Figure]:
    """Both in every round, in changing order."""
    settings = {"context_length": CONTEXT, "batch": BATCH, "threads": THREADS}
    arguments = (bench_model(), CONTEXT, BATCH, THREADS)
    with (
        alone(interpreter("gpt4all"), "raw_gpt_4_all", *arguments) as library,
        host_with("gpt4all") as studio,
    ):
        model = BenchModel(studio, f"gpt4all:{bench_model()}", settings)
        return [overhead("gpt4all", model, library)]
