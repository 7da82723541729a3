"""The backend mlx through the host, against mlx-lm's own streaming.

(The file is not called as the library is, or it would be imported in its place by `run.py`.)
"""

from __future__ import annotations

from tests.bench.alone import alone
from tests.bench.beside import host_with, interpreter, overhead
from tests.bench.figure import Figure
from tests.bench.host import BATCH, BenchModel
from tests.bench.make_folder import model_folder
from tests.bench.make_model import bench_model

CONTEXT = 512


def measure() -> list[Figure]:
    """Both in every round, in changing order."""
    folder = model_folder(bench_model())
    # The library on its own evaluates the whole prompt every time.
    settings = {"context_length": CONTEXT, "batch": BATCH, "prompt_cache": False}
    with (
        alone(interpreter("mlx"), "raw_mlx_lm", folder, BATCH) as library,
        host_with("mlx") as studio,
    ):
        model = BenchModel(studio, f"mlx:{folder}", settings)
        return [overhead("mlx", model, library)]
