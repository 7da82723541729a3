"""The backend: any GGUF model, on llama.cpp, with adapters."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from typing import ClassVar

import msgspec

from inkstand_llama_cpp_python.adapters import Adapters
from inkstand_llama_cpp_python.batcher import Batcher
from inkstand_llama_cpp_python.chat import ChatForm
from inkstand_llama_cpp_python.library import (
    INSTALL,
    device_name,
    devices,
    installed_version,
)
from inkstand_llama_cpp_python.model import NativeModel
from inkstand_llama_cpp_python.sampler import HONORED, Sampler, sampling_notes, unsupported
from inkstand_llama_cpp_python.sequence import Sequence
from inkstand_llama_cpp_python.settings import LlamaCppPythonSettings
from inkstand_llama_cpp_python.weighing import Scale
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
from inkstand_sdk.asked import check_request, check_text
from inkstand_sdk.errors import InputError, LoadFailed, PromptTooLong
from inkstand_sdk.gbnf import SchemaGrammar, check_grammar, schema_to_gbnf
from inkstand_sdk.gguf import read_header
from inkstand_sdk.gguf.fit import free_memory, plan_context, refuse_what_cannot_write
from inkstand_sdk.messages import Adapter, Finish
from inkstand_sdk.plain_chat import NOTE as NO_TEMPLATE
from inkstand_sdk.plain_chat import PLAIN_STOP

# While nothing comes (a long prompt, a busy engine) this often is looked whether to stop.
_LOOK = 0.05


class _Engine(msgspec.Struct, frozen=True):
    """The parts that work together on one loaded model."""

    model: NativeModel
    batcher: Batcher
    chat: ChatForm
    adapters: Adapters
    usual: tuple[Adapter, ...]
    """The adapters of requests that name none."""


class LlamaCppPython(Backend):
    """Runs GGUF models with continuous batching; one instance may be used from many threads."""

    name = "llama-cpp-python"
    title = "llama.cpp (llama-cpp-python)"
    Settings: ClassVar[type[LlamaCppPythonSettings]] = LlamaCppPythonSettings
    capabilities = BackendCapabilities(
        formats=("gguf",),
        sampling=HONORED,
        concurrency=4,
        chat=True,
        schema=True,
        grammar=True,
        adapters=True,
        stop=True,
        seeds=True,
        logprobs=True,
    )

    def __init__(self) -> None:
        self._engine: _Engine | None = None
        self._unsaid: tuple[str, ...] = ()

    @classmethod
    def probe(cls) -> Probe:
        """Whether llama-cpp-python is there, and what it was compiled for."""
        version = installed_version()
        if version:
            return Probe(version=version, devices=devices())
        return Probe(
            ok=False,
            missing="llama-cpp-python is not installed.",
            fix=INSTALL,
            notes=("It is compiled while it is installed, which takes some minutes.",),
        )

    def load(self, model: Model, settings: LlamaCppPythonSettings) -> Loaded:
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
        native = NativeModel(header, plan, settings, self.loading)
        try:
            chat, adapters = ChatForm(native), Adapters(native)
            usual = (Adapter(settings.adapter, settings.adapter_scale),) if settings.adapter else ()
            adapters.prepare(usual)
        except BaseException:
            native.free()
            raise
        self._engine = _Engine(native, Batcher(native), chat, adapters, usual)
        # Of this machine, not of the model: said once, with the first text.
        self._unsaid = native.notes
        notes = [*plan.notes]
        if not chat.has_template:
            notes += [chat.note] if chat.note else []
            notes.append(NO_TEMPLATE)
        return Loaded(
            context_length=native.context_length,
            concurrency=plan.slots,
            device=device_name(settings.gpu_layers),
            chat_template=chat.has_template,
            notes=tuple(notes),
        )

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        """Stream the answer; see `Backend.generate`."""
        engine = self._loaded()
        check_request(request)
        constraint = _constraint(request)
        sequence = _sequence(engine, request, constraint.grammar)
        engine.batcher.submit(sequence)
        try:
            while True:
                if cancelled():
                    yield Chunk(tokens=0, finish=Finish("cancelled", sequence.usage()))
                    return
                try:
                    event = sequence.events.get(timeout=_LOOK)
                except queue.Empty:
                    continue
                if isinstance(event, Exception):
                    raise event
                if event.finish is None:
                    yield event
                    continue
                unsaid, self._unsaid = self._unsaid, ()
                notes = _notes(request, event.finish, engine.model.context_length, constraint)
                finish = msgspec.structs.replace(
                    event.finish,
                    unsupported=unsupported(request.sampling),
                    notes=(*unsaid, *notes),
                )
                yield msgspec.structs.replace(event, finish=finish)
                return
        finally:
            sequence.given_up = True

    def count_tokens(self, text: str) -> TokenCount:
        """The model's own count; special tokens written out in `text` count as one each."""
        check_text(text, "text")
        return TokenCount(len(self._loaded().model.tokens(text, special=True)), exact=True)

    def close(self) -> None:
        """Stop what runs and free the model."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.batcher.close()

    def _loaded(self) -> _Engine:
        if self._engine is None:
            raise LoadFailed("No model is loaded.", "", "Load one first.")
        return self._engine


def _sequence(engine: _Engine, request: GenerateRequest, grammar: str | None) -> Sequence:
    """The request for the engine; raises what is wrong with it before anything is evaluated."""
    model, stop = engine.model, request.stop
    if request.prompt is not None:
        prompt = [*model.beginning, *model.tokens(request.prompt, special=True)]
    else:
        prompt = engine.chat.tokens(request.messages)
        stop = stop if engine.chat.has_template else (*stop, *PLAIN_STOP)
    if not prompt:
        raise InputError(
            "There is nothing to go on from.", "The prompt has no tokens.", "Give some text."
        )
    room = model.context_length - len(prompt)
    if room < 1:
        raise PromptTooLong.of(len(prompt), model.context_length)
    adapters = engine.adapters.prepare(request.adapters or engine.usual)
    sampler = Sampler(model, request.sampling, grammar, prompt)
    scale = None if request.logprobs is None else Scale(model, request.logprobs)
    budget = min(request.max_tokens, room)
    return Sequence(prompt, sampler, budget=budget, stop=stop, adapters=adapters, scale=scale)


def _constraint(request: GenerateRequest) -> SchemaGrammar:
    if request.schema is not None:
        return schema_to_gbnf(request.schema)
    if request.grammar is not None:
        check_grammar(request.grammar)
    return SchemaGrammar(request.grammar)


def _notes(
    request: GenerateRequest, finish: Finish, context: int, constraint: SchemaGrammar
) -> Iterator[str]:
    yield from sampling_notes(request.sampling)
    written = finish.usage.completion_tokens
    if finish.reason == "length" and written < request.max_tokens:
        yield (
            f"{request.max_tokens:,} tokens were asked for; the context of {context:,} had room"
            f" for {written:,} after the prompt."
        )
    if constraint.not_enforced:
        ignored = ", ".join(constraint.not_enforced)
        yield f"While writing, {ignored} in the schema did not hold the model."
