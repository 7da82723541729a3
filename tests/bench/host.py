"""The model that is measured, written with through the host."""

from __future__ import annotations

import os
import time
from typing import Any

import msgspec
from tests.bench.make_model import bench_model

from inkstand.studio import Studio
from inkstand_sdk.messages import Sampling, Usage

SLOTS = 4
BATCH = 128
CONTEXT = 1024
# One core is left to everything else: engine threads wait for each other in a busy loop, and one
# that has to share its core holds up all.
THREADS = max(1, (os.cpu_count() or 1) - 1)


class Written(msgspec.Struct, frozen=True):
    """One text: when its first token was there, how fast the rest came, what the engine counted."""

    first_ms: float
    tokens_per_second: float
    tokens: int
    usage: Usage


class BenchModel:
    """The benchmark's model in one worker; may be written with from many threads."""

    def __init__(
        self,
        studio: Studio,
        model: str = "",
        settings: dict[str, Any] | None = None,
        *,
        slots: int = SLOTS,
        context_length: int = CONTEXT,
    ) -> None:
        """In another backend, `model` names it and `settings` are its own."""
        self._studio = studio
        self._model = model or str(bench_model())
        self._settings = settings or {
            "context_length": context_length,
            "slots": slots,
            "batch": BATCH,
            "threads": THREADS,
            "gpu_layers": 0,
        }

    def write(self, prompt: str, max_tokens: int) -> Written:
        """Go on from `prompt`, greedily; timed from the call to the last chunk."""
        started = time.perf_counter()
        generation = self._studio.generate(
            prompt,
            raw=True,
            model=self._model,
            settings=self._settings,
            max_tokens=max_tokens,
            sampling=Sampling(temperature=0.0),
            cache="off",  # or the engine would write each text once
        )
        times = [time.perf_counter() for chunk in generation if chunk.text]
        if len(times) != max_tokens:
            raise RuntimeError(f"{len(times)} chunks came for {max_tokens} tokens.")
        return Written(
            first_ms=(times[0] - started) * 1000,
            tokens_per_second=(len(times) - 1) / (times[-1] - times[0]),
            tokens=len(times),
            usage=generation.result.usage,
        )
