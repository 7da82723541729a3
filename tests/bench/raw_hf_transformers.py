"""The peer of the backend transformers: the library's own `generate`, in this process.

Reads one JSON request a line (`prompts`, `max_tokens`), writes the texts one after another, and
answers with a JSON line of `seconds`, `tokens`, and of the last text `tokens_per_second`. Runs in
the environment that has the library.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


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
    _say({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        _say(_timed(model, tokenizer, request["prompts"], request["max_tokens"]))


class _Times:
    """Notes when each token comes; `generate` calls it first with the prompt."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def put(self, _tokens: Any) -> None:
        self.times.append(time.perf_counter())

    def end(self) -> None:
        del self.times[0]


def _timed(model: Any, tokenizer: Any, prompts: list[str], max_tokens: int) -> dict[str, float]:
    started = time.perf_counter()
    tokens = 0
    noted = _Times()
    for prompt in prompts:
        noted = _Times()
        given = tokenizer(prompt, return_tensors="pt")
        model.generate(
            input_ids=given["input_ids"],
            attention_mask=given["attention_mask"],
            max_new_tokens=max_tokens,
            do_sample=False,
            streamer=noted,
        )
        tokens += len(noted.times)
    return {
        "seconds": time.perf_counter() - started,
        "tokens": tokens,
        "tokens_per_second": (len(noted.times) - 1) / (noted.times[-1] - noted.times[0]),
    }


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
