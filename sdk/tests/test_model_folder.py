"""Model folders: what one says of itself, and what is refused."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from inkstand_sdk.errors import ModelFileError
from inkstand_sdk.model_folder import is_model_folder, read_model_folder

CONFIG = {"model_type": "llama", "max_position_embeddings": 512}


def weights(values: int = 6) -> bytes:
    entry = {"dtype": "F32", "shape": [values], "data_offsets": [0, 4 * values]}
    text = json.dumps({"weight": entry}).encode()
    return struct.pack("<Q", len(text)) + text + bytes(4 * values)


def folder_of(path: Path, config: Any = CONFIG, **files: bytes) -> Path:
    path.mkdir(exist_ok=True)
    (path / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))
    for name, data in files.items():
        (path / name.replace("__", ".").replace("_of_", "-of-")).write_bytes(data)
    return path


def test_a_sound_folder_is_described(tmp_path: Path) -> None:
    folder = read_model_folder(folder_of(tmp_path, model__safetensors=weights()))
    assert (folder.format, folder.architecture) == ("safetensors", "llama")
    assert (folder.parameters, folder.context_length) == (6, 512)
    assert folder.size == len(weights())
    assert is_model_folder(tmp_path)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"n_positions": 64}, 64),
        ({"text_config": {"max_position_embeddings": 99}}, 99),
        ({"max_position_embeddings": -4, "n_ctx": 7}, 7),
        ({"max_position_embeddings": "many"}, 0),
        ({"max_position_embeddings": 10**30}, 0),
        ({"max_position_embeddings": True}, 0),
        ({}, 0),
    ],
)
def test_the_context_is_found_where_configs_have_it(
    config: dict[str, Any], expected: int, tmp_path: Path
) -> None:
    path = folder_of(tmp_path, {"model_type": "x", **config}, model__safetensors=weights())
    assert read_model_folder(path).context_length == expected


def test_the_parts_of_a_split_model_are_added_up(tmp_path: Path) -> None:
    table = {"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}
    path = folder_of(tmp_path)
    (path / "model.safetensors.index.json").write_text(json.dumps(table))
    (path / "model-1-of-2.safetensors").write_bytes(weights())
    with pytest.raises(ModelFileError, match="not whole"):
        read_model_folder(path)
    (path / "model-2-of-2.safetensors").write_bytes(weights(4))
    assert read_model_folder(path).parameters == 10


def test_a_graph_is_told_from_safetensors(tmp_path: Path) -> None:
    folder = read_model_folder(folder_of(tmp_path, model__onnx=b"graph"))
    assert (folder.format, folder.size) == ("onnx", 5)
    assert folder.onnx.endswith("model.onnx")


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.pth", "x.ckpt"])
def test_pickles_are_refused_by_name(name: str, tmp_path: Path) -> None:
    (folder_of(tmp_path) / name).write_bytes(b"\x80\x04.")
    with pytest.raises(ModelFileError, match="pickle") as caught:
        read_model_folder(tmp_path)
    assert name in caught.value.cause
    assert not is_model_folder(tmp_path)


@pytest.mark.parametrize(
    "config", ["", "[]", "{", "[" * 100_000, '{"model_type": 3}', "{}", "\x00", '{"a": NaN'],
)  # fmt: skip
def test_a_damaged_config_is_refused(config: str, tmp_path: Path) -> None:
    path = folder_of(tmp_path, config, model__safetensors=weights())
    with pytest.raises(ModelFileError, match="damaged"):
        read_model_folder(path)


def test_a_config_that_never_ends_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = folder_of(tmp_path, " " * (17 << 20), model__safetensors=weights())
    with pytest.raises(ModelFileError, match="damaged") as caught:
        read_model_folder(path)
    assert "larger" in caught.value.cause


def test_folders_that_are_none_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no model folder"):
        read_model_folder(tmp_path / "missing")
    with pytest.raises(ModelFileError, match="is a folder, and no model"):
        read_model_folder(tmp_path)
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelFileError, match="adapter"):
        read_model_folder(tmp_path)
    with pytest.raises(ModelFileError):
        read_model_folder("a\0b")


@pytest.mark.parametrize(
    "name", ["../a.safetensors", "/a.safetensors", "a\\b.safetensors", "a.bin", ""]
)
def test_an_index_cannot_lead_out_of_the_folder(name: str, tmp_path: Path) -> None:
    path = folder_of(tmp_path / "model")
    (tmp_path / "a.safetensors").write_bytes(weights())
    index = json.dumps({"weight_map": {"a": name}})
    (path / "model.safetensors.index.json").write_text(index)
    with pytest.raises(ModelFileError):
        read_model_folder(path)
