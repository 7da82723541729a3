"""One model's try at a request: its worker's chunks, and what becomes of them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec

from inkstand.generation import schema as schemas
from inkstand.generation.target import Target
from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand_sdk.messages import Chunk, Finish, GenerateRequest, GenerateResult, Usage


class Attempt:
    """The state of one request while its model writes."""

    def __init__(self, request: GenerateRequest, target: Target, started: float) -> None:
        self.request = request
        self.target = target
        self.started = started
        self.pieces: list[str] = []
        self.tokens = 0
        self.first = self.last = self.load_ms = 0.0
        self.finish: Finish | None = None
        self.retries = 0
        self.worker_notes: tuple[str, ...] = ()

    def run(self, pool: WorkerPool, cancel: CancelToken) -> Iterator[Chunk]:
        """Yield the worker's chunks; the finish is kept, not yielded."""
        with pool.lease(self.target.spec, cancel=cancel) as worker:
            self.load_ms = worker.load_ms
            if worker.loaded is not None:
                self.worker_notes = worker.loaded.notes
            for chunk in worker.stream("generate", self.request, Chunk, cancel=cancel):
                if chunk.text:
                    self.last = time.perf_counter()
                    if not self.pieces:
                        self.first = self.last
                    self.pieces.append(chunk.text)
                    self.tokens += chunk.tokens
                if chunk.finish is not None:
                    self.finish = chunk.finish
                    if not chunk.text:
                        continue
                    chunk = msgspec.structs.replace(chunk, finish=None)  # noqa: PLW2901
                yield chunk

    def text(self) -> str:
        """What has been written so far."""
        return "".join(self.pieces)

    def usage(self) -> Usage:
        """The tokens that were seen, where the engine gave no count of its own."""
        return Usage(completion_tokens=self.tokens, exact=False)

    def result(self, notes: tuple[str, ...]) -> GenerateResult:
        """The result, its JSON validated if a schema was given.

        Raises:
            OutputInvalid: with the raw text in `data`.

        """
        finish = self.finish or Finish("stop", self.usage())
        self.finish = finish
        ended = time.perf_counter()
        honored = self.target.capabilities.sampling
        unsupported = {name for name in self.request.sampling.given() if name not in honored}
        value = None
        if self.request.schema is not None and finish.reason != "cancelled":
            value = schemas.decode(self.text(), self.request.schema, cut=finish.reason == "length")
        writing = self.last - self.first
        return GenerateResult(
            text=self.text(),
            finish=finish.reason,
            model=self.target.model,
            backend=self.target.backend,
            usage=finish.usage,
            value=value,
            unsupported=tuple(sorted(unsupported | set(finish.unsupported))),
            notes=(*notes, *self.target.notes, *self.worker_notes, *finish.notes),
            load_ms=round(self.load_ms, 2),
            first_token_ms=round((self.first - self.started) * 1000, 2) if self.first else 0.0,
            total_ms=round((ended - self.started) * 1000, 2),
            tokens_per_second=tokens_per_second(finish.usage, self.tokens, writing),
            retries=self.retries,
            request_id=self.request.id,
        )


def tokens_per_second(usage: Usage, tokens: int, seconds: float) -> float:
    """Tokens a second: the engine's own timing where it gives one, else what was seen here."""
    if usage.generate_ms > 0 and usage.completion_tokens:
        return round(usage.completion_tokens * 1000 / usage.generate_ms, 1)
    return round((tokens - 1) / seconds, 1) if seconds > 0 and tokens > 1 else 0.0
