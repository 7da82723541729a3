"""One request in the engine: what it has written so far, and the chunks its reader waits for."""

from __future__ import annotations

import codecs
import queue
import time
from collections.abc import Sequence as Items

from inkstand_llama_cpp_python.adapters import Applied
from inkstand_llama_cpp_python.sampler import Sampler
from inkstand_sdk.messages import Chunk, Finish, FinishReason, PromptProgress, Usage
from inkstand_sdk.stops import StopFinder


class Sequence:
    """Filled by the engine's thread; read, and given up, by the request's.

    `budget` is how many tokens may be written; `events` gets chunks, the last with the finish, or
    the exception that ended it.
    """

    def __init__(
        self,
        prompt: list[int],
        sampler: Sampler,
        *,
        budget: int,
        stop: Items[str] = (),
        adapters: Applied = (),
    ) -> None:
        self.prompt = prompt
        self.sampler = sampler
        self.budget = budget
        self.adapters = adapters
        self.events: queue.SimpleQueue[Chunk | Exception] = queue.SimpleQueue()
        self.given_up = False
        self.ended = False
        self.cached = 0
        self.evaluated = 0
        self.next: int | None = None
        """The token to evaluate next, once the prompt is done."""
        self._written = self._told = 0
        self._stops = StopFinder(stop)
        # Bytes that are no text, alone or after each other, are left out.
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._started = self._prompt_done = 0.0

    def begin(self, cached: int) -> None:
        """It has a slot, which holds the first `cached` tokens of the prompt already."""
        self.cached = self.evaluated = cached
        self._started = self._prompt_done = time.perf_counter()

    def progress(self, evaluated: int) -> None:
        """So many more tokens of the prompt were evaluated."""
        self.evaluated += evaluated
        self._prompt_done = time.perf_counter()
        self.events.put(Chunk(tokens=0, progress=PromptProgress(self.evaluated, len(self.prompt))))

    def write(self, token: int, piece: bytes, *, last: bool) -> None:
        """`token` was drawn; `last` if it ends the text."""
        self._written += 1
        if last:
            self.finish("stop")
            return
        self.next = token
        self._show(self._stops.feed(self._decoder.decode(piece)))
        if self._stops.found:
            self.finish("stop")
        elif self._written >= self.budget:
            self.finish("length")

    def finish(self, reason: FinishReason) -> None:
        """Show what was held back, and end."""
        self._show(self._stops.flush())
        self.events.put(Chunk(tokens=0, finish=Finish(reason, self.usage())))
        self.ended = True

    def fail(self, error: Exception) -> None:
        """End with `error`."""
        self.events.put(error)
        self.ended = True

    def usage(self) -> Usage:
        """What it has cost so far."""
        now = time.perf_counter()
        return Usage(
            prompt_tokens=len(self.prompt),
            completion_tokens=self._written,
            cached_tokens=self.cached,
            prompt_ms=(self._prompt_done - self._started) * 1000,
            generate_ms=(now - self._prompt_done) * 1000 if self._written else 0.0,
        )

    def _show(self, text: str) -> None:
        if text:
            self.events.put(Chunk(text=text, tokens=self._written - self._told))
            self._told = self._written
