"""Models that are folders: found, described, and told apart from folders that are none."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from inkstand.library.models import BackendFormats, Library
from inkstand_sdk.capabilities import BackendCapabilities
from inkstand_sdk.errors import ModelFileError, NotFound

BACKENDS = (
    BackendFormats("gguf-only", BackendCapabilities(formats=("gguf",))),
    BackendFormats("folders", BackendCapabilities(formats=("safetensors",))),
)


def model_folder(path: Path, values: int = 5) -> Path:
    path.mkdir(parents=True)
    config = {"model_type": "llama", "max_position_embeddings": 512}
    (path / "config.json").write_text(json.dumps(config))
    entry = {"dtype": "F16", "shape": [values], "data_offsets": [0, 2 * values]}
    header = json.dumps({"weight": entry}).encode()
    data = struct.pack("<Q", len(header)) + header + bytes(2 * values)
    (path / "model.safetensors").write_bytes(data)
    return path


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library((), [tmp_path / "models"], BACKENDS)


def test_a_folder_in_a_model_folder_is_listed_and_found_by_its_name(
    library: Library, tmp_path: Path
) -> None:
    folder = model_folder(tmp_path / "models/org/Tiny-1.5B")
    listed = library.models()
    assert [entry.model.id for entry in listed] == ["Tiny-1.5B"]
    assert listed[0].backends == ("folders",)
    model = library.resolve("Tiny-1.5B").model
    assert (model.format, model.path, model.architecture) == ("safetensors", str(folder), "llama")
    assert (model.context_length, model.size) == (
        512,
        (folder / "model.safetensors").stat().st_size,
    )


def test_a_folder_is_named_by_its_path_with_or_without_a_backend(
    library: Library, tmp_path: Path
) -> None:
    folder = model_folder(tmp_path / "elsewhere")
    assert library.resolve(str(folder)).backend == "folders"
    assert library.resolve(f"folders:{folder}").model.path == str(folder)
    with pytest.raises(NotFound, match="does not read safetensors"):
        library.resolve(f"gguf-only:{folder}")


def test_a_damaged_folder_is_listed_with_what_is_wrong(library: Library, tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "models/tiny")
    assert not library.models()[0].problem
    (folder / "model.safetensors").write_bytes(b"")
    assert "damaged" in library.models()[0].problem
    with pytest.raises(ModelFileError, match="damaged"):
        library.resolve("tiny")


def test_a_folder_that_changed_is_read_again(library: Library, tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "tiny")
    before = library.resolve(str(folder)).model
    config = {"model_type": "gemma", "max_position_embeddings": 64}
    (folder / "config.json").write_text(json.dumps(config))
    after = library.resolve(str(folder)).model
    assert (before.architecture, after.architecture) == ("llama", "gemma")


def test_folders_that_hold_no_model_are_passed_over(library: Library, tmp_path: Path) -> None:
    (tmp_path / "models/notes").mkdir(parents=True)
    (tmp_path / "models/notes/config.json").write_text("{}")
    (tmp_path / "models/adapter").mkdir()
    (tmp_path / "models/adapter/adapter_model.safetensors").write_bytes(b"")
    assert library.models() == []
