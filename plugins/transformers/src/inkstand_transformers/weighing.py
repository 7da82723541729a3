"""Log probabilities: what the model itself gave a token, before anything was done to its logits."""

# torch is imported where it is used: importing it takes seconds.
from __future__ import annotations

from typing import TYPE_CHECKING

from inkstand_sdk.token_weight import TokenWeight

if TYPE_CHECKING:
    import torch


def weigh(logits: torch.Tensor, token: int, alternatives: int) -> TokenWeight:
    """The weight of `token` under the model's own `logits`, `[vocabulary]` in float32."""
    import torch

    logs = torch.log_softmax(logits, dim=0).clamp(max=0.0)
    values, tokens = logs.topk(min(alternatives, len(logs)))
    top = zip(tokens.tolist(), values.tolist(), strict=True)
    return TokenWeight(float(logs[token]), tuple(top))
