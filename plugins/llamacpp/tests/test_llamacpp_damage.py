"""Damaged GGUF files by the hundred: refused by us or by the engine, which must outlive them."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from inkstand_sdk.gguf import read_header

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"
LOAD_ALL = """
import sys
from inkstand_llamacpp.backend import LlamaCpp
from inkstand_sdk import GenerateRequest, InkstandError, Model
for path in sys.argv[1:]:
    backend = LlamaCpp()
    try:
        model = Model(id="damaged", format="gguf", path=path)
        backend.load(model, LlamaCpp.Settings(slots=1))
        list(backend.generate(GenerateRequest.of("It was", max_tokens=3), lambda: False))
    except InkstandError as error:
        assert error.what
    backend.close()
    print(path, flush=True)
"""
NUMBERS = {
    "<I": (0, 1, 3, 7, 256, 100_000, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FC00000, 0xBF800000),
    "<Q": (0, 1, 33, 257, 1 << 31, 1 << 40, 1 << 63),
}


def damaged_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents: every number of the header replaced, tensors moved, bytes changed."""
    data = POCKET.read_bytes()
    header = read_header(POCKET)
    for key, value in header.metadata.items():
        at = _after(data, key)
        if isinstance(value, bool | int | float):
            for number in NUMBERS["<I"]:
                size = 1 if isinstance(value, bool) else 4
                yield f"{key}={number}", _put(data, at + 4, struct.pack("<I", number)[:size])
        yield f"{key} renamed", _put(data, at - 1, b"X")
    for tensor in (header.tensors[0], header.tensors[1], header.tensors[2], header.tensors[-1]):
        at = _after(data, tensor.name)
        dimensions = 4 + 8 * len(tensor.shape)
        for number in NUMBERS["<Q"]:
            yield f"{tensor.name} rows {number}", _put(data, at + 4, struct.pack("<Q", number))
            place = struct.pack("<Q", number)
            yield f"{tensor.name} at {number}", _put(data, at + dimensions + 4, place)
        for code in (0, 1, 2, 8, 12, 24, 26, 30, 40, 99):
            yield f"{tensor.name} type {code}", _put(data, at + dimensions, struct.pack("<I", code))
    rng = random.Random(3)
    for number in range(40):
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


def test_no_damaged_file_brings_the_engine_down(tmp_path: Path) -> None:
    batch: list[Path] = []
    count = 0
    for number, (_, content) in enumerate(damaged_files(tmp_path)):
        file = tmp_path / f"{number}.gguf"
        file.write_bytes(content)
        batch.append(file)
        count += 1
        if len(batch) == 40:
            _load(batch)
            batch = []
    _load(batch)
    assert count > 200


def _load(files: list[Path]) -> None:
    command = [sys.executable, "-c", LOAD_ALL, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
    survived = done.stdout.splitlines()
    assert done.returncode == 0, f"{files[len(survived)]}: {done.returncode}\n{done.stderr[-2000:]}"
    assert survived == [str(file) for file in files]
    for file in files:
        file.unlink()
