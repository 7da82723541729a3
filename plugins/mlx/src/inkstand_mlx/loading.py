"""Loading a checked folder with mlx-lm. Everything here runs in the engine's thread."""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from inkstand_mlx.rope import older_names
from inkstand_mlx.settings import MlxSettings
from inkstand_sdk.errors import InkstandError, LoadFailed, ModelFileError, OutOfMemory
from inkstand_sdk.model_folder import ModelFolder, read_json
from inkstand_sdk.tokenizer_files import no_tokens, tokenizer_error

_BITS = {"int8": 8, "int4": 4}
_GROUP = 64  # weights that share a scale
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
_GENERATION = "generation_config.json"
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json", "vocab.txt")
_LACKING = re.compile(r"missing \d+ required positional arguments?: (.+)")
_NO_CODE = {"trust_remote_code": False, "local_files_only": True}


class LoadedModel(msgspec.Struct, frozen=True):
    """mlx-lm's model and tokenizer, how many tokens it knows, and sentences for the user."""

    model: Any
    tokenizer: Any
    vocabulary: int
    notes: tuple[str, ...]


def load_folder(
    folder: ModelFolder, settings: MlxSettings, device: Any, loading: Callable[[float], None]
) -> LoadedModel:
    """Load the model onto `device`, and tell `loading` the share of it that is there, 0 to 1.

    Raises an `InkstandError` that says why it cannot be.
    """
    os.environ.update(_OFFLINE)
    import mlx.core as mx

    mx.set_default_device(device)
    try:
        return _load(folder, settings, loading)
    except InkstandError:
        raise
    # A config may make the code of any architecture raise anything.
    except Exception as error:
        raise _failed(folder, error) from error


def _load(
    folder: ModelFolder, settings: MlxSettings, loading: Callable[[float], None]
) -> LoadedModel:
    from mlx_lm import utils

    path = Path(folder.path)
    if (path / _GENERATION).is_file():
        read_json(path / _GENERATION)  # MLX would pass over it, or stumble
    model, config = utils.load_model(
        path, lazy=True, model_config=older_names(folder.config), trust_remote_code=False
    )
    notes = []
    bits = _BITS.get(settings.quantization)
    if bits is not None and ("quantization" in config or "quantization_config" in config):
        notes.append("The model is quantized already, so `quantization` did nothing.")
    elif bits is not None:
        model, config = utils.quantize_model(model, config, _GROUP, bits)
    _read_weights(model, loading)
    tokenizer = _tokenizer(path, config)
    return LoadedModel(model, tokenizer, _vocabulary(config, len(tokenizer)), tuple(notes))


def _read_weights(model: Any, loading: Callable[[float], None]) -> None:
    """Have the weights read, which MLX puts off until they are wanted."""
    import mlx.core as mx
    from mlx.utils import tree_flatten

    weights = [weight for _, weight in tree_flatten(model.parameters())]
    size, read = sum(weight.nbytes for weight in weights), 0
    for weight in weights:
        mx.eval(weight)
        read += weight.nbytes
        loading(read / size)


def _tokenizer(folder: Path, config: dict[str, Any]) -> Any:
    from mlx_lm import utils
    from tokenizers import Tokenizer

    if not any((folder / name).is_file() for name in _TOKENIZERS):
        raise ModelFileError(
            f"The model folder {folder} has no tokenizer.",
            "There is neither tokenizer.json nor another file that one could be made of.",
            "Get the whole folder again.",
        )
    try:
        tokenizer: Any = utils.load_tokenizer(
            folder, dict(_NO_CODE), eos_token_ids=_ends(config.get("eos_token_id"))
        )
    except Exception as error:  # what a damaged file makes the library raise is of every kind
        raise tokenizer_error(folder, error, Tokenizer.from_file) from error
    if not tokenizer.vocab_size:
        raise no_tokens(folder)
    return tokenizer


def _ends(value: Any) -> list[int]:
    """The tokens that end a text, of what a config may say."""
    values = value if isinstance(value, list) else [value]
    return [token for token in values if type(token) is int]


def _vocabulary(config: dict[str, Any], tokens: int) -> int:
    for part in (config, config.get("text_config")):
        if isinstance(part, dict) and isinstance(part.get("vocab_size"), int):
            return int(part["vocab_size"])
    return tokens


def _failed(folder: ModelFolder, error: Exception) -> InkstandError:
    detail = "".join(traceback.format_exception(error))
    words = " ".join(str(error).split())[:300].rstrip(".") or type(error).__name__
    said = f"It says: {words}."
    if isinstance(error, MemoryError) or "allocate" in str(error):
        return OutOfMemory(
            "The model does not fit into the memory that is free.",
            said,
            "Close other programs, or take a quantized version of the model.",
            detail=detail,
        )
    if "not supported" in str(error) and folder.architecture in str(error):
        return ModelFileError(
            f"MLX does not know the architecture {folder.architecture!r}.",
            said,
            "Take another backend for it, such as transformers: `inkstand backends list`.",
            detail=detail,
        )
    stored = folder.config.get("quantization_config")
    method = stored.get("quant_method") if isinstance(stored, dict) else None
    if isinstance(method, str):
        return ModelFileError(
            f"MLX cannot take weights that are quantized as {method[:40]} from this folder.",
            said,
            "Take the model as plain safetensors or as converted for MLX; or as GGUF, with the"
            " backend llamacpp.",
            detail=detail,
        )
    if lacking := _LACKING.search(str(error)):
        return ModelFileError(
            f"The model's config.json in {folder.path} does not say all that MLX must know.",
            f"For {folder.architecture} it wants also: {lacking[1]}.",
            "Add it from the config that the model was published with; or take another backend,"
            " such as transformers.",
            detail=detail,
        )
    return LoadFailed(
        "MLX cannot load this model.",
        said,
        "Get the folder again, with its tokenizer; or try the backend transformers.",
        detail=detail,
    )
