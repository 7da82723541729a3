"""The events of an answer as chunks, and what it cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inkstand_sdk.messages import Chunk, FinishReason, Usage
from inkstand_sdk.server_logprobs import token_logprobs
from inkstand_sdk.stops import ShownLogprobs, StopFinder
from inkstand_sdk.worker.whole_text import WholeText

_REASONS: dict[str, FinishReason] = {"stop": "stop", "length": "length", "eos": "stop"}


class Tally:
    """Adds up events: whole characters up to a stop string, the reason of the end, the counts.

    `logprobs` is how many alternatives of each token are wanted, None for no log probabilities;
    `told_logprobs` whether the server knows any.
    """

    def __init__(self, stops: tuple[str, ...], estimate: int, logprobs: int | None = None) -> None:
        self.reason: FinishReason | None = None
        self.filtered = self.refused = False
        self.thought = False
        self.stopped_here = False
        self._whole = WholeText()
        self._stops = StopFinder(stops)
        self.told_logprobs = False
        self._logprobs = logprobs
        self._tokens = ShownLogprobs()
        self._usage: Usage | None = None
        self._timed: Usage | None = None
        self._estimate = estimate
        self._arrived = 0
        self._shown = 0

    @property
    def usage(self) -> Usage:
        """The server's counts, or else a token for each event and an estimate of the prompt."""
        return (
            self._timed
            or self._usage
            or Usage(prompt_tokens=self._estimate, completion_tokens=self._arrived, exact=False)
        )

    def add(self, event: dict[str, Any]) -> Iterator[Chunk]:
        """What a reader is shown of an event."""
        self._time(event.get("timings"))
        for choice in event.get("choices") or ():
            part = choice.get("delta") or choice.get("message") or {}
            text = part.get("content") or choice.get("text") or part.get("refusal") or ""
            self.refused = self.refused or bool(part.get("refusal"))
            self.thought = self.thought or bool(
                part.get("reasoning_content") or part.get("reasoning")
            )
            if self._timed is None and (part.get("content") or choice.get("text")):
                self._arrived += 1
            reason = choice.get("finish_reason")
            if reason:
                self.filtered = reason == "content_filter"
                self.reason = _REASONS.get(reason, "error")
            text = self._whole.feed(text, last=bool(reason))
            self._tell(text, choice.get("logprobs"))
            yield from self._shown_of(text)
        if event.get("usage"):
            self._count(event["usage"])

    def rest(self) -> Iterator[Chunk]:
        """What was held back, once the stream is over."""
        if not self._stops.found:
            yield from self._chunk(self._stops.flush())

    def unshown(self) -> int:
        """How many tokens the server counted beyond those that chunks stood for."""
        return max(0, self.usage.completion_tokens - self._shown)

    def _shown_of(self, text: str) -> Iterator[Chunk]:
        text = self._stops.feed(text)
        yield from self._chunk(text)
        if self._stops.found and not self.stopped_here:
            self.stopped_here = True
            self.reason = "stop"

    def _chunk(self, text: str) -> Iterator[Chunk]:
        if text:
            tokens, self._shown = self._arrived - self._shown, self._arrived
            yield Chunk(text=text, tokens=tokens, logprobs=self._tokens.of(text))

    def _tell(self, text: str, told: Any) -> None:
        """Take what an event says of its tokens, if that is wanted."""
        tokens = () if self._logprobs is None else token_logprobs(told, self._logprobs)
        self.told_logprobs = self.told_logprobs or bool(tokens)
        self._tokens.add(text, tokens)

    def _time(self, timings: dict[str, Any] | None) -> None:
        """Take the running counts that llama.cpp's server gives with every event."""
        if not timings or "predicted_n" not in timings:
            return
        cached = int(timings.get("cache_n") or 0)
        self._timed = Usage(
            prompt_tokens=cached + int(timings.get("prompt_n") or 0),
            completion_tokens=int(timings["predicted_n"]),
            cached_tokens=cached,
            prompt_ms=float(timings.get("prompt_ms") or 0),
            generate_ms=float(timings.get("predicted_ms") or 0),
        )
        self._arrived = self._timed.completion_tokens

    def _count(self, usage: dict[str, Any]) -> None:
        details = usage.get("prompt_tokens_details") or {}
        self._usage = Usage(
            prompt_tokens=int(usage.get("prompt_tokens") or 0),
            completion_tokens=int(usage.get("completion_tokens") or 0),
            cached_tokens=int(details.get("cached_tokens") or 0),
        )
