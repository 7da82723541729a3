"""The peer that the host is measured against: xllamacpp's own streaming, in this one process.

Tokens are timed in the engine's callback; see `raw_peer`. The engine is set up as the llama.cpp
plugin sets it up; what the plugin asks for beside the text (timings, progress) is left out, so
that its cost counts as the host's.
"""

from __future__ import annotations

import functools
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.raw_peer import serve


def main() -> None:
    """Serve requests until the end of the input."""
    model, context, slots, batch, threads = sys.argv[1], *map(int, sys.argv[2:])
    with tempfile.TemporaryDirectory() as folder:
        server = _server(model, context, slots, batch, threads, Path(folder))
        serve(functools.partial(_times, server))
        del server


def _server(model: str, context: int, slots: int, batch: int, threads: int, folder: Path) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.n_ctx = context * slots
    params.n_parallel = slots
    params.n_batch = params.n_ubatch = batch
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.n_gpu_layers = 0
    params.fit_params = False
    params.cache_ram_mib = 512
    params.warmup = False
    params.verbosity = 1
    params.n_threads_http = 4
    params.ui = False
    params.endpoint_slots = False
    if sys.platform != "win32":
        params.hostnames = [str(folder / "engine.sock")]
    return xllamacpp.Server(params)


def _times(server: Any, prompt: str, max_tokens: int) -> list[float]:
    times: list[float] = []

    def take(chunk: dict[str, Any]) -> bool:
        if any(choice.get("text") for choice in chunk.get("choices", ())):
            times.append(time.perf_counter())
        return False

    body = {
        "prompt": prompt,
        "max_tokens": max_tokens,
        "temperature": 0.0,
        "top_k": 1,
        "stream": True,
    }
    server.handle_completions(body, take)
    return times


if __name__ == "__main__":
    main()
