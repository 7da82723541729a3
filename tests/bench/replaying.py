"""A plugin that replays a text: what is measured with it is the way to the screen.

A model's name says how many tokens it writes, and how many of them a second, 0 for as fast as it
goes: `replay:1000-at-500`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from inkstand_sdk import (
    Backend,
    BackendCapabilities,
    Chunk,
    GenerateRequest,
    Loaded,
    Model,
    hookimpl,
)
from inkstand_sdk.settings import NoSettings

_SAID = (
    "The ferry came in *late*, and nobody on the quay knew why. Ada had counted the lamps twice"
    " and **found them all**; the gulls had not. It would be an hour before the tide turned. \n\n"
    "“Well,” said Tomas, “it is a boat.” \n\n"
)


class Replay(Backend):
    """Writes the same few sentences over and over."""

    name = "replay"
    title = "Replay"
    capabilities = BackendCapabilities(chat=True)

    def load(self, model: Model, settings: NoSettings) -> Loaded | None:
        """Take the number and the speed from the model's name."""
        count, _, speed = model.id.rpartition(":")[2].partition("-at-")
        self._count, self._speed = int(count), int(speed)
        return Loaded(context_length=4_000_000)

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        """A word is a token."""
        words = [f"{word} " for word in _SAID.split(" ")]
        start = time.monotonic()
        for number in range(self._count):
            if cancelled():
                return
            if self._speed:
                time.sleep(max(0.0, start + number / self._speed - time.monotonic()))
            yield Chunk(text=words[number % len(words)])


@hookimpl
def inkstand_backends() -> list[type[Backend]]:
    """Give the backend."""
    return [Replay]
