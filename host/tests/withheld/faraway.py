"""A plugin whose engine and embedder send what they get to a server, and one that stays here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.request import Request, urlopen

import msgspec

from inkstand_sdk import (
    Backend,
    BackendCapabilities,
    Chunk,
    Embedder,
    GenerateRequest,
    Model,
    TokenCount,
    Tool,
    ToolCapabilities,
    ToolContext,
    hookimpl,
)
from inkstand_sdk.capabilities import EmbedderCapabilities


class Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    base_url: str = ""
    allow_remote: bool = False


def post(url: str, value: Any) -> str:
    data = json.dumps(value).encode()
    with urlopen(Request(url, data, {"Content-Type": "application/json"}), timeout=30) as answer:
        return str(json.load(answer)["text"])


class Far(Backend):
    """Has a server answer."""

    name = "far"
    Settings = Address
    capabilities = BackendCapabilities(formats=("remote",), remote=True)

    def load(self, model: Model, settings: Address) -> None:
        self.url = settings.base_url

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        yield Chunk(post(self.url, msgspec.to_builtins(request)))

    def count_tokens(self, text: str) -> TokenCount:
        return TokenCount(len(post(self.url, {"count": text})), exact=True)


class Near(Backend):
    """Answers by itself."""

    name = "near"
    capabilities = BackendCapabilities(formats=("remote",))

    def load(self, model: Model, settings: Any) -> None:
        return None

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        yield Chunk(f"near: {len(request.prompt_text())}")


class FarVectors(Embedder):
    """Has a server embed."""

    name = "far-vectors"
    Settings = Address
    capabilities = EmbedderCapabilities(remote=True)

    def load(self, settings: Address) -> None:
        self.url = settings.base_url

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [[float(len(post(self.url, {"embed": text})))] for text in texts]


class Given(msgspec.Struct, frozen=True):
    scene: int = 0
    count: bool = False


class Wrote(msgspec.Struct, frozen=True):
    text: str


class Send(Tool):
    """Has a model go on with a scene, or count its tokens."""

    name = "send"
    Input = Given
    Output = Wrote
    capabilities = ToolCapabilities(engines=("model",))

    def run(self, input: Given, ctx: ToolContext) -> Wrote:
        text = ctx.manuscript.scenes[input.scene].text
        if input.count:
            return Wrote(str(ctx.count_tokens(text)))
        return Wrote(ctx.generate(f"Go on:\n\n{text}").text)


@hookimpl
def inkstand_backends() -> list[type[Backend]]:
    return [Far, Near]


@hookimpl
def inkstand_embedders() -> list[type[Embedder]]:
    return [FarVectors]


@hookimpl
def inkstand_tools() -> list[type[Tool]]:
    return [Send]


@hookimpl
def inkstand_before_generate(request: GenerateRequest) -> GenerateRequest | None:
    """Bring in what a file says, where the request asks for it."""
    mark = "BRING "
    if request.prompt is None or not request.prompt.startswith(mark):
        return None
    with open(request.prompt.removeprefix(mark), encoding="utf-8") as file:  # noqa: PTH123
        return msgspec.structs.replace(request, prompt=file.read())
