"""Log probabilities: what the model itself gave a token, before anything was done to its logits."""

# mlx is imported where it is used: importing it takes most of a second.
from __future__ import annotations

from collections import deque
from typing import Any

from inkstand_sdk.token_weight import TokenWeight


class Scale:
    """Weighs the tokens of one request. Used in the engine's thread only."""

    def __init__(self, alternatives: int) -> None:
        self._alternatives = alternatives
        self._logits: deque[Any] = deque()

    def watch(self, _tokens: Any, logits: Any) -> Any:
        """Keep the logits of the next token: a processor that comes before all others."""
        self._logits.append(logits)
        return logits

    def weigh(self, token: int) -> TokenWeight:
        """The weight of the token that was drawn next; MLX is one ahead of what it gives."""
        import mlx.core as mx

        logits = self._logits.popleft().reshape(-1).astype(mx.float32)
        logs = mx.minimum(logits - mx.logsumexp(logits), 0.0)
        best = mx.argsort(-logs)[: self._alternatives]
        top = zip(best.tolist(), logs[best].tolist(), strict=True)
        return TokenWeight(logs[token].item(), tuple(top))
