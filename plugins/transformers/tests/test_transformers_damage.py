"""Damaged headers and tokenizers by the hundred: a typed error or a working model."""

from __future__ import annotations

import itertools
import json
import random
import re
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")
pytest.importorskip("inkstand_transformers")

from inkstand_sdk import GenerateRequest, Model
from inkstand_sdk.errors import InkstandError, ModelFileError
from inkstand_sdk.testing.gguf_damage import damaged_files
from inkstand_transformers.backend import Transformers

pytestmark = pytest.mark.filterwarnings("ignore")
POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"
EVERY = 5  # GGUF files that still load take half a second each, so not all are tried here


HEADERS = 660  # every part of a header changed, then bytes at random, always the same ones
CHANGES: tuple[dict[str, Any], ...] = (
    *({"dtype": name} for name in ("F64", "F16", "BF16", "I64", "I32", "U8", "BOOL", "F8_E4M3")),
    *({"dtype": value} for value in (7, None, "")),
    *({"shape": value} for value in ([], [0], [-1], [1 << 62, 4], "x", [1.5], None, [7])),
    *({"data_offsets": value} for value in ([0, 0], [4], None, [0.0, 4.0], [128, 0])),
    {"data_offsets": [1 << 62, 1 << 63]},
)


def damaged_headers(data: bytes) -> Iterator[bytes]:
    (length,) = struct.unpack("<Q", data[:8])
    header, rest = json.loads(data[8 : 8 + length]), data[8 + length :]

    def written(changed: dict[str, Any], more: str = "") -> bytes:
        text = (json.dumps(changed)[:-1] + more + "}").encode()
        return struct.pack("<Q", len(text)) + text + rest

    for name in [key for key in header if key != "__metadata__"]:
        begin, end = header[name]["data_offsets"]
        shape = header[name]["shape"]
        for change in (
            *CHANGES,
            {"shape": shape[::-1]},
            {"shape": [*shape, 1]},
            {"data_offsets": [begin + 4, end + 4]},
            {"data_offsets": [begin, end + 4]},
        ):
            yield written({**header, name: {**header[name], **change}})
        yield written({key: value for key, value in header.items() if key != name})
        yield written(header, f', "{name}": {json.dumps(header[name])}')
    shaken = random.Random(4)
    while True:
        changed = bytearray(data)
        for _ in range(shaken.choice((1, 3, 8))):
            changed[shaken.randrange(8 + length)] = shaken.randrange(256)
        yield bytes(changed)


def tried(path: Path) -> InkstandError | None:
    """The error that the model gives, in loading or in writing a little."""
    backend = Transformers()
    kind = "gguf" if path.suffix == ".gguf" else "safetensors"
    try:
        backend.load(
            Model(id="damaged", format=kind, path=str(path)),
            Transformers.Settings(threads=1, batch=1),
        )
        list(backend.generate(GenerateRequest.of("It was", max_tokens=2), lambda: False))
    except InkstandError as error:
        return error
    finally:
        backend.close()
    return None


@pytest.fixture
def copy(tiny: Callable[[str], Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny("llama2"), tmp_path / "model"))


@pytest.mark.slow
def test_a_damaged_safetensors_header_is_a_typed_error_or_loads(copy: Path) -> None:
    path = copy / "model.safetensors"
    refused = []
    for data in itertools.islice(damaged_headers(path.read_bytes()), HEADERS):
        path.write_bytes(data)
        refused.append(tried(copy))
    errors = [error for error in refused if error is not None]
    assert len(errors) > HEADERS * 0.8
    assert all(error.what and error.cause and error.fix for error in errors)


@pytest.mark.slow
def test_a_damaged_gguf_file_is_a_typed_error_or_loads(tmp_path: Path) -> None:
    path = tmp_path / "damaged.gguf"
    refused = []
    for number, (_, data) in enumerate(damaged_files(POCKET)):
        if number % EVERY == 0:
            path.write_bytes(data)
            refused.append(tried(path))
    errors = [error for error in refused if error is not None]
    assert len(errors) > 30
    assert all(error.what and error.cause for error in errors)


TOKENIZERS = {
    "it is empty": b"",
    "it breaks off": b'{"version": "1.0", "model": {"type": "BPE", "voc',
    "not a JSON object": b"[]",
    "no vocabulary": b"{}",
    "Git LFS": b"version https://git-lfs.github.com/spec/v1\nsize 3\n",
    "web page": b"<!doctype html>",
    "not of a kind": b'{"version": "1.0", "model": {"type": "New"}}',
}


@pytest.mark.parametrize("cause", TOKENIZERS)
def test_a_broken_tokenizer_is_named_with_what_is_wrong_with_it(copy: Path, cause: str) -> None:
    (copy / "tokenizer.json").write_bytes(TOKENIZERS[cause])
    error = tried(copy)
    assert isinstance(error, ModelFileError)
    assert str(copy / "tokenizer.json") in error.what
    assert re.search(f"(?i){cause}", error.cause)
    assert "tokenizer.json" in error.fix or "git lfs" in error.fix


@pytest.mark.parametrize("name", ["tokenizer_config.json", "chat_template.jinja"])
def test_a_broken_file_beside_the_tokenizer_is_the_one_that_is_named(copy: Path, name: str) -> None:
    (copy / name).write_bytes(b'{"eos_token": 7}' if name.endswith("json") else b"\xff\xff")
    error = tried(copy)
    assert isinstance(error, ModelFileError)
    assert name in error.what


def test_a_tokenizer_without_tokens_is_refused(copy: Path) -> None:
    described = json.loads((copy / "tokenizer.json").read_text())
    described["model"].update(vocab={}, merges=[])
    (copy / "tokenizer.json").write_text(json.dumps(described))
    error = tried(copy)
    assert isinstance(error, ModelFileError)
    assert "no tokens" in error.what
