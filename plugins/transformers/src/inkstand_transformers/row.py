"""One request among those that are generated together."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import Chunk, Finish, FinishReason, PromptProgress, Usage
from inkstand_sdk.stops import StopFinder
from inkstand_transformers.constraint import Constraint
from inkstand_transformers.detokenizer import Detokenizer
from inkstand_transformers.sampling import Sampler

if TYPE_CHECKING:
    import torch

# How the notes of a finish depend on how it came about.
Notes = Callable[[FinishReason, Usage], tuple[str, ...]]


class Row:
    """A request on its way: what it was asked, what it wrote, and who waits for it.

    The engine's thread draws its tokens and puts chunks; the asking thread takes them.
    """

    def __init__(
        self,
        prompt: list[int],
        *,
        limit: int,
        ends: frozenset[int],
        sampler: Sampler,
        detokenizer: Detokenizer,
        stops: StopFinder,
        constraint: Constraint | None,
        adapters: tuple[tuple[str, float], ...],
        unsupported: tuple[str, ...],
        notes: Notes,
    ) -> None:
        self.prompt = prompt
        self.adapters = adapters
        self.written: list[int] = []
        self.limit = limit
        self.abandoned = False
        self.finished = False
        self._ends = ends
        self._sampler = sampler
        self._detokenizer = detokenizer
        self._stops = stops
        self._constraint = constraint
        self._unsupported = unsupported
        self._notes = notes
        self._chunks: queue.SimpleQueue[Chunk | Exception] = queue.SimpleQueue()
        self._untold = 0
        self._began = self._first = self._last = 0.0

    # The engine's side.

    def begin(self) -> None:
        """The engine takes it up."""
        self._began = self._first = self._last = time.perf_counter()

    def progress(self, evaluated: int) -> None:
        """So many tokens of the prompt are done."""
        self._chunks.put(
            Chunk(tokens=0, progress=PromptProgress(min(evaluated, len(self.prompt)),
                                                    len(self.prompt)))
        )  # fmt: skip

    def advance(self, logits: torch.Tensor) -> int:
        """Draw the next token and tell what it says; `finished` tells whether it was the last."""
        if self._constraint is not None:
            logits = self._constraint.masked(logits)
        token = self._sampler.draw(logits)
        self._last = time.perf_counter()
        if not self.written:
            self._first = self._last
        self._took(token)
        return token

    def fail(self, error: Exception) -> None:
        """End it with an error."""
        self.finished = True
        self._chunks.put(error)

    def _took(self, token: int) -> None:
        self.written.append(token)
        if token in self._ends:
            self._finish("stop")
            return
        self._sampler.took(token)
        self._untold += 1
        self._tell(self._stops.feed(self._detokenizer.feed(token)))
        complete = self._constraint is not None and self._constraint.took(token)
        if self._stops.found or complete:
            self._finish("stop")
        elif len(self.written) >= self.limit:
            self._finish("length")

    def _tell(self, text: str) -> None:
        if text:
            self._chunks.put(Chunk(text=text, tokens=self._untold))
            self._untold = 0

    def _finish(self, reason: FinishReason) -> None:
        self.finished = True
        if not self._stops.found:
            self._tell(self._stops.feed(self._detokenizer.flush()) + self._stops.flush())
        if self._stops.found:
            reason = "stop"
        usage = self.usage()
        finish = Finish(reason, usage, self._unsupported, self._notes(reason, usage))
        self._chunks.put(Chunk(tokens=self._untold, finish=finish))

    # The asking side.

    def read(self, timeout: float) -> Chunk:
        """The next chunk; raises `queue.Empty` after `timeout` seconds, or the row's error."""
        item = self._chunks.get(timeout=timeout)
        if isinstance(item, InkstandError):
            raise item
        if isinstance(item, Exception):
            raise item
        return item

    def usage(self) -> Usage:
        """What it cost until now."""
        return Usage(
            prompt_tokens=len(self.prompt),
            completion_tokens=len(self.written),
            prompt_ms=(self._first - self._began) * 1000,
            generate_ms=(self._last - self._first) * 1000,
        )

    def cancelled(self) -> Finish:
        """The finish of a row that nobody wants any more."""
        self.abandoned = True
        return Finish("cancelled", self.usage(), self._unsupported)
