"""A batch of 200 short prompts on eight slots against a loop of single calls, through the host."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from statistics import median

import msgspec
from tests.bench.figure import Figure, at_least
from tests.bench.host import BATCH, CONTEXT
from tests.bench.make_model import bench_model

from inkstand.config import Directories
from inkstand.studio import Studio
from inkstand_sdk.messages import GenerateRequest, Sampling

ROUNDS = 3  # of a minute or two each
REQUESTS, TOKENS, SLOTS = 200, 32, 8
SETTINGS = f"""
[backends.llamacpp]
context_length = {CONTEXT}
slots = {SLOTS}
batch = {BATCH}
gpu_layers = 0
"""


def measure() -> list[Figure]:
    """Both ways in every round, over prompts that differ between rounds; files in, files out."""
    loop: list[float] = []
    batch: list[float] = []
    with tempfile.TemporaryDirectory(prefix="inkstand-bench-batch-") as name:
        folder = Path(name)
        with Studio(directories=_directories(folder)) as studio:
            _alone(studio, _requests("warm", 1))
            for turn in range(ROUNDS):
                for way in ("loop", "batch") if turn % 2 else ("batch", "loop"):
                    requests = _requests(f"{way} {turn}", REQUESTS)
                    if way == "loop":
                        loop.append(_alone(studio, requests))
                    else:
                        batch.append(_together(studio, requests, folder / f"{turn}.jsonl"))
    return [
        at_least(
            f"A batch of {REQUESTS} short prompts on {SLOTS} slots, against single calls",
            median(one / many for many, one in zip(batch, loop, strict=True)),
            1.6,
            " times",
            f"{median(batch):.1f} against {median(loop):.1f} s",
        )
    ]


def _directories(folder: Path) -> Directories:
    """A home of its own, with what the user's index knows and eight slots."""
    own = Directories.of_this_user()
    config = folder / "config"
    config.mkdir()
    (config / "config.toml").write_text(SETTINGS, encoding="utf-8")
    return msgspec.structs.replace(own, config=config, data=folder / "data", state=folder / "state")


def _requests(name: str, count: int) -> list[GenerateRequest]:
    return [
        GenerateRequest(
            prompt=f"{name}, letter {number}: Dear",
            max_tokens=TOKENS,
            sampling=Sampling(temperature=0.0),
            cache="off",
        )
        for number in range(count)
    ]


def _alone(studio: Studio, requests: list[GenerateRequest]) -> float:
    started = time.perf_counter()
    for request in requests:
        result = studio.generate(request, model=str(bench_model())).result
        if result.usage.completion_tokens != TOKENS:
            raise RuntimeError(f"{result.usage.completion_tokens} tokens came, not {TOKENS}.")
    return time.perf_counter() - started


def _together(studio: Studio, requests: list[GenerateRequest], path: Path) -> float:
    path.write_bytes(b"\n".join(map(msgspec.json.encode, requests)) + os.linesep.encode())
    out = path.with_suffix(".out")
    started = time.perf_counter()
    outcome = studio.generate_many(path, out, model=str(bench_model())).result()
    took = time.perf_counter() - started
    if (outcome.done, outcome.failed, outcome.tokens) != (REQUESTS, 0, REQUESTS * TOKENS):
        raise RuntimeError(f"The batch came to {outcome}.")
    return took
