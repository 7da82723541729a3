"""Log probabilities: what the model itself gave a token, before anything was done to its logits."""

# torch is imported where it is used: importing it takes seconds.
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from inkstand_sdk.messages import Alternative, TokenLogprob

if TYPE_CHECKING:
    import torch


class Weight(msgspec.Struct, frozen=True):
    """A token's natural log probability, and the likeliest tokens at its place with theirs."""

    logprob: float
    top: tuple[tuple[int, float], ...] = ()

    def named(self, text: str, token: int, name: Callable[[int], str]) -> TokenLogprob:
        """As the contract has it; `text` is the token's, `name` gives that of another."""
        top = tuple(
            Alternative(text if other == token else name(other), logprob)
            for other, logprob in self.top
        )
        return TokenLogprob(text, self.logprob, top)


def weigh(logits: torch.Tensor, token: int, alternatives: int) -> Weight:
    """The weight of `token` under the model's own `logits`, `[vocabulary]` in float32."""
    import torch

    logs = torch.log_softmax(logits, dim=0).clamp(max=0.0)
    values, tokens = logs.topk(min(alternatives, len(logs)))
    top = zip(tokens.tolist(), values.tolist(), strict=True)
    return Weight(float(logs[token]), tuple(top))
