"""Tokens a second and the first token: through the host, against the engine alone."""

from __future__ import annotations

import sys
from statistics import median

from tests.bench import host
from tests.bench.alone import Timed, alone
from tests.bench.figure import Figure, at_least, at_most
from tests.bench.make_model import bench_model
from tests.bench.rounds import rounds

from inkstand.studio import Studio

ROUNDS, SECONDS = 40, 60.0
TOKENS = 64
PROMPT = "The ferry was late again, and Mrs. Hale had counted the gulls twice."


def measure() -> list[Figure]:
    """One run of each in every round, in changing order, so that the machine's moods hit both."""
    pairs: list[tuple[host.Written, Timed]] = []
    engine = (bench_model(), host.CONTEXT, host.SLOTS, host.BATCH, host.THREADS)
    with alone(sys.executable, "raw_engine", *engine) as raw, Studio() as studio:
        model = host.BenchModel(studio)
        raw.write([PROMPT], TOKENS)  # the first runs load, and fill the prefix caches of both
        model.write(PROMPT, TOKENS)
        for turn in rounds(ROUNDS, SECONDS):
            if turn % 2:
                ours, theirs = model.write(PROMPT, TOKENS), raw.write([PROMPT], TOKENS)
            else:
                theirs, ours = raw.write([PROMPT], TOKENS), model.write(PROMPT, TOKENS)
            pairs.append((ours, theirs))
    rates = [
        median(rate)
        for rate in zip(
            *((a.tokens_per_second, b.tokens_per_second) for a, b in pairs), strict=True
        )
    ]
    first = [median(ms) for ms in zip(*((a.first_ms, b.first_ms) for a, b in pairs), strict=True)]
    return [
        at_least(
            "Tokens/s through the host, against the engine alone",
            rates[0] / rates[1],
            0.97,
            "",
            f"{rates[0]:.0f} against {rates[1]:.0f} tokens/s",
        ),
        at_most(
            "First token through the host, later than from the engine alone",
            first[0] - first[1],
            5,
            " ms",
            f"{first[0]:.1f} against {first[1]:.1f} ms",
        ),
    ]
