"""The way of one request: checks, hooks, the model's worker, validation, hooks, result."""

from __future__ import annotations

import time
import uuid
from typing import Any

import msgspec

from inkstand.generation import schema as schemas
from inkstand.generation.events import Events
from inkstand.generation.generation import Generation, Stream
from inkstand.generation.hooks import Hooks
from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.capabilities import BackendCapabilities
from inkstand_sdk.errors import Cancelled, InkstandError, UsageError, WorkerCrashed
from inkstand_sdk.messages import (
    Chunk,
    Finish,
    GenerateRecord,
    GenerateRequest,
    GenerateResult,
    Usage,
)


class Target(msgspec.Struct, frozen=True):
    """Where a request goes: a model's worker, what its backend can do, and what to say of it."""

    spec: WorkerSpec
    model: str
    backend: str
    capabilities: BackendCapabilities
    notes: tuple[str, ...] = ()


class Pipeline:
    """Generates with the workers of a pool."""

    def __init__(self, pool: WorkerPool, hooks: Hooks, events: Events) -> None:
        self._pool = pool
        self._hooks = hooks
        self._events = events

    def start(
        self, request: GenerateRequest, target: Target, cancel: CancelToken | None = None
    ) -> Generation:
        """Check the request and begin; nothing runs until the generation is iterated.

        Cancelling `cancel` cancels the generation; closing the generation leaves `cancel` alone.

        Raises:
            UsageError: the request contradicts itself.
            SchemaError: its schema is no JSON Schema.

        """
        _check(request, target)
        if not request.id:
            request = msgspec.structs.replace(request, id=uuid.uuid4().hex)
        outer = cancel or CancelToken()

        def stream(own: CancelToken) -> Stream:
            with outer.listening(own.cancel):
                return (yield from self._stream(request, target, own))

        return Generation(stream)

    def _stream(self, request: GenerateRequest, target: Target, cancel: CancelToken) -> Stream:
        started = time.perf_counter()
        notes: tuple[str, ...] = ()
        attempt = _Attempt(request, target, started)
        try:
            attempt.request, notes = self._hooks.passed_through(
                "inkstand_before_generate",
                request,
                check=lambda changed: _check(changed, target),
                cancel=cancel,
            )
            try:
                yield from attempt.run(self._pool, cancel)
            except WorkerCrashed:
                if attempt.pieces:
                    raise
                # Nothing was shown yet, so a fresh worker can answer as if nothing had happened.
                attempt.retries = 1
                yield from attempt.run(self._pool, cancel)
        except Cancelled as stop:
            if not cancel.cancelled and not attempt.pieces:
                raise
            why = () if cancel.cancelled else (str(stop),)
            attempt.finish = Finish("cancelled", attempt.usage(), notes=why)
        except InkstandError as error:
            error.data["written"] = attempt.text()
            raise
        result = attempt.result(notes)
        yield Chunk(tokens=0, finish=attempt.finish)
        record = GenerateRecord(attempt.request, result)
        record, more = self._hooks.passed_through("inkstand_after_generate", record)
        done = record.result
        self._events.tell(
            "generation.finished",
            {
                "model": done.model,
                "backend": done.backend,
                "finish": done.finish,
                "tokens": done.usage.completion_tokens,
                "request_id": done.request_id,
            },
        )
        return msgspec.structs.replace(done, notes=(*done.notes, *more)) if more else done


class _Attempt:
    """The state of one request while its model writes."""

    def __init__(self, request: GenerateRequest, target: Target, started: float) -> None:
        self.request = request
        self.target = target
        self.started = started
        self.pieces: list[str] = []
        self.tokens = 0
        self.first = self.last = self.load_ms = 0.0
        self.finish: Finish | None = None
        self.retries = 0
        self.worker_notes: tuple[str, ...] = ()

    def run(self, pool: WorkerPool, cancel: CancelToken) -> Any:
        """Yield the worker's chunks; the finish is kept, not yielded."""
        with pool.lease(self.target.spec, cancel=cancel) as worker:
            self.load_ms = worker.load_ms
            if worker.loaded is not None:
                self.worker_notes = worker.loaded.notes
            for chunk in worker.stream("generate", self.request, Chunk, cancel=cancel):
                if chunk.text:
                    self.last = time.perf_counter()
                    if not self.pieces:
                        self.first = self.last
                    self.pieces.append(chunk.text)
                    self.tokens += chunk.tokens
                if chunk.finish is not None:
                    self.finish = chunk.finish
                    if not chunk.text:
                        continue
                    chunk = msgspec.structs.replace(chunk, finish=None)  # noqa: PLW2901
                yield chunk

    def text(self) -> str:
        return "".join(self.pieces)

    def usage(self) -> Usage:
        return Usage(completion_tokens=self.tokens, exact=False)

    def result(self, notes: tuple[str, ...]) -> GenerateResult:
        """The result, its JSON validated if a schema was given.

        Raises:
            OutputInvalid: with the raw text in `data`.

        """
        finish = self.finish or Finish("stop", self.usage())
        self.finish = finish
        ended = time.perf_counter()
        honored = self.target.capabilities.sampling
        unsupported = {name for name in self.request.sampling.given() if name not in honored}
        value = None
        if self.request.schema is not None and finish.reason != "cancelled":
            value = schemas.decode(self.text(), self.request.schema, cut=finish.reason == "length")
        writing = self.last - self.first
        return GenerateResult(
            text=self.text(),
            finish=finish.reason,
            model=self.target.model,
            backend=self.target.backend,
            usage=finish.usage,
            value=value,
            unsupported=tuple(sorted(unsupported | set(finish.unsupported))),
            notes=(*notes, *self.target.notes, *self.worker_notes, *finish.notes),
            load_ms=round(self.load_ms, 2),
            first_token_ms=round((self.first - self.started) * 1000, 2) if self.first else 0.0,
            total_ms=round((ended - self.started) * 1000, 2),
            tokens_per_second=tokens_per_second(finish.usage, self.tokens, writing),
            retries=self.retries,
            request_id=self.request.id,
        )


def tokens_per_second(usage: Usage, tokens: int, seconds: float) -> float:
    """Tokens a second: the engine's own timing where it gives one, else what was seen here."""
    if usage.generate_ms > 0 and usage.completion_tokens:
        return round(usage.completion_tokens * 1000 / usage.generate_ms, 1)
    return round((tokens - 1) / seconds, 1) if seconds > 0 and tokens > 1 else 0.0


def _check(request: GenerateRequest, target: Target) -> None:
    if request.schema is not None:
        schemas.check(request.schema)
    try:
        msgspec.convert(msgspec.to_builtins(request), GenerateRequest)
        _texts_of(request).encode()
    except msgspec.ValidationError as error:
        raise UsageError(f"The request is not valid: {error}.", "", "") from error
    except UnicodeEncodeError as error:
        raise UsageError(
            "The request holds characters that are no text: halves of surrogate pairs.",
            "They come from bytes that were decoded with the wrong encoding.",
            "Decode them again, or replace them.",
        ) from error
    if request.prompt is None and not request.messages:
        raise UsageError("There is nothing to answer: no prompt and no messages.", "", "Give one.")
    if request.prompt is not None and request.messages:
        raise UsageError("A request has either a prompt or messages, not both.", "", "")
    if request.schema is not None and request.grammar is not None:
        raise UsageError(
            "A request has either a schema or a grammar, not both.",
            "They would constrain the same text in two ways.",
            "Leave one of them out.",
        )
    if request.grammar is not None and not target.capabilities.grammar:
        raise UsageError(
            f"The backend {target.backend} does not take grammars.",
            "",
            "Use a JSON Schema, or a backend that does: inkstand backends list",
        )
    if request.adapters and not target.capabilities.adapters:
        raise UsageError(
            f"The backend {target.backend} does not take adapters.",
            "",
            "Use a backend that does: inkstand backends list",
        )
    if any(not stop for stop in request.stop):
        raise UsageError("A stop string is empty.", "It would end every text at once.", "")


def _texts_of(request: GenerateRequest) -> str:
    return "".join((request.prompt_text(), request.grammar or "", *request.stop))
