"""What a text cost."""

from __future__ import annotations

from collections.abc import Sequence

from inkstand_openai.settings import Price
from inkstand_sdk.messages import Usage

_MILLION = 1_000_000


def cost(usage: Usage, model: str, prices: Sequence[Price]) -> float:
    """The price of `usage`, in the currency of the table; 0.0 if the model is not in it."""
    for price in prices:
        if price.model == model:
            cached = min(usage.cached_tokens, usage.prompt_tokens)
            cheap = price.input if price.cached_input is None else price.cached_input
            paid = (usage.prompt_tokens - cached) * price.input + cached * cheap
            return (paid + usage.completion_tokens * price.output) / _MILLION
    return 0.0
