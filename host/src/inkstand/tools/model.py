"""The model of one tool run: loaded when the tool first asks for it, and no sooner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from inkstand.generation.fallback import Failed, Walk, all_failed, may_help
from inkstand.generation.pipeline import Pipeline
from inkstand.generation.target import Chain, Choice, Target
from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand.workers.ticket import OnLoad
from inkstand.workers.worker import Worker
from inkstand_sdk.errors import ErrorInfo, InkstandError
from inkstand_sdk.messages import (
    Chunk,
    Failure,
    GenerateRequest,
    GenerateResult,
    Strategy,
    TokenCount,
)
from inkstand_sdk.tool import ModelInfo

T = TypeVar("T")

# Why a model failed once and would again, however often a tool writes: it is asked no more.
_LASTING = frozenset(
    {
        *("load-failed", "model-file", "not-found", "offline", "out-of-memory"),
        *("plugin", "plugin-broken", "worker-crashed", "worker-timeout", "timed-out"),
    }
)


class ModelOfRun:
    """The models that a tool may write with: the first that can, and while it can.

    `preset` and `strategy` are the user's choice for the run, and stand over the tool's own;
    `text` is the file or folder that it works on, if it was named for the run.

    Raises:
        InkstandError: the first model cannot be used, and there is no other.

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
        text: Path | None = None,
    ) -> None:
        self._pool = pool
        self._pipeline = pipeline
        self._chain = [self._if_not_lost(choice) for choice in chain]
        self._tool = tool
        self._preset = preset
        self._strategy = strategy
        self._text = text
        self._lost: dict[tuple[str, str], Failure] = {}
        self._walk()

    def info(self, cancel: CancelToken, on_load: OnLoad) -> ModelInfo:
        """Which model it is, and how long its context is once loaded."""

        def ask(worker: Worker, target: Target) -> ModelInfo:
            length = worker.loaded.context_length if worker.loaded else 0
            return ModelInfo(id=target.model, backend=target.backend, context_length=length)

        return self._of_the_first(ask, cancel, on_load)

    def count_tokens(self, text: str, cancel: CancelToken, on_load: OnLoad) -> TokenCount:
        """Tokens of `text`, by its own tokenizer if it has one."""

        def ask(worker: Worker, _target: Target) -> TokenCount:
            count: TokenCount = worker.call("count_tokens", text, TokenCount, cancel=cancel)
            return count

        return self._of_the_first(ask, cancel, on_load)

    def generate(
        self,
        request: GenerateRequest,
        cancel: CancelToken,
        run: str,
        follow: Callable[[Chunk], None],
    ) -> GenerateResult:
        """Generate with it for the run of that id; `follow` is given the chunks."""
        request = msgspec.structs.replace(
            request,
            preset=self._preset or request.preset,
            strategy=self._strategy or request.strategy,
        )
        with self._pipeline.start(
            request, self._chain, cancel, tool=self._tool, run=run, text=self._text
        ) as generation:
            for chunk in generation:
                follow(chunk)
            result = generation.result
        self._remember(result.failures)
        return result

    def _of_the_first(
        self, ask: Callable[[Worker, Target], T], cancel: CancelToken, on_load: OnLoad
    ) -> T:
        """What the first model that can be loaded answers."""
        walk = self._walk()
        for target in walk.targets():
            try:
                with self._pool.lease(target.spec, cancel=cancel, on_load=on_load) as worker:
                    return ask(worker, target)
            except InkstandError as error:
                if not may_help(error):
                    raise
                failed = Failed(target.model, target.backend, error)
                walk.failed.append(failed)
                self._remember((failed.to_failure(),))
        raise all_failed(walk.failed)

    def _walk(self) -> Walk:
        walk = Walk(self._chain, GenerateRequest())
        walk.find_first()
        return walk

    def _remember(self, failures: tuple[Failure, ...]) -> None:
        if len(self._chain) > 1:
            lasting = [failure for failure in failures if failure.code in _LASTING]
            self._lost |= {(each.backend, each.model): each for each in lasting}

    def _if_not_lost(self, choice: Choice) -> Choice:
        """The same choice, unless its model has failed for good during this run."""

        def find() -> Target:
            target = choice.find()
            failure = self._lost.get((target.backend, target.model))
            if failure is not None:
                raise InkstandError.from_info(ErrorInfo(failure.code, failure.why))
            return target

        return Choice(choice.name, find)
