"""From a checked model and the settings to an engine."""

# Imported only when a model is loaded: it imports torch and transformers.
from __future__ import annotations

from collections.abc import Callable

import torch

from inkstand_sdk.backend import Loaded
from inkstand_sdk.engine_settings import thread_count
from inkstand_sdk.plain_chat import NOTE as NO_TEMPLATE
from inkstand_transformers.batch import Batch
from inkstand_transformers.checks import Source
from inkstand_transformers.decoder import SingleDecoder
from inkstand_transformers.engine import Engine
from inkstand_transformers.loading import generation_defaults, load_config, load_tokens
from inkstand_transformers.settings import TransformersSettings
from inkstand_transformers.writers import Writer, onnx_writer, torch_writer

DEFAULT_CONTEXT = 8_192
_UNKNOWN_CONTEXT = 2_048
_T5_LIKE = ("t5", "mt5", "umt5", "longt5", "switch_transformers")


def assemble(
    source: Source, settings: TransformersSettings, loading: Callable[[float], None]
) -> tuple[Engine, Loaded]:
    """Load it, and tell `loading` how much is loaded, 0 to 1.

    Engine exceptions come out as they are; see `loading.quiet_and_offline`.
    """
    threads = thread_count(settings.threads)
    torch.set_num_threads(threads)
    if source.onnx_file:
        tokens = load_tokens(source.folder, source.config)
        writer = onnx_writer(source, settings, threads)
    else:
        config = load_config(source.folder, source.gguf_file)
        tokens = load_tokens(source.folder, source.config or config.to_dict(), source.gguf_file)
        writer = torch_writer(source, config, settings, tokens, loading)
    context, notes = _context(settings, writer)
    most_rows = settings.batch if not isinstance(writer.decoder, SingleDecoder) else 1
    if most_rows < settings.batch:
        notes.append("This architecture keeps a running state: one request at a time.")
    if not tokens.has_template and not writer.encoder_decoder:
        notes.append(NO_TEMPLATE)
    if source.config.get("auto_map"):
        notes.append("The folder brings code of its own; it was not run.")
    engine = Engine(
        tokens=tokens,
        batch=Batch(writer.decoder, most_rows=most_rows, threads=threads, drafter=writer.drafter),
        decoder=writer.decoder,
        context_length=context,
        vocabulary=writer.vocabulary,
        encoder_decoder=writer.encoder_decoder,
        adapters=writer.adapters,
        always=writer.always,
        defaults={} if source.gguf_file else generation_defaults(source.folder),
    )
    loaded = Loaded(
        context_length=context,
        concurrency=most_rows,
        device=writer.device,
        chat_template=tokens.has_template,
        notes=tuple(notes),
    )
    return engine, loaded


def _context(settings: TransformersSettings, writer: Writer) -> tuple[int, list[str]]:
    """The context to use, in tokens, and sentences on how it was chosen."""
    own = writer.own_context
    if writer.architecture in _T5_LIKE:
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
