"""Rounding weights to fewer bits while a model is loaded (torchao)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from inkstand_sdk.errors import LoadFailed


def quantize(model: Any, bits: str) -> None:
    """Round the weights of the model's linear layers to "int8" or "int4", in place.

    Raises `LoadFailed` if torchao is missing, or has no kernel for that here.
    """
    if find_spec("torchao") is None:
        raise LoadFailed(
            f"The weights cannot be rounded to {bits}.",
            "That needs torchao, which is not installed.",
            "pip install 'inkstand-transformers[quantization]'",
        )
    from torchao.quantization import Int4WeightOnlyConfig, Int8WeightOnlyConfig, quantize_

    try:
        quantize_(model, Int8WeightOnlyConfig() if bits == "int8" else Int4WeightOnlyConfig())
    except Exception as error:
        raise LoadFailed(
            f"The weights cannot be rounded to {bits} here.",
            f"torchao says: {str(error).rstrip('.')}.",
            "Set quantization to int8 or none, or take the model as GGUF.",
        ) from error
