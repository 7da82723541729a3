"""Prompts that fit: counting, filling up to a budget, and cutting a text into pieces.

Nothing is cut in silence: what does not fit is left out whole, and a text longer than a context
is worked through piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inkstand_sdk import Sampling, ToolContext
from inkstand_sdk.errors import PromptTooLong

UNKNOWN_CONTEXT = 4096
"""Assumed where a backend does not say how long its model's context is."""
TEMPLATE_TOKENS = 48
"""Kept free for the marks of the chat template, which only the engine sees."""
FEW_EXAMPLES = 8192
"""A prompt of examples takes the part of the context that the context is of this, at most
`MOST_EXAMPLES`: a short context is a small model's, which many examples only confuse."""
MOST_EXAMPLES = 0.4
FAITHFUL = Sampling(temperature=0.4, top_p=0.9, min_p=0.05, seed=1)
"""For telling what a text says: close to it, and the same each time."""
INVENTIVE = Sampling(temperature=0.8, top_p=0.95, min_p=0.05)
"""For writing something new."""
SMALLEST_PROMPT = 64
INEXACT_RESERVE = 0.15
"""Kept free where the count is a rule of thumb."""


class Budget:
    """How much prompt the run's model takes when up to `answer` tokens are to be written.

    At most half of the context is kept for the answer; `answer` is what is left of it. A
    prompt of `examples`, which is as good with fewer of them, is kept to a part of the context.

    Raises:
        PromptTooLong: the context leaves no room for a prompt.

    """

    def __init__(self, ctx: ToolContext, answer: int, *, examples: bool = False) -> None:
        self._ctx = ctx
        self._context = ctx.model.context_length or UNKNOWN_CONTEXT
        self.answer = min(answer, self._context // 2)
        self.tokens = self._room = self._context - self.answer - TEMPLATE_TOKENS
        if examples:
            share = min(MOST_EXAMPLES, self._context / FEW_EXAMPLES)
            self.tokens = min(self.tokens, max(SMALLEST_PROMPT, int(self._context * share)))
        if self.tokens < SMALLEST_PROMPT:
            raise self._too_long(SMALLEST_PROMPT)

    def count(self, text: str) -> int:
        """Tokens of `text`, with a reserve where the model's own tokenizer cannot be asked."""
        counted = self._ctx.count_tokens(text)
        return counted.count if counted.exact else int(counted.count * (1 + INEXACT_RESERVE)) + 1

    def fits(self, text: str) -> bool:
        """Whether a prompt of that text leaves room for the answer."""
        # No tokenizer makes more tokens than there are bytes: short texts need no counting.
        return len(text.encode()) <= self.tokens or self.count(text) <= self.tokens

    def fill(self, head: str, parts: Sequence[str], tail: str) -> str:
        """`head`, as many of `parts` as fit, and `tail`, each on lines of its own.

        The parts are to be in order of worth: the first that does not fit ends the filling.

        Raises:
            PromptTooLong: even without any part it does not fit.

        """
        low, high = 0, len(parts)
        while low < high:
            middle = (low + high + 1) // 2
            if self.fits(_lines(head, parts[:middle], tail)):
                low = middle
            else:
                high = middle - 1
        prompt = _lines(head, parts[:low], tail)
        if low == 0 and not self.fits(prompt) and self.count(prompt) > self._room:
            raise self._too_long(self.count(prompt))
        return prompt

    def pieces(self, paragraphs: Sequence[str], frame: str) -> list[str]:
        """The paragraphs joined to pieces that fit beside `frame`, cut only between paragraphs;
        a paragraph that is too long by itself is cut between words.

        Raises:
            PromptTooLong: the frame leaves no room.

        """
        around = self.count(frame)
        room = self.tokens - around
        if room < SMALLEST_PROMPT // 2:
            raise self._too_long(around + SMALLEST_PROMPT // 2)
        pieces: list[list[str]] = []
        used = room
        for paragraph in paragraphs:
            for part in self._halves(paragraph, room):
                # Two more for the line breaks that join it.
                tokens = self.count(part) + 2
                if not pieces or used + tokens > room:
                    pieces.append([])
                    used = 0
                pieces[-1].append(part)
                used += tokens
        return ["\n\n".join(piece) for piece in pieces]

    def _halves(self, text: str, room: int) -> Iterator[str]:
        """The text, or its halves until each fits."""
        self._ctx.check_cancelled()
        if len(text.encode()) + 2 <= room or self.count(text) + 2 <= room:
            yield text
            return
        for half in halves(text):
            yield from self._halves(half, room)

    def _too_long(self, prompt: int) -> PromptTooLong:
        return PromptTooLong.of(prompt + TEMPLATE_TOKENS + self.answer, self._context)


def halves(text: str) -> tuple[str, str]:
    """A text of two characters or more cut near its middle: between paragraphs if it has some,
    else between words, else anywhere.
    """
    for mark in ("\n\n", " "):
        middle = text.rfind(mark, 1, len(text) * 3 // 5)
        if middle > len(text) // 5:
            return text[:middle].rstrip(), text[middle:].lstrip()
    return text[: len(text) // 2], text[len(text) // 2 :]


def _lines(head: str, parts: Sequence[str], tail: str) -> str:
    return "\n".join(part for part in (head, *parts, tail) if part)
