"""An engine in an environment of its own: the host with it, and the bare library beside."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.bench.alone import ROOT, Alone
from tests.bench.figure import Figure, at_least
from tests.bench.host import BenchModel
from tests.bench.rounds import rounds

from inkstand.studio import Studio

# Texts are short and take turns, so that what is compared lies within seconds.
ROUNDS, SECONDS = 24, 60.0
TOKENS = 32
PROMPT = "The ferry was late again, and Mrs. Hale had counted the gulls twice."


def interpreter(plugin: str) -> Path:
    """Where the environment of a plugin's tests has its Python, or may have it.

    $INKSTAND_NAME, such as $INKSTAND_LLAMA_CPP_PYTHON, names another one.
    """
    if given := os.environ.get("INKSTAND_" + plugin.upper().replace("-", "_")):
        return Path(given)
    home = ROOT / ".venvs" / plugin
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@contextmanager
def host_with(plugin: str) -> Iterator[Studio]:
    """The host, which finds `plugin` in its environment."""
    python = str(interpreter(plugin))
    subprocess.run(
        [sys.executable, "-m", "inkstand", "config", "set", "plugins.interpreters", python],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with Studio() as studio:
        yield studio


def overhead(plugin: str, model: BenchModel, alone: Alone) -> Figure:
    """Tokens/s through the host against those of the library alone, of one text at a time."""
    pairs: list[tuple[float, float]] = []

    def ours() -> float:
        return model.write(PROMPT, TOKENS).tokens_per_second

    def theirs() -> float:
        return alone.write([PROMPT], TOKENS).tokens_per_second

    ours()
    theirs()
    for turn in rounds(ROUNDS, SECONDS):
        order = (ours, theirs) if turn % 2 else (theirs, ours)
        rate = {write: write() for write in order}
        pairs.append((rate[ours], rate[theirs]))
    return ratio(f"{plugin}: tokens/s through the host, against the library alone", pairs, 0.97)


def ratio(what: str, pairs: Sequence[tuple[float, float]], target: float, unit: str = "") -> Figure:
    """The median of how many times as fast the first of each pair was; both in tokens/s."""
    one, other = (median(rates) for rates in zip(*pairs, strict=True))
    return at_least(
        what,
        median(first / second for first, second in pairs),
        target,
        unit,
        f"{one:.0f} against {other:.0f} tokens/s",
    )
