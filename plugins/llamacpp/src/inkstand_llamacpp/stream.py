"""One request in the engine, as a stream of chunks that can be stopped at any moment."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from inkstand_llamacpp.failures import raised, refused
from inkstand_sdk.errors import EngineError, InkstandError
from inkstand_sdk.messages import (
    Chunk,
    Finish,
    FinishReason,
    PromptProgress,
    TokenLogprob,
    Usage,
)
from inkstand_sdk.server_logprobs import token_logprobs
from inkstand_sdk.stops import ShownLogprobs, StopFinder

# While nothing comes (a long prompt, a busy engine) this often is looked whether to stop.
_LOOK = 0.05
_REASONS: dict[str, FinishReason] = {"stop": "stop", "length": "length"}

Route = Callable[[dict[str, Any], Callable[[dict[str, Any]], bool]], Any]


class EngineCall:
    """A request running on a thread of its own; the engine calls back from there.

    `on_end` is called when the engine has let go of the request, which may be after the reader
    has lost interest.
    """

    def __init__(self, route: Route, body: dict[str, Any], on_end: Callable[[], None]) -> None:
        self._chunks: queue.SimpleQueue[dict[str, Any] | Exception | None] = queue.SimpleQueue()
        self._stopped = False
        self._route: Route | None = route
        self._body = body
        self._on_end = on_end
        # A daemon, so that an engine that never returns cannot keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="llamacpp-request", daemon=True)
        self._thread.start()

    def read(self, timeout: float) -> dict[str, Any] | Exception | None:
        """The next of the engine's chunks, its exception, or None at the end.

        Raises `queue.Empty` if nothing came for `timeout` seconds.
        """
        return self._chunks.get(timeout=timeout)

    def stop(self) -> None:
        """Ask the engine to stop; it does at its next token or prompt batch."""
        self._stopped = True

    def join(self, timeout: float) -> bool:
        """Wait for the engine to let go; whether it did."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            assert self._route is not None
            answer = self._route(self._body, self._take)
            if isinstance(answer, dict):
                self._chunks.put(answer)
        except Exception as error:  # noqa: BLE001 - handed to the reading thread, which raises it
            self._chunks.put(error)
        finally:
            self._route = None  # it refers to the engine, which ends with its last reference
            self._on_end()
            self._chunks.put(None)

    def _take(self, chunk: dict[str, Any]) -> bool:
        self._chunks.put(chunk)
        return self._stopped


class Tally:
    """Adds up the engine's chunks: how the stream ended and what it cost.

    `logprobs` is how many alternatives of each token are wanted, None for no log probabilities.
    """

    def __init__(self, stop: Sequence[str], logprobs: int | None = None) -> None:
        self.reason: FinishReason | None = None
        self.usage = Usage()
        self.thought = 0
        self._told = 0
        # The engine's own search for stop strings swallows what only began like one.
        self._stops = StopFinder(stop)
        self._logprobs = logprobs
        self._tokens = ShownLogprobs()

    def add(self, chunk: dict[str, Any]) -> Iterator[Chunk]:
        """What a reader is shown of the engine's chunk."""
        if "error" in chunk:
            raise refused(chunk["error"])
        self._count(chunk)
        progress = chunk.get("prompt_progress")
        if progress:
            yield Chunk(tokens=0, progress=PromptProgress(progress["processed"], progress["total"]))
        for choice in chunk.get("choices", ()):
            if choice.get("finish_reason"):
                self.reason = _REASONS.get(choice["finish_reason"], "error")
            delta = choice.get("delta", choice)
            if delta.get("reasoning_content"):
                self.thought += 1
            text = delta.get("content") or delta.get("text") or ""
            self._tokens.add(text, self._logprobs_of(choice))
            yield from self._show(self._stops.feed(text))
        if self._stops.found:
            self.reason = "stop"

    @property
    def stopped(self) -> bool:
        """Whether a stop string came."""
        return self._stops.found

    def rest(self) -> Iterator[Chunk]:
        """What was held back because it might have become a stop string."""
        yield from self._show(self._stops.flush())

    def _show(self, text: str) -> Iterator[Chunk]:
        if text:
            told, self._told = self._told, self.usage.completion_tokens
            yield Chunk(text=text, tokens=self._told - told, logprobs=self._tokens.of(text))

    def _logprobs_of(self, choice: dict[str, Any]) -> tuple[TokenLogprob, ...]:
        if self._logprobs is None:
            return ()
        return token_logprobs(choice.get("logprobs"), self._logprobs)

    def _count(self, chunk: dict[str, Any]) -> None:
        timings = chunk.get("timings")
        if timings:
            self.usage = Usage(
                prompt_tokens=timings["cache_n"] + timings["prompt_n"],
                completion_tokens=timings["predicted_n"],
                cached_tokens=timings["cache_n"],
                prompt_ms=timings["prompt_ms"],
                generate_ms=timings["predicted_ms"],
            )


def read_stream(
    call: EngineCall,
    tally: Tally,
    cancelled: Callable[[], bool],
    finish: Callable[[Tally], Finish],
) -> Iterator[Chunk]:
    """The chunks of `call`, the last with its finish; a reader that leaves early stops it."""
    try:
        while not tally.stopped:
            if cancelled():
                yield Chunk(tokens=0, finish=Finish("cancelled", tally.usage))
                return
            try:
                chunk = call.read(_LOOK)
            except queue.Empty:
                continue
            if chunk is None:
                break
            if isinstance(chunk, Exception):
                raise chunk if isinstance(chunk, InkstandError) else raised(chunk)
            yield from tally.add(chunk)
        yield from tally.rest()
    finally:
        call.stop()
    if tally.reason is None:
        raise EngineError(
            "The engine stopped before it was finished.",
            "It gave no reason; its log may.",
            "Try again; `inkstand doctor` shows where the log is.",
        )
    yield Chunk(tokens=0, finish=finish(tally))
