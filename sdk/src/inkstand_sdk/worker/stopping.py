"""Stop strings for backends whose engine does not know them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from inkstand_sdk.messages import Chunk, Finish, Usage
from inkstand_sdk.stops import ShownLogprobs, StopFinder


def until_stop(chunks: Iterator[Chunk], stops: Sequence[str]) -> Iterator[Chunk]:
    """The chunks up to the first stop string, which is never shown, and one finish.

    Returning from here ends the loop over `chunks`, so whoever made them is closed.
    """
    finder = StopFinder(stops)
    shown = ShownLogprobs()
    tokens = unsent = 0
    for chunk in chunks:
        if chunk.text:
            tokens += chunk.tokens
            unsent += chunk.tokens
        shown.add(chunk.text, chunk.logprobs)
        text = finder.feed(chunk.text) if chunk.text else ""
        if finder.found:
            finish = Finish("stop", Usage(completion_tokens=tokens, exact=False))
            logprobs = shown.of(text)
            yield Chunk(text, unsent if text else 0, finish=finish, logprobs=logprobs)
            return
        if chunk.finish is not None:
            text += finder.flush()
        if text or chunk.progress is not None or chunk.finish is not None:
            yield msgspec.structs.replace(
                chunk, text=text, tokens=unsent if text else 0, logprobs=shown.of(text)
            )
            unsent = 0 if text else unsent
