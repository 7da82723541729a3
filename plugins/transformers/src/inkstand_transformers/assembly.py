"""From a `Model` and the settings to an engine: what is loaded, and how."""

# Imported only when a model is loaded: it imports torch and transformers.
from __future__ import annotations

from typing import Any

import torch
from transformers import DynamicCache

from inkstand_sdk.backend import Loaded, Model
from inkstand_sdk.engine_settings import thread_count
from inkstand_sdk.errors import LoadFailed, UsageError
from inkstand_sdk.messages import Adapter
from inkstand_sdk.model_folder import context_length_of
from inkstand_sdk.plain_chat import NOTE as NO_TEMPLATE
from inkstand_transformers.adapters import Adapters
from inkstand_transformers.batch import Batch
from inkstand_transformers.checks import (
    Source,
    check_memory,
    find_source,
    quantization_of,
)  # fmt: skip
from inkstand_transformers.decoder import (
    CausalDecoder,
    Seq2SeqDecoder,
    SingleDecoder,
    is_sound,
    takes_batches,
)  # fmt: skip
from inkstand_transformers.devices import choose_device, choose_dtype, device_title
from inkstand_transformers.drafting import Drafter
from inkstand_transformers.engine import Engine
from inkstand_transformers.loading import (
    generation_defaults,
    load_config,
    load_model,
    load_tokens,
)  # fmt: skip
from inkstand_transformers.quantization import quantize
from inkstand_transformers.settings import TransformersSettings

DEFAULT_CONTEXT = 8_192
_UNKNOWN_CONTEXT = 2_048
_T5_LIKE = ("t5", "mt5", "umt5", "longt5", "switch_transformers")


def assemble(source: Source, settings: TransformersSettings) -> tuple[Engine, Loaded]:
    """Load it. Engine exceptions come out as they are; see `loading.quiet_and_offline`."""
    threads = thread_count(settings.threads)
    torch.set_num_threads(threads)
    device = choose_device(settings.device)
    dtype = choose_dtype(settings, source.config, device)
    if device == "cpu" and not quantization_of(source.config):
        check_memory(source.parameters, dtype.itemsize, str(dtype).removeprefix("torch."))
    config = load_config(source.folder, source.gguf_file)
    tokens = load_tokens(source.folder, source.config or config.to_dict(), source.gguf_file)
    model = _model(source, config, settings, dtype, device)
    context, notes = _context(settings, source.context_length or _said(config), config.model_type)
    adapters = Adapters(model)
    always = adapters.chosen([Adapter(path) for path in settings.adapters])
    most_rows = settings.batch
    drafter = None
    if config.is_encoder_decoder:
        decoder: Any = Seq2SeqDecoder(model, _start_token(model))
    else:
        decoder = _causal(model, adapters)
        if not decoder.joins and most_rows > 1:
            most_rows = 1
            notes.append("This architecture keeps a running state: one request at a time.")
        if settings.assistant:
            drafter = Drafter(decoder, _assistant(settings, tokens, dtype, device))
    vocabulary = int(model.get_output_embeddings().weight.shape[0])
    if not tokens.has_template and not config.is_encoder_decoder:
        notes.append(NO_TEMPLATE)
    if source.config.get("auto_map"):
        notes.append("The folder brings code of its own; it was not run.")
    engine = Engine(
        tokens=tokens,
        batch=Batch(decoder, most_rows=most_rows, threads=threads, drafter=drafter),
        context_length=context,
        vocabulary=vocabulary,
        encoder_decoder=bool(config.is_encoder_decoder),
        adapters=None if config.is_encoder_decoder else adapters,
        always=always,
        defaults={} if source.gguf_file else generation_defaults(source.folder),
    )
    loaded = Loaded(
        context_length=context,
        concurrency=most_rows,
        device=device_title(device),
        chat_template=tokens.has_template,
        notes=tuple(notes),
    )
    return engine, loaded


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
    source = find_source(Model(id="assistant", format="", path=settings.assistant))
    config = load_config(source.folder, source.gguf_file)
    theirs = load_tokens(source.folder, source.config or config.to_dict(), source.gguf_file)
    if theirs.tokenizer.get_vocab() != tokens.tokenizer.get_vocab():
        raise UsageError(
            "The assistant has another tokenizer than the model.",
            "What it drafts would mean something else to the model.",
            "Take a smaller model of the same family.",
        )
    model = load_model(
        source.folder, config, dtype=dtype, device_map="none", gguf_file=source.gguf_file
    )
    decoder = _causal(model if device == "cpu" else model.to(device))
    if not decoder.joins:
        raise UsageError(
            "The assistant keeps a running state, which cannot be taken back.", "",
            "Take an assistant of another architecture.",
        )  # fmt: skip
    return decoder


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


def _said(config: Any) -> int:
    return context_length_of(config.to_dict())


def _context(settings: TransformersSettings, own: int, architecture: str) -> tuple[int, list[str]]:
    """The context to use, in tokens, and sentences on how it was chosen."""
    if architecture in _T5_LIKE:
        # Positions are relative: the input has its length, and the answer as much again.
        own = 2 * (own or 512)
    if not own:
        own = settings.context_length or _UNKNOWN_CONTEXT
        return own, [f"The model does not say how long its context is; {own:,} tokens are used."]
    wanted = settings.context_length or min(own, DEFAULT_CONTEXT)
    if wanted > own:
        beyond = (
            f"The model's own context is {own:,} tokens; the {wanted:,} that were asked for would"
            " not be understood."
        )
        return own, [beyond]
    if not settings.context_length and wanted < own:
        return wanted, [
            f"{wanted:,} tokens of the model's {own:,} are used; set `context_length` for more."
        ]
    return wanted, []
