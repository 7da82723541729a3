"""A backend of the scripted plugin whose models go wrong, each in the way its name says."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from inkstand_sdk import Backend, BackendCapabilities, Chunk, GenerateRequest, Loaded, Model
from inkstand_sdk.errors import (
    EngineError,
    LoadFailed,
    OutOfMemory,
    PromptTooLong,
    RateLimited,
    Unavailable,
    UsageError,
)
from inkstand_sdk.messages import PromptProgress, TokenLogprob

NAMES = (
    *("refuses", "too-big", "dies-loading", "crashes", "busy", "away", "silent", "hangs", "empty"),
    *(
        "short",
        "refused",
        "garbled",
        "breaks-off",
        "passing",
        "endless",
        "uncounted",
        "learns",
        "well",
        "sure",
    ),
)
MODELS = (
    *(Model(id=name, format="fault") for name in NAMES),
    Model(id="long", format="fault", context_length=4096),
    Model(id="as-short", format="fault", context_length=77),
)


class Faulty(Backend):
    """Repeats its prompt's first line, if its model is one of those that answer."""

    name = "faulty"
    capabilities = BackendCapabilities(formats=("fault",), concurrency=4, logprobs=True)

    def load(self, model: Model, settings: Any) -> Loaded:
        self.model = model.id
        if model.id == "refuses":
            raise LoadFailed("The model cannot be loaded.", "Its weights are upside down.")
        if model.id == "too-big":
            raise OutOfMemory("The model does not fit.", "It is too big.", "Buy memory.")
        if model.id == "dies-loading":
            os.kill(os.getpid(), signal.SIGKILL)
        return Loaded(context_length=model.context_length or 77)

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        yield Chunk(tokens=0, progress=PromptProgress(1, 2))
        does = getattr(self, self.model.replace("-", "_"), self.well)
        yield from does(request, cancelled)

    def well(self, request: GenerateRequest, *_: Any) -> Iterator[Chunk]:
        yield Chunk(request.prompt_text().partition("\n")[0])

    def sure(self, request: GenerateRequest, *_: Any) -> Iterator[Chunk]:
        """Each word with a log probability of minus its length, to score by."""
        for word in request.prompt_text().split():
            yield Chunk(word, logprobs=(TokenLogprob(word, -float(len(word))),))

    def crashes(self, *_: Any) -> Iterator[Chunk]:
        os.kill(os.getpid(), signal.SIGKILL)
        yield Chunk()

    def busy(self, *_: Any) -> Iterator[Chunk]:
        yield from ()
        raise RateLimited("Too many ask.", retry_after=3600)

    def away(self, *_: Any) -> Iterator[Chunk]:
        yield from ()
        raise Unavailable("Nobody is there.", tries=4)

    def silent(self, _request: Any, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        while not cancelled():
            time.sleep(0.002)
        yield Chunk()

    def empty(self, _request: Any, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        while not cancelled():
            yield Chunk()
            time.sleep(0.002)

    def hangs(self, *_: Any) -> Iterator[Chunk]:
        """Stop for nothing and nobody."""
        yield from ()
        while True:
            time.sleep(1)

    def endless(self, _request: Any, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        while not cancelled():
            yield Chunk("on ")

    def uncounted(self, _request: Any, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        while not cancelled():
            yield Chunk("on " * 100, tokens=0)

    def short(self, *_: Any) -> Iterator[Chunk]:
        yield from ()
        raise PromptTooLong.of(500, 77)

    as_short = short

    def refused(self, *_: Any) -> Iterator[Chunk]:
        yield from ()
        raise UsageError("This is no question.")

    def garbled(self, *_: Any) -> Iterator[Chunk]:
        yield Chunk("no JSON at all")

    def breaks_off(self, *_: Any) -> Iterator[Chunk]:
        yield Chunk("A line ")
        raise EngineError("The engine is out of ink.")

    def passing(self, request: GenerateRequest, *_: Any) -> Iterator[Chunk]:
        """Be busy for some requests: the prompt is "FILE TIMES DATA", FILE has a line for each."""
        path, times, data = request.prompt_text().split(" ", 2)
        came = _came(Path(path))
        if came <= int(times):
            raise RateLimited("The engine is busy.", "Many ask.", "Wait.", **json.loads(data))
        yield Chunk(f"at last, at time {came}")

    def learns(self, request: GenerateRequest, *_: Any) -> Iterator[Chunk]:
        """Answer with JSON at the second request; the prompt begins with the name of a file."""
        came = _came(Path(request.prompt_text().split()[0]))
        yield Chunk("I would rather not." if came == 1 else '{"a": 1}')


def _came(path: Path) -> int:
    """Count a request in a file, and say how many came by now."""
    with path.open("a+", encoding="utf-8") as file:
        file.write("x\n")
        file.seek(0)
        return len(file.readlines())
