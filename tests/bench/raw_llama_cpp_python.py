"""The peer of the backend llama-cpp-python: the library's own high-level API, in this process.

Runs in the environment that has the library; see `raw_peer`.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from tests.bench.raw_peer import serve


def main() -> None:
    """Serve requests until the end of the input."""
    model, context, batch, threads = sys.argv[1], *map(int, sys.argv[2:])
    llama = _llama(model, context, batch, threads)

    def write(prompt: str, max_tokens: int) -> list[float]:
        return [
            time.perf_counter()
            for chunk in llama.create_completion(
                prompt, max_tokens=max_tokens, temperature=0.0, top_k=1, stream=True
            )
            if chunk["choices"][0]["text"]
        ]

    serve(write)


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


if __name__ == "__main__":
    main()
