"""Log probabilities: what the model itself gave a token, before anything was done to its logits."""

from __future__ import annotations

from typing import Any

from inkstand_llama_cpp_python.model import NativeModel
from inkstand_sdk.messages import TokenLogprob
from inkstand_sdk.token_weight import TokenWeight

# For a token that the model rules out: JSON has no infinity.
_NEVER = -1e30


class Scale:
    """Weighs the tokens of one request, on the engine's thread."""

    def __init__(self, model: NativeModel, alternatives: int) -> None:
        self._model = model
        self._alternatives = min(alternatives, model.vocabulary_size)

    def weigh(self, row: int, token: int) -> TokenLogprob:
        """The weight of `token`, which was drawn from the `row`-th output of the last batch."""
        import numpy as np

        model = self._model
        logits = np.ctypeslib.as_array(
            model.lib.llama_get_logits_ith(model.context, row), (model.vocabulary_size,)
        ).astype(np.float64)
        highest = logits.max()
        logs = logits - (highest + np.log(np.exp(logits - highest).sum()))
        logs = np.nan_to_num(np.minimum(logs, 0.0), nan=_NEVER, neginf=_NEVER)
        weight = TokenWeight(float(logs[token]), self._likeliest(logs))
        return weight.named(_text(model.piece(token)), token, self._name)

    def _likeliest(self, logs: Any) -> tuple[tuple[int, float], ...]:
        import numpy as np

        if not self._alternatives:
            return ()
        best = np.argpartition(logs, -self._alternatives)[-self._alternatives :]
        best = best[np.argsort(-logs[best], kind="stable")]
        return tuple(zip(best.tolist(), logs[best].tolist(), strict=True))

    def _name(self, token: int) -> str:
        """The text of a token; control tokens have none, and are named as they are written out."""
        return _text(self._model.piece(token) or self._model.written_out(token))


def _text(piece: bytes) -> str:
    return piece.decode("utf-8", "replace")
