"""Ollama's answer as chunks, and what it cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inkstand_sdk.messages import Chunk, FinishReason, Usage
from inkstand_sdk.server_logprobs import token_logprobs
from inkstand_sdk.stops import ShownLogprobs, StopFinder
from inkstand_sdk.worker.whole_text import WholeText

_REASONS: dict[str, FinishReason] = {"stop": "stop", "length": "length"}


class Tally:
    """Adds up the lines of an answer: its text in whole characters, how it ended, its counts.

    `logprobs` is how many alternatives of each token are wanted, None for no log probabilities;
    `told_logprobs` whether this Ollama knows any.
    """

    def __init__(self, stops: tuple[str, ...], logprobs: int | None = None) -> None:
        self.reason: FinishReason | None = None
        self.usage = Usage(exact=False)
        self.thought = False
        self.evaluated = 0
        self._whole = WholeText()
        self._stops = StopFinder(stops)
        self.told_logprobs = False
        self._logprobs = logprobs
        self._tokens = ShownLogprobs()
        self._unshown = 0
        self._shown = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more is wanted."""
        return self.reason is not None

    def add(self, line: dict[str, Any]) -> Iterator[Chunk]:
        """What a reader is shown of a line."""
        message = line.get("message") or {}
        self.thought = self.thought or bool(message.get("thinking") or line.get("thinking"))
        text = str(message.get("content") or line.get("response") or "")
        done = bool(line.get("done"))
        if not done:
            self._unshown += 1
        text = self._whole.feed(text, last=done)
        self._tell(text, line.get("logprobs"))
        text = self._stops.feed(text)
        if done:
            text += self._stops.flush()
            self._count(line)
        if self._stops.found:
            self.reason = "stop"
        if not done:
            self.usage = Usage(completion_tokens=self._shown + self._unshown, exact=False)
        if text:
            tokens = self.usage.completion_tokens - self._shown
            self._shown, self._unshown = self._shown + tokens, 0
            yield Chunk(text=text, tokens=tokens, logprobs=self._tokens.of(text))

    def _tell(self, text: str, told: Any) -> None:
        """Take what a line says of its tokens, if that is wanted."""
        tokens = () if self._logprobs is None else token_logprobs(told, self._logprobs)
        self.told_logprobs = self.told_logprobs or bool(tokens)
        self._tokens.add(text, tokens)

    def _count(self, line: dict[str, Any]) -> None:
        self.reason = _REASONS.get(line.get("done_reason") or "stop", "error")
        self.evaluated = int(line.get("prompt_eval_count") or 0)
        written = int(line.get("eval_count") or 0)
        self.usage = Usage(
            prompt_tokens=self.evaluated,
            completion_tokens=written or self._shown + self._unshown,
            cached_tokens=int(line.get("prompt_eval_cached_count") or 0),
            exact=bool(self.evaluated and written),
            prompt_ms=int(line.get("prompt_eval_duration") or 0) / 1e6,
            generate_ms=int(line.get("eval_duration") or 0) / 1e6,
        )
