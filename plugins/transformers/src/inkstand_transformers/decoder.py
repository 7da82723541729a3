"""What the batch needs of a model: evaluate prompts, and one more token for each row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import torch

from inkstand_transformers.cache import is_plain, joined, keep_rows, remove_last

# Called with the prompt tokens evaluated so far; raises to stop.
Watch = Callable[[int], None]

PROMPT_CHUNK = 256  # prompt tokens evaluated in one go; a cancel waits for one of these


class Decoder(ABC):
    """A model that writes. A state belongs to rows that are evaluated together."""

    joins: ClassVar[bool] = False
    """Whether two states can become one."""
    branches: ClassVar[bool] = True
    """Whether `keep` may name a row several times, which makes copies of it."""
    shows: ClassVar[bool] = False
    """Whether the hidden states can be seen."""

    @abstractmethod
    def begin(self, prompts: Sequence[list[int]], watch: Watch) -> tuple[Any, torch.Tensor]:
        """The state after these prompts, and logits `[rows, vocabulary]` in float32 on the CPU."""

    @abstractmethod
    def step(self, state: Any, tokens: list[int]) -> torch.Tensor:
        """Add one token to each row; the logits for the next."""

    @abstractmethod
    def keep(self, state: Any, rows: list[int]) -> None:
        """Forget the rows that are not named, and put the others into that order."""

    def join(self, state: Any, other: Any) -> Any:
        """One state for the rows of both; only if `joins`."""
        raise NotImplementedError

    def use(self, adapters: tuple[tuple[str, float], ...]) -> None:
        """Put these adapters on the model until told otherwise."""


class ShowingDecoder(Decoder):
    """One whose hidden states can be seen, if `shows`."""

    @abstractmethod
    def begin_showing(
        self, prompt: list[int], watch: Watch
    ) -> tuple[Any, torch.Tensor, torch.Tensor]:
        """The state after one prompt, logits `[vocabulary]`, hidden states `[tokens, size]`."""

    @abstractmethod
    def step_showing(self, state: Any, tokens: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Add a token to each row; logits `[rows, vocabulary]`, hidden states `[rows, size]`."""


class CausalState:
    """The cache, and the mask of columns `[rows, tokens]` that hold something."""

    def __init__(self, cache: Any, mask: torch.Tensor) -> None:
        self.cache = cache
        self.mask = mask


class CausalDecoder(ShowingDecoder):
    """A decoder-only model of transformers."""

    joins = True
    shows = True

    def __init__(
        self,
        model: Any,
        new_cache: Callable[[int], Any],
        use: Callable[[tuple[tuple[str, float], ...]], None],
    ) -> None:
        """`new_cache` gives an empty cache for that many rows, or one with a learned prefix;
        `use` switches adapters.
        """
        import inspect

        self._model = model
        self._new_cache = new_cache
        self._use = use
        self._device = model.device
        accepted = inspect.signature(model.forward).parameters
        self._takes_positions = "position_ids" in accepted
        self._takes_keep = "logits_to_keep" in accepted
        self.takes_past = "past_key_values" in accepted

    def use(self, adapters: tuple[tuple[str, float], ...]) -> None:
        """See `Decoder.use`."""
        self._use(adapters)

    def begin(self, prompts: Sequence[list[int]], watch: Watch) -> tuple[CausalState, torch.Tensor]:
        """See `Decoder.begin`; shorter prompts are padded on the left."""
        return self._begin(prompts, watch, [])

    def begin_showing(
        self, prompt: list[int], watch: Watch
    ) -> tuple[CausalState, torch.Tensor, torch.Tensor]:
        """See `ShowingDecoder.begin_showing`."""
        shown: list[torch.Tensor] = []
        state, logits = self._begin([prompt], watch, shown, show=True)
        return state, logits[0], torch.cat(shown, dim=1)[0]

    def step_showing(
        self, state: CausalState, tokens: list[int]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """See `ShowingDecoder.step_showing`."""
        ids = torch.tensor([[token] for token in tokens], device=self._device)
        state.mask = torch.cat([state.mask, torch.ones_like(ids)], dim=1)
        output = self._forward(state, ids, keep=1, show=True)
        return _plain(output.logits[:, -1]), _plain(output.hidden_states[-1][:, -1])

    def _begin(
        self,
        prompts: Sequence[list[int]],
        watch: Watch,
        shown: list[torch.Tensor],
        *,
        show: bool = False,
    ) -> tuple[CausalState, torch.Tensor]:
        ids, mask = left_padded(prompts)
        width = ids.shape[1]
        cache = self._new_cache(len(prompts))
        prefix = cache.get_seq_length() if self.joins else 0
        mask = torch.cat([mask.new_ones((len(prompts), prefix)), mask], dim=1).to(self._device)
        state = CausalState(cache, mask)
        logits = torch.empty(0)
        for begin in range(0, width, PROMPT_CHUNK):
            end = min(begin + PROMPT_CHUNK, width)
            state.mask = mask[:, : prefix + end]
            output = self._forward(state, ids[:, begin:end].to(self._device), keep=1, show=show)
            logits = output.logits
            if show:
                shown.append(_plain(output.hidden_states[-1]))
            watch(end)
        return state, _plain(logits[:, -1])

    def step(self, state: CausalState, tokens: list[int]) -> torch.Tensor:
        """See `Decoder.step`."""
        return self.extend(state, [[token] for token in tokens])[:, -1]

    def extend(self, state: CausalState, tokens: list[list[int]]) -> torch.Tensor:
        """Add several tokens to each row; the logits after each, `[rows, tokens, vocabulary]`."""
        ids = torch.tensor(tokens, device=self._device)
        state.mask = torch.cat([state.mask, torch.ones_like(ids)], dim=1)
        return _plain(self._forward(state, ids, keep=ids.shape[1]).logits)

    def shrink(self, state: CausalState, tokens: int) -> None:
        """Take the last tokens back."""
        if tokens:
            remove_last(state.cache, tokens)
            state.mask = state.mask[:, :-tokens]

    def keep(self, state: CausalState, rows: list[int]) -> None:
        """See `Decoder.keep`."""
        mask = state.mask[rows]
        # Columns that were only there for a longer row that left.
        empty = int(mask.any(dim=0).int().argmax())
        state.mask = mask[:, empty:]
        keep_rows(state.cache, rows, empty)

    def join(self, state: CausalState, other: CausalState) -> CausalState:
        """See `Decoder.join`."""
        width = max(state.mask.shape[1], other.mask.shape[1])
        masks = [
            torch.nn.functional.pad(one.mask, (width - one.mask.shape[1], 0))
            for one in (state, other)
        ]
        return CausalState(joined(state.cache, other.cache), torch.cat(masks))

    def _forward(
        self, state: CausalState, ids: torch.Tensor, *, keep: int, show: bool = False
    ) -> Any:
        options: dict[str, Any] = {}
        if self._takes_positions:
            positions = (state.mask.cumsum(-1) - 1).clamp(min=0)
            options["position_ids"] = positions[:, -ids.shape[1] :]
        if self._takes_keep:
            options["logits_to_keep"] = keep
        if show:
            options["output_hidden_states"] = True
        output = self._model(
            input_ids=ids,
            attention_mask=state.mask,
            past_key_values=state.cache,
            use_cache=True,
            **options,
        )
        state.cache = output.past_key_values
        return output


class SingleDecoder(CausalDecoder):
    """A decoder-only model whose state cannot be taken apart: every row by itself."""

    joins = False
    branches = False
    shows = False


class Seq2SeqState:
    """What the encoder made of the inputs, its mask, and the cache of the decoder."""

    def __init__(self, encoded: Any, mask: torch.Tensor, cache: Any) -> None:
        self.encoded = encoded
        self.mask = mask
        self.cache = cache


class Seq2SeqDecoder(ShowingDecoder):
    """An encoder-decoder model of transformers: the prompt is what the encoder reads."""

    shows = True

    def __init__(self, model: Any, start: int) -> None:
        """`start` is the token that the decoder begins with."""
        self._model = model
        self._start = start
        self._device = model.device

    def begin(
        self, prompts: Sequence[list[int]], watch: Watch
    ) -> tuple[Seq2SeqState, torch.Tensor]:
        """See `Decoder.begin`; shorter inputs are padded on the right."""
        state = self._encoded(prompts, watch)
        return state, self.step(state, [self._start] * len(prompts))

    def begin_showing(
        self, prompt: list[int], watch: Watch
    ) -> tuple[Seq2SeqState, torch.Tensor, torch.Tensor]:
        """See `ShowingDecoder.begin_showing`; the states are the decoder's."""
        state = self._encoded([prompt], watch)
        logits, hidden = self.step_showing(state, [self._start])
        return state, logits[0], hidden

    def _encoded(self, prompts: Sequence[list[int]], watch: Watch) -> Seq2SeqState:
        from transformers import DynamicCache, EncoderDecoderCache

        width = max(len(prompt) for prompt in prompts)
        ids = torch.zeros((len(prompts), width), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, prompt in enumerate(prompts):
            ids[row, : len(prompt)] = torch.tensor(prompt)
            mask[row, : len(prompt)] = 1
        mask = mask.to(self._device)
        encoder = self._model.get_encoder()
        encoded = encoder(input_ids=ids.to(self._device), attention_mask=mask, return_dict=True)
        watch(width)
        cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        return Seq2SeqState(encoded, mask, cache)

    def step(self, state: Seq2SeqState, tokens: list[int]) -> torch.Tensor:
        """See `Decoder.step`."""
        return _plain(self._forward(state, tokens).logits[:, -1])

    def step_showing(
        self, state: Seq2SeqState, tokens: list[int]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """See `ShowingDecoder.step_showing`."""
        output = self._forward(state, tokens, output_hidden_states=True)
        return _plain(output.logits[:, -1]), _plain(output.decoder_hidden_states[-1][:, -1])

    def _forward(self, state: Seq2SeqState, tokens: list[int], **options: Any) -> Any:
        output = self._model(
            encoder_outputs=state.encoded,
            attention_mask=state.mask,
            decoder_input_ids=torch.tensor([[token] for token in tokens], device=self._device),
            past_key_values=state.cache,
            use_cache=True,
            **options,
        )
        state.cache = output.past_key_values
        return output

    def keep(self, state: Seq2SeqState, rows: list[int]) -> None:
        """See `Decoder.keep`."""
        state.mask = state.mask[rows]
        state.encoded.last_hidden_state = state.encoded.last_hidden_state[rows]
        for cache in (state.cache.self_attention_cache, state.cache.cross_attention_cache):
            keep_rows(cache, rows, 0)


def left_padded(prompts: Sequence[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """The prompts as one table `[rows, tokens]`, and a mask of where they are."""
    width = max(len(prompt) for prompt in prompts)
    ids = torch.zeros((len(prompts), width), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, width - len(prompt) :] = torch.tensor(prompt)
        mask[row, width - len(prompt) :] = 1
    return ids, mask


def takes_batches(model: Any) -> bool:
    """Whether rows of this decoder-only model can be put together and taken apart.

    Attention layers allow it, also those with a sliding window: its mask counts from the end.
    Layers that keep a running state do not.
    """
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

    layers = DynamicCache(config=model.config).layers
    return all(type(layer) in (DynamicLayer, DynamicSlidingWindowLayer) for layer in layers)


def is_sound(decoder: CausalDecoder) -> bool:
    """Whether the model keeps its state in the cache that it is given, tried with one token.

    Models without any attention take another kind, and no prompt in pieces.
    """
    if not decoder.takes_past:
        return False
    state, _ = decoder.begin([[0]], lambda _: None)
    return is_plain(state.cache) if decoder.joins else state.cache is not None


def _plain(values: torch.Tensor) -> torch.Tensor:
    return values.to(device="cpu", dtype=torch.float32)
