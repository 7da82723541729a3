"""Assisted decoding: a small model drafts tokens, the large one checks them in one go.

Every token is still drawn from the large model's own logits, and a drafted one is taken when it
is the one drawn; so the text is what it would have been without the draft (speculative decoding,
Leviathan et al., 2023, with the simplest rule of acceptance).
"""

from __future__ import annotations

from typing import Any

from inkstand_transformers.decoder import CausalDecoder, CausalState
from inkstand_transformers.row import Row

_FEWEST, _MOST = 2, 12  # tokens drafted at a time


class Drafter:
    """Drafts for one row at a time."""

    def __init__(self, model: CausalDecoder, assistant: CausalDecoder) -> None:
        self._model = model
        self._assistant = assistant
        self._row: Row | None = None
        self._state: Any = None
        self._held: list[int] = []  # the tokens in the assistant's cache
        self._count = 4
        self.drafted = self.accepted = 0

    def step(self, state: CausalState, row: Row, tokens: list[int]) -> None:
        """Take the row on by one token or more; `tokens` holds its last one, before and after."""
        draft = self._draft(row, min(self._count, row.limit - len(row.written) - 1))
        logits = self._model.extend(state, [[*tokens, *draft]])[0]
        self.drafted += len(draft)
        for place, guess in enumerate([*draft, None]):
            token = row.advance(logits[place])
            if row.finished or token != guess:
                break
            self.accepted += 1
        tokens[0] = row.written[-1]
        # The cache holds the last token and the whole draft; the draft's wrong end goes.
        self._model.shrink(state, len(draft) - place)
        missed = place < len(draft)
        self._count = max(_FEWEST, self._count - 1) if missed else min(_MOST, self._count + 2)

    def _draft(self, row: Row, count: int) -> list[int]:
        if count < 1:
            return []
        history = [*row.prompt, *row.written]
        draft = [self._guess(row, history)]
        while len(draft) < count:
            logits = self._assistant.step(self._state, [draft[-1]])
            self._held.append(draft[-1])
            draft.append(int(logits[0].argmax()))
        return draft

    def _guess(self, row: Row, history: list[int]) -> int:
        """What the assistant thinks comes after `history`; its cache then holds all of it."""
        if self._row is not row:
            self._row, self._held = row, list(history)
            self._state, logits = self._assistant.begin([history], lambda _: None)
            return int(logits[0].argmax())
        common = 0
        for held, real in zip(self._held, history[:-1], strict=False):
            if held != real:
                break
            common += 1
        self._assistant.shrink(self._state, len(self._held) - common)
        self._held = list(history)
        return int(self._assistant.extend(self._state, [history[common:]])[0, -1].argmax())
