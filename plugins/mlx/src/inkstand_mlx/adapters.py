"""LoRA adapters in mlx-lm's form: put on for a request, and taken off for the next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inkstand_sdk.errors import ModelFileError, UsageError
from inkstand_sdk.messages import Adapter
from inkstand_sdk.model_folder import read_json
from inkstand_sdk.safetensors_header import read_safetensors_header

_CONFIG = "adapter_config.json"
_WEIGHTS = "adapters.safetensors"
_PEFT = "adapter_model.safetensors"


def adapter_folder(adapters: Sequence[Adapter]) -> tuple[Path, float] | None:
    """The folder and scale of the one adapter asked for, checked; None if there is none.

    Raises `UsageError` or `ModelFileError`.
    """
    if not adapters:
        return None
    if len(adapters) > 1:
        raise UsageError(
            "MLX applies one LoRA adapter at a time.",
            f"{len(adapters)} were given.",
            "Give one, or merge them into the model with mlx_lm.fuse.",
        )
    path, scale = Path(adapters[0].path), adapters[0].scale
    if not math.isfinite(scale):
        raise UsageError("The adapter's scale is not a number.", "", "1 is the usual scale.")
    folder = path.parent if path.name in (_WEIGHTS, _PEFT) else path
    if (folder / _PEFT).is_file() and not (folder / _WEIGHTS).is_file():
        raise ModelFileError(
            f"The adapter in {folder} is in PEFT's form, which MLX does not read.",
            f"MLX wants {_WEIGHTS} as mlx_lm.lora writes it.",
            "Use the backend transformers for it.",
        )
    config = read_json(folder / _CONFIG)
    if config.get("fine_tune_type", "lora") not in ("lora", "dora"):
        raise ModelFileError(
            f"The adapter in {folder} is no LoRA.",
            f"Its kind is {str(config.get('fine_tune_type'))[:40]!r}.",
            "Load the fine-tuned model itself.",
        )
    read_safetensors_header(folder / _WEIGHTS)
    return folder.resolve(), scale


class Wardrobe:
    """Puts adapters on a model and takes them off. Used in the engine's thread only."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._bare = model.leaf_modules()
        self._worn: tuple[Path, float] | None = None

    def wear(self, adapter: tuple[Path, float] | None) -> bool:
        """Make `adapter` the only one that is on; whether that changed anything."""
        if adapter == self._worn:
            return False
        self._model.update_modules(self._bare)
        self._worn = None
        if adapter is not None:
            self._put_on(*adapter)
            self._worn = adapter
        self._model.eval()
        return True

    def _put_on(self, folder: Path, scale: float) -> None:
        from mlx_lm.tuner.utils import load_adapters

        try:
            load_adapters(self._model, str(folder))
        # Whatever a config makes mlx-lm raise, the model is left as it was.
        except Exception as error:
            self._model.update_modules(self._bare)
            raise ModelFileError(
                f"The adapter in {folder} does not fit this model.",
                f"MLX says: {' '.join(str(error).split())[:300]}",
                "An adapter belongs to the model that it was trained on.",
            ) from error
        for _, module in self._model.named_modules():
            if "lora_a" in module and hasattr(module, "scale"):
                module.scale *= scale
