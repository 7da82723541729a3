"""One request's tokens, as a stream of chunks that can be stopped at any moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from inkstand_mlx.detokenizer import Detokenizer
from inkstand_mlx.engine import Item, MlxCall, failure
from inkstand_sdk.errors import EngineError, InkstandError
from inkstand_sdk.messages import Chunk, FinishReason, PromptProgress, TokenLogprob, Usage
from inkstand_sdk.shown_text import ShownText
from inkstand_sdk.token_weight import TokenWeight


class Tally:
    """Adds up the tokens: how the stream ended and what it cost."""

    def __init__(self, call: MlxCall, tokenizer: Any) -> None:
        request = call.request
        self.reason: FinishReason | None = None
        self.completion_tokens = 0
        self._call = call
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
        self._shown = ShownText(request.stop)
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
            cached_tokens=self._call.cached,
            prompt_ms=(prompt_done - self._started) * 1_000,
            generate_ms=(now - prompt_done) * 1_000,
        )

    def add(self, item: Item) -> Iterator[Chunk]:
        """What a reader is shown of it."""
        if isinstance(item, PromptProgress):
            yield Chunk(tokens=0, progress=item)
            return
        token = item.token
        self._prompt_done = self._prompt_done or time.perf_counter()
        self.completion_tokens += 1
        if token in self._ends:
            self.reason = "stop"
            return
        yield from self._read(token, item.weight)
        if self._shown.stopped:
            self.reason = "stop"
        elif self.completion_tokens >= self._max_tokens:
            self.reason = "length"

    def end(self) -> None:
        """MLX has ended by itself, though there was no reason yet to stop."""
        raise EngineError("MLX stopped before it was finished.", "", "Try again.")

    def rest(self) -> Iterator[Chunk]:
        """What was held back because it might have become a stop string or a character."""
        yield from self._shown.rest(self._text.flush())
        if self._shown.stopped:
            self.reason = "stop"

    def unseen(self) -> tuple[TokenLogprob, ...]:
        """The last tokens, if all that they wrote is a part of a character."""
        return self._shown.unseen()

    def failure(self, error: Exception) -> InkstandError:
        """The error for an exception out of MLX."""
        return failure(error)

    def _read(self, token: int, weight: TokenWeight | None) -> Iterator[Chunk]:
        """What can be shown of the text that is whole with `token`."""
        logprobs = []
        if weight is not None:
            names = self._text.at(token, *(other for other, _ in weight.top))
            logprobs.append(weight.named(names[token], token, names.__getitem__))
        text = "" if token in self._signs else self._text.add(token)
        yield from self._shown.add(text, logprobs=logprobs)
