"""One request in the engine: what it has written so far, and the chunks its reader waits for."""

from __future__ import annotations

import codecs
import queue
import time
from collections.abc import Sequence as Items

from inkstand_llama_cpp_python.adapters import Applied
from inkstand_llama_cpp_python.sampler import Sampler
from inkstand_llama_cpp_python.weighing import Scale
from inkstand_sdk.messages import (
    Chunk,
    Finish,
    FinishReason,
    PromptProgress,
    TokenLogprob,
    Usage,
)
from inkstand_sdk.shown_text import ShownText


class Sequence:
    """Filled by the engine's thread; read, and given up, by the request's.

    `budget` is how many tokens may be written; `scale` weighs them if log probabilities are wanted;
    `events` gets chunks, the last with the finish, or
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
        scale: Scale | None = None,
    ) -> None:
        self.prompt = prompt
        self.sampler = sampler
        self.budget = budget
        self.adapters = adapters
        self.scale = scale
        self.events: queue.SimpleQueue[Chunk | Exception] = queue.SimpleQueue()
        self.given_up = False
        self.ended = False
        self.cached = 0
        self.evaluated = 0
        self.next: int | None = None
        """The token to evaluate next, once the prompt is done."""
        self._written = 0
        self._shown = ShownText(stop)
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

    def write(self, token: int, piece: bytes, logprobs: Items[TokenLogprob] = ()) -> None:
        """`token` was drawn, which stands for the bytes `piece`."""
        self._written += 1
        self.next = token
        for chunk in self._shown.add(self._decoder.decode(piece), logprobs=logprobs):
            self.events.put(chunk)
        if self._shown.stopped:
            self.finish("stop")
        elif self._written >= self.budget:
            self.finish("length")

    def end(self) -> None:
        """A token was drawn that ends the text."""
        self._written += 1
        self.finish("stop")

    def finish(self, reason: FinishReason) -> None:
        """Show what was held back, and end."""
        for chunk in self._shown.rest():
            self.events.put(chunk)
        finish = Finish(reason, self.usage())
        self.events.put(Chunk(tokens=0, finish=finish, logprobs=self._shown.unseen()))
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
