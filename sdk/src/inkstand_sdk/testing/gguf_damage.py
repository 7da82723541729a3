"""Damaged GGUF files by the hundred, for backends that hand such files to native code."""

from __future__ import annotations

import json
import random
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from inkstand_sdk.backend import Backend, Loaded, Model
from inkstand_sdk.errors import InkstandError, WorkerCrashed
from inkstand_sdk.gguf import read_header
from inkstand_sdk.messages import GenerateRequest
from inkstand_sdk.testing.worker_process import WorkerProcess, distribution_of
from inkstand_sdk.worker.protocol import Load, Open, Opened

_AT_ONCE = 40  # files for one process
_PATIENCE = 280
_LOAD_ALL = """
import importlib, json, sys
from inkstand_sdk import GenerateRequest, InkstandError, Model
module, name, settings, *paths = sys.argv[1:]
cls = getattr(importlib.import_module(module), name)
settings = cls.Settings(**json.loads(settings))
for path in paths:
    backend = cls()
    try:
        model = Model(id="damaged", format="gguf", path=path)
        backend.load(model, settings)
        list(backend.generate(GenerateRequest.of("It was", max_tokens=3), lambda: False))
    except InkstandError as error:
        assert error.what
    backend.close()
    print(path, flush=True)
"""
_NUMBERS = {
    "<I": (0, 1, 3, 7, 256, 100_000, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FC00000, 0xBF800000),
    "<Q": (0, 1, 33, 257, 1 << 31, 1 << 40, 1 << 63),
}


def damaged_files(model: Path, *, noise: int = 40) -> Iterator[tuple[str, bytes]]:
    """Names and contents: every number of the header replaced, tensors moved, bytes changed.

    `noise` is how many files have bytes of their header changed at random, always the same ones.
    """
    data = model.read_bytes()
    header = read_header(model)
    for key, value in header.metadata.items():
        at = _after(data, key)
        if isinstance(value, bool | int | float):
            for number in _NUMBERS["<I"]:
                size = 1 if isinstance(value, bool) else 4
                yield f"{key}={number}", _put(data, at + 4, struct.pack("<I", number)[:size])
        yield f"{key} renamed", _put(data, at - 1, b"X")
    for tensor in (header.tensors[0], header.tensors[1], header.tensors[2], header.tensors[-1]):
        at = _after(data, tensor.name)
        dimensions = 4 + 8 * len(tensor.shape)
        for number in _NUMBERS["<Q"]:
            yield f"{tensor.name} rows {number}", _put(data, at + 4, struct.pack("<Q", number))
            place = struct.pack("<Q", number)
            yield f"{tensor.name} at {number}", _put(data, at + dimensions + 4, place)
        for code in (0, 1, 2, 8, 12, 24, 26, 30, 40, 99):
            yield f"{tensor.name} type {code}", _put(data, at + dimensions, struct.pack("<I", code))
    rng = random.Random(3)
    for number in range(noise):
        changed = bytearray(data)
        for _ in range(rng.choice((1, 2, 8))):
            spot = rng.choice((rng.randrange(900), rng.randrange(header.data_offset)))
            changed[spot] = rng.randrange(256)
        yield f"noise {number}", bytes(changed)
    for part in (0.1, 0.5, 0.9, 0.99999):
        yield f"cut at {part}", data[: int(len(data) * part)]


def _after(data: bytes, name: str) -> int:
    mark = struct.pack("<Q", len(name)) + name.encode()
    return data.index(mark) + len(mark)


def _put(data: bytes, at: int, piece: bytes) -> bytes:
    return data[:at] + piece + data[at + len(piece) :]


def check_survival(
    backend: type,
    files: Iterable[tuple[str, bytes]],
    folder: Path,
    settings: Mapping[str, object] = MappingProxyType({"slots": 1}),
) -> int:
    """Load each file with `backend`, in processes of their own, and write a little with it.

    Fails the test if anything but an `InkstandError` comes of it. Gives the number of files.
    """
    batch: list[tuple[str, Path]] = []
    count = 0
    for name, content in files:
        path = folder / f"{count}.gguf"
        path.write_bytes(content)
        batch.append((name, path))
        count += 1
        if len(batch) == _AT_ONCE:
            _load(backend, batch, settings)
            batch = []
    _load(backend, batch, settings)
    return count


def _load(backend: type, files: list[tuple[str, Path]], settings: Mapping[str, object]) -> None:
    command = [sys.executable, "-c", _LOAD_ALL, backend.__module__, backend.__qualname__]
    command += [json.dumps(dict(settings)), *(str(path) for _, path in files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE)
    survived = len(done.stdout.splitlines())
    if done.returncode != 0:
        pytest.fail(f"{files[survived][0]}: {done.returncode}\n{done.stderr[-2000:]}")
    for _, path in files:
        path.unlink()


def check_worker_survival(
    backend: type[Backend],
    files: Iterable[tuple[str, bytes]],
    folder: Path,
    settings: Mapping[str, object] = MappingProxyType({"slots": 1}),
) -> int:
    """Load each file in one worker process of `backend`, write a little with it, and close it.

    Fails the test if a file ends the worker, or anything but an `InkstandError` comes of it. Gives
    the number of files.
    """
    worker = WorkerProcess(sys.executable)
    path = folder / "damaged.gguf"
    model = Model(id="damaged", format="gguf", path=str(path))
    count = 0
    try:
        kind = Open(kind="backend", distribution=distribution_of(backend), name=backend.name)
        worker.ask("open", kind, Opened)
        for name, content in files:
            path.write_bytes(content)
            count += 1
            try:
                load = Load(model=model, settings=dict(settings))
                worker.ask("load", load, Loaded, timeout=_PATIENCE)
                request = GenerateRequest.of("It was", max_tokens=3)
                worker.ask("generate", request, None, timeout=_PATIENCE)
            except WorkerCrashed as error:
                pytest.fail(f"{name}: {error.cause}\n{error.detail}")
            except InkstandError as error:
                if not error.what:
                    pytest.fail(f"{name}: the error does not say what happened")
            worker.ask("close", None, None, timeout=_PATIENCE)
    finally:
        worker.close()
    return count
