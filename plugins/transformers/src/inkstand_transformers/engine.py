"""A loaded model with its tokenizer, ready for rows."""

from __future__ import annotations

import gc
import queue
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from inkstand_sdk.asked import check_request
from inkstand_sdk.errors import PromptTooLong, UsageError
from inkstand_sdk.messages import Chunk, FinishReason, GenerateRequest, Usage
from inkstand_sdk.plain_chat import PLAIN_STOP, plain_prompt
from inkstand_transformers.adapters import Adapters, Chosen
from inkstand_transformers.batch import Batch, closed
from inkstand_transformers.constraint import Constrainer, Constraint, not_enforced
from inkstand_transformers.decoder import Decoder
from inkstand_transformers.detokenizer import Detokenizer
from inkstand_transformers.row import Row
from inkstand_transformers.sampling import Sampler
from inkstand_transformers.strategy import choose_strategy
from inkstand_transformers.tokens import Tokens

# While nothing comes (a long prompt, a busy engine) this often is looked whether to stop.
_LOOK = 0.05


class Engine:
    """What a backend holds after a load. Safe to use from any number of threads."""

    def __init__(
        self,
        *,
        tokens: Tokens,
        batch: Batch,
        decoder: Decoder,
        context_length: int,
        vocabulary: int,
        encoder_decoder: bool,
        adapters: Adapters | None,
        always: Chosen,
        defaults: dict[str, Any],
    ) -> None:
        """`always` are adapters for every request; `defaults` the model's generation config."""
        self.tokens = tokens
        self.context_length = context_length
        self._batch = batch
        self._decoder: Decoder | None = decoder
        self._vocabulary = vocabulary
        self._encoder_decoder = encoder_decoder
        self._adapters = adapters
        self._always = always
        self._defaults = defaults
        self._constrainer: Constrainer | None = None

    def stream(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        """The chunks of `request`, the last with its finish; leaving early stops it."""
        row = self._row(request)
        if cancelled():
            yield Chunk(tokens=0, finish=row.cancelled())
            return
        self._batch.submit(row)
        try:
            while True:
                try:
                    chunk = row.read(_LOOK)
                except queue.Empty:
                    chunk = None
                if chunk is not None and chunk.finish is not None:
                    yield chunk
                    return
                if cancelled():
                    yield Chunk(tokens=0, finish=row.cancelled())
                    return
                if chunk is not None:
                    yield chunk
        finally:
            row.abandoned = True

    def close(self) -> None:
        """Stop what runs and free the model."""
        self._batch.close()
        self._adapters = self._constrainer = self._decoder = None
        gc.collect()  # modules refer to each other in circles

    def _row(self, request: GenerateRequest) -> Row:
        check_request(request)
        prompt, stops = self._prompt(request)
        chosen = self._chosen(request)
        room = self.context_length - self._prefix_length(chosen)
        if len(prompt) >= room:
            raise PromptTooLong.of(len(prompt), room)
        limit = min(request.max_tokens, room - len(prompt))
        if self._decoder is None:
            raise closed()
        strategy = choose_strategy(request.sampling, self._defaults, self._decoder)

        def notes(reason: FinishReason, usage: Usage) -> tuple[str, ...]:
            return (*strategy.notes, *_finish_notes(request, reason, usage, room))

        before: Sequence[int] = () if self._encoder_decoder else prompt
        return Row(
            prompt,
            limit=limit,
            ends=self.tokens.ends,
            sampler=Sampler(strategy.sampling, before),
            detokenizer=Detokenizer(self.tokens.decode, before),
            stops=stops,
            constraint=self._constraint(request),
            adapters=chosen,
            unsupported=strategy.unsupported,
            notes=notes,
            logprobs=request.logprobs,
            search=strategy.search,
        )

    def _prompt(self, request: GenerateRequest) -> tuple[list[int], tuple[str, ...]]:
        """The prompt's tokens, and where to stop."""
        if request.prompt is not None:
            tokens = self.tokens.encode(request.prompt, special=True)
            stops = request.stop
        elif self.tokens.has_template:
            tokens = self.tokens.encode(self.tokens.chat(request.messages), special=False)
            stops = request.stop
        elif self._encoder_decoder:
            # These models were trained on tasks in plain words, such as "summarize: ...".
            tokens = self.tokens.encode(request.prompt_text(), special=True)
            stops = request.stop
        else:
            tokens = self.tokens.encode(plain_prompt(request.messages), special=True)
            stops = (*request.stop, *PLAIN_STOP)
        if not tokens:
            raise UsageError(
                "There is nothing to go on from.",
                "The prompt has no token that this model knows.",
                "Give some text.",
            )
        if max(tokens) >= self._vocabulary:
            raise UsageError(
                "The prompt has a token that the model does not know.",
                "Its tokenizer has more tokens than the model; both may not belong together.",
                "Leave special tokens out of the prompt.",
            )
        return tokens, stops

    def _constraint(self, request: GenerateRequest) -> Constraint | None:
        if request.schema is None and request.grammar is None:
            return None
        if not self.tokens.is_fast:
            raise UsageError(
                "This model cannot be held to a schema or grammar.",
                "Its tokenizer is of an old kind that constrained decoding does not know.",
                "Take a model with a tokenizer.json.",
            )
        if self._constrainer is None:
            self._constrainer = Constrainer(
                self.tokens.tokenizer, self._vocabulary, self.tokens.ends
            )
        if request.schema is not None:
            return self._constrainer.for_schema(request.schema)
        return self._constrainer.for_grammar(str(request.grammar))

    def _chosen(self, request: GenerateRequest) -> Chosen:
        if not request.adapters:
            return self._always
        adapters = self._adapters
        if adapters is None:
            raise UsageError(
                "Adapters cannot be applied to a model of this kind.",
                "",
                "Take the model in safetensors.",
            )
        chosen = self._batch.between_steps(lambda: adapters.chosen(request.adapters))
        named = dict(chosen)
        return tuple(sorted({**dict(self._always), **named}.items()))

    def _prefix_length(self, chosen: Chosen) -> int:
        return self._adapters.prefix_length(chosen) if self._adapters and chosen else 0


def _finish_notes(
    request: GenerateRequest, reason: FinishReason, usage: Usage, room: int
) -> Iterator[str]:
    if reason == "length" and usage.completion_tokens < request.max_tokens:
        yield (
            f"{request.max_tokens:,} tokens were asked for; the context of {room:,} had room"
            f" for {usage.completion_tokens:,} after the prompt."
        )
    ignored = not_enforced(request.schema)
    if ignored:
        yield f"While writing, {', '.join(ignored)} in the schema did not hold the model."
