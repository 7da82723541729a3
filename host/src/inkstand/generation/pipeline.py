"""The way of one request: checks, hooks, the model's worker, validation, hooks, result."""

from __future__ import annotations

import time
import uuid

import msgspec

from inkstand.generation.attempt import Attempt
from inkstand.generation.events import Events
from inkstand.generation.generation import Generation, Stream
from inkstand.generation.hooks import Hooks
from inkstand.generation.target import Chain, Choice, Target, check, check_for
from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand_sdk.errors import Cancelled, InkstandError, WorkerCrashed
from inkstand_sdk.messages import Chunk, Finish, GenerateRecord, GenerateRequest

__all__ = ["Chain", "Choice", "Pipeline", "Target"]


class Pipeline:
    """Generates with the workers of a pool."""

    def __init__(self, pool: WorkerPool, hooks: Hooks, events: Events) -> None:
        self._pool = pool
        self._hooks = hooks
        self._events = events

    def start(
        self,
        request: GenerateRequest,
        chain: Chain,
        cancel: CancelToken | None = None,
        *,
        tool: str = "",
    ) -> Generation:
        """Check the request and begin; nothing runs until the generation is iterated.

        Cancelling `cancel` cancels the generation; closing the generation leaves `cancel` alone.

        Args:
            request: What is asked.
            chain: The models that may answer, in the order they are tried.
            cancel: A token of the caller's.
            tool: The tool on whose behalf it is asked, if any.

        Raises:
            UsageError: the request contradicts itself.
            SchemaError: its schema is no JSON Schema.

        """
        check(request)
        target = chain[0].find()
        check_for(request, target)
        if not request.id:
            request = msgspec.structs.replace(request, id=uuid.uuid4().hex)
        outer = cancel or CancelToken()

        def stream(own: CancelToken) -> Stream:
            with outer.listening(own.cancel):
                return (yield from self._stream(request, target, own))

        return Generation(stream)

    def _stream(self, request: GenerateRequest, target: Target, cancel: CancelToken) -> Stream:
        def still_right(changed: GenerateRequest) -> None:
            check(changed)
            check_for(changed, target)

        started = time.perf_counter()
        notes: tuple[str, ...] = ()
        attempt = Attempt(request, target, started)
        try:
            attempt.request, notes = self._hooks.passed_through(
                "inkstand_before_generate", request, check=still_right, cancel=cancel
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
