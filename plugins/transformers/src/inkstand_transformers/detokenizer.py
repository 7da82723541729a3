"""Tokens as text while they come: whole characters only, with the spaces where they belong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_REPLACEMENT = "\ufffd"
_CONTEXT = 6  # tokens before a text that decide whether its first word has a space
_LONGEST = 8  # held tokens after which bytes that make no character are given up
_CHARACTER = 4  # bytes, and so tokens, that a character may still need
_SILENT = 64  # tokens without any text, such as special ones, that are kept as context


class Detokenizer:
    """Gives text that is final: bytes of an unfinished character wait for the rest of it.

    Bytes that can become no character are left out.
    """

    def __init__(self, decode: Callable[[list[int]], str], before: Sequence[int] = ()) -> None:
        self._decode = decode
        self._ids = list(before)[-_CONTEXT:]
        self._begin = 0  # from here tokens are decoded, so that spaces come out right
        self._shown = len(self._ids)  # up to here they were shown

    def feed(self, token: int) -> str:
        """The text that became final with `token`; often none."""
        self._ids = [*self._ids, token]  # not in place: a copy of this may go on otherwise
        text = self._fresh(len(self._ids))
        if not text.endswith(_REPLACEMENT):
            return self._show(text, len(self._ids))
        if len(self._ids) - self._shown < _LONGEST:
            return ""
        end = len(self._ids) - _CHARACTER + 1
        return self._show(self._fresh(end), end)

    def at(self, *tokens: int) -> dict[int, str]:
        """The text of each of these alone, if it came next; U+FFFD for a piece of a character."""
        before = self._ids[self._begin : self._shown]
        shown = self._decode(before)
        return {token: self._decode([*before, token])[len(shown) :] for token in tokens}

    def flush(self) -> str:
        """What was held back, when no more tokens come."""
        end = len(self._ids)
        return "" if end == self._shown else self._show(self._fresh(end), end)

    def _fresh(self, end: int) -> str:
        shown = self._decode(self._ids[self._begin : self._shown])
        whole = self._decode(self._ids[self._begin : end])
        # The context may end within a character's bytes only if those were given up.
        if not whole.startswith(shown):
            shown = shown.rstrip(_REPLACEMENT)
        return whole[len(shown) :]

    def _show(self, text: str, end: int) -> str:
        if not text and end - self._shown < _SILENT:
            return ""
        # Keep a little context and forget the rest, so that decoding stays cheap.
        keep = max(self._shown, end - _CONTEXT)
        self._ids = self._ids[keep:]
        self._begin, self._shown = 0, end - keep
        return text.replace(_REPLACEMENT, "")
