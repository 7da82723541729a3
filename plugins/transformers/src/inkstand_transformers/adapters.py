"""PEFT adapters: LoRA put into the model's layers, learned prefixes put before the prompt."""

# Imported only when a model is loaded: it imports torch.
from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from inkstand_sdk.errors import ModelFileError, UsageError
from inkstand_sdk.messages import Adapter
from inkstand_sdk.model_folder import read_json
from inkstand_sdk.safetensors_header import read_safetensors_header
from inkstand_transformers.failures import while_loading

Chosen = tuple[tuple[str, float], ...]

_WEIGHTS = "adapter_model.safetensors"
_PREFIX = "PREFIX_TUNING"
_KNOWN = ("LORA", _PREFIX)
_NOTHING_KNOWN: Chosen = (("", 0.0),)  # what a model uses after its layers were changed
_MOST = 32  # adapters kept in one model


class Adapters:
    """The adapters of one model, read when they are first asked for."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._peft: Any = None  # the model with LoRA layers, once there is one
        self._lora: dict[str, str] = {}  # folder -> its name in the model
        self._prefixes: dict[str, Any] = {}  # folder -> the PEFT model that holds the prefix
        self._count = 0
        self._used: Chosen = ()

    def chosen(self, asked: Sequence[Adapter]) -> Chosen:
        """What a request asked for, read and checked.

        Raises `ModelFileError` for what is no adapter of this model, and `UsageError` for what
        cannot be combined.
        """
        found: dict[str, float] = {}
        for adapter in asked:
            if not math.isfinite(adapter.scale):
                raise UsageError(
                    "The adapter's scale is not a number.", "", "1 is the usual scale."
                )
            place = Path(adapter.path).expanduser().absolute()
            path = str(place.parent if place.name == _WEIGHTS else place)
            self._read(path)
            found[path] = adapter.scale
        prefixes = [path for path in found if path in self._prefixes]
        if len(prefixes) > 1 or any(found[path] != 1 for path in prefixes):
            raise UsageError(
                "Learned prefixes cannot be mixed or scaled.", "", "Give one, without a scale."
            )
        return tuple(sorted(found.items()))

    def use(self, chosen: Chosen) -> None:
        """Switch the model's layers to these; the engine's thread calls it."""
        if chosen == self._used or self._peft is None:
            self._used = chosen
            return
        wanted = {self._lora[path]: scale for path, scale in chosen if path in self._lora}
        tuner = self._peft.base_model
        if wanted:
            tuner.enable_adapter_layers()
            tuner.set_adapter(list(wanted))
            for layer in self._layers():
                for name, scale in wanted.items():
                    layer.set_scale(name, scale)
        else:
            tuner.disable_adapter_layers()
        self._used = chosen

    def prefix_length(self, chosen: Chosen) -> int:
        """The tokens that the prefix among these takes."""
        for path, _ in chosen:
            if path in self._prefixes:
                return int(self._prefixes[path].active_peft_config.num_virtual_tokens)
        return 0

    def new_cache(self, rows: int) -> Any:
        """A cache for that many rows that holds the prefix now in use, if any."""
        from transformers import DynamicCache

        for path, _ in self._used:
            if path in self._prefixes:
                cache = self._prefixes[path].get_prompt(rows)
                return getattr(cache, "self_attention_cache", cache)
        return DynamicCache()

    def _layers(self) -> list[Any]:
        from peft.tuners.lora import LoraLayer

        return [layer for layer in self._model.modules() if isinstance(layer, LoraLayer)]

    def _read(self, path: str) -> None:
        if path in self._lora or path in self._prefixes:
            return
        if len(self._lora) + len(self._prefixes) >= _MOST:
            raise UsageError(
                f"The model holds {_MOST} adapters already.",
                "",
                "Unload it with `inkstand stop`, and load it with fewer.",
            )
        kind = check_adapter(path)
        self._count += 1
        name = f"adapter{self._count}"
        self._used = _NOTHING_KNOWN
        try:
            # Layers of rounded weights cannot be put together from the inference tensors that
            # the engine's thread would make.
            with torch.inference_mode(mode=False):
                if kind == _PREFIX:
                    self._prefixes[path] = self._with_weights(self._wrapped(path, name), path, name)
                    return
                if self._peft is None:
                    self._peft = self._wrapped(path, name)
                self._with_weights(self._peft, path, name)
        except Exception as error:
            if self._peft is not None and name in self._peft.peft_config:
                self._peft.delete_adapter(name)
            raise _unfit(path, error) from error
        self._lora[path] = name

    def _wrapped(self, path: str, name: str) -> Any:
        """The model with room for an adapter of that shape, still without its weights."""
        from peft import PeftConfig, PeftModel

        config = PeftConfig.from_pretrained(path)
        config.inference_mode = True
        return PeftModel(self._model, config, adapter_name=name)

    @staticmethod
    def _with_weights(peft: Any, path: str, name: str) -> Any:
        """`peft` with the adapter's weights; all of them, and nothing besides."""
        report = peft.load_adapter(path, adapter_name=name, is_trainable=False)
        lacking = [key for key in report.missing_keys if name in key]
        # PEFT puts a prefix into its place by itself, and then does not expect it.
        beyond = [key for key in report.unexpected_keys if key != "prompt_embeddings"]
        for keys, what in ((lacking, "lacks"), (beyond, "has beyond the model")):
            if keys:
                raise ValueError(f"it {what} {len(keys)} tensors, {keys[0]} among them")
        return peft


def check_adapter(path: str) -> str:
    """The kind of the adapter in a folder; raises `ModelFileError` for what is none."""
    folder = Path(path)
    if not folder.is_dir():
        raise ModelFileError(
            f"There is no adapter folder at {path}.",
            "An adapter is a folder with adapter_config.json and adapter_model.safetensors.",
            "Check the path.",
        )
    kind = read_json(folder / "adapter_config.json").get("peft_type")
    if kind not in _KNOWN:
        raise ModelFileError(
            f"The adapter in {path} is of the kind {str(kind)[:40]!r}.",
            "LoRA and prefix tuning can be applied.",
            "Use another adapter.",
        )
    if not (folder / _WEIGHTS).is_file():
        raise ModelFileError(
            f"The adapter in {path} has no {_WEIGHTS}.",
            "Weights stored as pickles are not opened: they could run any code.",
            "Save it again as safetensors.",
        )
    read_safetensors_header(folder / _WEIGHTS)
    return str(kind)


def _unfit(path: str, error: Exception) -> ModelFileError:
    said = while_loading(error, path)
    return ModelFileError(
        f"The adapter in {path} does not fit this model.",
        said.cause,
        "An adapter goes with the model that it was trained on.",
    )
