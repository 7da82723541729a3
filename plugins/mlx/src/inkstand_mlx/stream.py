"""One request's tokens, as a stream of chunks that can be stopped at any moment."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from typing import Any

from inkstand_mlx.detokenizer import Detokenizer
from inkstand_mlx.engine import EngineCall, failure
from inkstand_mlx.request import EngineRequest
from inkstand_mlx.weighing import Weight
from inkstand_sdk.errors import EngineError
from inkstand_sdk.messages import Chunk, Finish, FinishReason, PromptProgress, Usage
from inkstand_sdk.stops import ShownLogprobs, StopFinder

# While nothing comes (a long prompt, another request) this often is looked whether to stop.
_LOOK = 0.05


class Tally:
    """Adds up the tokens: how the stream ended and what it cost."""

    def __init__(self, request: EngineRequest, tokenizer: Any) -> None:
        self.reason: FinishReason | None = None
        self.cached = 0
        self.completion_tokens = 0
        self._prompt_tokens = len(request.prompt)
        self._max_tokens = request.max_tokens
        self._ends = tokenizer.eos_token_ids
        self._signs = frozenset(tokenizer.all_special_ids)
        self._text = Detokenizer(
            lambda ids: str(
                tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
            ),
            request.prompt,
        )
        self._stops = StopFinder(request.stop)
        self._shown = ShownLogprobs()
        self._untold = 0
        self._started = time.perf_counter()
        self._prompt_done = 0.0

    @property
    def usage(self) -> Usage:
        """What it cost so far."""
        now = time.perf_counter()
        prompt_done = self._prompt_done or now
        return Usage(
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self.completion_tokens,
            cached_tokens=self.cached,
            prompt_ms=(prompt_done - self._started) * 1_000,
            generate_ms=(now - prompt_done) * 1_000,
        )

    def add(self, token: int, weight: Weight | None = None) -> Iterator[Chunk]:
        """What a reader is shown of it."""
        self._prompt_done = self._prompt_done or time.perf_counter()
        self.completion_tokens += 1
        if token in self._ends:
            self.reason = "stop"
            return
        self._untold += 1
        yield from self._show(self._stops.feed(self._read(token, weight)))
        if self._stops.found:
            self.reason = "stop"
        elif self.completion_tokens >= self._max_tokens:
            self.reason = "length"

    def rest(self) -> Iterator[Chunk]:
        """What was held back because it might have become a stop string or a character."""
        if not self._stops.found:
            held = self._text.flush()
            self._shown.add(held)
            yield from self._show(self._stops.feed(held) + self._stops.flush())
        if self._stops.found:
            self.reason = "stop"

    def _read(self, token: int, weight: Weight | None) -> str:
        """The text that is whole with `token`; its weight waits until that is shown."""
        sign = token in self._signs
        if weight is None:
            return "" if sign else self._text.add(token)
        names = self._text.at(token, *(other for other, _ in weight.top))
        text = "" if sign else self._text.add(token)
        self._shown.add(text, [weight.named(names[token], token, names.__getitem__)])
        return text

    def _show(self, text: str) -> Iterator[Chunk]:
        if text:
            told, self._untold = self._untold, 0
            yield Chunk(text=text, tokens=told, logprobs=self._shown.of(text))


def read_stream(
    call: EngineCall,
    tally: Tally,
    cancelled: Callable[[], bool],
    finish: Callable[[Tally], Finish],
) -> Iterator[Chunk]:
    """The chunks of `call`, the last with its finish; a reader that leaves early stops it."""
    try:
        while tally.reason is None:
            if cancelled():
                yield Chunk(tokens=0, finish=Finish("cancelled", tally.usage))
                return
            try:
                item = call.read(_LOOK)
            except queue.Empty:
                continue
            if item is None:
                raise EngineError("MLX stopped before it was finished.", "", "Try again.")
            if isinstance(item, Exception):
                raise failure(item)
            tally.cached = call.cached
            if isinstance(item, PromptProgress):
                yield Chunk(tokens=0, progress=item)
            else:
                yield from tally.add(item.token, item.weight)
        call.stop()
        yield from tally.rest()
    finally:
        call.stop()
    yield Chunk(tokens=0, finish=finish(tally))
