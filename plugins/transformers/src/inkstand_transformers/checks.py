"""What is read and said of a model before transformers is imported."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from inkstand_sdk.backend import Model
from inkstand_sdk.errors import LoadFailed, ModelFileError, OutOfMemory
from inkstand_sdk.gguf import read_header
from inkstand_sdk.gguf.fit import free_memory, refuse_what_cannot_write
from inkstand_sdk.model_folder import INDEX, SINGLE, ModelFolder, read_model_folder

_RESERVE = 512 << 20  # bytes for torch itself and for what is computed
# Checkpoints that are quantized already, and the package whose kernels run them. None: built in.
_KERNELS: dict[str, str | None] = {
    "gptq": "gptqmodel",
    "awq": "gptqmodel",
    "bitsandbytes": "bitsandbytes",
    "torchao": "torchao",
    "quanto": "optimum.quanto",
    "hqq": "hqq",
    "compressed-tensors": "compressed_tensors",
    "mxfp4": None,
    "fp8": None,
}

_LAYER_KEYS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_decoder_layers")


class Source(msgspec.Struct, frozen=True):
    """A model on disk, checked: its folder, the GGUF or ONNX file if it is one, its config."""

    folder: Path
    gguf_file: str
    onnx_file: str
    config: dict[str, Any]
    parameters: int
    context_length: int


def find_source(model: Model) -> Source:
    """What lies at the model's path; raises `ModelFileError` or `LoadFailed`."""
    path = Path(model.path)
    if model.format == "gguf" or path.suffix.lower() == ".gguf":
        header = read_header(path)
        refuse_what_cannot_write(header)
        return Source(path.parent, path.name, "", {}, header.parameters, header.context_length)
    folder = read_folder(model.path)
    return Source(
        Path(folder.path),
        "",
        folder.onnx,
        folder.config,
        folder.parameters,
        folder.context_length,
    )


def read_folder(path: str) -> ModelFolder:
    """The folder, read and checked; raises `ModelFileError` or `LoadFailed`."""
    if not path:
        raise ModelFileError(
            "The model has no path.", "This backend reads models from disk.", "Name a folder."
        )
    place = Path(path)
    if place.suffix in (".safetensors", ".onnx") and place.is_file():
        place = place.parent  # one of its files was named
    if place.exists() and not place.is_dir():
        raise ModelFileError(
            f"{path} is not a model that this backend reads.",
            "A model here is a folder with config.json and safetensors, or a GGUF file.",
            "Name the folder.",
        )
    folder = read_model_folder(place)
    if folder.weights and not any((place / name).is_file() for name in (SINGLE, INDEX)):
        raise ModelFileError(
            f"The weights in {folder.path} have no name that can be loaded.",
            f"There is neither {SINGLE} nor {INDEX}.",
            "Get the whole folder again.",
        )
    _check_kernels(folder.config)
    _check_layers(folder)
    return folder


def check_memory(parameters: int, bytes_each: float, what: str) -> None:
    """Raise `OutOfMemory` if so many weights cannot fit into what is free."""
    free = free_memory()
    needed = int(parameters * bytes_each) + _RESERVE
    if free is not None and needed > free:
        raise OutOfMemory(
            f"The model needs about {needed >> 20:,} MB of memory, and {free >> 20:,} MB are free.",
            f"It has {parameters:,} weights, kept as {what}.",
            "Close other programs, stop idle models with `inkstand stop`, set half_precision or"
            " quantization, or take a smaller model.",
            needed=needed,
        )


def quantization_of(config: dict[str, Any]) -> str:
    """How the weights were quantized when they were stored; "" if they were not."""
    entry = config.get("quantization_config") or {}
    method = entry.get("quant_method") if isinstance(entry, dict) else None
    return str(method).lower() if method else ""


def _check_layers(folder: ModelFolder) -> None:
    """Each layer has a weight at least; a config with more of them would be built without end."""
    stored = sum(len(header.tensors) for header in folder.weights)
    for name in _LAYER_KEYS:
        layers = folder.config.get(name)
        if folder.weights and type(layers) is int and layers > stored:
            raise not_described(folder.path, f"Its {name} is {layers:,}, for {stored:,} tensors.")


def not_described(path: str, cause: str) -> ModelFileError:
    """The error for weights that are not those of the config beside them."""
    return ModelFileError(
        f"The weights in {path} are not those that its config describes.",
        cause,
        "Get the whole folder again.",
    )


def _check_kernels(config: dict[str, Any]) -> None:
    method = quantization_of(config)
    if not method:
        return
    if method not in _KERNELS:
        raise LoadFailed(
            f"The weights are quantized as {method!r}, which this backend does not know.",
            "",
            "Take the model in another form, such as GGUF or plain safetensors.",
        )
    package = _KERNELS[method]
    if package is not None and not _installed(package):
        raise LoadFailed(
            f"The weights are quantized as {method.upper()}, and no kernels for that are here.",
            f"They come with the package {package}, which needs a graphics card.",
            "Take the model as GGUF, which runs everywhere, or as plain safetensors; or"
            f" install {package} into this environment.",
        )


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        return False
