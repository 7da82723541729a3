"""Tokens as text, piece by piece, and never half a character."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_BEFORE = 4  # tokens of the prompt that decide whether the first piece begins with a space
_MOST_HELD = 8  # no character has more tokens than it has bytes
_HALF = "\N{REPLACEMENT CHARACTER}"


class Detokenizer:
    """Decodes each token together with those before it, as spaces and bytes depend on them."""

    def __init__(self, decode: Callable[[list[int]], str], prompt: Sequence[int]) -> None:
        self._decode = decode
        self._ids = list(prompt[-_BEFORE:])
        self._told = len(self._ids)

    def add(self, token: int) -> str:
        """The text that is whole with `token`."""
        self._ids.append(token)
        piece = self._piece()
        if piece.endswith(_HALF) and len(self._ids) - self._told < _MOST_HELD:
            return ""
        return self._tell(piece)

    def at(self, *tokens: int) -> dict[int, str]:
        """The text of each of these alone, if it came next; U+FFFD for a piece of a character."""
        before = self._ids[: self._told]
        shown = self._decode(before)
        return {token: self._decode([*before, token])[len(shown) :] for token in tokens}

    def flush(self) -> str:
        """What was held back, when no more tokens will come."""
        return self._tell(self._piece()) if self._told < len(self._ids) else ""

    def _piece(self) -> str:
        before = self._decode(self._ids[: self._told])
        return self._decode(self._ids)[len(before) :]

    def _tell(self, piece: str) -> str:
        if piece:
            self._ids = self._ids[-_BEFORE:]
            self._told = len(self._ids)
        return piece
