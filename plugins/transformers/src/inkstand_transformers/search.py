"""Ways to choose a text that look further than one token: beam search and contrastive search.

A search has its row's state to itself: its rows there are what it is trying out.
"""

# Imported only when a model is loaded: it imports torch.
from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy
from typing import Any

import torch

from inkstand_sdk.errors import EngineError, InkstandError
from inkstand_sdk.stops import StopFinder
from inkstand_sdk.token_weight import TokenWeight
from inkstand_transformers.decoder import Decoder, ShowingDecoder, Watch
from inkstand_transformers.row import Row


class Search(ABC):
    """Chooses the tokens of one row, which is `finished` when it is done. Used once."""

    @abstractmethod
    def begin(self, decoder: Decoder, row: Row, watch: Watch) -> None:
        """Evaluate the prompt."""

    @abstractmethod
    def step(self, decoder: Decoder) -> None:
        """Go on by one token."""


class _Hypothesis:
    """A text that may become the row's: its tokens, and where it stands."""

    def __init__(self, row: Row) -> None:
        self.tokens: tuple[int, ...] = ()
        self.weights: tuple[TokenWeight | None, ...] = ()
        self.score = 0.0  # the sum of the log probabilities
        self.ended = False
        self._row = row
        self._sampler = row.sampler
        self._constraint = row.constraint
        self._detokenizer = row.detokenizer
        self._stops = StopFinder(row.stops)

    @property
    def mean(self) -> float:
        """The score for each token, so that short texts have no advantage."""
        return self.score / len(self.tokens)

    def scores(self, logits: torch.Tensor) -> torch.Tensor:
        """What its score would be with each token."""
        logs = torch.log_softmax(self._sampler.penalized(logits), dim=0)
        return self.score + (logs if self._constraint is None else self._constraint.masked(logs))

    def with_token(self, token: int, score: float, weight: TokenWeight | None) -> _Hypothesis:
        """A text with another token, whose score was worked out."""
        other = copy(self)
        other.take(token, score, weight)
        return other

    def take(self, token: int, score: float, weight: TokenWeight | None) -> None:
        """Go on by `token`; what is shared with other texts is copied first."""
        self.score = score
        self.tokens, self.weights = (*self.tokens, token), (*self.weights, weight)
        self.ended = token in self._row.ends or self._completed_by(token)

    def _completed_by(self, token: int) -> bool:
        self._sampler = copy(self._sampler)
        self._sampler.took(token)
        complete = len(self.tokens) >= self._row.limit
        if self._constraint is not None:
            self._constraint = self._constraint.fork()
            complete |= self._constraint.took(token)
        if self._row.stops:
            self._detokenizer, self._stops = copy(self._detokenizer), copy(self._stops)
            self._stops.feed(self._detokenizer.feed(token))
            complete |= self._stops.found
        return complete


class BeamSearch(Search):
    """Keeps the likeliest texts at every token, and takes the one with the best mean.

    As in transformers with a length penalty of 1: a text that ended competes by its mean log
    probability, and the search ends when the best that goes on is behind all that were kept.
    """

    def __init__(self, beams: int) -> None:
        self._beams = beams
        self._ended: list[_Hypothesis] = []
        self._running: list[_Hypothesis] = []
        self._state: Any = None

    def begin(self, decoder: Decoder, row: Row, watch: Watch) -> None:
        """See `Search.begin`."""
        self._row = row
        self._running = [_Hypothesis(row)]
        self._state, logits = decoder.begin([row.prompt], watch)
        row.begin_search()
        self._choose(decoder, logits)

    def step(self, decoder: Decoder) -> None:
        """See `Search.step`; nothing is written before the end, so progress is told instead."""
        self._row.progress(len(self._row.prompt))
        logits = decoder.step(self._state, [beam.tokens[-1] for beam in self._running])
        self._choose(decoder, logits)

    def _choose(self, decoder: Decoder, logits: torch.Tensor) -> None:
        vocabulary = logits.shape[1]
        scores = self._scores(logits)
        count = min((len(self._row.ends) + 1) * self._beams, len(scores))
        parents: list[int] = []
        running: list[_Hypothesis] = []
        for rank, (score, place) in enumerate(zip(*_best(scores, count), strict=True)):
            parent, token = divmod(place, vocabulary)
            if len(running) == self._beams or score == float("-inf"):
                break
            weight = self._row.weigh(logits[parent], token)
            beam = self._running[parent].with_token(token, score, weight)
            if not beam.ended:
                running.append(beam)
                parents.append(parent)
            elif rank < self._beams:
                self._ended.append(beam)
        self._ended = sorted(self._ended, key=lambda beam: -beam.mean)[: self._beams]
        before, self._running = len(self._running), running
        if self._is_decided():
            self._write()
        elif parents != list(range(before)):
            decoder.keep(self._state, parents)

    def _scores(self, logits: torch.Tensor) -> torch.Tensor:
        """The scores of all texts that are one token longer, in one row."""
        scores: list[torch.Tensor] = []
        dead: InkstandError | None = None
        for beam, own in zip(self._running, logits, strict=True):
            try:
                scores.append(beam.scores(own))
            except EngineError as error:  # its grammar leads nowhere; another's may not
                dead = error
                scores.append(torch.full_like(own, float("-inf")))
        if dead is not None and not self._ended and torch.cat(scores).isneginf().all():
            raise dead
        return torch.cat(scores)

    def _is_decided(self) -> bool:
        if not self._running:
            return True
        full = len(self._ended) == self._beams
        return full and max(beam.mean for beam in self._running) <= self._ended[-1].mean

    def _write(self) -> None:
        best = self._ended[0]
        for token, weight in zip(best.tokens, best.weights, strict=True):
            self._row.take(token, weight)
        self._state = None


class ContrastiveSearch(Search):
    """Takes, of the likeliest tokens, one that is likely and unlike what stands there already.

    Su et al., "A Contrastive Framework for Neural Text Generation", 2022: the probability, less
    the greatest cosine similarity of the token's hidden state to that of any token before it,
    weighed by alpha.
    """

    def __init__(self, alpha: float, candidates: int) -> None:
        self._alpha = alpha
        self._candidates = candidates

    def begin(self, decoder: Decoder, row: Row, watch: Watch) -> None:
        """See `Search.begin`."""
        assert isinstance(decoder, ShowingDecoder)
        self._row = row
        self._state: Any
        self._state, logits, hidden = decoder.begin_showing(row.prompt, watch)
        row.begin_search()
        self._seen = torch.nn.functional.normalize(hidden, dim=-1)  # [tokens, size]
        self._logits = logits
        self.step(decoder)

    def step(self, decoder: Decoder) -> None:
        """See `Search.step`."""
        assert isinstance(decoder, ShowingDecoder)
        row = self._row
        logits = row.sampler.penalized(self._logits)
        if row.constraint is not None:
            logits = row.constraint.masked(logits)
        chances = torch.softmax(logits, dim=0)
        values, tokens = chances.topk(min(self._candidates, len(chances)))
        values, tokens = values[values > 0], tokens[values > 0]
        decoder.keep(self._state, [0] * len(tokens))
        after, hidden = decoder.step_showing(self._state, tokens.tolist())
        fresh = torch.nn.functional.normalize(hidden, dim=-1)
        likeness = (fresh @ self._seen.T).amax(dim=1)
        best = int(((1 - self._alpha) * values - self._alpha * likeness).argmax())
        token = int(tokens[best])
        weight = row.weigh(self._logits, token)
        decoder.keep(self._state, [best])
        self._seen = torch.cat([self._seen, fresh[best : best + 1]])
        self._logits = after[best]
        row.take(token, weight)


def _best(scores: torch.Tensor, count: int) -> tuple[list[float], list[int]]:
    values, places = scores.topk(count)
    return values.tolist(), places.tolist()
