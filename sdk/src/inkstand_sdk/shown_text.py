"""A stream as its reader is shown it, for backends that find stop strings themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inkstand_sdk.messages import Chunk, TokenLogprob
from inkstand_sdk.stops import ShownLogprobs, StopFinder


class ShownText:
    """Chunks of the text up to the first of `stops`, each with its tokens and their weights."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = StopFinder(stops)
        self._logprobs = ShownLogprobs()
        self._untold = 0

    @property
    def stopped(self) -> bool:
        """Whether a stop string came, behind which nothing is shown."""
        return self._stops.found

    def add(
        self, text: str, *, tokens: int = 1, logprobs: Sequence[TokenLogprob] = ()
    ) -> Iterator[Chunk]:
        """What can be shown now that `text` came, which so many `tokens` made whole."""
        self._untold += tokens
        self._logprobs.add(text, logprobs)
        yield from self._show(self._stops.feed(text))

    def rest(self, text: str = "") -> Iterator[Chunk]:
        """At the end: `text`, and what was held back as it might have become a stop string."""
        yield from self.add(text, tokens=0)
        yield from self._show(self._stops.flush())

    def unseen(self) -> tuple[TokenLogprob, ...]:
        """After `rest`: the last tokens, if all that they wrote is a part of a character."""
        return () if self.stopped else self._logprobs.rest()

    def _show(self, text: str) -> Iterator[Chunk]:
        if text:
            told, self._untold = self._untold, 0
            yield Chunk(text=text, tokens=told, logprobs=self._logprobs.of(text))
