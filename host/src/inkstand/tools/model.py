"""The model of one tool run: loaded when the tool first asks for it, and no sooner."""

from __future__ import annotations

import msgspec

from inkstand.generation.generation import Generation
from inkstand.generation.pipeline import Pipeline
from inkstand.generation.target import Chain
from inkstand.jobs import CancelToken
from inkstand.workers.pool import OnLoad, WorkerPool
from inkstand_sdk.messages import GenerateRequest, Strategy, TokenCount
from inkstand_sdk.tool import ModelInfo


class ModelOfRun:
    """A target that a tool may write with.

    `preset` and `strategy` are the user's choice for the run, and stand over the tool's own.
    """

    def __init__(
        self,
        pool: WorkerPool,
        pipeline: Pipeline,
        chain: Chain,
        tool: str,
        *,
        preset: str = "",
        strategy: Strategy | None = None,
    ) -> None:
        self._pool = pool
        self._pipeline = pipeline
        self._chain = chain
        self._tool = tool
        self._preset = preset
        self._strategy = strategy
        self._target = chain[0].find()

    @property
    def name(self) -> str:
        """What the model is called."""
        return self._target.model

    def info(self, cancel: CancelToken, on_load: OnLoad | None = None) -> ModelInfo:
        """Which model it is, and how long its context is once loaded."""
        with self._pool.lease(self._target.spec, cancel=cancel, on_load=on_load) as worker:
            length = worker.loaded.context_length if worker.loaded else 0
        return ModelInfo(id=self._target.model, backend=self._target.backend, context_length=length)

    def generate(self, request: GenerateRequest, cancel: CancelToken) -> Generation:
        """Generate with it."""
        request = msgspec.structs.replace(
            request,
            preset=self._preset or request.preset,
            strategy=self._strategy or request.strategy,
        )
        return self._pipeline.start(request, self._chain, cancel, tool=self._tool)

    def count_tokens(
        self, text: str, cancel: CancelToken, on_load: OnLoad | None = None
    ) -> TokenCount:
        """Tokens of `text`, by its own tokenizer if it has one."""
        with self._pool.lease(self._target.spec, cancel=cancel, on_load=on_load) as worker:
            count: TokenCount = worker.call("count_tokens", text, TokenCount, cancel=cancel)
        return count
