"""What is read and said of a model before MLX is imported."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from inkstand_sdk.errors import ModelFileError, OutOfMemory
from inkstand_sdk.gguf.fit import DEFAULT_CONTEXT
from inkstand_sdk.model_folder import ModelFolder, read_model_folder
from inkstand_sdk.safetensors_header import read_safetensors_header

_RESERVE = 512 << 20  # bytes for everything else in the process
_MOST_LAYERS = 1_024
_MOST = 1 << 31
_MODEL_TYPE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_ANOTHER = "Take another backend for it, such as transformers: `inkstand backends list`."


class Plan(msgspec.Struct, frozen=True):
    """The context in tokens, and sentences on what was reduced."""

    context_length: int
    notes: tuple[str, ...] = ()


def read_folder(path: str) -> ModelFolder:
    """The model folder, with every file that MLX will open checked; raises `ModelFileError`."""
    place = Path(path)
    if path and place.suffix == ".safetensors" and place.is_file():
        place = place.parent  # one of its files was named
    if not path or (place.exists() and not place.is_dir()):
        raise ModelFileError(
            f"{path or 'This'} is not a model that MLX reads.",
            "A model here is a folder with config.json, safetensors and a tokenizer.",
            "Name the folder.",
        )
    folder = read_model_folder(place)
    # MLX opens whatever has such a name, also what the index does not list.
    files = sorted(place.glob("model*.safetensors"))
    if folder.format != "safetensors" or not files:
        raise ModelFileError(
            f"The weights in {folder.path} are not for MLX.",
            "It reads files named model*.safetensors.",
            _ANOTHER,
        )
    for file in files:
        read_safetensors_header(file)
    _check_config(folder)
    return folder


def plan_context(folder: ModelFolder, wanted: int, free: int | None) -> Plan:
    """The context to offer; raises `OutOfMemory` if the model does not fit into `free` bytes."""
    notes = []
    own = folder.context_length
    context = min(wanted or DEFAULT_CONTEXT, own) if own else wanted or DEFAULT_CONTEXT
    if own and wanted > own:
        notes.append(
            f"The model's own context is {own:,} tokens; the {wanted:,} that were asked for would"
            " not be understood."
        )
    elif not wanted and context < own:
        notes.append(
            f"{context:,} tokens of the model's {own:,} are used; set `context_length` for more."
        )
    if free is not None and folder.size + _RESERVE > free:
        raise OutOfMemory(
            f"The model needs about {(folder.size + _RESERVE) >> 20:,} MB of memory, which is more"
            " than is free.",
            f"Its weights have {folder.size >> 20:,} MB.",
            "Close other programs, stop idle models with `inkstand stop`, or take a quantized"
            " version of the model.",
            needed=folder.size + _RESERVE,
        )
    return Plan(context, tuple(notes))


def _check_config(folder: ModelFolder) -> None:
    config = folder.config
    if not _MODEL_TYPE.fullmatch(folder.architecture):
        raise _unlikely(f"its model_type is {folder.architecture[:80]!r}")
    if config.get("model_file") is not None:
        raise ModelFileError(
            "This model brings code of its own, which is not run.",
            f"Its config names the file {str(config['model_file'])[:80]!r}.",
            _ANOTHER,
        )
    for part in (config, config.get("text_config")):
        if isinstance(part, dict):
            _check_numbers(part)


def _check_numbers(config: dict[str, Any]) -> None:
    for key, value in config.items():
        if isinstance(value, bool) or not isinstance(value, int):
            continue
        if key.endswith(("layers", "num_heads", "attention_heads", "key_value_heads", "n_head")):
            limit, least = _MOST_LAYERS, 0
        elif key.endswith(("_size", "_dim")):
            limit, least = _MOST, 0
        else:
            limit, least = 1 << 62, -(1 << 62)
        if not least <= value <= limit:
            raise _unlikely(f"its {key} is {value:,}")


def _unlikely(cause: str) -> ModelFileError:
    return ModelFileError(
        "The model's config.json is damaged.",
        f"It cannot be that {cause}.",
        "Get the folder again.",
    )
