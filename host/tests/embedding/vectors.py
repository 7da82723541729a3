"""Embedders for tests: one that counts letters, and some that do wrong when their text says so."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from inkstand_sdk import Embedder, EmbedderCapabilities, hookimpl
from inkstand_sdk.errors import NotFound


class LettersSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    model: Annotated[str, Meta(description="Which letters are counted.")] = "aeiou"
    base_url: Annotated[str, Meta(description="Where it would be.")] = ""


class Letters(Embedder):
    """Counts letters; what its text begins with may make it do wrong."""

    name = "letters"
    title = "Letters"
    Settings: ClassVar[type[msgspec.Struct]] = LettersSettings
    batch = 2

    def load(self, settings: Any) -> None:
        if settings.model == "missing":
            raise NotFound("There are no such letters.", "", "Take others.")
        self.letters = settings.model

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        vectors = [self.vector(text) for text in texts]
        return vectors[1:] if texts[0].startswith("lose one") else vectors

    def vector(self, text: str) -> list[float]:
        if text.startswith("crash"):
            os._exit(3)
        if text.startswith("raise"):
            raise ValueError("no such thing")
        if text.startswith("short"):
            return [1.0]
        if text.startswith("nan"):
            return [float("nan")] * len(self.letters)
        return [float(text.count(letter)) for letter in self.letters]


class Cloud(Letters):
    """The same, elsewhere."""

    name = "cloud"
    capabilities = EmbedderCapabilities(remote=True)


@hookimpl
def inkstand_embedders() -> list[type[Embedder]]:
    return [Letters, Cloud]
