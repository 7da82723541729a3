"""The way of one request: what was written before, or each model of a chain until one answers."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path

import msgspec

from inkstand.generation import fallback
from inkstand.generation.cache import OutputCache
from inkstand.generation.events import Events
from inkstand.generation.fallback import Failed, Walk
from inkstand.generation.generation import Generation, Stream
from inkstand.generation.hooks import Hooks
from inkstand.generation.presets import Presets, resolved
from inkstand.generation.recorder import Recorded, Recorder
from inkstand.generation.retrying import Patience
from inkstand.generation.target import Chain, Target, check
from inkstand.generation.turn import Turn
from inkstand.index import Taker
from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import (
    Chunk,
    Failure,
    Finish,
    GenerateRecord,
    GenerateRequest,
    GenerateResult,
)

BEFORE, AFTER = "inkstand_before_generate", "inkstand_after_generate"


class Pipeline:
    """Generates with the workers of a pool.

    Args:
        pool: The workers.
        hooks: Plugins that take part.
        events: Plugins that want to know.
        cache: What was written before.
        recorder: Writes down what was generated.
        presets: Gives the presets there are.
        silence: Gives the seconds that an engine may be silent where a request does not say;
            0 is for ever.
        patience: How often a busy model is asked again.

    """

    def __init__(
        self,
        pool: WorkerPool,
        hooks: Hooks,
        events: Events,
        cache: OutputCache,
        recorder: Recorder,
        presets: Callable[[], Presets] = Presets,
        silence: Callable[[], float] = float,
        patience: Patience | None = None,
    ) -> None:
        self._pool = pool
        self._hooks = hooks
        self._events = events
        self._cache = cache
        self._recorder = recorder
        self._presets = presets
        self._silence = silence
        self._patience = patience or Patience()

    def start(
        self,
        request: GenerateRequest,
        chain: Chain,
        cancel: CancelToken | None = None,
        *,
        tool: str = "",
        run: str = "",
        text: Path | None = None,
    ) -> Generation:
        """Check the request and begin; nothing runs until the generation is iterated.

        Cancelling `cancel` cancels the generation; closing the generation leaves `cancel` alone.

        Args:
            request: What is asked.
            chain: The models that may answer, in the order they are tried.
            cancel: A token of the caller's.
            tool: The tool on whose behalf it is asked, if any.
            run: The id of that tool's run.
            text: The file or folder that is worked on, if it is not that of the whole Studio.

        Raises:
            UsageError: the request contradicts itself, or the first model cannot do what it asks.
            SchemaError: its schema is no JSON Schema.
            InkstandError: the first model cannot be used, and there is no other.

        """
        check(request)
        presets = self._presets()
        presets.sampling_of(request)
        if not request.id:
            request = msgspec.structs.replace(request, id=uuid.uuid4().hex)
        call = _Call(request, chain, presets, tool, run, text)
        call.walk.find_first()
        outer = cancel or CancelToken()

        def stream(own: CancelToken) -> Stream:
            with outer.listening(own.cancel):
                return (yield from self._stream(call, own))

        return Generation(stream)

    def _stream(self, call: _Call, cancel: CancelToken) -> Stream:
        failed = call.walk.failed
        silence = call.request.timeout or self._silence() or None
        turn: Turn | None = None
        for target in call.walk.targets():
            request = resolved(call.request, call.presets, target.capabilities.sampling)
            key = None if cancel.cancelled else self._cache.key(request, target, self._takers())
            kept = self._cache.get(key) if key is not None else None
            if kept is not None:
                return (yield from self._kept(call, target, kept))
            turn = Turn(request, target, call.started)
            try:
                yield from turn.write(self._hooks, self._pool, self._patience, silence, cancel)
            except InkstandError as error:
                error.data["written"] = turn.attempt.text()
                if turn.shown or not fallback.may_help(error):
                    if failed:
                        error.data["failures"] = fallback.listed(failed)
                    self._record(call, target, turn, error=error)
                    raise
                failed.append(Failed(target.model, target.backend, error, turn.spent))
            except GeneratorExit:
                self._record(call, target, turn, turn.abandoned())
                raise
            else:
                return (yield from self._written(call, turn, key))
        lost = fallback.all_failed(failed)
        self._record(call, turn.target if turn is not None else None, turn, error=lost)
        raise lost

    def _written(self, call: _Call, turn: Turn, key: str | None) -> Stream:
        """See a text that is complete to its result."""
        record = GenerateRecord(turn.request, turn.result(call.failures))
        record, notes = self._hooks.passed_through(AFTER, record)
        result, target = record.result, turn.target
        spoiled = turn.spoiled or bool(notes)
        last_try = msgspec.structs.replace(result, usage=turn.attempt.usage())
        notes += self._recorder.unread(turn.attempt.request, last_try, target.spec)
        if notes:
            result = msgspec.structs.replace(result, notes=(*result.notes, *notes))
        if key is not None and not spoiled:
            self._cache.put(key, result)
        result = call.explained(result)
        self._record(call, target, turn, result)
        self._tell(result)
        yield Chunk(tokens=0, finish=turn.attempt.end())
        return result

    def _kept(self, call: _Call, target: Target, kept: GenerateResult) -> Stream:
        """Give what was written before, as one chunk."""
        took = round((time.perf_counter() - call.started) * 1000, 2)
        result = msgspec.structs.replace(
            kept,
            failures=call.failures,
            request_id=call.request.id,
            first_token_ms=took,
            total_ms=took,
        )
        result = call.explained(result)
        self._record(call, target, None, result)
        self._tell(result)
        if result.text:
            yield Chunk(result.text, result.usage.completion_tokens, logprobs=result.logprobs)
        yield Chunk(tokens=0, finish=Finish(result.finish, result.usage))
        return result

    def _takers(self) -> list[Taker]:
        return [*self._hooks.takers(BEFORE), *self._hooks.takers(AFTER)]

    def _record(
        self,
        call: _Call,
        target: Target | None,
        turn: Turn | None,
        result: GenerateResult | None = None,
        error: InkstandError | None = None,
    ) -> None:
        self._recorder.record(
            Recorded(
                request=call.request,
                at=call.at,
                spec=target.spec if target is not None else None,
                model=target.model if target is not None else "",
                backend=target.backend if target is not None else "",
                sent=turn.attempt.request if turn is not None else None,
                result=result,
                error=error,
                usage=turn.spent if turn is not None else None,
                last_usage=turn.attempt.usage() if turn is not None else None,
                failed=tuple(call.walk.failed),
                tool=call.tool,
                run=call.run,
                text=call.text,
            )
        )

    def _tell(self, done: GenerateResult) -> None:
        self._events.tell(
            "generation.finished",
            {
                "model": done.model,
                "backend": done.backend,
                "finish": done.finish,
                "tokens": done.usage.completion_tokens,
                "request_id": done.request_id,
                "cached": done.cached,
            },
        )


class _Call:
    """One request on its way."""

    def __init__(
        self,
        request: GenerateRequest,
        chain: Chain,
        presets: Presets,
        tool: str,
        run: str,
        text: Path | None,
    ) -> None:
        self.request = request
        self.presets = presets
        self.tool = tool
        self.run = run
        self.text = text
        self.walk = Walk(chain, request)
        self.at = time.time()
        self.started = time.perf_counter()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The models that were tried in vain."""
        return tuple(each.to_failure() for each in self.walk.failed)

    def explained(self, result: GenerateResult) -> GenerateResult:
        """The result with a note on who wrote it, if it was not the first that was asked."""
        if not self.walk.failed:
            return result
        note = fallback.note_of(self.walk.failed, result.model, result.backend)
        return msgspec.structs.replace(result, notes=(note, *result.notes))
