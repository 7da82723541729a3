"""The backend: GGUF models of the kinds that GPT4All knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from inkstand_gpt4all.abort_checks import check_what_aborts
from inkstand_gpt4all.architectures import refuse_what_is_too_new
from inkstand_gpt4all.chat_template import ChatTemplate
from inkstand_gpt4all.devices import probe_library
from inkstand_gpt4all.engine import Engine
from inkstand_gpt4all.request import engine_request
from inkstand_gpt4all.sampling import HONORED, unsupported
from inkstand_gpt4all.settings import Gpt4AllSettings
from inkstand_gpt4all.stream import Tally
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


class Gpt4All(Backend):
    """Runs GGUF models, one request at a time; requests from several threads wait in line."""

    name = "gpt4all"
    title = "GPT4All"
    Settings: ClassVar[type[Gpt4AllSettings]] = Gpt4AllSettings
    capabilities = BackendCapabilities(
        formats=("gguf",), sampling=HONORED, concurrency=1, chat=True, stop=True
    )

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._template: ChatTemplate | None = None

    @classmethod
    def probe(cls) -> Probe:
        """Whether gpt4all is there, with its engine for this system."""
        return probe_library()

    def load(self, model: Model, settings: Gpt4AllSettings) -> Loaded:
        """Check the file's header, see what fits into memory, load, and write a first token."""
        if self._engine is not None:
            raise LoadFailed("This backend already holds a model.", "", "Close it first.")
        header = read_header(model.path)
        refuse_what_cannot_write(header)
        refuse_what_is_too_new(header)
        check_what_aborts(header)
        plan = plan_context(
            header, context_length=settings.context_length, slots=1, free=free_memory()
        )
        engine = Engine(header, plan.context_length, settings)
        self._engine = engine
        notes = [*plan.notes]
        try:
            source = header.chat_template
            self._template = engine.template(source) if source.strip() else None
        except ValueError as error:
            notes.append(f"The model's chat template cannot be read: {error}.")
        if self._template is None:
            notes.append(NO_TEMPLATE)
        return Loaded(
            context_length=engine.context_length,
            concurrency=1,
            device=engine.device,
            chat_template=self._template is not None,
            notes=tuple(notes),
        )

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        """Stream the answer; see `Backend.generate`."""
        engine = self._loaded()
        prepared = engine_request(request, self._template)

        def finish(tally: Tally) -> Finish:
            return Finish(
                tally.reason or "error",
                tally.usage,
                unsupported(request.sampling),
                tuple(_finish_notes(request, tally, engine.context_length)),
            )

        yield from engine.stream(prepared, cancelled, finish)

    def count_tokens(self, text: str) -> TokenCount:
        """The model's own count; special tokens written out in `text` count as one each."""
        check_text(text, "text")
        return self._loaded().count_tokens(text)

    def close(self) -> None:
        """Stop what runs and free the model."""
        engine, self._engine, self._template = self._engine, None, None
        if engine is not None:
            engine.close()

    def _loaded(self) -> Engine:
        if self._engine is None:
            raise LoadFailed("No model is loaded.", "", "Load one first.")
        return self._engine


def _finish_notes(request: GenerateRequest, tally: Tally, context: int) -> Iterator[str]:
    written = tally.usage.completion_tokens
    if tally.reason == "length" and written < request.max_tokens:
        yield (
            f"{request.max_tokens:,} tokens were asked for; the context of {context:,} had room"
            f" for {written:,} after the prompt."
        )
