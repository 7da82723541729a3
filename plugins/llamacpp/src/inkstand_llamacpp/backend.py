"""The backend: any GGUF model, on llama.cpp."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from inkstand_llamacpp.devices import device_name, devices, engine_version
from inkstand_llamacpp.engine import Engine
from inkstand_llamacpp.request import EngineRequest, engine_request
from inkstand_llamacpp.sampling import HONORED, sampling_notes, unsupported
from inkstand_llamacpp.schema import cannot_constrain, puts_blank_first, schema_grammar
from inkstand_llamacpp.settings import LlamaCppSettings
from inkstand_llamacpp.stream import Tally
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
from inkstand_sdk.errors import LoadFailed
from inkstand_sdk.gguf import read_header
from inkstand_sdk.gguf.fit import free_memory, plan_context, refuse_what_cannot_write
from inkstand_sdk.messages import Finish
from inkstand_sdk.plain_chat import NOTE as NO_TEMPLATE
from inkstand_sdk.worker.memory import give_back

# Improbable as a model's own next word, so one token of it shows that a grammar took hold.
_MARK = "0zq0"


class LlamaCpp(Backend):
    """Runs GGUF models with continuous batching; one instance may be used from many threads.

    Of a character that takes several tokens, llama.cpp tells the last one's log probability alone.
    """

    name = "llamacpp"
    title = "llama.cpp"
    Settings: ClassVar[type[LlamaCppSettings]] = LlamaCppSettings
    capabilities = BackendCapabilities(
        formats=("gguf",),
        sampling=HONORED,
        concurrency=4,
        chat=True,
        schema=True,
        grammar=True,
        stop=True,
        logprobs=True,
        seeds=True,
    )

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._has_template = self._gbnf = False
        self._constrainable: dict[str, bool] = {}

    @classmethod
    def probe(cls) -> Probe:
        """Whether xllamacpp is there, and the devices that it sees."""
        try:
            return Probe(version=engine_version(), devices=devices())
        except ImportError as error:
            return Probe(
                ok=False,
                missing=f"xllamacpp cannot be imported: {error}.",
                fix="pip install --upgrade xllamacpp",
            )

    def load(self, model: Model, settings: LlamaCppSettings) -> Loaded:
        """Check the file's header, see what fits into memory, and start the engine."""
        if self._engine is not None:
            raise LoadFailed("This backend already holds a model.", "", "Close it first.")
        header = read_header(model.path)
        refuse_what_cannot_write(header)
        plan = plan_context(
            header,
            context_length=settings.context_length,
            slots=settings.slots,
            free=free_memory(),
        )
        self._engine = Engine(header, plan, settings)
        self._has_template = bool(header.chat_template.strip())
        self._gbnf = puts_blank_first(header)
        return Loaded(
            context_length=self._engine.context_length,
            concurrency=plan.slots,
            device=device_name(settings.gpu_layers),
            chat_template=self._has_template,
            notes=plan.notes if self._has_template else (*plan.notes, NO_TEMPLATE),
        )

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        """Stream the answer; see `Backend.generate`."""
        engine = self._loaded()
        prepared = engine_request(request, has_template=self._has_template, gbnf=self._gbnf)
        if request.schema is not None and not self._gbnf:
            self._check_constrains(engine, request.schema)

        def finish(tally: Tally) -> Finish:
            notes = (
                *sampling_notes(request.sampling),
                *_finish_notes(request, prepared, tally, engine.context_length),
            )
            reason = tally.reason or "error"
            return Finish(reason, tally.usage, unsupported(request.sampling), notes)

        yield from engine.stream(prepared, cancelled, finish)

    def count_tokens(self, text: str) -> TokenCount:
        """The model's own count; special tokens written out in `text` count as one each."""
        check_text(text, "text")
        return TokenCount(self._loaded().count_tokens(text), exact=True)

    def close(self) -> None:
        """Stop what runs and free the model."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()
            del engine
            give_back()

    def _loaded(self) -> Engine:
        if self._engine is None:
            raise LoadFailed("No model is loaded.", "", "Load one first.")
        return self._engine

    def _check_constrains(self, engine: Engine, schema: dict[str, object]) -> None:
        grammar = schema_grammar(schema, prefix=_MARK)
        if grammar not in self._constrainable:
            self._constrainable[grammar] = engine.constrains(grammar, _MARK)
        if not self._constrainable[grammar]:
            raise cannot_constrain()


def _finish_notes(
    request: GenerateRequest, prepared: EngineRequest, tally: Tally, context: int
) -> Iterator[str]:
    usage = tally.usage
    if tally.reason == "length" and usage.completion_tokens < request.max_tokens:
        yield (
            f"{request.max_tokens:,} tokens were asked for; the context of {context:,} had room"
            f" for {usage.completion_tokens:,} after the prompt."
        )
    if tally.thought:
        yield "The model thought before it answered; its thoughts are not part of the text."
    if prepared.not_enforced:
        ignored = ", ".join(prepared.not_enforced)
        yield f"While writing, {ignored} in the schema did not hold the model."
