"""The peer of the backend llama-cpp-python: the library's own high-level API, in this process.

Reads one JSON request a line (`prompts`, `max_tokens`), writes the texts one after another, as
that API does, and answers with a JSON line of `seconds`, `tokens`, and of the last text
`tokens_per_second`. Runs in the environment that has the library.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def main() -> None:
    """Serve requests until the end of the input."""
    model, context, batch, threads = sys.argv[1], *map(int, sys.argv[2:])
    llama = _llama(model, context, batch, threads)
    _say({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        _say(_timed(llama, request["prompts"], request["max_tokens"]))


def _llama(model: str, context: int, batch: int, threads: int) -> Any:
    # The same kernels and the same waiting as the backend's, or they would be what is compared.
    from inkstand_llama_cpp_python.library import library
    from inkstand_llama_cpp_python.trial import tiles_work

    lib = library()
    if not tiles_work(lib):
        defaults = lib.llama_model_default_params

        def without_tiles() -> Any:
            params = defaults()
            params.use_extra_bufts = False
            return params

        lib.llama_model_default_params = without_tiles
    import llama_cpp

    return llama_cpp.Llama(
        model,
        n_ctx=context,
        n_batch=batch,
        n_ubatch=batch,
        n_threads=threads,
        n_threads_batch=threads,
        n_gpu_layers=0,
        verbose=False,
    )


def _timed(llama: Any, prompts: list[str], max_tokens: int) -> dict[str, float]:
    started = time.perf_counter()
    tokens = 0
    times: list[float] = []
    for prompt in prompts:
        times = []
        for chunk in llama.create_completion(
            prompt, max_tokens=max_tokens, temperature=0.0, top_k=1, stream=True
        ):
            if chunk["choices"][0]["text"]:
                times.append(time.perf_counter())
        tokens += len(times)
    return {
        "seconds": time.perf_counter() - started,
        "tokens": tokens,
        "tokens_per_second": (len(times) - 1) / (times[-1] - times[0]),
    }


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
