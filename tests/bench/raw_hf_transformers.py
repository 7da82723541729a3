"""The peer of the backend transformers: the library's own `generate`, in this process.

Runs in the environment that has the library; see `raw_peer`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.raw_peer import serve


def main() -> None:
    """Serve requests until the end of the input."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    import transformers

    path, threads = Path(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(threads)
    where = {"gguf_file": path.name, "local_files_only": True}
    tokenizer = transformers.AutoTokenizer.from_pretrained(path.parent, **where)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        path.parent, dtype=torch.float32, **where
    ).eval()

    def write(prompt: str, max_tokens: int) -> list[float]:
        noted = _Times()
        given = tokenizer(prompt, return_tensors="pt")
        model.generate(
            input_ids=given["input_ids"],
            attention_mask=given["attention_mask"],
            max_new_tokens=max_tokens,
            do_sample=False,
            streamer=noted,
        )
        return noted.times

    serve(write)


class _Times:
    """Notes when each token comes; `generate` calls it first with the prompt."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def put(self, _tokens: Any) -> None:
        self.times.append(time.perf_counter())

    def end(self) -> None:
        del self.times[0]


if __name__ == "__main__":
    main()
