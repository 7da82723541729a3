"""The backend: models in safetensors, on MLX."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import ClassVar

import msgspec

from inkstand_mlx.checks import plan_context, read_folder
from inkstand_mlx.devices import probe_library
from inkstand_mlx.engine import Engine
from inkstand_mlx.request import engine_request, refuse_what_mlx_cannot
from inkstand_mlx.sampling import HONORED, sampling_notes, unsupported
from inkstand_mlx.settings import MlxSettings
from inkstand_mlx.stream import Tally
from inkstand_sdk import (
    Backend,
    BackendCapabilities,
    Chunk,
    GenerateRequest,
    Loaded,
    Model,
    Probe,
    TokenCount,
)
from inkstand_sdk.asked import check_text
from inkstand_sdk.engine_call import read_stream
from inkstand_sdk.errors import LoadFailed
from inkstand_sdk.gguf.fit import free_memory
from inkstand_sdk.messages import Finish
from inkstand_sdk.plain_chat import NOTE as NO_TEMPLATE


class Mlx(Backend):
    """Runs models in safetensors, one request at a time; others wait in line."""

    name = "mlx"
    title = "MLX"
    Settings: ClassVar[type[MlxSettings]] = MlxSettings
    capabilities = BackendCapabilities(
        formats=("safetensors",),
        sampling=HONORED,
        concurrency=1,
        chat=True,
        adapters=True,
        stop=True,
        logprobs=True,
        seeds=True,
    )

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._context_length = 0
        # Tokenizers are changed by being used.
        self._tokenizing = threading.Lock()

    @classmethod
    def probe(cls) -> Probe:
        """Whether MLX and mlx-lm are there."""
        return probe_library()

    def load(self, model: Model, settings: MlxSettings) -> Loaded:
        """Check the folder, see that it fits into memory, and load it."""
        if self._engine is not None:
            raise LoadFailed("This backend already holds a model.", "", "Close it first.")
        folder = read_folder(model.path)
        plan = plan_context(folder, settings.context_length, free_memory())
        self._engine = engine = Engine(folder, settings, self.loading)
        self._context_length = plan.context_length
        has_template = bool(engine.tokenizer.has_chat_template)
        return Loaded(
            context_length=plan.context_length,
            concurrency=1,
            device=engine.device,
            chat_template=has_template,
            notes=(*plan.notes, *engine.notes, *(() if has_template else (NO_TEMPLATE,))),
        )

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        """Stream the answer; see `Backend.generate`."""
        engine = self._loaded()
        refuse_what_mlx_cannot(request)
        if cancelled():
            yield Chunk(tokens=0, finish=Finish("cancelled"))
            return
        with self._tokenizing:
            prepared = engine_request(
                request,
                engine.tokenizer,
                vocabulary=engine.vocabulary,
                context_length=self._context_length,
            )

        call = engine.start(prepared)
        tally = Tally(call, engine.tokenizer)

        def finish() -> Finish:
            notes = (*sampling_notes(request.sampling), *self._clipped(request, tally))
            return Finish(
                tally.reason or "error", tally.usage, unsupported(request.sampling), notes
            )

        for chunk in read_stream(call, tally, cancelled, finish):
            last = chunk.finish is not None and chunk.finish.reason != "cancelled"
            yield msgspec.structs.replace(chunk, logprobs=tally.unseen()) if last else chunk

    def count_tokens(self, text: str) -> TokenCount:
        """The model's own count; special tokens written out in `text` count as one each."""
        check_text(text, "text")
        tokenizer = self._loaded().tokenizer
        with self._tokenizing:
            return TokenCount(len(tokenizer.encode(text, add_special_tokens=False)), exact=True)

    def close(self) -> None:
        """Free the model; a request that runs is stopped."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _loaded(self) -> Engine:
        if self._engine is None:
            raise LoadFailed("No model is loaded.", "", "Load one first.")
        return self._engine

    def _clipped(self, request: GenerateRequest, tally: Tally) -> Iterator[str]:
        written = tally.usage.completion_tokens
        if tally.reason == "length" and written < request.max_tokens:
            yield (
                f"{request.max_tokens:,} tokens were asked for; the context of"
                f" {self._context_length:,} had room for {written:,} after the prompt."
            )
