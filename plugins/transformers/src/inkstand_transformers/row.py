"""One request among those that are generated together."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import Chunk, Finish, FinishReason, PromptProgress, Usage
from inkstand_sdk.shown_text import ShownText
from inkstand_sdk.token_weight import TokenWeight
from inkstand_transformers.constraint import Constraint
from inkstand_transformers.detokenizer import Detokenizer
from inkstand_transformers.sampling import Sampler
from inkstand_transformers.weighing import weigh

if TYPE_CHECKING:
    import torch

    from inkstand_transformers.search import Search

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
        stops: Sequence[str],
        constraint: Constraint | None,
        adapters: tuple[tuple[str, float], ...],
        unsupported: tuple[str, ...],
        notes: Notes,
        logprobs: int | None = None,
        search: Search | None = None,
    ) -> None:
        """`logprobs` is how many alternatives are told beside each token's log probability, None
        for neither; `search` chooses the tokens instead of `sampler`.
        """
        self.prompt = prompt
        self.adapters = adapters
        self.written: list[int] = []
        self.limit = limit
        self.search = search
        self.abandoned = False
        self.finished = False
        self.ends = ends
        self.sampler = sampler
        self.detokenizer = detokenizer
        self.stops = stops
        self.constraint = constraint
        self._logprobs = logprobs
        self._shown = ShownText(stops)
        self._unsupported = unsupported
        self._notes = notes
        self._chunks: queue.SimpleQueue[Chunk | Exception] = queue.SimpleQueue()
        self._began = self._first = self._last = 0.0

    # The engine's side.

    def begin(self) -> None:
        """The engine takes it up."""
        self._began = time.perf_counter()

    def progress(self, evaluated: int) -> None:
        """So many tokens of the prompt are done."""
        self._chunks.put(
            Chunk(tokens=0, progress=PromptProgress(min(evaluated, len(self.prompt)),
                                                    len(self.prompt)))
        )  # fmt: skip

    def advance(self, logits: torch.Tensor) -> int:
        """Draw the next token and tell what it says; `finished` tells whether it was the last."""
        masked = logits if self.constraint is None else self.constraint.masked(logits)
        token = self.sampler.draw(masked)
        self.take(token, self.weigh(logits, token))
        return token

    def weigh(self, logits: torch.Tensor, token: int) -> TokenWeight | None:
        """The token's weight under the model's own logits, if log probabilities were asked for."""
        return None if self._logprobs is None else weigh(logits, token, self._logprobs)

    def take(self, token: int, weight: TokenWeight | None) -> None:
        """Go on by `token`; `finished` tells whether it was the last."""
        self._last = time.perf_counter()
        if not self.written:
            self._first = self._first or self._last
        self.written.append(token)
        if token in self.ends:
            self._finish("stop")
            return
        self.sampler.took(token)
        self._read(token, weight)
        complete = self.constraint is not None and self.constraint.took(token)
        if self._shown.stopped or complete:
            self._finish("stop")
        elif len(self.written) >= self.limit:
            self._finish("length")

    def begin_search(self) -> None:
        """The prompt is done, and what will be written is looked for."""
        self._first = time.perf_counter()

    def fail(self, error: Exception) -> None:
        """End it with an error."""
        self.finished = True
        self._chunks.put(error)

    def _read(self, token: int, weight: TokenWeight | None) -> None:
        """Tell the text that became final with `token`."""
        logprobs = []
        if weight is not None:
            names = self.detokenizer.at(token, *(other for other, _ in weight.top))
            logprobs.append(weight.named(names[token], token, names.__getitem__))
        self._tell(self._shown.add(self.detokenizer.feed(token), logprobs=logprobs))

    def _tell(self, chunks: Iterable[Chunk]) -> None:
        for chunk in chunks:
            self._chunks.put(chunk)

    def _finish(self, reason: FinishReason) -> None:
        self.finished = True
        self._tell(self._shown.rest(self.detokenizer.flush()))
        if self._shown.stopped:
            reason = "stop"
        usage = self.usage()
        finish = Finish(reason, usage, self._unsupported, self._notes(reason, usage))
        self._chunks.put(Chunk(tokens=0, finish=finish, logprobs=self._shown.unseen()))

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
            prompt_ms=max(0.0, self._first - self._began) * 1000,
            generate_ms=max(0.0, self._last - self._first) * 1000,
        )

    def cancelled(self) -> Finish:
        """The finish of a row that nobody wants any more."""
        self.abandoned = True
        return Finish("cancelled", self.usage(), self._unsupported)
