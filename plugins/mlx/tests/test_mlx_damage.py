"""Damaged and hostile folders: a typed error each, and nothing of theirs is run."""

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

from inkstand_mlx.backend import Mlx
from inkstand_mlx.settings import MlxSettings
from inkstand_sdk import Model
from inkstand_sdk.errors import InkstandError, LoadFailed, ModelFileError
from inkstand_sdk.testing.backend_case import answers_or_explains


def opened(path: Path) -> None:
    backend = Mlx()
    try:
        backend.load(Model(id="bad", format="safetensors", path=str(path)), MlxSettings())
    finally:
        backend.close()


def refused(path: Path) -> InkstandError:
    with pytest.raises((ModelFileError, LoadFailed)) as caught:
        opened(path)
    assert caught.value.cause
    assert caught.value.fix
    return caught.value


@pytest.mark.parametrize(
    "change",
    [
        {"num_hidden_layers": 10**9},
        {"num_hidden_layers": -1},
        {"num_hidden_layers": 3},
        {"num_hidden_layers": "two"},
        {"num_attention_heads": 0},
        {"num_attention_heads": None},
        {"hidden_size": 10**15},
        {"hidden_size": 63},
        {"vocab_size": 7},
        {"vocab_size": -7},
        {"head_dim": 0},
        {"rope_theta": "x"},
        {"model_type": "newer"},
        {"model_type": "..models.llama"},
        {"model_type": 3},
        {"text_config": {"num_hidden_layers": 10**9}},
        {"quantization": {"group_size": 0, "bits": 99}},
        {"quantization_config": {"quant_method": "unheard of"}},
        {"rope_scaling": {"type": "unheard of"}},
    ],
    ids=lambda change: json.dumps(change)[:60],
)
def test_a_config_that_cannot_be_is_refused_or_loads_as_if_it_were_not_there(
    make_model: Callable[..., Path], change: dict[str, Any]
) -> None:
    folder = make_model(config=change)
    answers_or_explains(lambda: opened(folder))


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "tokenizer_config.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_damaged_json_is_a_typed_error(
    make_model: Callable[..., Path], name: str, content: bytes
) -> None:
    folder = make_model()
    (folder / name).write_bytes(content)
    answers_or_explains(lambda: opened(folder))


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


@pytest.mark.slow
def test_no_damaged_header_of_the_weights_brings_mlx_down(
    make_model: Callable[..., Path],
) -> None:
    folder = make_model()
    path = folder / "model.safetensors"
    for data in itertools.islice(damaged_headers(path.read_bytes()), HEADERS):
        path.write_bytes(data)
        answers_or_explains(lambda: opened(folder))


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
def test_a_broken_tokenizer_is_named_with_what_is_wrong_with_it(
    make_model: Callable[..., Path], cause: str
) -> None:
    folder = make_model()
    (folder / "tokenizer.json").write_bytes(TOKENIZERS[cause])
    error = refused(folder)
    assert isinstance(error, ModelFileError)
    assert str(folder / "tokenizer.json") in error.what
    assert re.search(f"(?i){cause}", error.cause)
    assert "tokenizer.json" in error.fix or "git lfs" in error.fix


@pytest.mark.parametrize("ends", ["x", [2.5, None, 1], {"a": 1}])
def test_an_end_token_that_is_none_is_passed_over(
    make_model: Callable[..., Path], ends: object
) -> None:
    folder = make_model()
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": ends}))
    opened(folder)


@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.999])
def test_weights_that_were_cut_off_are_refused(
    make_model: Callable[..., Path], part: float
) -> None:
    folder = make_model()
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[: int(len(data) * part)])
    refused(folder)


def test_a_damaged_file_that_no_index_lists_is_found_too(make_model: Callable[..., Path]) -> None:
    folder = make_model()
    (folder / "model-extra.safetensors").write_bytes(b"noise" * 100)
    refused(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_file_is_a_typed_error(make_model: Callable[..., Path], name: str) -> None:
    folder = make_model()
    (folder / name).unlink()
    refused(folder)


def test_a_file_or_nothing_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF")
    assert "folder" in refused(file).fix
    refused(tmp_path / "nothing")


def test_code_that_comes_with_a_model_is_never_run(make_model: Callable[..., Path]) -> None:
    folder = make_model(config={"model_file": "evil.py", "auto_map": {"AutoConfig": "evil.Config"}})
    ran = folder / "ran"
    (folder / "evil.py").write_text(f"open({str(ran)!r}, 'w').close()\n")
    assert "code" in refused(folder).what
    config = json.loads((folder / "config.json").read_text())
    del config["model_file"]
    (folder / "config.json").write_text(json.dumps(config))
    described = json.loads((folder / "tokenizer_config.json").read_text())
    described["auto_map"] = {"AutoTokenizer": ["evil.Tokenizer", None]}
    described["tokenizer_class"] = "Evil"
    (folder / "tokenizer_config.json").write_text(json.dumps(described))
    answers_or_explains(lambda: opened(folder))
    assert not ran.exists()


def test_pickles_are_not_opened(make_model: Callable[..., Path]) -> None:
    folder = make_model()
    shutil.move(folder / "model.safetensors", folder / "pytorch_model.bin")
    assert "pickle" in refused(folder).what
