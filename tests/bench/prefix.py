"""The first token of a second request that shares a long beginning with the first one."""

from __future__ import annotations

import random
from statistics import median

from tests.bench.figure import Figure, at_most
from tests.bench.host import BenchModel
from tests.bench.rounds import rounds

from inkstand.studio import Studio

ROUNDS, SECONDS = 8, 30.0
SHARED_TOKENS = 1500
_WORDS = ("the", "rain", "had", "come", "over", "a", "hill", "and", "left", "light", "on", "it")


def measure() -> list[Figure]:
    """A new beginning in every round, asked about twice with different ends."""
    shares: list[float] = []
    cold: list[float] = []
    warm: list[float] = []
    reused: list[int] = []
    with Studio() as studio:
        model = BenchModel(studio, context_length=4096)
        model.write("Load, please.", 8)
        for turn in rounds(ROUNDS, SECONDS):
            beginning = _beginning(turn)
            first = model.write(f"{beginning}\nWho is speaking?", 8)
            second = model.write(f"{beginning}\nWhat do they want?", 8)
            cold.append(first.first_ms)
            warm.append(second.first_ms)
            shares.append(second.first_ms / first.first_ms)
            reused.append(second.usage.cached_tokens)
    return [
        at_most(
            f"First token after a shared beginning of {median(reused):,.0f} tokens, against cold",
            median(shares) * 100,
            15,
            "%",
            f"{median(warm):.0f} against {median(cold):.0f} ms",
        )
    ]


def _beginning(seed: int) -> str:
    """About as many tokens of plain words as are to be shared; each seed has its own."""
    draw = random.Random(seed)
    return " ".join(draw.choice(_WORDS) for _ in range(SHARED_TOKENS))
