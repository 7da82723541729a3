"""The memory of a backend's worker before a model is loaded, with it, after it, and at the end."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import psutil
from tests.bench.figure import Figure, at_most

from inkstand_sdk import GenerateRequest, Loaded, Model
from inkstand_sdk.messages import Finish, Sampling
from inkstand_sdk.testing.worker_process import WorkerProcess
from inkstand_sdk.worker.protocol import Load, Open, Opened

CYCLES = 3
_SETTLED, _MOST = 5e5, 12  # bytes between two small models that count as none; how many at most
_CONTEXT, _TOKENS = 512, 16


class Resident(msgspec.Struct, frozen=True):
    """Bytes that the worker's process holds, one of each for every model that it had."""

    start: int
    """With the library in memory: small models were loaded, written with and closed."""
    small: int
    """How many, until they left nothing more behind."""
    loaded: tuple[int, ...]
    closed: tuple[int, ...]
    ended: int
    """What processes of the worker hold after its end."""


def left_behind(plugin: str, python: Path, small: Path, model: Path) -> Figure:
    """What a worker holds more than before, after a model was loaded, written with and closed."""
    found = resident(plugin, python, small, model)
    return at_most(
        f"{plugin}: memory of its worker after a model was closed, above that before",
        (median(found.closed) - found.start) / 1e6,
        10,
        " MB",
        f"before, after {found.small} small models: {_mb(found.start)},"
        f" loaded: {_mb(max(found.loaded))}, after each of {CYCLES}:"
        f" {', '.join(map(_mb, found.closed))},"
        f" after the worker's end: {_mb(found.ended)}",
    )


def resident(plugin: str, python: Path, small: Path, model: Path) -> Resident:
    """Load, write with and close `model` in one worker, again and again.

    A small model goes first, so that what the library keeps for as long as its process lives (its
    code, its thread pools, heaps with holes) is not counted as the model's. It takes more than one
    load until that has its size; what a library lost with each would show in the models' figures.
    """
    worker = WorkerProcess(str(python))
    try:
        wanted = Open(kind="backend", distribution=f"inkstand-{plugin}", name=plugin)
        worker.ask("open", wanted, Opened)
        before = _small(worker, small)
        cycles = [(_cycle(worker, model), _held(worker.pid)) for _ in range(CYCLES)]
    finally:
        worker.close()
    loaded, closed = zip(*cycles, strict=True)
    return Resident(before[-1], len(before), loaded, closed, _held(worker.pid))


def _small(worker: WorkerProcess, path: Path) -> list[int]:
    """What is held after each load of the small model, until it grows no more."""
    held: list[int] = []
    while len(held) < _MOST:
        _cycle(worker, path)
        held.append(_held(worker.pid))
        if len(held) > 2 and held[-1] - held[-3] < _SETTLED:
            break
    return held


def _cycle(worker: WorkerProcess, path: Path) -> int:
    """What is held with the model at `path` in memory, after a text."""
    kind: Any = "gguf" if path.is_file() else "safetensors"
    model = Model(id="model", format=kind, path=str(path))
    settings = {"context_length": _CONTEXT}
    worker.ask("load", Load(model=model, settings=settings), Loaded)
    sampling = Sampling(temperature=0.0)
    request = GenerateRequest.of("The ferry", raw=True, max_tokens=_TOKENS, sampling=sampling)
    worker.ask("generate", request, Finish | None)
    found = _held(worker.pid)
    worker.ask("close", None, None)
    return found


def _held(pid: int) -> int:
    """Resident bytes of the process `pid` and its children; 0 if it is gone."""
    try:
        process = psutil.Process(pid)
        return sum(each.memory_info().rss for each in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0


def _mb(size: int) -> str:
    return f"{size / 1e6:.0f} MB"
