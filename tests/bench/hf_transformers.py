"""The backend transformers through the host, against the library's own `generate`.

It needs an environment that has inkstand-transformers: $INKSTAND_TRANSFORMERS names its
interpreter; otherwise the one that tests/each_plugin.py makes is taken. (The file is not called
as the library is, or it would be imported in its place.)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import msgspec
from tests.bench.figure import Figure, at_least
from tests.bench.host import THREADS
from tests.bench.make_model import bench_model
from tests.bench.rounds import rounds

from inkstand.studio import Studio
from inkstand_sdk.messages import Sampling

ROOT = Path(__file__).parents[2]
ROUNDS, SECONDS = 6, 60.0
REQUESTS, TOKENS = 8, 24
LONG = 48
CONTEXT = 512
PROMPT = "The ferry was late again, and Mrs. Hale had counted the gulls twice."


class Timed(msgspec.Struct, frozen=True):
    """Texts one after another; the rate is the last one's, from its first token on."""

    seconds: float
    tokens: int
    tokens_per_second: float


def measure() -> list[Figure]:
    """All ways in every round, in changing order; nothing where the environment is not there."""
    python = _interpreter()
    if not python.exists():
        sys.stderr.write(f"No environment at {python}: python tests/each_plugin.py makes it.\n")
        return []
    subprocess.run(
        [sys.executable, "-m", "inkstand", "config", "set", "plugins.interpreters", str(python)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    together: list[float] = []
    serial: list[float] = []
    streams: list[tuple[float, float]] = []
    with raw(python) as alone, Studio() as studio, ThreadPoolExecutor(REQUESTS) as threads:

        def write(prompt: str, tokens: int = TOKENS) -> float:
            return _written(studio, prompt, tokens)

        write(PROMPT, 8)
        alone([PROMPT], 8)
        for turn in rounds(ROUNDS, SECONDS):
            prompts = [f"Letter {turn}, {number}:" for number in range(REQUESTS)]
            for run, rates in ((threads.map, together), (map, serial)):
                started = time.perf_counter()
                written = len(list(run(write, prompts))) * TOKENS
                rates.append(written / (time.perf_counter() - started))
            rate = {}
            for name in ("ours", "theirs") if turn % 2 else ("theirs", "ours"):
                rate[name] = (
                    write(PROMPT, LONG)
                    if name == "ours"
                    else alone([PROMPT], LONG).tokens_per_second
                )
            streams.append((rate["ours"], rate["theirs"]))
    return [
        at_least(
            f"transformers: {REQUESTS} requests at once, against one after another",
            median(many / one for many, one in zip(together, serial, strict=True)),
            3.0,
            " times",
            f"{median(together):.0f} against {median(serial):.0f} tokens/s",
        ),
        at_least(
            "transformers: tokens/s through the host, against the library's own generate",
            median(one / other for one, other in streams),
            0.97,
            "",
            "{:.1f} against {:.1f} tokens/s".format(
                *(median(rates) for rates in zip(*streams, strict=True))
            ),
        ),
    ]


@contextmanager
def raw(python: Path) -> Iterator[Callable[[list[str], int], Timed]]:
    """A process with nothing but the library; call it with prompts and a number of tokens."""
    command = [str(python), "-P", str(Path(__file__).with_name("raw_hf_transformers.py"))]
    command += [str(bench_model()), str(THREADS)]
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
        model=f"transformers:{bench_model()}",
        settings={"context_length": CONTEXT, "batch": REQUESTS, "threads": THREADS},
        max_tokens=tokens,
        sampling=Sampling(temperature=0.0),
    )
    times = [time.perf_counter() for chunk in generation if chunk.text]
    if len(times) != tokens:
        raise RuntimeError(f"{len(times)} chunks came for {tokens} tokens.")
    return (len(times) - 1) / (times[-1] - times[0])


def _interpreter() -> Path:
    if given := os.environ.get("INKSTAND_TRANSFORMERS"):
        return Path(given)
    home = ROOT / ".venvs/transformers"
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
