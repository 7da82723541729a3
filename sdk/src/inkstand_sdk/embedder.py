"""Embedder: texts in, vectors out. Provisional until retrieval is built."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from inkstand_sdk.capabilities import Probe
from inkstand_sdk.settings import NoSettings


class Embedder(ABC):
    """Turns texts into vectors of one fixed length."""

    name: ClassVar[str]
    title: ClassVar[str] = ""
    Settings: ClassVar[type[msgspec.Struct]] = NoSettings

    @classmethod
    def probe(cls) -> Probe:
        """Whether the embedder's library is installed."""
        return Probe()

    @abstractmethod
    def load(self, settings: Any) -> None:
        """Load the model with an instance of `Settings`."""

    @abstractmethod
    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text, in order, all of one length."""

    def close(self) -> None:
        """Free the model. May be called twice."""
