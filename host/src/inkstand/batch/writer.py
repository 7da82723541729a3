"""What answers the lines of a batch: the pipeline, each model of the batch found once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from inkstand.batch.lines import Asked
from inkstand.generation.pipeline import Pipeline
from inkstand.generation.target import Chain, Choice, Target
from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand_sdk.messages import GenerateResult, LoadProgress


class PipelineWriter:
    """Answers with the models of an installation.

    Args:
        pipeline: Where requests go.
        pool: Knows how many requests a model takes at once.
        chain: Gives the models that a name means, and those that are tried after it.
        fallback: The names of such models.

    """

    def __init__(
        self,
        pipeline: Pipeline,
        pool: WorkerPool,
        chain: Callable[[str, Sequence[str]], Chain],
        fallback: Sequence[str],
    ) -> None:
        self._fallback = fallback
        self._pipeline = pipeline
        self._pool = pool
        self._chain = chain
        self._chains: dict[str, Chain] = {}
        self._first: dict[str, Target] = {}
        self._lock = threading.Lock()

    def write(
        self, line: Asked, cancel: CancelToken, on_load: Callable[[LoadProgress | None], None]
    ) -> GenerateResult:
        """The whole answer."""
        loading = False
        with self._pipeline.start(line.request, self._found(line.model), cancel) as generation:
            for chunk in generation:
                if chunk.loading is not None or loading:
                    loading = chunk.loading is not None
                    on_load(chunk.loading)
            return generation.result

    def places(self, model: str) -> int:
        """How many requests the model takes at once; 1 as long as it has not been found."""
        first = self._first.get(model)
        return self._pool.places(first.spec) if first is not None else 1

    def _found(self, model: str) -> Chain:
        with self._lock:
            if model not in self._chains:
                first, *others = self._chain(model, self._fallback)
                once = [Choice(first.name, self._once(model, first)), *others]
                self._chains[model] = once
            return self._chains[model]

    def _once(self, model: str, choice: Choice) -> Callable[[], Target]:
        """Finds a model only once; an error is met again, for what is missing may come."""

        def find() -> Target:
            if model not in self._first:
                self._first[model] = choice.find()
            return self._first[model]

        return find
