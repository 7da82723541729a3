"""Resident memory of the host's process after a generation, with the engine in its worker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from tests.bench.figure import Figure, at_most

ROUNDS = 3
ROOT = Path(__file__).parents[2]
# A process that has done nothing but what an application does: open, write, look.
_HOST = """
import json, sys
import psutil
from inkstand.studio import Studio
from tests.bench.host import BenchModel
with Studio() as studio:
    BenchModel(studio).write("Once upon a time", 128)
    me = psutil.Process()
    worker = sum(child.memory_info().rss for child in me.children())
    print(json.dumps([me.memory_info().rss, worker]))
"""


def measure() -> list[Figure]:
    """A fresh process each time."""
    runs = [_run() for _ in range(ROUNDS)]
    host, worker = (median(each) / 1e6 for each in zip(*runs, strict=True))
    return [
        at_most(
            "Memory of the host after a generation", host, 80, " MB", f"its worker: {worker:.0f} MB"
        )
    ]


def _run() -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", _HOST], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    found: list[int] = json.loads(done.stdout)
    return found
