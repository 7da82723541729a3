"""Stop strings in a stream, for backends whose engine does not find them, or not well."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from inkstand_sdk.messages import TokenLogprob


class StopFinder:
    """Lets text through up to the first stop string.

    What may be the beginning of a stop string is held back until the next text decides it.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.found = False

    def feed(self, text: str) -> str:
        """The text that may be shown after `text` came; once `found`, nothing more."""
        if self.found or not self._stops:
            return "" if self.found else text
        text = self._held + text
        places = [at for stop in self._stops if (at := text.find(stop)) >= 0]
        if places:
            self.found, self._held = True, ""
            return text[: min(places)]
        held = max(self._overlap(text, stop) for stop in self._stops)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def flush(self) -> str:
        """What was held back, when no more text will come."""
        held, self._held = self._held, ""
        return held

    @staticmethod
    def _overlap(text: str, stop: str) -> int:
        """The length of the longest end of `text` that a stop string begins with."""
        for length in range(min(len(text), len(stop) - 1), 0, -1):
            if text.endswith(stop[:length]):
                return length
        return 0


class ShownLogprobs:
    """Keeps tokens' log probabilities until their text is shown; those of other text are dropped.

    A token belongs to the text that is shown if it begins in it: one that a stop string cuts
    through does, one within the stop string does not.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, TokenLogprob]] = deque()
        self._fed = 0
        self._shown = 0

    def add(self, text: str, logprobs: Sequence[TokenLogprob] = ()) -> None:
        """Take text that came, and the tokens that it came with.

        A token without text of its own, such as half a character, belongs to the text after it.
        """
        last = self._fed + max(0, len(text) - 1)
        at = self._fed
        for token in logprobs:
            self._waiting.append((min(at, last), token))
            at += len(token.text)
        self._fed += len(text)

    def of(self, text: str) -> tuple[TokenLogprob, ...]:
        """The tokens that have become final now that `text` is shown, in order."""
        self._shown += len(text)
        final = []
        while self._waiting and self._waiting[0][0] < self._shown:
            final.append(self._waiting.popleft()[1])
        return tuple(final)

    def rest(self) -> tuple[TokenLogprob, ...]:
        """Those that still wait for text, at the end of a stream without a stop string."""
        rest = tuple(token for _, token in self._waiting)
        self._waiting.clear()
        return rest
