"""An engine in an environment of its own: the host with it, and the bare library beside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.figure import Figure, at_least, at_most
from tests.bench.make_model import TOKENIZER, bench_model
from tests.bench.rounds import rounds

from inkstand.studio import Studio
from inkstand_sdk.messages import Sampling

ROOT = Path(__file__).parents[2]
ROUNDS, SECONDS = 12, 45.0
TOKENS = 64
PROMPT = "The ferry was late again, and Mrs. Hale had counted the gulls twice."


def interpreter(plugin: str) -> Path:
    """Where the environment of a plugin's tests has its Python, or may have it."""
    if given := os.environ.get("INKSTAND_" + plugin.upper().replace("-", "_")):
        return Path(given)
    home = ROOT / ".venvs" / plugin
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def overhead(plugin: str, script: str, arguments: list[str], settings: dict[str, Any]) -> Figure:
    """Tokens/s through the host against those of `script`, which has the library alone."""
    python = interpreter(plugin)
    subprocess.run(
        [sys.executable, "-m", "inkstand", "config", "set", "plugins.interpreters", str(python)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    pairs: list[tuple[float, float]] = []
    with _alone(python, script, arguments) as alone, Studio() as studio:

        def ours() -> float:
            return _written(studio, plugin, settings)

        ours()
        alone()
        for turn in rounds(ROUNDS, SECONDS):
            order = (ours, alone) if turn % 2 else (alone, ours)
            rate = {write: write() for write in order}
            pairs.append((rate[ours], rate[alone]))
    through, bare = (median(rates) for rates in zip(*pairs, strict=True))
    return at_least(
        f"{plugin}: tokens/s through the host, against the library alone",
        median(one / other for one, other in pairs),
        0.97,
        "",
        f"{through:.0f} against {bare:.0f} tokens/s",
    )


def left_behind(plugin: str) -> Figure:
    """What a backend's process holds more than before, after a model was loaded and closed."""
    script = Path(__file__).with_name("load_and_close.py")
    done = subprocess.run(
        [str(interpreter(plugin)), "-P", str(script), plugin, str(TOKENIZER), str(bench_model())],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        text=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return at_most(
        f"{plugin}: memory after a model was closed, above that before it was loaded",
        median(found["left"]) / 1e6,
        10,
        " MB",
        f"loaded: {max(found['loaded']) / 1e6:.0f} MB, without what the C library keeps ready:"
        f" {found['trimmed'][-1] / 1e6:.1f} MB",
    )


@contextmanager
def _alone(python: Path, script: str, arguments: list[str]) -> Iterator[Callable[[], float]]:
    """A process with nothing but the library; a call writes one text and gives tokens/s."""
    command = [str(python), "-P", str(Path(__file__).with_name(script)), *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        requests, answers = process.stdin, process.stdout
        answers.readline()  # it is ready

        def ask() -> float:
            requests.write(json.dumps({"prompt": PROMPT, "max_tokens": TOKENS}) + "\n")
            requests.flush()
            return float(json.loads(answers.readline())["tokens_per_second"])

        yield ask
        requests.close()


def _written(studio: Studio, backend: str, settings: dict[str, Any]) -> float:
    generation = studio.generate(
        PROMPT,
        raw=True,
        model=f"{backend}:{bench_model()}",
        settings=settings,
        max_tokens=TOKENS,
        sampling=Sampling(temperature=0.0),
        cache="off",
    )
    times = [time.perf_counter() for chunk in generation if chunk.text]
    if len(times) != TOKENS:
        raise RuntimeError(f"{len(times)} chunks came for {TOKENS} tokens.")
    return (len(times) - 1) / (times[-1] - times[0])
