"""Drawing the next token of one row, from its logits.

The filters come in llama.cpp's order and have its meaning, so that the same settings write alike
under both engines: penalties, top_k, typical_p, top_p, min_p, then the temperature.
"""

# torch is imported where it is used: importing it takes seconds.
from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from inkstand_sdk.messages import Sampling
from inkstand_transformers.mirostat import MirostatState

if TYPE_CHECKING:
    import torch

HONORED = (
    "temperature", "top_p", "top_k", "min_p", "typical_p", "repeat_penalty", "presence_penalty",
    "frequency_penalty", "mirostat", "beams", "penalty_alpha", "seed",
)  # fmt: skip
_DEFAULTS = Sampling(temperature=0.8, top_p=0.95, top_k=40, min_p=0.05)
_RECENT = 64  # tokens, of the prompt too, that the repeat penalty looks back on
_OFF_WHEN_GREEDY = ("typical_p", "mirostat")
_OFF_UNDER_MIROSTAT = ("top_p", "top_k", "min_p", "typical_p")


def with_defaults(sampling: Sampling, model_defaults: dict[str, Any]) -> Sampling:
    """`sampling` with what it leaves open: from the model's generation config, else ours."""
    chosen: dict[str, Any] = {}
    for name in ("temperature", "top_p", "top_k", "min_p"):
        if getattr(sampling, name) is None:
            chosen[name] = _model_value(name, model_defaults)
    return msgspec.structs.replace(sampling, **chosen)


def _model_value(name: str, model_defaults: dict[str, Any]) -> Any:
    default = getattr(_DEFAULTS, name)
    if not model_defaults.get("do_sample"):
        return default
    try:
        value = msgspec.convert({name: model_defaults[name]}, Sampling, strict=False)
    except (KeyError, msgspec.ValidationError):
        return default
    return getattr(value, name)


def unsupported(sampling: Sampling) -> tuple[str, ...]:
    """The fields that are set and not honored."""
    return tuple(name for name in sampling.given() if name not in HONORED)


def sampling_notes(sampling: Sampling) -> tuple[str, ...]:
    """Sentences on settings that cannot do anything beside others."""
    given = sampling.given()
    names: tuple[str, ...]
    if sampling.temperature == 0:
        why, names = "Temperature 0 always takes the likeliest token", _OFF_WHEN_GREEDY
    elif sampling.mirostat is not None:
        why, names = "Mirostat takes the place of the filters", _OFF_UNDER_MIROSTAT
    else:
        return ()
    idle = ", ".join(name for name in names if name in given)
    return (f"{why}, so {idle} did nothing.",) if idle else ()


class Sampler:
    """Draws the tokens of one request. `sampling` has its defaults filled in."""

    def __init__(self, sampling: Sampling, prompt: Sequence[int]) -> None:
        import torch

        self._sampling = sampling
        self._recent = list(prompt)[-_RECENT:]
        self._written: dict[int, int] = {}  # how often each token was
        seed = sampling.seed
        self._mirostat = None if sampling.mirostat is None else MirostatState(sampling.mirostat)
        self._generator = torch.Generator()
        self._generator.manual_seed(
            int.from_bytes(os.urandom(4), "little") if seed is None else seed
        )

    @property
    def plain_greedy(self) -> bool:
        """Whether the likeliest token is all that it ever takes."""
        return self._sampling.temperature == 0 and not self._penalizes

    @property
    def _penalizes(self) -> bool:
        given = self._sampling
        return bool(
            given.repeat_penalty not in (None, 1)
            or given.presence_penalty
            or given.frequency_penalty
        )

    def draw(self, logits: torch.Tensor) -> int:
        """A token; `logits` are float32, on the processor, one for each of the vocabulary."""
        import torch

        logits = self.penalized(logits)
        if self._sampling.temperature == 0:
            return int(logits.argmax())
        if self._mirostat is not None:
            return self._draw_surprising(self._mirostat, logits)
        top_k = self._sampling.top_k or 0
        count = min(top_k, len(logits)) if top_k else len(logits)
        values, tokens = torch.topk(logits, count)  # sorted, the likeliest first
        values = self._filtered(values)
        temperature = self._sampling.temperature
        assert temperature is not None
        weights = torch.softmax((values - values.max()) / temperature, dim=0)
        place = int(torch.multinomial(weights, 1, generator=self._generator))
        return int(tokens[place])

    def _draw_surprising(self, mirostat: MirostatState, logits: torch.Tensor) -> int:
        import torch

        temperature = self._sampling.temperature
        assert temperature is not None
        values, tokens = ((logits - logits.max()) / temperature).sort(descending=True, stable=True)
        kept = mirostat.kept(torch.softmax(values, dim=0))
        chances = torch.softmax(values[:kept], dim=0)
        place = int(torch.multinomial(chances, 1, generator=self._generator))
        mirostat.took(float(chances[place]))
        return int(tokens[place])

    def took(self, token: int) -> None:
        """Remember the token that was written, for the penalties."""
        if self._penalizes:
            # Not in place: a copy of this may go on otherwise.
            self._written = {**self._written, token: self._written.get(token, 0) + 1}
            self._recent = [*self._recent[1 - _RECENT :], token]

    def penalized(self, logits: torch.Tensor) -> torch.Tensor:
        """`logits` with the penalties that were asked for."""
        import torch

        if not self._penalizes:
            return logits
        logits = logits.clone()
        repeat = self._sampling.repeat_penalty
        if repeat not in (None, 1):
            places = torch.tensor(sorted({token for token in self._recent if token < len(logits)}))
            if len(places):
                scores = logits[places]
                logits[places] = torch.where(scores > 0, scores / repeat, scores * repeat)
        presence = self._sampling.presence_penalty or 0.0
        frequency = self._sampling.frequency_penalty or 0.0
        if self._written and (presence or frequency):
            places = torch.tensor(list(self._written))
            counts = torch.tensor(list(self._written.values()), dtype=logits.dtype)
            logits[places] -= presence + frequency * counts
        return logits

    def _filtered(self, values: torch.Tensor) -> torch.Tensor:
        """`values`, sorted downwards, with minus infinity for what the filters drop."""
        import torch

        given = self._sampling
        off = float("-inf")
        if given.typical_p is not None and given.typical_p < 1:
            values = values.masked_fill(~_typical(values, given.typical_p), off)
        if given.top_p is not None and given.top_p < 1:
            chances = torch.softmax(values, dim=0)
            order = chances.argsort(descending=True, stable=True)
            before = chances[order].cumsum(0) - chances[order]
            drop = torch.zeros_like(before, dtype=torch.bool)
            drop[order] = before >= given.top_p
            values = values.masked_fill(drop, off)
        if given.min_p:
            chances = torch.softmax(values, dim=0)
            values = values.masked_fill(chances < given.min_p * chances.max(), off)
        return values


def _typical(values: torch.Tensor, mass: float) -> torch.Tensor:
    """Which tokens are locally typical (Meister et al., 2022); at least one is."""
    import torch

    logs = torch.log_softmax(values, dim=0)
    chances = logs.exp()
    entropy = -(chances * logs.masked_fill(chances == 0, 0.0)).sum()
    order = (-logs - entropy).abs().argsort(stable=True)
    before = chances[order].cumsum(0) - chances[order]
    keep = torch.zeros_like(chances, dtype=torch.bool)
    keep[order] = before < mass
    return keep
