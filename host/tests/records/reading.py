"""A plugin whose engine counts words as tokens, and reads no more of a prompt than it is told."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from inkstand_sdk import (
    Backend,
    BackendCapabilities,
    Chunk,
    Finish,
    GenerateRequest,
    Loaded,
    Model,
    ModelSource,
    Tool,
    ToolCapabilities,
    ToolContext,
    Usage,
    hookimpl,
)
from inkstand_sdk.messages import TokenCount

TEMPLATE = 3
LOG = logging.getLogger(__name__)


class Window(msgspec.Struct, frozen=True):
    window: int = 1_000_000
    exact: bool = True
    loads: str = ""
    slow_count: bool = False
    per_word: int = 1


class Reading(Backend):
    name = "reading"
    Settings = Window
    capabilities = BackendCapabilities(formats=("book",), concurrency=2)

    def load(self, model: Model, settings: Window) -> Loaded:
        self.settings = settings
        if settings.loads:
            with Path(settings.loads).open("a") as file:
                file.write("loaded\n")
        return Loaded(context_length=100_000)

    def count_tokens(self, text: str) -> TokenCount:
        if self.settings.slow_count:
            time.sleep(600)
        if not self.settings.exact:
            return super().count_tokens(text)
        return TokenCount(len(text.split()) * self.settings.per_word, exact=True)

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        prompt = request.prompt_text()
        LOG.info("a reader's remark")
        LOG.debug("a reader's whisper")
        logging.getLogger("httpx").info("POST https://user:secret@example.com for %s", prompt)
        print("a line of native code")
        verb = prompt.split(" ", 1)[0]
        if verb == "quote":
            raise ValueError(f"cannot read {prompt}")
        if verb == "stall":
            yield Chunk("Once upon")
            raise ValueError("the ink is dry")
        if verb == "fail":
            raise ValueError("the ink is dry")
        if verb == "die":
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        tokens = len(prompt.split()) * self.settings.per_word + TEMPLATE
        for word in ("Once", "upon", "a", "time"):
            yield Chunk(word + " ")
        usage = Usage(
            prompt_tokens=min(tokens, self.settings.window),
            completion_tokens=4,
            cached_tokens=1,
            cost=0.25,
        )
        yield Chunk(tokens=0, finish=Finish("stop", usage))


class Books(ModelSource):
    name = "books"

    def models(self) -> Sequence[Model]:
        return [Model(id="book", format="book", size=1), Model(id="diary", format="book", size=1)]


class Asked(msgspec.Struct, frozen=True):
    text: str = "hello there"


class Given(msgspec.Struct, frozen=True):
    ids: tuple[str, ...]


class Twice(Tool):
    """Asks its model twice."""

    name = "twice"
    Input = Asked
    Output = Given
    capabilities = ToolCapabilities(engines=("model",), needs_manuscript=False)

    def run(self, input: Any, ctx: ToolContext) -> Given:
        LOG.warning("a tool's remark")
        return Given(tuple(ctx.generate(input.text).request_id for _ in range(2)))


@hookimpl
def inkstand_backends() -> list[type[Backend]]:
    return [Reading]


@hookimpl
def inkstand_tools() -> list[type[Tool]]:
    return [Twice]


@hookimpl
def inkstand_sources() -> list[type[ModelSource]]:
    return [Books]
