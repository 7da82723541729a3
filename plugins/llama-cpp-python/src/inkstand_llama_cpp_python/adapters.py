"""LoRA adapters: their files checked against the model before native code reads them.

The engine takes an adapter for another model without a word, and ends the process at the first
token of a garbage one.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inkstand_llama_cpp_python.library import engine_words
from inkstand_llama_cpp_python.model import NativeModel
from inkstand_sdk.errors import LoadFailed, ModelFileError, UsageError
from inkstand_sdk.gguf import GgufHeader, TensorInfo, read_header
from inkstand_sdk.messages import Adapter

_FLOATS = frozenset({"F32", "F16", "BF16"})
_FIX = "Convert the adapter for this model with llama.cpp's convert_lora_to_gguf.py."

Applied = tuple[tuple[int, float], ...]
"""Native adapters with their weights: what a batch runs under."""


class Adapters:
    """The adapters that were loaded for a model; freed with it."""

    def __init__(self, model: NativeModel) -> None:
        self._model = model
        self._loaded: dict[tuple[str, int, int], int] = {}

    def prepare(self, adapters: Sequence[Adapter]) -> Applied:
        """Load what is not loaded yet, and give what a request is to run under.

        Raises:
            ModelFileError: a file is missing, damaged, or for another model.
            UsageError: a weight is not a number, or an adapter is given twice.
            LoadFailed: the engine refused a file.

        """
        if len({adapter.path for adapter in adapters}) < len(adapters):
            raise UsageError("An adapter is given twice.", "", "Give its weight once.")
        for adapter in adapters:
            if not math.isfinite(adapter.scale):
                raise UsageError("An adapter's weight is not a number.", "", "Give a number.")
        return tuple(
            (self._load(adapter.path), adapter.scale) for adapter in adapters if adapter.scale
        )

    def _load(self, path: str) -> int:
        header = read_header(path)
        key = (path, header.size, Path(path).stat().st_mtime_ns)
        with self._model.lock:
            self._model.alive()
            if key not in self._loaded:
                check_adapter(header, self._model.header)
                self._loaded[key] = _native(self._model, path)
            return self._loaded[key]


def check_adapter(adapter: GgufHeader, model: GgufHeader) -> None:
    """Raise `ModelFileError` unless `adapter` is a LoRA whose matrices fit the model's."""
    if adapter.type != "adapter" or adapter.metadata.get("adapter.type") != "lora":
        raise ModelFileError(
            f"{adapter.path} is not a LoRA adapter.",
            f"Its header says that it is of the type {adapter.type!r}.",
            "Name an adapter's GGUF file.",
        )
    if adapter.architecture != model.architecture:
        raise ModelFileError(
            "This adapter is for another kind of model.",
            f"It is for {adapter.architecture!r}; the model is {model.architecture!r}.",
            "Use it with the model that it was trained on.",
        )
    if any(key.startswith("adapter.alora.") for key in adapter.metadata):
        raise ModelFileError(
            "This adapter wants to be switched on by words in the prompt.",
            "It is an activated LoRA (aLoRA), which this backend does not apply.",
            "Take a plain LoRA adapter.",
        )
    alpha = adapter.metadata.get("adapter.lora.alpha", 0.0)
    if isinstance(alpha, bool) or not isinstance(alpha, int | float):
        raise _unfitting("Its alpha is not a number.")
    _check_pairs(adapter, model)


def _check_pairs(adapter: GgufHeader, model: GgufHeader) -> None:
    weights = {tensor.name: tensor for tensor in model.tensors}
    halves: dict[str, dict[str, TensorInfo]] = {}
    for tensor in adapter.tensors:
        name, _, half = tensor.name.rpartition(".")
        if half not in ("lora_a", "lora_b"):
            raise _unfitting(f"It holds {tensor.name!r}, which is no part of a LoRA.")
        if tensor.type not in _FLOATS or len(tensor.shape) > 3:
            raise _unfitting(f"{tensor.name!r} is not a matrix of plain numbers.")
        halves.setdefault(name, {})[half] = tensor
    for name, pair in halves.items():
        if len(pair) < 2:
            raise _unfitting(f"It has only one half of {name!r}.")
        a, b = _matrix(pair["lora_a"]), _matrix(pair["lora_b"])
        swapped = name.startswith("token_embd")  # its halves are stored the other way round
        if a[0 if swapped else 1] != b[0] or a[2:] != b[2:]:
            raise _unfitting(f"The two halves of {name!r} do not fit each other.")
        if model.split_count > 1:
            continue  # only the first part's weights are known here; the engine checks the rest
        if name not in weights:
            raise _unfitting(f"The model has no weight {name!r}.")
        inner, outer = (b[1], a[1]) if swapped else (a[0], b[1])
        if (inner, outer, *a[2:]) != _matrix(weights[name]):
            raise _unfitting(f"The sizes of {name!r} are not the model's.")


def _matrix(tensor: TensorInfo) -> tuple[int, ...]:
    return tensor.shape if len(tensor.shape) > 1 else (*tensor.shape, 1)


def _native(model: NativeModel, path: str) -> int:
    with engine_words() as words:
        adapter: Any = model.lib.llama_adapter_lora_init(
            model.model, path.encode("utf-8", "surrogateescape")
        )
    if not adapter:
        raise LoadFailed(
            "The engine could not load this adapter.",
            f"It says: {words.first() or 'nothing'}.",
            _FIX,
            detail=words.text,
        )
    return ctypes.cast(adapter, ctypes.c_void_p).value or 0


def _unfitting(cause: str) -> ModelFileError:
    return ModelFileError("This adapter does not fit the model.", cause, _FIX)
