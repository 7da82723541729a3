"""One model's turn at a request: hooks, as many tries as may help, and the result."""

from __future__ import annotations

import time
from collections.abc import Iterator

from inkstand.generation.attempt import Attempt, added, tokens_per_second
from inkstand.generation.hooks import Hooks
from inkstand.generation.retrying import Patience
from inkstand.generation.structured import Structured
from inkstand.generation.target import Target, check, check_for
from inkstand.jobs import CancelToken
from inkstand.workers.pool import WorkerPool
from inkstand_sdk.errors import (
    Cancelled,
    OutputInvalid,
    PromptTooLong,
    RateLimited,
    SchemaError,
    Unavailable,
    WorkerCrashed,
)
from inkstand_sdk.messages import Chunk, Failure, Finish, GenerateRequest, GenerateResult, Usage


class Turn:
    """What became of a request at one model.

    Args:
        request: What is asked, its sampling written out.
        target: The model.
        started: When the request was made, by `time.perf_counter`.

    """

    def __init__(self, request: GenerateRequest, target: Target, started: float) -> None:
        self.request = request
        self.target = target
        self.attempt = Attempt(request, target)
        self.shown = False
        """Whether anything of the text was yielded: then no other model may begin anew."""
        self.spoiled = False
        """Whether a plugin failed to take part: it may not the next time."""
        self.retries = 0
        self._started = started
        self._notes: list[str] = []
        self._load_ms = 0.0
        self._first = 0.0
        self.spent = Usage()
        """What all tries used up together."""
        self._value: object = None
        self._repaired = False

    def write(
        self,
        hooks: Hooks,
        pool: WorkerPool,
        patience: Patience,
        silence: float | None,
        cancel: CancelToken,
    ) -> Iterator[Chunk]:
        """Yield chunks until the text is complete, or was cancelled; without the finish.

        A request with a schema shows nothing until its text is valid, and then all of it.

        Args:
            hooks: Plugins that may change the request.
            pool: Where the model's worker is.
            patience: How often a busy model is asked again.
            silence: Seconds that an engine may be silent; None is for ever.
            cancel: Stops it; the text so far is then the result.

        Raises:
            OutputInvalid: the text does not satisfy the schema; `data["text"]` keeps it.
            InkstandError: whatever else kept the model from answering.

        """
        try:
            self.request, notes = hooks.passed_through(
                "inkstand_before_generate", self.request, check=self._still_right, cancel=cancel
            )
            self._notes += notes
            self.spoiled = bool(notes)
            if self.request.schema is None:
                yield from self._tries(self.request, pool, patience, silence, cancel)
            else:
                yield from self._valid(pool, patience, silence, cancel)
        except Cancelled as stop:
            if not cancel.cancelled and not self.attempt.written:
                raise
            why = () if cancel.cancelled else (str(stop),)
            self.attempt.finish = Finish("cancelled", self.attempt.usage(), notes=why)
        if self.request.schema is not None and self.attempt.written:
            self.shown = True
            yield Chunk(self.attempt.text(), 0, logprobs=tuple(self.attempt.logprobs))

    def _valid(
        self, pool: WorkerPool, patience: Patience, silence: float | None, cancel: CancelToken
    ) -> Iterator[Chunk]:
        """Progress, until there is a text that satisfies the schema."""
        structured = Structured(self.request, self.target.capabilities.schema)
        sent, tries = structured.asked(), 0
        failure: OutputInvalid | None = None
        while True:
            tries += 1
            try:
                for chunk in self._tries(sent, pool, patience, silence, cancel):
                    tokens = chunk.tokens if chunk.text else 0
                    yield Chunk(tokens=tokens, progress=chunk.progress, loading=chunk.loading)
            except SchemaError as error:
                structured = structured.unconstrained(error)
                self._notes.append(
                    f"{self.target.backend} cannot hold a model to this schema: {error.what}"
                    " It was asked for in the prompt instead."
                )
                sent, tries = structured.asked(), 0
                continue
            except PromptTooLong:
                # What the last try was told of its fault may not fit any more.
                if failure is None:
                    raise
                raise structured.given_up(failure, tries - 1) from failure
            finish = self.attempt.end()
            if finish.reason == "cancelled":
                return
            try:
                decoded = structured.decode(self.attempt.text(), finish.reason == "length")
            except OutputInvalid as error:
                if tries >= structured.attempts:
                    raise structured.given_up(error, tries) from error
                failure = error
                sent = structured.again(error, tries)
                self.retries += 1
                continue
            self._value, self._repaired = decoded.value, decoded.repaired
            if decoded.repaired:
                self._notes.append("The JSON was not quite valid and had to be mended.")
            return

    def _tries(
        self,
        sent: GenerateRequest,
        pool: WorkerPool,
        patience: Patience,
        silence: float | None,
        cancel: CancelToken,
    ) -> Iterator[Chunk]:
        """The chunks of a first try, or of another where none was shown and it may help."""
        tries, waited, crashes = 1, 0.0, 0
        while True:
            self.attempt = Attempt(sent, self.target)
            try:
                for chunk in self.attempt.run(pool, cancel, silence):
                    self.shown = self.shown or bool(chunk.text and self.request.schema is None)
                    yield chunk
                return
            except WorkerCrashed:
                # A fresh worker can answer as if nothing had happened.
                crashes += 1
                if self.shown or crashes > 1:
                    raise
            except (RateLimited, Unavailable) as error:
                pause = None if self.shown else patience.pause(error, tries, waited)
                if pause is None:
                    raise
                tries += 1
                waited += pause
                patience.wait(cancel, pause)
            finally:
                self._load_ms += self.attempt.load_ms
                self._first = self._first or self.attempt.first
                self.spent = added(self.spent, self.attempt.usage())
            self.retries += 1

    def _still_right(self, changed: GenerateRequest) -> None:
        check(changed)
        check_for(changed, self.target)

    def abandoned(self) -> GenerateResult:
        """The result of a stream that nobody read to its end."""
        if self.attempt.finish is None:
            self.attempt.finish = Finish("cancelled", self.attempt.usage())
        return self.result()

    def result(self, failures: tuple[Failure, ...] = ()) -> GenerateResult:
        """The result of a text that is complete; `failures` are the models tried before."""
        attempt = self.attempt
        finish = attempt.end()
        capabilities = self.target.capabilities
        notes = [*self._notes, *self.target.notes, *attempt.notes, *finish.notes]
        if self.request.logprobs is not None and not capabilities.logprobs:
            notes.append(f"{self.target.backend} gives no log probabilities.")
        given = self.request.sampling.given()
        unsupported = {name for name in given if name not in capabilities.sampling}
        first_ms = (self._first - self._started) * 1000 if self._first else 0.0
        return GenerateResult(
            text=attempt.text(),
            finish=finish.reason,
            model=self.target.model,
            backend=self.target.backend,
            usage=self.spent,
            value=self._value,
            unsupported=tuple(sorted(unsupported | set(finish.unsupported))),
            notes=tuple(notes),
            load_ms=round(self._load_ms, 2),
            first_token_ms=round(first_ms, 2),
            total_ms=round((time.perf_counter() - self._started) * 1000, 2),
            tokens_per_second=tokens_per_second(
                finish.usage, attempt.tokens, attempt.last - attempt.first
            ),
            retries=self.retries,
            request_id=self.request.id,
            logprobs=tuple(attempt.logprobs),
            repaired=self._repaired,
            failures=failures,
        )
