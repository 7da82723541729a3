"""The backend llama-cpp-python through the host, against the library's own high-level API.

It needs an environment that has inkstand-llama-cpp-python: $INKSTAND_LLAMA_CPP_PYTHON names its
interpreter; otherwise the one that tests/each_plugin.py makes is taken.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import msgspec
from tests.bench.beside import interpreter, left_behind
from tests.bench.figure import Figure, at_least
from tests.bench.host import BATCH, THREADS
from tests.bench.make_model import bench_model
from tests.bench.rounds import rounds

from inkstand.studio import Studio
from inkstand_sdk.messages import Sampling

ROUNDS, SECONDS = 8, 60.0
REQUESTS, TOKENS = 8, 32
LONG = 64
CONTEXT = 512
PROMPT = "The ferry was late again, and Mrs. Hale had counted the gulls twice."


class Timed(msgspec.Struct, frozen=True):
    """Texts one after another; the rate is the last one's, from its first token on."""

    seconds: float
    tokens: int
    tokens_per_second: float


def measure() -> list[Figure]:
    """Both in every round, in changing order; nothing where the environment is not there."""
    python = interpreter("llama-cpp-python")
    if not python.exists():
        sys.stderr.write(f"No environment at {python}: python tests/each_plugin.py makes it.\n")
        return []
    subprocess.run(
        [sys.executable, "-m", "inkstand", "config", "set", "plugins.interpreters", str(python)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    batches: list[tuple[float, float]] = []
    streams: list[tuple[float, float]] = []
    with raw(python) as alone, Studio() as studio, ThreadPoolExecutor(REQUESTS) as threads:

        def ours(prompts: list[str], tokens: int) -> Timed:
            started = time.perf_counter()
            rates = list(threads.map(lambda prompt: _written(studio, prompt, tokens), prompts))
            seconds = time.perf_counter() - started
            return Timed(seconds, len(prompts) * tokens, rates[-1])

        ours([PROMPT], 8)
        alone([PROMPT], 8)
        for turn in rounds(ROUNDS, SECONDS):
            order = (ours, alone) if turn % 2 else (alone, ours)
            prompts = [f"Letter {turn}, {number}:" for number in range(REQUESTS)]
            together = {write: write(prompts, TOKENS) for write in order}
            batches.append(_rates(together[ours], together[alone]))
            single = {write: write([PROMPT], LONG).tokens_per_second for write in order}
            streams.append((single[ours], single[alone]))
    return [
        at_least(
            f"llama-cpp-python: {REQUESTS} requests at once through the host, against its"
            " high-level API one after another",
            median(one / other for one, other in batches),
            1.5,
            " times",
            _beside(batches),
        ),
        at_least(
            "llama-cpp-python: tokens/s through the host, against its high-level API",
            median(one / other for one, other in streams),
            0.97,
            "",
            _beside(streams),
        ),
        left_behind("llama-cpp-python"),
    ]


@contextmanager
def raw(python: Path) -> Iterator[Callable[[list[str], int], Timed]]:
    """A process with nothing but the library; call it with prompts and a number of tokens."""
    command = [str(python), str(Path(__file__).with_name("raw_llama_cpp_python.py"))]
    command += [str(bench_model()), *map(str, (CONTEXT, BATCH, THREADS))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        requests, answers = process.stdin, process.stdout
        answers.readline()  # it is ready

        def ask(prompts: list[str], max_tokens: int) -> Timed:
            requests.write(json.dumps({"prompts": prompts, "max_tokens": max_tokens}) + "\n")
            requests.flush()
            return msgspec.json.decode(answers.readline(), type=Timed)

        yield ask
        requests.close()


def _written(studio: Studio, prompt: str, tokens: int) -> float:
    generation = studio.generate(
        prompt,
        raw=True,
        model=f"llama-cpp-python:{bench_model()}",
        settings={
            "context_length": CONTEXT,
            "slots": REQUESTS,
            "batch": BATCH,
            "threads": THREADS,
            "gpu_layers": 0,
        },
        max_tokens=tokens,
        sampling=Sampling(temperature=0.0),
    )
    times = [time.perf_counter() for chunk in generation if chunk.text]
    if len(times) != tokens:
        raise RuntimeError(f"{len(times)} chunks came for {tokens} tokens.")
    return (len(times) - 1) / (times[-1] - times[0])


def _rates(ours: Timed, theirs: Timed) -> tuple[float, float]:
    return ours.tokens / ours.seconds, theirs.tokens / theirs.seconds


def _beside(pairs: list[tuple[float, float]]) -> str:
    ours, theirs = (median(rates) for rates in zip(*pairs, strict=True))
    return f"{ours:.0f} against {theirs:.0f} tokens/s"
