"""One try at a request: the chunks of a model's worker, and what they add up to."""

from __future__ import annotations

import time
from collections.abc import Generator

import msgspec

from inkstand.generation.growing import GrowingText
from inkstand.generation.loading import leased
from inkstand.generation.target import Target
from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand_sdk.messages import Chunk, Finish, GenerateRequest, TokenLogprob, Usage
from inkstand_sdk.plain_chat import NOTE as NO_TEMPLATE

_LONGEST = 256
"""Characters of a token, on average, that are more than any tokenizer has."""


class Attempt:
    """What a worker was sent, and what it has written so far."""

    def __init__(self, request: GenerateRequest, target: Target) -> None:
        self.request = request
        self.target = target
        self.written = GrowingText()
        self.logprobs: list[TokenLogprob] = []
        self.tokens = self._characters = 0
        self.first = self.last = self.load_ms = 0.0
        self.finish: Finish | None = None
        self.notes: tuple[str, ...] = ()

    def run(
        self, pool: WorkerPool, cancel: CancelToken, silence: float | None
    ) -> Generator[Chunk, None, None]:
        """Yield how far the load is, then the worker's chunks; the finish is kept, not yielded.

        An engine that does not stop at the request's `max_tokens` is stopped: it may count tokens
        in its own way, so a quarter more than was asked is let pass. One that counts none is
        stopped where no tokenizer could have so much text in so few tokens.

        Args:
            pool: Where the worker is.
            cancel: Gives the try up.
            silence: Seconds that the worker may be silent, once it has the request.

        Raises:
            TimedOut: it was silent for longer.
            InkstandError: whatever keeps the model from being loaded or from writing.

        """
        most = self.request.max_tokens + self.request.max_tokens // 4 + 16
        with (yield from leased(pool, self.target.spec, cancel)) as worker:
            self.load_ms = worker.load_ms
            if worker.loaded is not None:
                self.notes = self._of_concern(worker.loaded.notes)
            for chunk in worker.stream(
                "generate", self.request, Chunk, cancel=cancel, silence=silence
            ):
                if chunk.text:
                    self.last = time.perf_counter()
                    if not self.written:
                        self.first = self.last
                    self.written.add(chunk.text)
                    self.tokens += chunk.tokens
                    self._characters += len(chunk.text)
                if chunk.logprobs:
                    self.logprobs += chunk.logprobs
                if chunk.finish is not None:
                    self.finish = chunk.finish
                    if not chunk.text:
                        continue
                    chunk = msgspec.structs.replace(chunk, finish=None)  # noqa: PLW2901
                yield chunk
                if self.tokens > most or self._characters > most * _LONGEST:
                    self._stop_here()
                    return

    def text(self) -> str:
        """What has been written so far."""
        return str(self.written)

    def usage(self) -> Usage:
        """What the engine says that it used up, or else the tokens that were seen."""
        if self.finish is not None:
            return self.finish.usage
        return Usage(completion_tokens=self.tokens, exact=self.tokens == 0)

    def end(self) -> Finish:
        """How it ended, whether or not the engine said so."""
        if self.finish is None:
            self.finish = Finish("stop", self.usage())
        return self.finish

    def _of_concern(self, notes: tuple[str, ...]) -> tuple[str, ...]:
        """A loaded model's notes, but for how it takes messages if none are sent."""
        raw = self.request.prompt is not None
        return tuple(note for note in notes if not (raw and note == NO_TEMPLATE))

    def _stop_here(self) -> None:
        said = (
            f"{self.target.backend} went on after {self.request.max_tokens} tokens and was stopped."
        )
        self.finish = Finish("length", self.usage(), notes=(said,))


def added(one: Usage, other: Usage) -> Usage:
    """What two tries used up together."""
    sums = {
        name: getattr(one, name) + getattr(other, name)
        for name in Usage.__struct_fields__
        if name != "exact"
    }
    return Usage(**sums, exact=one.exact and other.exact)


def tokens_per_second(usage: Usage, tokens: int, seconds: float) -> float:
    """Tokens a second: the engine's own timing where it gives one, else what was seen here."""
    if usage.generate_ms > 0 and usage.completion_tokens:
        return round(usage.completion_tokens * 1000 / usage.generate_ms, 1)
    return round((tokens - 1) / seconds, 1) if seconds > 0 and tokens > 1 else 0.0
