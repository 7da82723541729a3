"""Models that are folders: `config.json` beside weights in safetensors or ONNX, and a tokenizer.

The folder is read and bounded before any engine sees it. Weights in pickle are refused: loading
a pickle runs whatever code its author put into it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from inkstand_sdk.errors import ModelFileError
from inkstand_sdk.safetensors_header import SafetensorsHeader, read_safetensors_header

CONFIG = "config.json"
INDEX = "model.safetensors.index.json"
SINGLE = "model.safetensors"
ONNX = ("model.onnx", "onnx/model.onnx")

_MAX_CONFIG = 16 << 20  # bytes
_MAX_INDEX = 64 << 20
_MAX_CONTEXT = 1 << 28
_CONTEXT_KEYS = ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "n_ctx")
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


class ModelFolder(msgspec.Struct, frozen=True):
    """What a model folder holds.

    `weights` are the headers of its safetensors files, none for ONNX; `onnx` the ONNX file's path
    or ""; `size` the bytes of the weights; `context_length` is 0 where the config says none.
    """

    path: str
    format: str
    config: dict[str, Any]
    weights: tuple[SafetensorsHeader, ...]
    onnx: str
    size: int
    architecture: str
    context_length: int

    @property
    def parameters(self) -> int:
        """How many values the safetensors files hold."""
        return sum(header.parameters for header in self.weights)


def is_model_folder(path: Path) -> bool:
    """Whether the folder looks like a model, without reading anything but its names."""
    return (path / CONFIG).is_file() and (
        any((path / name).is_file() for name in (INDEX, *ONNX)) or any(path.glob("*.safetensors"))
    )


def read_model_folder(path: str | os.PathLike[str]) -> ModelFolder:
    """Read the folder's config and the headers of its weights.

    Raises `ModelFileError` if something is missing or damaged, or if there are only pickles.
    """
    folder = Path(path)
    try:
        if not folder.is_dir():
            raise ModelFileError(
                f"There is no model folder at {folder}.",
                "It was moved or deleted, or the name is misspelled.",
                "Check the path; `inkstand models list` shows the models that are here.",
            )
        return _read(folder)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ModelFileError(
            f"The model folder {str(path)!r} cannot be read.",
            f"The system says: {reason}.",
            "Check its permissions and the disk that it lies on.",
        ) from error


def read_json(path: Path, most_bytes: int = _MAX_CONFIG) -> dict[str, Any]:
    """The JSON object in a file; raises `ModelFileError` if it is missing, too large, or none."""
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
        if len(data) > most_bytes:
            raise _damaged(path, f"It is larger than {most_bytes:,} bytes.")
        value = json.loads(data.decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise ModelFileError(
            f"The model folder {path.parent} has no {path.name}.",
            "It was not copied whole, or is no model folder.",
            "Get the whole folder again.",
        ) from error
    except OSError as error:
        raise _damaged(path, f"The system says: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path, f"It is not JSON: {str(error)[:200]}.") from error
    if not isinstance(value, dict):
        raise _damaged(path, "It is not a JSON object.")
    return value


def context_length_of(config: dict[str, Any]) -> int:
    """The context that a config says the model was made for, in tokens; 0 if it says none."""
    parts = [part for part in (config, config.get("text_config")) if isinstance(part, dict)]
    for part in parts:
        for key in _CONTEXT_KEYS:
            value = part.get(key)
            if type(value) is int and 0 < value <= _MAX_CONTEXT:
                return value
    return 0


def _read(folder: Path) -> ModelFolder:
    if not (folder / CONFIG).is_file() and (folder / "adapter_config.json").is_file():
        raise ModelFileError(
            f"{folder} holds an adapter, not a model.",
            "An adapter is used together with the model that it was trained on.",
            "Name the model, and the adapter beside it.",
        )
    if not (folder / CONFIG).exists():
        raise ModelFileError(
            f"{folder} is a folder, and no model.",
            f"A model folder has a {CONFIG}, and this one has none.",
            "Name a .gguf file, or the folder with the model's config and weights.",
        )
    config = read_json(folder / CONFIG)
    architecture = config.get("model_type")
    if not isinstance(architecture, str) or not architecture:
        raise _damaged(folder / CONFIG, "It does not say its `model_type`.")
    weights = tuple(read_safetensors_header(path) for path in _weight_files(folder))
    onnx = "" if weights else _onnx_file(folder)
    if not weights and not onnx:
        raise _no_weights(folder)
    size = sum(header.size for header in weights)
    return ModelFolder(
        path=str(folder),
        format="onnx" if onnx else "safetensors",
        config=config,
        weights=weights,
        onnx=onnx,
        size=size if weights else _onnx_size(Path(onnx)),
        architecture=architecture,
        context_length=context_length_of(config),
    )


def _weight_files(folder: Path) -> list[Path]:
    if (folder / INDEX).is_file():
        return _shards(folder)
    if (folder / SINGLE).is_file():
        return [folder / SINGLE]
    return sorted(folder.glob("model*.safetensors"))


def _shards(folder: Path) -> list[Path]:
    table = read_json(folder / INDEX, _MAX_INDEX).get("weight_map")
    if not isinstance(table, dict) or not table:
        raise _damaged(folder / INDEX, "It names no weights.")
    names = sorted({str(name) for name in table.values()})
    for name in names:
        # A name that leads out of the folder would make an engine open any file.
        if Path(name).name != name or "\\" in name or not name.endswith(".safetensors"):
            raise _damaged(folder / INDEX, f"It names the file {name[:80]!r}.")
        if not (folder / name).is_file():
            raise ModelFileError(
                f"The model in {folder} is not whole.",
                f"Its part {name} is missing.",
                "Get the missing file, or the whole folder again.",
            )
    return [folder / name for name in names]


def _onnx_file(folder: Path) -> str:
    return next((str(folder / name) for name in ONNX if (folder / name).is_file()), "")


def _onnx_size(path: Path) -> int:
    """The graph and, beside it, the weights that it keeps in files of their own."""
    beside: Iterable[Path] = path.parent.glob(f"{path.name}*")
    return sum(file.stat().st_size for file in beside if file.is_file())


def _no_weights(folder: Path) -> ModelFileError:
    pickles = sorted(file.name for file in folder.iterdir() if file.suffix.lower() in _PICKLES)
    if pickles:
        return ModelFileError(
            f"The weights in {folder} are stored as pickles, which are not opened.",
            f"Loading {pickles[0]} would run any code that its author put into it.",
            "Get the model in safetensors, or convert it on a machine that you can lose.",
        )
    return ModelFileError(
        f"{folder} has no weights that can be read.",
        f"It has neither {SINGLE}, nor {INDEX} with its parts, nor {ONNX[0]}.",
        "Get the whole folder again.",
    )


def _damaged(path: Path, cause: str) -> ModelFileError:
    return ModelFileError(f"The file {path} is damaged.", cause, "Get it again.")
