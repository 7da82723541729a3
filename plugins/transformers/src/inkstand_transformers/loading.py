"""Models and tokenizers through transformers: from this disk only, never with code of theirs."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from inkstand_sdk.errors import LoadFailed, ModelFileError
from inkstand_sdk.model_folder import read_json
from inkstand_sdk.tokenizer_files import no_tokens, tokenizer_error
from inkstand_transformers.checks import not_described
from inkstand_transformers.failures import while_loading
from inkstand_transformers.tokens import Tokens

_WEIGHTS = "Loading weights"  # the library's name for the progress bar that is meant
_LOCAL = {"local_files_only": True, "trust_remote_code": False}


@contextmanager
def quiet_and_offline(path: str) -> Iterator[None]:
    """Import and use the engine without network, progress bars or chatter.

    Its exceptions become errors that name `path`.
    """
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        os.environ[name] = "1"
    # The tokenizers' own threads would fight the model's for the processor.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from transformers.utils import logging

            logging.set_verbosity_error()
            logging.disable_progress_bar()
            yield
        except ImportError as error:
            raise LoadFailed(
                "A library that this model needs cannot be imported.",
                f"{type(error).__name__}: {error}",
                "pip install --upgrade inkstand-transformers",
            ) from error
        except Exception as error:
            raise while_loading(error, path) from error


@contextmanager
def told_of_weights(loading: Callable[[float], None]) -> Iterator[None]:
    """Have `loading` told the share of the weights that are in place, 0 to 1."""
    from transformers.utils import logging

    def bar(factory: Callable[..., Any], given: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if given and options.get("desc") == _WEIGHTS:
            return _told(given[0], loading)
        return factory(*given, **options)

    before = logging.set_tqdm_hook(bar)
    try:
        yield
    finally:
        logging.set_tqdm_hook(before)


def _told(weights: Collection[Any], loading: Callable[[float], None]) -> Iterator[Any]:
    for place, weight in enumerate(weights):
        loading(place / len(weights))
        yield weight
    loading(1.0)


def load_tokens(folder: Path, config: dict[str, Any], gguf_file: str = "") -> Tokens:
    """The tokenizer in `folder`, or in the GGUF file of that name in it."""
    from tokenizers import Tokenizer
    from transformers import AutoTokenizer

    extra = {"gguf_file": gguf_file} if gguf_file else {}
    if not gguf_file and not _has_tokenizer(folder):
        raise ModelFileError(
            f"The model folder {folder} has no tokenizer.",
            "There is neither tokenizer.json nor another file that one could be made of.",
            "Get the whole folder again.",
        )
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), **_LOCAL, **extra)
    except ImportError:
        raise
    except Exception as error:  # what a damaged file makes the library raise is of every kind
        if gguf_file:
            raise
        raise tokenizer_error(folder, error, Tokenizer.from_file) from error
    if not tokenizer.vocab_size:
        raise no_tokens(folder)
    defaults = {} if gguf_file else generation_defaults(folder)
    ends: list[Any] = []
    for source in (config, config.get("text_config") or {}, defaults):
        value = source.get("eos_token_id")
        ends += value if isinstance(value, list) else [value]
    return Tokens(tokenizer, ends)


def generation_defaults(folder: Path) -> dict[str, Any]:
    """The folder's generation_config.json, empty if it has none."""
    path = folder / "generation_config.json"
    return read_json(path) if path.is_file() else {}


def load_config(folder: Path, gguf_file: str = "") -> Any:
    """The model's config object; raises `ModelFileError` for models that need their own code."""
    from transformers import AutoConfig
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

    if gguf_file:
        return AutoConfig.from_pretrained(str(folder), gguf_file=gguf_file, **_LOCAL)
    plain = read_json(folder / "config.json")
    if plain.get("model_type") not in CONFIG_MAPPING_NAMES:
        if plain.get("auto_map"):
            raise ModelFileError(
                f"The model in {folder} wants to run code of its own, which is refused.",
                f"transformers does not know the architecture {plain.get('model_type')!r}, and"
                " the folder's own Python files could do anything.",
                "Take a model whose architecture transformers knows, or this one as GGUF.",
            )
        raise LoadFailed(
            f"transformers does not know the architecture {plain.get('model_type')!r}.",
            "It may be newer than the transformers that is installed.",
            "pip install --upgrade transformers",
        )
    return AutoConfig.from_pretrained(str(folder), **_LOCAL)


def load_model(
    folder: Path,
    config: Any,
    *,
    dtype: Any,
    device_map: str,
    gguf_file: str = "",
    parameters: int = 0,
) -> Any:
    """The model in evaluation mode; raises `ModelFileError` if weights are missing.

    `parameters` is how many values the file holds; 0 if that does not count, as when several are
    packed into one.
    """
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

    auto = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    options: dict[str, Any] = {"dtype": dtype, "output_loading_info": True, **_LOCAL}
    if gguf_file:
        options["gguf_file"] = gguf_file
    else:
        options |= {"config": config, "use_safetensors": True}
    if device_map != "none":
        options["device_map"] = device_map
    if type(config) not in auto._model_mapping:  # noqa: SLF001 - there is no public way to ask
        raise ModelFileError(
            f"A model of the architecture {config.model_type!r} does not write text.",
            "It makes embeddings or labels, or belongs beside another model.",
            "Take a language model: `inkstand models list`.",
        )
    if parameters:
        _check_size(folder, config, auto, parameters)
    model, report = auto.from_pretrained(str(folder), **options)
    lacking = sorted(report.get("missing_keys", ())) + [
        str(key[0]) for key in report.get("mismatched_keys", ())
    ]
    if lacking:
        raise not_described(
            str(folder), f"{len(lacking)} are missing or of another shape, {lacking[0]} among them."
        )
    return model.eval().requires_grad_(requires_grad=False)


def _check_size(folder: Path, config: Any, auto: Any, parameters: int) -> None:
    """Refuse a config that would have far more memory filled than the file has weights for."""
    import torch

    with torch.device("meta"):
        described = auto.from_config(config)
    count = sum(weight.numel() for weight in described.parameters())
    if count > 2 * parameters + (1 << 20):
        raise not_described(
            str(folder), f"It describes {count:,} weights, and {parameters:,} are stored."
        )


def _has_tokenizer(folder: Path) -> bool:
    names = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json", "vocab.txt")
    return any((folder / name).is_file() for name in (*names, "tekken.json"))
