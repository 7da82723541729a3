"""Tokens a second and the first token: through the host, against the engine alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import msgspec
from tests.bench import host
from tests.bench.figure import Figure, at_least, at_most
from tests.bench.make_model import bench_model
from tests.bench.rounds import rounds

from inkstand.studio import Studio

ROUNDS, SECONDS = 40, 60.0
TOKENS = 64
PROMPT = "The ferry was late again, and Mrs. Hale had counted the gulls twice."


class Timed(msgspec.Struct, frozen=True):
    """One text of the engine alone."""

    first_ms: float
    tokens_per_second: float
    tokens: int


def measure() -> list[Figure]:
    """One run of each in every round, in changing order, so that the machine's moods hit both."""
    pairs: list[tuple[host.Written, Timed]] = []
    with raw_engine() as raw, Studio() as studio:
        model = host.BenchModel(studio)
        raw(PROMPT, TOKENS)  # the first runs load, and fill the prefix caches of both
        model.write(PROMPT, TOKENS)
        for turn in rounds(ROUNDS, SECONDS):
            if turn % 2:
                ours, theirs = model.write(PROMPT, TOKENS), raw(PROMPT, TOKENS)
            else:
                theirs, ours = raw(PROMPT, TOKENS), model.write(PROMPT, TOKENS)
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


@contextmanager
def raw_engine() -> Iterator[Callable[[str, int], Timed]]:
    """A process with nothing but the engine; call it with a prompt and a number of tokens."""
    command = [sys.executable, str(Path(__file__).with_name("raw_engine.py")), str(bench_model())]
    command += [str(number) for number in (host.CONTEXT, host.SLOTS, host.BATCH, host.THREADS)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        requests, answers = process.stdin, process.stdout
        answers.readline()  # it is ready

        def ask(prompt: str, max_tokens: int) -> Timed:
            requests.write(json.dumps({"prompt": prompt, "max_tokens": max_tokens}) + "\n")
            requests.flush()
            return msgspec.json.decode(answers.readline(), type=Timed)

        yield ask
        requests.close()
