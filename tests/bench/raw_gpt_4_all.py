"""The peer of the backend gpt4all: the library's own streaming, in this process.

Reads one JSON request a line (`prompt`, `max_tokens`) and answers with a JSON line of
`tokens_per_second`, from the first token on. Runs in the environment that has the library.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


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
    _say({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        times = [
            time.perf_counter()
            for _ in model.generate(
                request["prompt"],
                max_tokens=request["max_tokens"],
                temp=0,
                top_k=1,
                repeat_penalty=1.0,
                n_batch=batch,
                streaming=True,
            )
        ]
        _say({"tokens_per_second": (len(times) - 1) / (times[-1] - times[0])})


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
