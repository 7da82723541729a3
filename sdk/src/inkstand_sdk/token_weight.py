"""What a model itself gave a token, for backends that see its logits."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from inkstand_sdk.messages import Alternative, TokenLogprob


class TokenWeight(msgspec.Struct, frozen=True):
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
