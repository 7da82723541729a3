"""An engine's library in a process where there is nothing else: what the host is measured against.

The far side is one of the modules raw_*.py.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

ROOT = Path(__file__).parents[2]


class Timed(msgspec.Struct, frozen=True):
    """Texts one after another: how long all took, and how the last one came."""

    seconds: float
    tokens: int
    first_ms: float
    tokens_per_second: float


class Alone:
    """The library, which writes when it is asked to, one text after another."""

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self._requests, self._answers = requests, answers
        answers.readline()  # it is ready

    def write(self, prompts: Sequence[str], max_tokens: int) -> Timed:
        """Go on from each prompt, greedily; raises `RuntimeError` if a text is shorter."""
        self._requests.write(json.dumps({"prompts": prompts, "max_tokens": max_tokens}) + "\n")
        self._requests.flush()
        timed = msgspec.json.decode(self._answers.readline(), type=Timed)
        if timed.tokens != max_tokens * len(prompts):
            raise RuntimeError(f"{timed.tokens} tokens came for {max_tokens * len(prompts)}.")
        return timed


@contextmanager
def alone(python: str | Path, module: str, *arguments: object) -> Iterator[Alone]:
    """A process that runs the module `module` of this folder with the interpreter `python`."""
    command = [str(python), "-m", f"tests.bench.{module}", *map(str, arguments)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Alone(process.stdin, process.stdout)
        process.stdin.close()
