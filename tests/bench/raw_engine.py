"""The peer that the host is measured against: xllamacpp's own streaming, in this one process.

Reads one JSON request a line (`prompt`, `max_tokens`) and answers each with a JSON line of
`first_ms` and `tokens_per_second`, timed in the engine's callback. The engine is set up as the
llama.cpp plugin sets it up; what the plugin asks for beside the text (timings, progress) is left
out, so that its cost counts as the host's.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Serve requests until the end of the input."""
    model, context, slots, batch, threads = sys.argv[1], *map(int, sys.argv[2:])
    with tempfile.TemporaryDirectory() as folder:
        server = _server(model, context, slots, batch, threads, Path(folder))
        _say({"ready": True})
        for line in sys.stdin:
            request = json.loads(line)
            _say(_timed(server, request["prompt"], request["max_tokens"]))
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


def _timed(server: Any, prompt: str, max_tokens: int) -> dict[str, float]:
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
    started = time.perf_counter()
    server.handle_completions(body, take)
    return {
        "first_ms": (times[0] - started) * 1000,
        "tokens_per_second": (len(times) - 1) / (times[-1] - times[0]),
        "tokens": len(times),
    }


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
