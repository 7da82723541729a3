"""What usage, receipts and logs cost: tokens a second with them on, against them off."""

from __future__ import annotations

import itertools
import time
from statistics import median

import msgspec
from tests.bench import host
from tests.bench.figure import Figure, at_most
from tests.bench.rounds import rounds

from inkstand.generation.pipeline import Pipeline
from inkstand.generation.recorder import Recorder
from inkstand.studio import Studio

ROUNDS, SECONDS = 40, 90.0
TEXTS, TOKENS = 3, 64
PROMPT = "The ferry was late again, and Mrs. Hale had counted the gulls twice. It was day {}."

# Every prompt is another: what was counted once is not counted again.
_DAYS = itertools.count()


class Rate(msgspec.Struct, frozen=True):
    """Texts one right after another: tokens a second, and this process's CPU time for a text."""

    tokens_per_second: float
    cpu_ms: float


def measure() -> list[Figure]:
    """The same worker writes for both, in turn, so that nothing differs but what is written down.

    What one text leaves to be done is done while the next is written, and slows that one if any.
    """
    pairs: list[tuple[Rate, Rate]] = []
    with Studio() as studio:
        workshop = studio._workshop
        recording, recorder = workshop.pipeline, workshop.recorder
        # The same in all but what writes down.
        workshop.__dict__["recorder"] = Recorder(workshop.pool)
        del workshop.__dict__["pipeline"]
        silent = workshop.pipeline
        workshop.__dict__["recorder"] = recorder
        model = host.BenchModel(studio)

        def rate(pipeline: Pipeline) -> Rate:
            workshop.__dict__["pipeline"] = pipeline
            return _rate(model)

        rate(recording)
        rate(silent)
        for turn in rounds(ROUNDS, SECONDS):
            order = (recording, silent) if turn % 2 else (silent, recording)
            rates = {pipeline: rate(pipeline) for pipeline in order}
            pairs.append((rates[recording], rates[silent]))
        texts = (len(pairs) + 1) * TEXTS
        if len(studio.usage.calls(last=texts + 1)) < texts - TEXTS:
            raise RuntimeError("What was to be measured was not written down.")
    cost = median(1 - on.tokens_per_second / off.tokens_per_second for on, off in pairs)
    return [
        at_most(
            "Tokens/s lost to usage, receipts and logs",
            cost * 100,
            1,
            "%",
            f"{median(on.tokens_per_second for on, _ in pairs):.1f} with them, "
            f"{median(off.tokens_per_second for _, off in pairs):.1f} without;"
            f" {median(on.cpu_ms - off.cpu_ms for on, off in pairs):.2f} ms of CPU a text",
        )
    ]


def _rate(model: host.BenchModel) -> Rate:
    started, worked = time.perf_counter(), time.process_time()
    tokens = sum(model.write(PROMPT.format(next(_DAYS)), TOKENS).tokens for _ in range(TEXTS))
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    return Rate(tokens / seconds, cpu * 1000 / TEXTS)
