"""`Sampling` as MLX's samplers and logits processors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inkstand_sdk.messages import Sampling

HONORED = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "repeat_penalty",
    "presence_penalty",
    "frequency_penalty",
    "xtc",
    "seed",
)
# Where a request leaves them open, as in llama.cpp; MLX's own defaults are greedy.
_DEFAULTS = {"temperature": 0.8, "top_p": 0.95, "top_k": 40, "min_p": 0.05}
_WINDOW = 64  # how many of the last tokens the penalties look at
_MOST_XTC = 0.5  # above it no two tokens can reach the threshold

Processor = Callable[[Any, Any], Any]
Sampler = Callable[[Any], Any]


def make_sampler(sampling: Sampling, vocabulary: int, kept: list[int]) -> Sampler:
    """How the next token is drawn; XTC never drops the tokens `kept`."""
    from mlx_lm import sample_utils

    values = {**_DEFAULTS, **sampling.given()}
    if values["temperature"] == 0:
        greedy: Sampler = sample_utils.greedy_sampler
        return greedy
    xtc = sampling.xtc
    works = xtc is not None and xtc.threshold <= _MOST_XTC
    top_k = values["top_k"]
    drawn: Sampler = sample_utils.make_sampler(
        temp=values["temperature"],
        top_p=values["top_p"],
        min_p=values["min_p"],
        top_k=top_k if top_k < vocabulary else 0,
        xtc_probability=xtc.probability if xtc is not None and works else 0.0,
        xtc_threshold=xtc.threshold if xtc is not None and works else 0.0,
        xtc_special_tokens=kept,
    )
    return drawn


def make_processors(sampling: Sampling, before: list[int]) -> list[Processor]:
    """What changes the scores before a token is drawn.

    `before` are tokens of the prompt that MLX will not see because they are in its cache.
    """
    from mlx_lm import sample_utils

    penalty = sampling.repeat_penalty
    processors: list[Processor] = sample_utils.make_logits_processors(
        repetition_penalty=None if penalty == 1 else penalty,
        repetition_context_size=_WINDOW,
        presence_penalty=sampling.presence_penalty,
        presence_context_size=_WINDOW,
        frequency_penalty=sampling.frequency_penalty,
        frequency_context_size=_WINDOW,
    )
    if not before:
        return processors
    return [_after(before[-_WINDOW:], processor) for processor in processors]


def sampling_notes(sampling: Sampling) -> tuple[str, ...]:
    """Sentences on settings that cannot do anything beside others."""
    if sampling.xtc is None:
        return ()
    if sampling.temperature == 0:
        return ("Temperature 0 always takes the likeliest token, so xtc did nothing.",)
    if sampling.xtc.threshold > _MOST_XTC:
        return ("No two tokens reach an XTC threshold above 0.5, so xtc did nothing.",)
    return ()


def unsupported(sampling: Sampling) -> tuple[str, ...]:
    """The fields of `sampling` that are set and that MLX has no words for."""
    return tuple(name for name in sampling.given() if name not in HONORED)


def _after(before: list[int], processor: Processor) -> Processor:
    import mlx.core as mx

    seen = mx.array(before)

    def processed(tokens: Any, logits: Any) -> Any:
        return processor(mx.concatenate([seen, tokens]), logits)

    return processed
