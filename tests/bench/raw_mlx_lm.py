"""The peer of the backend mlx: mlx-lm's own `stream_generate`, in this process.

Runs in the environment that has the library; see `raw_peer`.
"""

from __future__ import annotations

import os
import sys
import time

from tests.bench.raw_peer import serve


def main() -> None:
    """Serve requests until the end of the input."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from mlx_lm import load, stream_generate

    model, tokenizer = load(sys.argv[1])[:2]
    batch = int(sys.argv[2])

    def write(prompt: str, max_tokens: int) -> list[float]:
        # Its last piece only says why it ended.
        return [
            time.perf_counter()
            for _ in stream_generate(
                model, tokenizer, prompt, max_tokens=max_tokens, prefill_step_size=batch
            )
        ][:max_tokens]

    serve(write)


if __name__ == "__main__":
    main()
