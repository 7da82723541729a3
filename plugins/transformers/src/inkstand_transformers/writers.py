"""What writes: the decoder of a model of whatever kind, and what goes with it."""

# Imported only when a model is loaded: it imports torch and transformers.
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import torch
from transformers import DynamicCache

from inkstand_sdk.backend import Model
from inkstand_sdk.errors import InkstandError, LoadFailed, UsageError
from inkstand_sdk.messages import Adapter
from inkstand_sdk.model_folder import context_length_of
from inkstand_transformers.adapters import Adapters, Chosen
from inkstand_transformers.checks import Source, check_memory, find_source, quantization_of
from inkstand_transformers.decoder import (
    CausalDecoder,
    Decoder,
    Seq2SeqDecoder,
    SingleDecoder,
    is_sound,
    takes_batches,
)
from inkstand_transformers.devices import choose_device, choose_dtype, device_title
from inkstand_transformers.drafting import Drafter
from inkstand_transformers.loading import load_config, load_model, load_tokens, told_of_weights
from inkstand_transformers.onnx import OnnxDecoder
from inkstand_transformers.quantization import quantize
from inkstand_transformers.settings import TransformersSettings
from inkstand_transformers.tokens import Tokens


class Writer(msgspec.Struct, frozen=True):
    """What writes: a decoder of whatever kind, and what goes with it."""

    decoder: Decoder
    vocabulary: int
    architecture: str
    device: str
    own_context: int
    drafter: Drafter | None = None
    adapters: Adapters | None = None
    always: Chosen = ()
    encoder_decoder: bool = False


def torch_writer(
    source: Source,
    config: Any,
    settings: TransformersSettings,
    tokens: Tokens,
    loading: Callable[[float], None],
) -> Writer:
    """A model of transformers; `loading` is told how much of it is there, 0 to 1."""
    device = choose_device(settings.device)
    dtype = choose_dtype(settings, source.config, device)
    if device == "cpu" and not quantization_of(source.config):
        check_memory(source.parameters, dtype.itemsize, str(dtype).removeprefix("torch."))
    with told_of_weights(loading):
        model = _model(source, config, settings, dtype, device)
    described: dict[str, Any] = {
        "vocabulary": int(model.get_output_embeddings().weight.shape[0]),
        "architecture": config.model_type,
        "device": device_title(device),
        "own_context": source.context_length or context_length_of(config.to_dict()),
    }
    if config.is_encoder_decoder:
        _refuse(settings, "an encoder-decoder model", "adapters", "assistant")
        decoder = Seq2SeqDecoder(model, _start_token(model))
        return Writer(decoder=decoder, encoder_decoder=True, **described)
    adapters = Adapters(model)
    always = adapters.chosen([Adapter(path) for path in settings.adapters])
    causal = _causal(model, adapters)
    drafter = None
    if settings.assistant:
        drafter = Drafter(_rewindable(causal), _assistant(settings, tokens, dtype, device))
    return Writer(decoder=causal, drafter=drafter, adapters=adapters, always=always, **described)


def onnx_writer(source: Source, settings: TransformersSettings, threads: int) -> Writer:
    """A graph for ONNX Runtime."""
    _refuse(settings, "an ONNX model", "adapters", "assistant", "quantization", "device_map")
    decoder = OnnxDecoder(source.onnx_file, threads=threads)
    size = source.config.get("vocab_size")
    return Writer(
        decoder=decoder,
        vocabulary=decoder.vocabulary or (size if isinstance(size, int) else 0),
        architecture=str(source.config["model_type"]),
        device="cpu",
        own_context=source.context_length,
    )


def _refuse(settings: TransformersSettings, what: str, *names: str) -> None:
    """Raise `UsageError` if a setting is given that does not go with a model of this kind."""
    plain = TransformersSettings()
    for name in names:
        if getattr(settings, name) != getattr(plain, name):
            raise UsageError(f"The setting `{name}` does not go with {what}.", "", "Leave it out.")


def _model(
    source: Source, config: Any, settings: TransformersSettings, dtype: Any, device: str
) -> Any:
    stored = quantization_of(source.config)
    if stored and settings.quantization != "none":
        raise UsageError(
            "The weights are quantized already.", f"They are stored as {stored}.",
            "Leave the setting `quantization` out.",
        )  # fmt: skip
    model = load_model(
        source.folder,
        config,
        dtype="auto" if stored else dtype,
        device_map=settings.device_map,
        gguf_file=source.gguf_file,
        parameters=0 if stored else source.parameters,
    )
    if settings.quantization != "none":
        quantize(model, settings.quantization)
    if settings.device_map == "none" and device != "cpu":
        model = model.to(device)
    return model


def _causal(model: Any, adapters: Any = None) -> Any:
    decoder: CausalDecoder
    if takes_batches(model):
        decoder = CausalDecoder(
            model,
            adapters.new_cache if adapters else lambda _: DynamicCache(),
            adapters.use if adapters else lambda _: None,
        )
    else:
        decoder = SingleDecoder(
            model,
            lambda _: DynamicCache(config=model.config),
            adapters.use if adapters else lambda _: None,
        )
    with torch.inference_mode():
        if not is_sound(decoder):
            raise LoadFailed(
                f"The architecture {model.config.model_type!r} keeps its state in a way that this"
                " backend does not know.",
                "",
                "Another backend may run it: `inkstand backends list`.",
            )
    return decoder


def _assistant(settings: TransformersSettings, tokens: Any, dtype: Any, device: str) -> Any:
    """The draft model's decoder; raises `UsageError` if it does not go with the model."""
    try:
        source = find_source(Model(id="assistant", format="", path=settings.assistant))
    except InkstandError as error:
        raise UsageError(
            f"The model of the setting `assistant` cannot be used. {error.what}",
            error.cause,
            'Name another, or none: `inkstand config set backends.transformers.assistant ""`',
        ) from error
    config = load_config(source.folder, source.gguf_file)
    theirs = load_tokens(source.folder, source.config or config.to_dict(), source.gguf_file)
    if theirs.tokenizer.get_vocab() != tokens.tokenizer.get_vocab():
        raise UsageError(
            "The assistant has another tokenizer than the model.",
            "What it drafts would mean something else to the model.",
            "Take a smaller model of the same family.",
        )
    model = load_model(
        source.folder,
        config,
        dtype=dtype,
        device_map="none",
        gguf_file=source.gguf_file,
        parameters=0 if quantization_of(source.config) else source.parameters,
    )
    return _rewindable(_causal(model if device == "cpu" else model.to(device)))


def _rewindable(decoder: CausalDecoder) -> CausalDecoder:
    """`decoder`, if tokens can be taken back from it; else `UsageError`."""
    if decoder.joins:
        return decoder
    raise UsageError(
        "A model that keeps a running state cannot draft, nor check a draft.",
        "",
        "Leave the setting `assistant` out.",
    )


def _start_token(model: Any) -> int:
    for config in (model.generation_config, model.config):
        token = getattr(config, "decoder_start_token_id", None)
        if token is None:
            token = getattr(config, "bos_token_id", None)
        if token is not None:
            return int(token)
    raise LoadFailed(
        "The model does not say with which token its answers begin.", "", "Take another model."
    )
