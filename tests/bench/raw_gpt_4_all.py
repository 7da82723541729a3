"""The peer of the backend gpt4all: the library's own streaming, in this process.

Runs in the environment that has the library; see `raw_peer`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.bench.raw_peer import serve


def main() -> None:
    """Serve requests until the end of the input."""
    from gpt4all import GPT4All

    path = Path(sys.argv[1])
    context, batch, threads = map(int, sys.argv[2:])
    model = GPT4All(
        path.name,
        model_path=path.parent,
        allow_download=False,
        n_ctx=context,
        n_threads=threads,
        device="cpu",
        ngl=0,
    )

    def write(prompt: str, max_tokens: int) -> list[float]:
        return [
            time.perf_counter()
            for _ in model.generate(
                prompt,
                max_tokens=max_tokens,
                temp=0,
                top_k=1,
                repeat_penalty=1.0,
                n_batch=batch,
                streaming=True,
            )
        ]

    serve(write)


if __name__ == "__main__":
    main()
