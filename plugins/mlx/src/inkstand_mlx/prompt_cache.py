"""What the model has computed for the last prompt, kept for the next that begins like it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class PromptCache:
    """The key-value cache of the last request. Used in the engine's thread only."""

    def __init__(self, model: Any, *, keep: bool) -> None:
        self._model = model
        self._keep = keep
        self._tokens: list[int] = []
        self._cache: list[Any] | None = None

    def take(self, prompt: Sequence[int]) -> tuple[list[Any], int]:
        """A cache for `prompt`, and how many of its tokens are in it already.

        At least one is not, as the model must be asked something.
        """
        from mlx_lm.models.cache import make_prompt_cache, trim_prompt_cache

        cache, tokens = self._cache, self._tokens
        self.clear()
        if cache is not None:
            shared = min(_shared(tokens, prompt), len(prompt) - 1)
            extra = len(tokens) - shared
            if shared and trim_prompt_cache(cache, extra) == extra:
                return cache, shared
        fresh: list[Any] = make_prompt_cache(self._model)
        return fresh, 0

    def give_back(self, cache: list[Any], tokens: Sequence[int]) -> None:
        """Keep `cache`, which was computed from as many of `tokens` as it is long."""
        from mlx_lm.models.cache import can_trim_prompt_cache

        lengths = {getattr(layer, "offset", None) for layer in cache}
        length = lengths.pop() if len(lengths) == 1 else None
        if not self._keep or not isinstance(length, int) or not 0 < length <= len(tokens):
            return
        if can_trim_prompt_cache(cache):
            self._cache, self._tokens = cache, list(tokens[:length])

    def clear(self) -> None:
        """Forget it."""
        self._cache, self._tokens = None, []


def _shared(one: Sequence[int], other: Sequence[int]) -> int:
    for place, (mine, yours) in enumerate(zip(one, other, strict=False)):
        if mine != yours:
            return place
    return min(len(one), len(other))
