"""Several texts for one request, of which the best is taken and the others are kept."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import msgspec

from inkstand.generation.fallback import Failed, all_failed, may_help
from inkstand.generation.pipeline import Pipeline
from inkstand.generation.presets import Presets, resolved
from inkstand.generation.scoring import scorer as scorer_of
from inkstand.generation.target import Choice, Target
from inkstand.jobs import CancelToken
from inkstand_sdk.errors import Cancelled, InkstandError, UsageError
from inkstand_sdk.messages import Failure, GenerateRequest, GenerateResult, Sampling
from inkstand_sdk.worker.protocol import Progress

MOST = 64
"""How many texts may be asked for."""
_SEEDS = 2**32 - 1


class BestOf(msgspec.Struct, frozen=True, kw_only=True):
    """The best of several texts.

    `scores` and `seeds` belong to the winner and then to the losers, which are ordered from the
    better to the worse; a score of None is a text that the scorer cannot judge, and stands last.
    `failures` are the texts that were not written.
    """

    winner: GenerateResult
    losers: tuple[GenerateResult, ...]
    scores: tuple[float | None, ...]
    seeds: tuple[int | None, ...]
    scorer: str
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()


class _Draft(msgspec.Struct, frozen=True):
    """One of the texts that are to be written."""

    choice: Choice
    request: GenerateRequest


class Contest:
    """Texts to be written for one request, by one or several models in turn.

    Args:
        pipeline: What writes.
        request: What is asked.
        choices: The models; they take turns.
        n: How many texts are written.
        scorer: What decides: a name in `scoring.SCORERS`.
        presets: The presets there are.

    Raises:
        UsageError: there is nothing to choose from, or the scorer could judge none of the texts.

    """

    def __init__(
        self,
        pipeline: Pipeline,
        request: GenerateRequest,
        choices: Sequence[Choice],
        n: int,
        scorer: str,
        presets: Presets,
    ) -> None:
        self._score = scorer_of(scorer)
        self._name = scorer
        self._pipeline = pipeline
        targets = [choice.find() for choice in choices]
        drawn = resolved(request, presets).sampling
        _check(request, drawn, targets, n, scorer)
        chosen = drawn.seed
        first = random.randrange(_SEEDS) if chosen is None else chosen
        # Texts drawn by chance would only fill the cache.
        cache = "off" if chosen is None and request.cache == "auto" else request.cache
        self._drafts: list[list[_Draft]] = [[] for _ in choices]
        for number in range(n):
            turn = number % len(choices)
            sampling = msgspec.structs.replace(request.sampling, seed=(first + number) % _SEEDS)
            asked = msgspec.structs.replace(
                request,
                sampling=sampling,
                cache=cache,
                id=f"{request.id}-{number + 1}" if request.id else "",
                logprobs=_logprobs(request, targets[turn], scorer),
            )
            self._drafts[turn].append(_Draft(choices[turn], asked))
        self._count = n

    def run(self, cancel: CancelToken, emit: Callable[[Any], None]) -> BestOf:
        """Have the texts written, and choose; `emit` is given `Progress`.

        The texts of one model are written together, as many at once as its engine takes; models
        take turns, for two may not fit in memory.

        Raises:
            Cancelled: `cancel` was cancelled meanwhile.
            InkstandError: none could be written.

        """
        results: list[tuple[int | None, GenerateResult]] = []
        failed: list[Failed] = []
        # Whatever ends one of them for good ends all.
        own = CancelToken()
        with cancel.listening(own.cancel):
            for drafts in self._drafts:
                with ThreadPoolExecutor(max(1, len(drafts)), "best of") as threads:
                    writing = {
                        threads.submit(self._write, each, own, emit): each for each in drafts
                    }
                    try:
                        for done in as_completed(writing):
                            try:
                                seed = writing[done].request.sampling.seed
                                results.append((seed, done.result()))
                            except InkstandError as error:
                                if not may_help(error):
                                    raise
                                failed.append(Failed(writing[done].choice.name, "", error))
                            over = len(results) + len(failed)
                            emit(Progress(over / self._count, f"{over} of {self._count} texts"))
                    except BaseException:
                        own.cancel()
                        raise
                cancel.check()
        if not results:
            raise all_failed(failed)
        return self._judged(results, tuple(each.to_failure() for each in failed))

    def _write(
        self, draft: _Draft, cancel: CancelToken, emit: Callable[[Any], None]
    ) -> GenerateResult:
        with self._pipeline.start(draft.request, [draft.choice], cancel) as generation:
            for chunk in generation:
                if chunk.loading is not None:
                    emit(Progress.of(chunk))
            result = generation.result
        if result.finish == "cancelled":
            raise Cancelled(*result.notes[:1])
        return result

    def _judged(
        self, results: list[tuple[int | None, GenerateResult]], failures: tuple[Failure, ...]
    ) -> BestOf:
        judged = [(self._score(result), seed, result) for seed, result in results]
        judged.sort(key=lambda text: float("-inf") if text[0] is None else text[0], reverse=True)
        unjudged = dict.fromkeys(
            f"{result.backend}:{result.model}" for score, _, result in judged if score is None
        )
        notes = [
            f"The scorer {self._name} cannot judge the texts of {name}: they stand last."
            for name in unjudged
        ]
        if judged[0][0] is None:
            notes = [f"The scorer {self._name} could judge none of the texts: one was taken."]
        notes += dict.fromkeys(f"A text is missing: {failure.why}" for failure in failures)
        return BestOf(
            winner=judged[0][2],
            losers=tuple(result for _, _, result in judged[1:]),
            scores=tuple(score for score, _, _ in judged),
            seeds=tuple(seed for _, seed, _ in judged),
            scorer=self._name,
            failures=failures,
            notes=tuple(notes),
        )


def _check(
    request: GenerateRequest, drawn: Sampling, targets: Sequence[Target], n: int, scorer: str
) -> None:
    if not 1 <= n <= MOST:
        raise UsageError(f"{n} texts cannot be written.", f"It is 1 to {MOST}.", "")
    if n < len(targets):
        raise UsageError(
            f"There are {len(targets)} models for {n} texts.",
            "Each of them writes at least one.",
            f"Ask for more texts: --best-of {len(targets)}",
        )
    if drawn.temperature == 0 and n > len(targets):
        raise UsageError(
            "With temperature 0 a model writes the same text every time.",
            "There would be nothing to choose from.",
            "Raise the temperature: --temperature 0.8",
        )
    if scorer == "logprob" and not any(target.capabilities.logprobs for target in targets):
        backends = ", ".join(dict.fromkeys(target.backend for target in targets))
        raise UsageError(
            f"The scorer logprob needs log probabilities, which {backends} does not give.",
            "It could judge none of the texts.",
            "Use another scorer, as in --scorer length, or another engine: inkstand backends list",
        )
    if scorer == "schema-valid" and request.schema is None:
        raise UsageError("The scorer schema-valid needs a schema.", "", "Give one: --schema FILE")


def _logprobs(request: GenerateRequest, target: Target, scorer: str) -> int | None:
    if request.logprobs is None and scorer == "logprob" and target.capabilities.logprobs:
        return 0
    return request.logprobs
